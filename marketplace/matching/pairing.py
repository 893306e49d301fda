"""From rows and the index to scored pairs. Reads only; `services` stores what is found here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from flask import current_app

from marketplace import search
from marketplace.core.clock import local_day
from marketplace.core.money import total_fen
from marketplace.core.site import gazetteer
from marketplace.core.units import convert
from marketplace.matching import find_matches, queries, rows
from marketplace.matching.facts import ListingFacts, NeedFacts
from marketplace.matching.find_matches import MatchIndex
from marketplace.matching.judge import Finding, JudgingContext, State, unit_price_at
from marketplace.matching.need_concepts import NeedView, NeedViews

MOST_WORDS = 12
Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Pair:
    """A scored pair with what its row shows. `plain` is the score without the local lift (R8)."""

    need_id: int
    listing_id: int
    score: float
    plain: float
    relevance: float
    line: int
    findings: tuple[Finding, ...]
    km: float | None
    cost_fen: int | None
    words: tuple[str, ...]

    def count(self, state: State) -> int:
        """How many requirements are of one state."""
        return sum(finding.state is state for finding in requirements(self.findings))

    @property
    def meets_all(self) -> bool:
        """True when every requirement is met."""
        return not self.count(State.MISSED) and not self.count(State.UNKNOWN)

    @property
    def hard_missed(self) -> int:
        """How many requirements that the buyer insists on are missed."""
        return sum(finding.state is State.MISSED and finding.hard for finding in self.findings)


def requirements(findings: Iterable[Finding]) -> list[Finding]:
    """What the buyer asks for. The distance is no requirement: the doorplate tells it."""
    return [finding for finding in findings if finding.code != "distance"]


class _Once(Generic[Facts]):
    """Facts by id, each read once: both orders ask for the same ones."""

    def __init__(self, read: Callable[[list[int]], Mapping[str, Facts]]):
        self.read = read
        self.known: dict[str, Facts | None] = {}

    def __call__(self, ids: Sequence[str]) -> dict[str, Facts]:
        fresh = [id_ for id_ in ids if id_ not in self.known]
        if fresh:
            found = self.read([int(id_) for id_ in fresh])
            self.known |= {id_: found.get(id_) for id_ in fresh}
        return {id_: facts for id_ in ids if (facts := self.known[id_]) is not None}


class Pairing:
    """One state of both indexes and of the rows.

    Raises:
        SickIndex: an index is missing or damaged; the worker rebuilds it.
    """

    def __init__(self, now: datetime, *, fresh: bool = False):
        towns = gazetteer()
        views: NeedViews = current_app.extensions["need_views"] if fresh else NeedViews()
        self.listings = _Once(lambda ids: rows.listings_on_offer(ids, now, towns))
        self.needs = _Once(
            lambda ids: {id_: views.same_facts(facts) for id_, facts in rows.open_needs(ids, now, towns).items()}
        )
        self.index = MatchIndex(
            listings=search.candidates("listings", now=fresh),
            needs=search.candidates("needs", now=fresh),
            listings_of=self.listings,
            needs_of=self.needs,
            judging_context=JudgingContext(local_day(now), towns),
            local_lift=current_app.config["LOCAL_LIFT"],
            views=views,
        )

    def of_need(self, need: NeedFacts, top: int = queries.KEPT, also: Iterable[int] = ()) -> list[Pair]:
        """The listings that fit `need`, best first, then those of `also` that still do."""
        found = find_matches.match_need(need, self.index, top)
        known = {match.listing_id for match in found}
        others = self.listings([str(id_) for id_ in also if str(id_) not in known])
        found += find_matches.best_of(
            filter(None, (self._match(need, facts) for facts in others.values())), len(others)
        )
        facts = self.listings([match.listing_id for match in found])
        return [self._pair(need, facts[match.listing_id], match) for match in found]

    def of_listing(self, listing: ListingFacts, top: int = queries.KEPT, also: Iterable[int] = ()) -> list[Pair]:
        """The open needs that `listing` fits, best first, then those of `also` that still do."""
        found = find_matches.match_listing(listing, self.index, top)
        known = {match.need_id for match in found}
        others = self.needs([str(id_) for id_ in also if str(id_) not in known])
        found += find_matches.best_of(
            filter(None, (self._match(facts, listing) for facts in others.values())), len(others)
        )
        facts = self.needs([match.need_id for match in found])
        return [self._pair(facts[match.need_id], listing, match) for match in found]

    def _pair(self, need: NeedFacts, listing: ListingFacts, match: find_matches.Match) -> Pair:
        return Pair(
            need_id=int(need.id or 0),
            listing_id=int(listing.id),
            score=match.score,
            plain=match.plain_score,
            relevance=match.relevance,
            line=match.line,
            findings=match.findings,
            km=match.km,
            cost_fen=cost_fen(need, match.line, listing),
            words=shared_words(self.index.view(need), match.line, listing),
        )

    def _match(self, need: NeedFacts, listing: ListingFacts) -> find_matches.Match | None:
        """One pair by itself; None when it is no match."""
        row = self.index.listings.row(listing.id)
        if row is None:
            return None
        view, weights = self.index.view(need), self.index.weights
        relevance = find_matches.relevance_of_row(view, self.index.listings.one(row), listing.category, weights)
        if max(relevance) < weights.least_relevance:
            return None
        return find_matches.match_pair(view, listing, relevance, self.index)


def cost_fen(need: NeedFacts, line_number: int, listing: ListingFacts) -> int | None:
    """What the quantity of a need's line costs at the listed price, in fen; None when something is not told."""
    line = next((line for line in need.lines if line.number == line_number), None)
    if line is None or line.quantity is None:
        return None
    same = line.unit == listing.price_unit
    quantity = line.quantity if same else convert(line.quantity, line.unit, listing.price_unit)
    price = None if quantity is None else unit_price_at(listing, quantity)
    return None if price is None or quantity is None else total_fen(Decimal(price), Decimal(quantity))


def shared_words(view: NeedView, line_number: int, listing: ListingFacts) -> tuple[str, ...]:
    """Words of the need's line that stand in the listing's title, the longest first."""
    place = next((place for place, line in enumerate(view.lines) if line.line.number == line_number), None)
    if place is None:
        return ()
    found = search.standing_in(listing.title, view.words(place))
    return tuple(sorted(found, key=lambda word: (-len(word), word))[:MOST_WORDS])


def facts_of_need(need_id: int, now: datetime) -> NeedFacts | None:
    """The facts of a need; None when it takes no answers at `now`."""
    return rows.open_needs([need_id], now, gazetteer()).get(str(need_id))


def facts_of_listing(listing_id: int, now: datetime) -> ListingFacts | None:
    """The facts of a listing; None when it is not on offer at `now`."""
    return rows.listings_on_offer([listing_id], now, gazetteer()).get(str(listing_id))
