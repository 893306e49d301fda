"""Who may say "not for us": the side of the pair that he acts for."""

from datetime import datetime
from typing import Any, NamedTuple

from marketplace.catalog.models import Listing
from marketplace.core.clock import utc_now
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

    @property
    def other_was_public(self) -> bool:
        """True when the other side was for everybody once: a draft of others is named to nobody."""
        return (self.listing.published_at if self.side is Side.BUYER else self.need.posted_at) is not None

    def other_is_public(self, now: datetime) -> bool:
        return self.listing.is_public(now) if self.side is Side.BUYER else self.need.is_public


@policy("matches.dismiss")
def may_dismiss(person: Any, pair: PairSide) -> bool:
    """A member of the buyer for the buyer's side, of the supplier for the supplier's side; of what he can see."""
    return bool(person.belongs_to(pair.organisation_id)) and pair.other_is_public(utc_now())


@policy("matches.take_back")
def may_take_back(person: Any, pair: PairSide) -> bool:
    """The same people, also when the other side has left the site meanwhile."""
    return bool(person.belongs_to(pair.organisation_id)) and pair.other_was_public


@policy("matches.improve")
def may_improve(person: Any, _subject: Any) -> bool:
    """Whoever acts for an organisation reads what it could change; of others nobody does."""
    return person.organisation is not None
