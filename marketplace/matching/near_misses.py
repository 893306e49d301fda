"""What would make stored pairs fit: near misses of a need, a listing or a supplier, read and weighed. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from marketplace.core.clock import local_day
from marketplace.core.site import gazetteer
from marketplace.matching import fitting, queries, rows
from marketplace.matching.demands import demands_of
from marketplace.matching.facts import ListingFacts
from marketplace.matching.finding import JudgingContext
from marketplace.matching.fitting import MOST_MISSED, Pair, Proposal
from marketplace.matching.queries import PairKey


@dataclass(frozen=True)
class Improvement:
    """What a supplier could change: one of his listings, or a paper that several may need (`listing` is None)."""

    proposal: Proposal
    listing: ListingFacts | None = None


def of_need(need_id: int, now: datetime) -> list[Proposal]:
    """What the buyer of an open need could change, and which offers that wins."""
    missing = partial(queries.missing_few_of_need, need_id, now=now)
    return fitting.proposals(
        pairs_of(missing(most_missed=MOST_MISSED), now),
        fitting.OF_NEED,
        _ground(now),
        lambda: pairs_of(missing(most_missed=0, fewest_missed=0), now),
    )


def of_listing(listing_id: int, now: datetime) -> list[Proposal]:
    """What the supplier of a listing could change about it, and which open needs that wins."""
    pairs = pairs_of(queries.missing_few_of_listing(listing_id, MOST_MISSED, now), now)
    return fitting.proposals(pairs, fitting.OF_LISTING, _ground(now))


def of_organisation(organisation_id: int, now: datetime) -> list[Improvement]:
    """What a supplier could change, most needs first: papers over all his listings, the rest listing by listing."""
    judging_context, pairs = (
        _ground(now),
        pairs_of(queries.missing_few_of_organisation(organisation_id, MOST_MISSED, now), now),
    )
    found = [Improvement(proposal) for proposal in fitting.proposals(pairs, fitting.OF_PAPERS, judging_context)]
    single = [kind for kind in fitting.OF_LISTING if kind not in fitting.OF_PAPERS]
    own: dict[str, list[Pair]] = {}
    for pair in pairs:
        own.setdefault(pair.listing.id, []).append(pair)
    for of_one in own.values():
        found += [
            Improvement(proposal, of_one[0].listing) for proposal in fitting.proposals(of_one, single, judging_context)
        ]
    return sorted(found, key=lambda found: (-len(found.proposal.need_ids), found.proposal.change.share))


def pairs_of(keys: Iterable[PairKey], now: datetime) -> list[Pair]:
    """Pairs with the facts of both sides, each read once; one whose line is gone waits for its renewal."""
    keys, places = list(keys), gazetteer()
    listings = rows.listings_on_offer({key.listing_id for key in keys}, now, places)
    needs = rows.open_needs({key.need_id for key in keys}, now, places)
    asked = {
        (int(id_), line.number): (line, demands_of(need, line)) for id_, need in needs.items() for line in need.lines
    }
    return [
        Pair(needs[str(key.need_id)], *asked[key.need_id, key.line], listings[str(key.listing_id)])
        for key in keys
        if (key.need_id, key.line) in asked and str(key.listing_id) in listings
    ]


def chosen(proposals: Sequence[Proposal], address: str) -> Proposal | None:
    """The proposal that a link speaks of; None when it holds no longer."""
    return next((proposal for proposal in proposals if proposal.change.address == address), None)


def _ground(now: datetime) -> JudgingContext:
    return JudgingContext(local_day(now), gazetteer())
