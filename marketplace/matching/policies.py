"""Who may say "not for us": the side of the pair that he acts for."""
from typing import Any, NamedTuple

from marketplace.catalog.models import Listing
from marketplace.core.policies import policy
from marketplace.matching.models import Side
from marketplace.needs.models import Need


class PairSide(NamedTuple):
    """A pair, and the side that somebody wants to speak for."""

    need: Need
    listing: Listing
    side: Side

    @property
    def organisation_id(self) -> int:
        """The organisation that this side is."""
        return self.need.organisation_id if self.side is Side.BUYER else self.listing.organisation_id


@policy("matches.dismiss")
def may_dismiss(person: Any, pair: PairSide) -> bool:
    """A member of the buyer for the buyer's side, of the supplier for the supplier's side."""
    return bool(person.belongs_to(pair.organisation_id))
