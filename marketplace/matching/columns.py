"""Judging in columns: what many listings score for one line of a need, by their figures, at once.

The rules are those of `judge`, the formula is that of `score`; a test holds them equal on whole parks. What a line
asks of the thing itself (steels, measures, what must not be in it) is read from texts pair by pair. Here it counts as
met, so that the score is then the most that a pair can reach.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from mmap import mmap

import numpy as np
import numpy.typing as npt

from marketplace.core.certificates import words_for
from marketplace.matching.delivery import coordinates, may_stay_near, place_finding, way_km
from marketplace.matching.facts import ListingFacts, NeedFacts, NeedLineFacts
from marketplace.matching.finding import Demands, JudgingContext, State
from marketplace.matching.judge import DAYS_UNTOLD, TOLERANCE, is_service, state_of_unlisted
from marketplace.matching.packing import contents, convert_for, factor_between, is_pack
from marketplace.matching.papers import REPORTS, SERVES
from marketplace.matching.score import LOCAL, Marks, Numbers, Tally, costs_of, freshness, readiness, scores_of
from marketplace.matching.supply import lead_days
from marketplace.matching.terms import (
    asks_delivery,
    invoice_asked,
    invoice_state,
    is_fetched,
    limit_holds_tax,
    rate_left_out,
)
from marketplace.matching.weights import Weights

Codes = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]
ENDLESS = date.max.toordinal()
SLACK = 1e-9
"""Share by which figures differ that are the same but for rounding."""
ONE = Decimal(1)


class Trait:
    """A small whole number of each listing (for what holds or not: 1 or 0), looked up when it is first asked for.

    The answers lie in memory that processes share which are forked later: what one has looked up none does again.
    """

    def __init__(self, listings: Sequence[ListingFacts], holds: Callable[[ListingFacts], int]):
        self.listings, self.holds = listings, holds
        self._known = np.frombuffer(mmap(-1, max(1, len(listings))), np.int8)
        self._known[:] = -1

    def of(self, rows: Rows) -> Marks:
        """True where it holds."""
        return np.asarray(self.numbers(rows) > 0)

    def numbers(self, rows: Rows) -> npt.NDArray[np.int8]:
        """The number of each."""
        found = self._known[rows]
        fresh = rows[found < 0]
        if len(fresh):
            self._known[fresh] = [int(self.holds(self.listings[row])) for row in fresh.tolist()]
            found = self._known[rows]
        return found


class Names:
    """Each name of a column once, and the number of the name in every row."""

    def __init__(self, names: Sequence[str]):
        numbers: dict[str, int] = {}
        self.codes: Codes = np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int32)
        self.names = list(numbers)

    @cached_property
    def are_packs(self) -> Marks:
        """For the name of a unit each: true for packs."""
        return np.array([is_pack(name) for name in self.names], np.bool_)


class OfferColumns:
    """The figures of listings as arrays, by row. Amounts are in their own unit, NaN where nothing is told."""

    def __init__(
        self, listings: Sequence[ListingFacts], judging_context: JudgingContext, weights: Weights, *, local_lift: bool
    ):
        self.listings, self.judging_context, self.weights = listings, judging_context, weights
        self.is_told_kind = np.array([bool(listing.kind) for listing in listings])
        self.is_bare_service = np.array([listing.kind == "service" for listing in listings])
        self.is_service = Trait(listings, is_service)
        self.holds_packs = Trait(listings, lambda listing: bool(contents(listing)))
        self.may_stay_near = Trait(listings, may_stay_near)
        self.is_fetched = Trait(listings, is_fetched)
        self.rate_left_out = Trait(listings, lambda listing: int(rate_left_out(listing)))
        self.stock = _figures(listing.stock and not listing.is_sold_out and listing.stock.quantity or None
                              for listing in listings)  # fmt: skip
        self.stock_unit = Names([listing.stock.unit if listing.stock else "" for listing in listings])
        self.stock_is_all = np.array([listing.stock_is_all and listing.capacity is None for listing in listings])
        self.moq = _figures(listing.moq and listing.moq.quantity for listing in listings)
        self.moq_unit = Names([listing.moq.unit if listing.moq else "" for listing in listings])
        self.capacity = _figures(listing.capacity and listing.capacity.quantity for listing in listings)
        self.capacity_unit = Names([listing.capacity.unit if listing.capacity else "" for listing in listings])
        self.capacity_days = _figures(listing.capacity and listing.capacity.days for listing in listings)
        self.price_unit = Names([listing.price_unit for listing in listings])
        self.negotiable = np.array([listing.negotiable for listing in listings])
        self.tiers = self._tiers()
        spans = [lead_days(listing, judging_context.today) for listing in listings]
        self.lead_min = _figures(shortest for shortest, _longest in spans)
        self.lead_max = _figures(longest for _shortest, longest in spans)
        self.shows_papers = np.array([listing.certificates is not None for listing in listings])
        self.category = Names([listing.category for listing in listings])
        self._held: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._denied: dict[str, list[int]] = defaultdict(list)
        for row, listing in enumerate(listings):
            for name in listing.denied_certificates:
                self._denied[name].append(row)
            for name, until in listing.all_licences.items():
                self._held[name].append((row, ENDLESS if until is None else until.toordinal()))
        self._untils: dict[str, Codes] = {}
        self._factors: dict[tuple[str, int], Numbers] = {}
        self.town = Names([f"{listing.town}\n{listing.place}" for listing in listings])
        first = np.unique(self.town.codes, return_index=True)[1]
        self.places = [
            coordinates(listings[row].town, listings[row].place, judging_context.gazetteer) for row in first.tolist()
        ]
        self.is_outside = np.array([listing.locality == "outside" for listing in listings])
        self.is_lifted = np.array([local_lift and listing.locality in LOCAL for listing in listings])
        self.freshness = np.array([freshness(listing, weights, judging_context.today) for listing in listings])
        self.readiness = np.array([readiness(listing, weights) for listing in listings])
        self.licences = self._licences()

    def _tiers(self) -> list[tuple[Numbers, Numbers]]:
        """The first, second … step of the price list of every row: from how much on, and the price of one."""
        most = max((len(listing.tiers) for listing in self.listings), default=0)
        steps = []
        for number in range(most):
            told = [listing.tiers[number] if number < len(listing.tiers) else None for listing in self.listings]
            steps.append(
                (
                    _figures(tier and tier.min_quantity for tier in told),
                    _figures(tier and tier.unit_price for tier in told),
                )
            )
        return steps

    def _licences(self) -> Tally:
        """The licences that categories ask of suppliers, whatever a need asks for."""
        tally = Tally.of(len(self.listings))
        today, most = (
            self.judging_context.today.toordinal(),
            max((len(one.seller_licences) for one in self.listings), default=0),
        )
        for number in range(most):
            names = [one.seller_licences[number] if number < len(one.seller_licences) else "" for one in self.listings]
            held = np.array([_until(one, name) for one, name in zip(self.listings, names, strict=True)])
            asked = np.array([bool(name) for name in names])
            tally.leave_open(asked & (held == 0), strict=True)
            tally.miss(asked & (held > 0) & (held < today), costs_of("licence", 1.0, self.weights))
        return tally

    def scores(self, need: NeedFacts, line: NeedLineFacts, demands: Demands, relevance: Numbers, rows: Rows) -> Numbers:
        """What the listings of `rows` score, each so far about the line; the most they can where `demands` ask for
        properties of the thing."""
        tally = Tally.of(len(rows))
        self._kind(tally, demands, rows)
        if line.quantity is not None:
            self._moq(tally, line, rows)
            self._quantity(tally, need, line, demands, rows)
        self._price(tally, need, line, rows)
        self._lead_time(tally, need, rows)
        for name in dict.fromkeys((*need.certificates, *line.certificates)):
            self._certificate(tally, name, need, line, rows)
        if invoice_asked(need) is not None:
            self._invoice(tally, need, rows)
        km = self._km(need)[self.town.codes[rows]]
        self._place(tally, need, km, rows)
        tally.add(self.licences, rows)
        not_shown = self.shows_papers[rows] & (self.licences.unknown[rows] > 0)
        inside = np.where(not_shown, self.weights.licence_not_shown, 1.0)
        distance = np.where(np.isnan(km), 1.0, 1 - self.weights.distance * np.minimum(km / 100, 2))
        small = (distance, self.freshness[rows], self.readiness[rows])
        relevance = np.rint(relevance * 10**4) / 10**4
        return scores_of(relevance, tally, inside, small, self.is_lifted[rows], self.weights)

    def _kind(self, tally: Tally, demands: Demands, rows: Rows) -> None:
        if demands.is_service is None:
            return
        wrong = ~self.is_service.of(rows) if demands.is_service else self.is_bare_service[rows]
        tally.miss(self.is_told_kind[rows] & wrong, costs_of("kind", 1.0, self.weights))

    def _moq(self, tally: Tally, line: NeedLineFacts, rows: Rows) -> None:
        least = self.moq[rows]
        wanted = float(line.quantity or 0) * self._convert_for(line.unit, self.moq_unit, rows)
        asked = ~np.isnan(least)
        tally.leave_open(asked & np.isnan(wanted))
        tally.miss(asked & (wanted < least * (1 - SLACK)), costs_of("moq", 1.0, self.weights))

    def _quantity(self, tally: Tally, need: NeedFacts, line: NeedLineFacts, demands: Demands, rows: Rows) -> None:
        made = self.capacity[rows]
        wanted = float(line.quantity or 0) * self._convert_for(line.unit, self.capacity_unit, rows)
        told = ~np.isnan(wanted) & (made > 0)
        by = need.deliver_by
        days = max(demands.pace or ((by - self.judging_context.today).days if by else DAYS_UNTOLD), 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            takes = np.ceil(wanted * self.capacity_days[rows] / made - SLACK)
        late = told & (takes > days)
        if not demands.pace:
            stored = self.stock[rows]
            needed = float(line.quantity or 0) * self._convert_for(line.unit, self.stock_unit, rows)
            ready = needed <= stored * (1 + SLACK)
            short = (needed > stored * (1 + SLACK)) & self.stock_is_all[rows]
            with np.errstate(divide="ignore", invalid="ignore"):
                beyond = np.where(short, needed / stored - 1, 0.0)
            tally.miss(short, costs_of("quantity", beyond, self.weights))
            late, told = late & ~ready, told | ready | short
        tally.leave_open(~told)
        if by or demands.pace:
            tally.miss(late, costs_of("quantity", takes / days - 1, self.weights))
        else:
            tally.leave_open(late)

    def _price(self, tally: Tally, need: NeedFacts, line: NeedLineFacts, rows: Rows) -> None:
        limited = line.max_unit_price is not None
        if not limited and (need.budget_fen is None or len(need.lines) != 1 or line.quantity is None):
            return
        buys = np.full(len(rows), np.nan)
        if line.quantity is not None:
            buys = float(line.quantity) * self._convert_for(line.unit, self.price_unit, rows)
        price = np.full(len(rows), np.nan)
        for number, (least, step_price) in enumerate(self.tiers):
            reached = number == 0 or least[rows] <= buys * (1 + SLACK)
            price = np.where(reached & ~np.isnan(step_price[rows]), step_price[rows], price)
        if limit_holds_tax(need):
            price = price * (100 + self.rate_left_out.numbers(rows)) / 100
        if limited:
            factor = self._convert_for(line.price_unit or line.unit, self.price_unit, rows)
            told, most, code = price * np.where(factor == 0, np.nan, factor), float(line.max_unit_price or 0), "price"
            over = told > most * float(TOLERANCE)
        else:
            told, most, code = np.rint(price * buys * 100), float(need.budget_fen or 0), "budget"
            over = told > most
        tally.leave_open(np.isnan(told) | (over & self.negotiable[rows]))
        beyond = np.maximum(told - most, 0) / most if most else 1.0
        tally.miss(over & ~self.negotiable[rows], costs_of(code, beyond, self.weights))

    def _lead_time(self, tally: Tally, need: NeedFacts, rows: Rows) -> None:
        if need.deliver_by is None or need.deliver_by < self.judging_context.today:
            return
        days = (need.deliver_by - self.judging_context.today).days
        shortest, longest = self.lead_min[rows], self.lead_max[rows]
        missed = shortest > days
        perhaps = ~missed & (longest > days)
        tally.leave_open(np.isnan(shortest))
        tally.leave_open(perhaps, strict=True)
        tally.perhaps_late |= perhaps
        tally.miss(missed, costs_of("lead_time", shortest / max(days, 1) - 1, self.weights))

    def _certificate(self, tally: Tally, name: str, need: NeedFacts, line: NeedLineFacts, rows: Rows) -> None:
        """Reports come with the goods: whether one is told counts neither way."""
        if name in REPORTS:
            return
        held = self._until(name)[rows]
        for entry in SERVES:
            if entry.asked == name:
                fits = [entry.holds_for(one or line.category) for one in self.category.names]
                held = np.where(np.array(fits)[self.category.codes[rows]],
                                np.maximum(held, self._until(entry.held)[rows]), held)  # fmt: skip
        if name not in words_for():
            states = [state_of_unlisted(name, self.listings[row]) for row in rows.tolist()]
            spoken = np.array([state is not None for state in states], np.bool_)
            unknown = np.array([state is State.UNKNOWN for state in states], np.bool_)
            missed = np.array([state is State.MISSED for state in states], np.bool_)
            tally.leave_open(unknown & (held == 0), strict=True)
            tally.miss(missed & (held == 0), costs_of("certificate", 1.0, self.weights))
            held = np.where(spoken & (held == 0), ENDLESS, held)
        untold = (held == 0) & ~self.shows_papers[rows] & ~np.isin(rows, self._denied.get(name, []))
        tally.leave_open(untold, strict=True)
        needed = max(need.deliver_by or self.judging_context.today, self.judging_context.today).toordinal()
        tally.miss(~untold & (held < needed), costs_of("certificate", 1.0, self.weights))

    def _invoice(self, tally: Tally, need: NeedFacts, rows: Rows) -> None:
        states = [invoice_state(need, self.listings[row]) for row in rows.tolist()]
        tally.leave_open(np.array([state is State.UNKNOWN for state in states], np.bool_), strict=True)
        missed = np.array([state is State.MISSED for state in states], np.bool_)
        tally.miss(missed, costs_of("invoice", 1.0, self.weights))

    def _place(self, tally: Tally, need: NeedFacts, km: Numbers, rows: Rows) -> None:
        cost = costs_of("place", 1.0, self.weights)
        missed = np.zeros(len(rows), np.bool_)
        for place in np.flatnonzero(self.may_stay_near.of(rows)).tolist():
            way = None if np.isnan(km[place]) else float(km[place])
            found = place_finding(need, self.listings[rows[place]], self.judging_context, way)
            missed[place] = found is not None and found.state is State.MISSED
        tally.miss(missed, cost)
        if asks_delivery(need):
            tally.miss(self.is_fetched.of(rows), costs_of("handover", 1.0, self.weights))
        if need.local_preference == "require":
            tally.miss(self.is_outside[rows], costs_of("locality", 1.0, self.weights))

    def _km(self, need: NeedFacts) -> Numbers:
        """The way to each of `places`."""
        there = coordinates(need.deliver_town, need.place, self.judging_context.gazetteer)
        return _figures(None if there is None or here is None else way_km(here, there) for here in self.places)

    def _until(self, name: str) -> Codes:
        """The last day on which each listing holds a paper; 0 where it never did."""
        if name not in self._untils:
            until = np.zeros(len(self.listings), np.int32)
            for row, day in self._held.get(name, ()):
                until[row] = day
            self._untils[name] = until
        return self._untils[name]

    def _convert_for(self, unit: str, others: Names, rows: Rows) -> Numbers:
        """What one `unit` is in the unit of each row, packs opened as listings say; NaN when nothing leads to it."""
        known = self._factors.get((unit, id(others)))
        if known is None:
            known = self._factors[unit, id(others)] = _figures(factor_between(unit, other) for other in others.names)
        factors = known[others.codes[rows]]
        closed = np.isnan(factors) if is_pack(unit) else np.isnan(factors) & others.are_packs[others.codes[rows]]
        packs = np.flatnonzero(closed)
        for place in packs[self.holds_packs.of(rows[packs])].tolist():
            row = rows[place]
            factor = convert_for(ONE, unit, others.names[others.codes[row]], self.listings[row])
            factors[place] = np.nan if factor is None else float(factor)
        return factors


def _figures(told: Iterable[Decimal | float | None]) -> Numbers:
    return np.array([np.nan if figure is None else figure for figure in told], np.float64)


def _until(listing: ListingFacts, name: str) -> int:
    """The last day on which a listing holds a licence; 0 when it does not."""
    held = listing.all_licences
    if name not in held:
        return 0
    until = held[name]
    return ENDLESS if until is None else until.toordinal()
