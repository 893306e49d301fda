"""What would make stored pairs fit: near misses of a need, a listing or a supplier, read and weighed. Reads only."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from marketplace.catalog.models import Listing
from marketplace.core.clock import local_day
from marketplace.core.site import gazetteer
from marketplace.matching import fitting, queries, rows
from marketplace.matching.demands import demands_of
from marketplace.matching.facts import ListingFacts, NeedFacts
from marketplace.matching.fitting import MOST_MISSED, Pair, Proposal
from marketplace.matching.models import Match
from marketplace.matching.verdicts import Demands, Ground
from marketplace.needs.models import Need


@dataclass(frozen=True)
class Improvement:
    """What a supplier could change: one of his listings, or a paper that several may need (`listing` is None)."""

    proposal: Proposal
    listing: Listing | None = None


def of_need(need: Need, now: datetime) -> list[Proposal]:
    """What the buyer of an open need could change, and which offers that wins."""
    missing = partial(queries.missing_few_of_need, need.id, now=now)
    return fitting.proposals(pairs_of(missing(most_missed=MOST_MISSED)), fitting.OF_NEED, _ground(now),
                             lambda: pairs_of(missing(most_missed=0, fewest_missed=0)))


def of_listing(listing: Listing, now: datetime) -> list[Proposal]:
    """What the supplier of a listing could change about it, and which open needs that wins."""
    found = queries.missing_few_of_listing(listing.id, MOST_MISSED, now)
    return fitting.proposals(pairs_of(found), fitting.OF_LISTING, _ground(now))


def of_organisation(organisation_id: int, now: datetime) -> list[Improvement]:
    """What a supplier could change, most needs first: papers over all his listings, the rest listing by listing."""
    found = queries.missing_few_of_organisation(organisation_id, MOST_MISSED, now)
    ground, pairs = _ground(now), pairs_of(found)
    improvements = [Improvement(proposal) for proposal in fitting.proposals(pairs, fitting.OF_PAPERS, ground)]
    single = [kind for kind in fitting.OF_LISTING if kind not in fitting.OF_PAPERS]
    for listing in {row.listing_id: row.listing for row in found}.values():
        own = [pair for pair in pairs if pair.listing.id == str(listing.id)]
        improvements += [Improvement(proposal, listing) for proposal in fitting.proposals(own, single, ground)]
    return sorted(improvements, key=lambda found: (-len(found.proposal.need_ids), found.proposal.change.share))


def pairs_of(found: Iterable[Match]) -> list[Pair]:
    """Stored pairs with the facts of both sides, each read once; one whose line is gone waits for its renewal."""
    places = gazetteer()
    needs: dict[int, NeedFacts] = {}
    listings: dict[int, ListingFacts] = {}
    demands: dict[tuple[int, int], Demands] = {}
    pairs = []
    for row in found:
        need = needs.get(row.need_id) or needs.setdefault(row.need_id, rows.need_facts(row.need, places))
        listing = listings.get(row.listing_id) or listings.setdefault(
            row.listing_id, rows.listing_facts(row.listing, places))
        line = next((line for line in need.lines if line.number == row.line), None)
        if line is not None:
            key = row.need_id, row.line
            asked = demands.get(key) or demands.setdefault(key, demands_of(need, line))
            pairs.append(Pair(need, line, asked, listing))
    return pairs


def chosen(proposals: Sequence[Proposal], address: str) -> Proposal | None:
    """The proposal that a link speaks of; None when it holds no longer."""
    return next((proposal for proposal in proposals if proposal.change.address == address), None)


def _ground(now: datetime) -> Ground:
    return Ground(local_day(now), gazetteer())
