"""What would make it fit: the smallest changes that turn near misses into matches, with the pairs that they win.

Whether a change is enough is never guessed from the figures of a finding: it is made to the facts, and the pair is
judged again. A change that loses a pair which fits today is not proposed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from marketplace.core.units import COUNTED_DIMENSIONS, find_unit
from marketplace.matching.facts import HeldCertificate, ListingFacts, NeedFacts, NeedLineFacts
from marketplace.matching.finding import Demands, Finding, JudgingContext, State
from marketplace.matching.judge import judge, unit_price_at
from marketplace.matching.packing import convert_for
from marketplace.matching.papers import VOLUNTARY

REACH = Decimal("0.8")
"""Beside the smallest change of a sort stands the one that wins so much of all that the sort can win."""
MOST_MISSED = 2
"""More missed requirements than this no single change settles (a later day settles lead time and capacity)."""
LATEST = 30
"""A delivery day is moved by a month at most."""
PRICE_PLACES = Decimal("0.000001")
AMOUNT_PLACES = Decimal("0.001")
LARGE = 100
"""From here on an amount is told without a part, whatever its unit."""


class Kind(StrEnum):
    """Sorts of changes; the first seven are the buyer's, the others the supplier's."""

    LIMIT = "limit"
    BUDGET = "budget"
    DAY = "day"
    MORE = "more"
    LESS = "less"
    WITHOUT = "without"
    ANYWHERE = "anywhere"
    MOQ = "moq"
    PRICE = "price"
    LEAD_TIME = "lead-time"
    CAPACITY = "capacity"
    CERTIFICATE = "certificate"
    LICENCE = "licence"
    AREA = "area"


@dataclass(frozen=True)
class Change:
    """One change. `of` tells of what: the number of a line, or the name of a paper.

    `to` is the new figure in `unit` (yuan for one `unit`, fen for a budget, days more for a delivery day); None where
    there is none.
    """

    kind: Kind
    of: str = ""
    to: Decimal | None = None
    share: Decimal = Decimal(1)
    """How much of the present figure is changed: what is smaller stands before what is greater."""
    unit: str = ""
    per: str = ""
    day: date | None = None

    @property
    def address(self) -> str:
        """The change as it stands in a link."""
        return "~".join((self.kind.value, self.of, "" if self.to is None else f"{self.to.normalize():f}"))


@dataclass(frozen=True, eq=False)
class Pair:
    """A stored pair with the facts of both sides and the line of the need that it answers."""

    need: NeedFacts
    line: NeedLineFacts
    demands: Demands
    listing: ListingFacts

    def missed(self, judging_context: JudgingContext) -> list[Finding]:
        """The requirements that are missed though the buyer insists on them."""
        findings = judge(self.need, self.line, self.demands, self.listing, judging_context)
        return [finding for finding in findings if finding.hard and finding.state is State.MISSED]

    def after(self, change: Change) -> "Pair":
        """The same pair once the change is made."""
        return RULES[change.kind].made(self, change)

    def with_line(self, **values: Any) -> "Pair":
        """The pair with other facts of its line."""
        line = replace(self.line, **values)
        lines = tuple(line if other.number == line.number else other for other in self.need.lines)
        return replace(self, line=line, need=replace(self.need, lines=lines))

    def with_need(self, **values: Any) -> "Pair":
        return replace(self, need=replace(self.need, **values))

    def with_listing(self, **values: Any) -> "Pair":
        return replace(self, listing=replace(self.listing, **values))


@dataclass(frozen=True)
class Proposal:
    """A change, and the pairs that fit once it is made."""

    change: Change
    won: tuple[Pair, ...]

    @cached_property
    def need_ids(self) -> list[int]:
        """Each need once."""
        return list(dict.fromkeys(int(pair.need.id) for pair in self.won))

    @cached_property
    def listing_ids(self) -> list[int]:
        """Each listing once."""
        return list(dict.fromkeys(int(pair.listing.id) for pair in self.won))

    @property
    def suppliers(self) -> int:
        """How many suppliers the listings are of."""
        return len({pair.listing.organisation for pair in self.won})


Least = Callable[[Pair, Finding, JudgingContext], Iterator[Change]]


@dataclass(frozen=True)
class Rule:
    """One sort of change: which misses it can settle, the least that settles one, and how it is made.

    `most` is the largest share of the present figure that still counts as a small change; None when any does.
    """

    codes: frozenset[str]
    least: Least
    made: Callable[[Pair, Change], Pair]
    rises: bool = True
    most: Decimal | None = None
    loses: bool = False
    """True when what fits today may be lost by it."""
    of_line: bool = False
    """True when it concerns one line of a need."""


def proposals(
    pairs: Iterable[Pair],
    kinds: Sequence[Kind],
    judging_context: JudgingContext,
    fitting: Callable[[], Sequence[Pair]] = tuple,
) -> list[Proposal]:
    """What would win most of `pairs` by one change of `kinds`, the most and then the smallest first.

    All pairs are of one need or of one supplier. `fitting` gives the pairs that fit today; it is asked only when a
    change might lose one of them.
    """
    fitting = cache(fitting)
    near = {pair: missed for pair in pairs if 0 < len(missed := pair.missed(judging_context)) <= MOST_MISSED}
    ladders: dict[tuple[Kind, str], dict[Pair, Change]] = {}
    for pair, missed in near.items():
        for kind in kinds:
            change = smallest(kind, pair, missed, judging_context)
            if change is not None:
                ladders.setdefault((kind, change.of), {})[pair] = change
    found = []
    for (kind, _of), ladder in ladders.items():
        steps = [Proposal(change, won_by(change, near, judging_context)) for change in steps_of(ladder.values(), kind)]
        if RULES[kind].loses:
            steps = [step for step in steps if not loses(step.change, fitting(), judging_context)]
        found += [step for number, step in enumerate(steps) if not number or len(step.won) > len(steps[0].won)]
    return sorted(found, key=lambda step: (-len(step.won), step.change.share, list(Kind).index(step.change.kind),
                                           step.change.of))  # fmt: skip


def smallest(kind: Kind, pair: Pair, missed: Sequence[Finding], judging_context: JudgingContext) -> Change | None:
    """The least change of a kind that leaves nothing missed; None when none does, or none that is small."""
    rule = RULES[kind]
    if any(finding.code not in rule.codes for finding in missed):
        return None
    changes = [change for finding in missed for change in rule.least(pair, finding, judging_context)]
    if len(changes) < len(missed) or len({change.of for change in changes}) != 1:
        return None
    change = max(changes, key=lambda change: change.share)
    small = rule.most is None or change.share <= rule.most
    return change if small and not pair.after(change).missed(judging_context) else None


def steps_of(changes: Iterable[Change], kind: Kind) -> list[Change]:
    """Of the least changes of all pairs the smallest, and the one that covers `REACH` of them."""
    ladder = sorted(changes, key=lambda change: change.to or 0, reverse=not RULES[kind].rises)
    far = ladder[int((REACH * len(ladder)).to_integral_value(ROUND_CEILING)) - 1]
    return [ladder[0]] if far.to == ladder[0].to else [ladder[0], far]


def won_by(change: Change, near: Iterable[Pair], judging_context: JudgingContext) -> tuple[Pair, ...]:
    """Those of the near misses that fit once the change is made."""
    return tuple(pair for pair in near if concerns(change, pair) and not pair.after(change).missed(judging_context))


def loses(change: Change, fitting: Iterable[Pair], judging_context: JudgingContext) -> bool:
    """True when a pair that fits today would miss something after the change."""
    return any(concerns(change, pair) and pair.after(change).missed(judging_context) for pair in fitting)


def concerns(change: Change, pair: Pair) -> bool:
    """False for a change of another line of the need."""
    return not RULES[change.kind].of_line or change.of == str(pair.line.number)


def _share(now: Decimal | int, then: Decimal | int) -> Decimal:
    return abs(Decimal(then) - Decimal(now)) / Decimal(now) if now else Decimal(1)


def _whole(unit: str) -> bool:
    """True for a unit of which nobody orders a part: 1.8 万只 can be had, half a 只 cannot."""
    known = find_unit(unit)
    return known is None or (known.dimension in COUNTED_DIMENSIONS and known.factor == 1)


def _rounded(amount: Decimal, unit: str, rounding: str) -> Decimal:
    return amount.quantize(Decimal(1) if amount >= LARGE or _whole(unit) else AMOUNT_PLACES, rounding)


def _line_change(kind: Kind, line: NeedLineFacts, amount: Decimal | None, rounding: str) -> Iterator[Change]:
    """Another quantity of a line."""
    if amount is None or not line.quantity:
        return
    to = _rounded(amount, line.unit, rounding)
    if to > 0:
        yield Change(kind, str(line.number), to, _share(line.quantity, to), line.unit)


def _limit(pair: Pair, finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    now, to = finding.figures["limit"], finding.figures["price"].quantize(PRICE_PLACES, ROUND_CEILING)
    yield Change(Kind.LIMIT, str(pair.line.number), to, _share(now, to), finding.figures["unit"])


def _budget(_pair: Pair, finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    now, to = finding.figures["budget_fen"], Decimal(finding.figures["total_fen"])
    yield Change(Kind.BUDGET, "", to, _share(now, to))


def _day(pair: Pair, finding: Finding, judging_context: JudgingContext) -> Iterator[Change]:
    """Days more, counted from the day that is asked for."""
    asked = pair.need.deliver_by
    if asked is None or (finding.code == "quantity" and ("takes" not in finding.figures or _again_and_again(pair))):
        return
    takes = finding.figures["lead_min"] if finding.code == "lead_time" else finding.figures["takes"]
    day = judging_context.today + timedelta(days=takes)
    later = (day - asked).days
    if 0 < later <= LATEST:
        yield Change(Kind.DAY, "", Decimal(later), _share((asked - judging_context.today).days, takes), day=day)


def _made_day(pair: Pair, change: Change) -> Pair:
    asked = pair.need.deliver_by
    return pair.with_need(deliver_by=asked and asked + timedelta(days=int(_to(change))))


def _more(pair: Pair, finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    """As much as the supplier's minimum order, in the unit of the need."""
    if not _again_and_again(pair):
        figures = finding.figures
        least = convert_for(figures["moq"], figures["moq_unit"], pair.line.unit, pair.listing)
        yield from _line_change(Kind.MORE, pair.line, least, ROUND_CEILING)


def _less(pair: Pair, finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    """As much as can be made in time, in the unit of the need."""
    capacity = pair.listing.capacity
    if capacity is not None and not _again_and_again(pair):
        makes = capacity.quantity * finding.figures["days"] / capacity.days
        most = convert_for(makes, capacity.unit, pair.line.unit, pair.listing)
        yield from _line_change(Kind.LESS, pair.line, most, ROUND_FLOOR)


def _again_and_again(pair: Pair) -> bool:
    """True when the text asks for the quantity at a pace of its own: then it says more than the line does."""
    return pair.demands.pace is not None


def _without(pair: Pair, finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    """Only a paper that no law asks for, neither of everybody nor in this category."""
    name = finding.figures["name"]
    if name in VOLUNTARY and name not in pair.listing.seller_licences:
        yield Change(Kind.WITHOUT, name)


def _made_without(pair: Pair, change: Change) -> Pair:
    def kept(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name != change.of)

    return pair.with_line(certificates=kept(pair.line.certificates)).with_need(
        certificates=kept(pair.need.certificates))  # fmt: skip


def _anywhere(_pair: Pair, _finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    yield Change(Kind.ANYWHERE)


def _moq(pair: Pair, finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    figures = finding.figures
    wanted = convert_for(figures["quantity"], figures["unit"], figures["moq_unit"], pair.listing)
    to = _rounded(wanted or Decimal(0), figures["moq_unit"], ROUND_FLOOR)
    if to > 0:
        yield Change(Kind.MOQ, "", to, _share(figures["moq"], to), figures["moq_unit"])


def _price(pair: Pair, finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    """The price that the limit or the budget leaves, for one unit of the listing's price."""
    line, listing, figures = pair.line, pair.listing, finding.figures
    quantity = convert_for(line.quantity, line.unit, listing.price_unit, listing)
    if finding.code == "price":
        of, one = figures["limit"], convert_for(Decimal(1), figures["unit"], listing.price_unit, listing)
    else:
        of, one = Decimal(figures["budget_fen"]) / 100, quantity
    now = unit_price_at(listing, quantity)
    to = (of / one).quantize(PRICE_PLACES, ROUND_FLOOR) if one else Decimal(0)
    if to > 0 and now:
        yield Change(Kind.PRICE, "", to, _share(now, to), listing.price_unit)


def _made_price(pair: Pair, change: Change) -> Pair:
    tiers = (replace(tier, unit_price=min(tier.unit_price, _to(change))) for tier in pair.listing.tiers)
    return pair.with_listing(tiers=tuple(tiers))


def _lead_time(_pair: Pair, finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    now, days = finding.figures["lead_min"], finding.figures["days"]
    if days > 0:
        yield Change(Kind.LEAD_TIME, "", Decimal(days), _share(now, days))


def _made_lead_time(pair: Pair, change: Change) -> Pair:
    days = int(_to(change))
    told = {name: min(now, days) for name in ("lead_days_min", "lead_days_max")
            if (now := getattr(pair.listing, name)) is not None}  # fmt: skip
    return pair.with_listing(**told)


def _capacity(pair: Pair, finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    """As much as makes the quantity in the days there are."""
    capacity, figures = pair.listing.capacity, finding.figures
    if capacity is None:
        return
    wanted = convert_for(figures["quantity"], figures["unit"], figures["capacity_unit"], pair.listing)
    if wanted is not None:
        to = _rounded(wanted * capacity.days / figures["days"], capacity.unit, ROUND_CEILING)
        yield Change(Kind.CAPACITY, "", to, _share(capacity.quantity, to), capacity.unit, figures["per"])


def _made_capacity(pair: Pair, change: Change) -> Pair:
    capacity = pair.listing.capacity
    return pair.with_listing(capacity=capacity and replace(capacity, quantity=_to(change)))


def _certificate(_pair: Pair, finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    kind = Kind.LICENCE if finding.code == "licence" else Kind.CERTIFICATE
    yield Change(kind, finding.figures["name"])


def _made_certificate(pair: Pair, change: Change) -> Pair:
    held = (*(pair.listing.certificates or ()), HeldCertificate(change.of))
    return pair.with_listing(certificates=held)


def _area(_pair: Pair, _finding: Finding, _ground: JudgingContext) -> Iterator[Change]:
    yield Change(Kind.AREA)


def _made_area(pair: Pair, _change: Change) -> Pair:
    """The words that keep the supplier at one place left aside."""
    return pair.with_listing(serves_everywhere=True)


def _to(change: Change) -> Decimal:
    assert change.to is not None
    return change.to


HALF, THIRD, WHOLE = Decimal(1) / 2, Decimal(1) / 3, Decimal(1)
RULES: Mapping[Kind, Rule] = {
    Kind.LIMIT: Rule(frozenset({"price"}), _limit, lambda p, c: p.with_line(max_unit_price=c.to), most=HALF,
                     of_line=True),
    Kind.BUDGET: Rule(frozenset({"budget"}), _budget, lambda p, c: p.with_need(budget_fen=int(_to(c))), most=HALF),
    Kind.DAY: Rule(frozenset({"lead_time", "quantity"}), _day, _made_day, loses=True),
    Kind.MORE: Rule(frozenset({"moq"}), _more, lambda p, c: p.with_line(quantity=c.to), most=WHOLE, loses=True,
                    of_line=True),
    Kind.LESS: Rule(frozenset({"quantity"}), _less, lambda p, c: p.with_line(quantity=c.to), rises=False, most=HALF,
                    loses=True, of_line=True),
    Kind.WITHOUT: Rule(frozenset({"certificate"}), _without, _made_without),
    Kind.ANYWHERE: Rule(frozenset({"locality"}), _anywhere, lambda p, _c: p.with_need(local_preference="prefer")),
    Kind.MOQ: Rule(frozenset({"moq"}), _moq,
                   lambda p, c: p.with_listing(moq=p.listing.moq and replace(p.listing.moq, quantity=_to(c))),
                   rises=False),
    Kind.PRICE: Rule(frozenset({"price", "budget"}), _price, _made_price, rises=False, most=THIRD),
    Kind.LEAD_TIME: Rule(frozenset({"lead_time"}), _lead_time, _made_lead_time, rises=False, most=HALF),
    Kind.CAPACITY: Rule(frozenset({"quantity"}), _capacity, _made_capacity, most=WHOLE),
    Kind.CERTIFICATE: Rule(frozenset({"certificate"}), _certificate, _made_certificate),
    Kind.LICENCE: Rule(frozenset({"licence"}), _certificate, _made_certificate),
    Kind.AREA: Rule(frozenset({"place"}), _area, _made_area),
}  # fmt: skip
"""Prices and budgets move by what is missed by less than half (`score.NEAR_MISS`): a third off is half over the limit.
A quantity is doubled or halved at most, a capacity doubled, a lead time halved; a minimum order is the supplier's word.
What makes another thing of it (material, measures, what must not be in it, product or service) no change proposes."""

OF_NEED = (Kind.LIMIT, Kind.BUDGET, Kind.DAY, Kind.MORE, Kind.LESS, Kind.WITHOUT, Kind.ANYWHERE)
OF_PAPERS = (Kind.CERTIFICATE, Kind.LICENCE)
OF_LISTING = (Kind.MOQ, Kind.PRICE, Kind.LEAD_TIME, Kind.CAPACITY, *OF_PAPERS, Kind.AREA)
