"""Judging one pair: which requirements of a need does an offer meet, miss, or leave open, with the figures.

Findings say nothing in any language: `reasons` words them, `score` counts them. Whatever is not told is unknown; only
what is told can be missed. `hard` tells a requirement from a wish.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from marketplace.core.certificates import words_for
from marketplace.matching.delivery import distance_of, place_finding
from marketplace.matching.demands import demands_of, judge_thing, names_service
from marketplace.matching.facts import Amount, ListingFacts, NeedFacts, NeedLineFacts, cached_on_facts
from marketplace.matching.finding import Demands, Finding, JudgingContext, State
from marketplace.matching.ingredients import mentions
from marketplace.matching.packing import convert_for
from marketplace.matching.papers import REPORTS, accepted_certificate
from marketplace.matching.supply import lead_days, wait_days
from marketplace.matching.terms import handover_finding, invoice_finding, with_tax
from marketplace.reading import PaperState, paper_state

__all__ = ["Demands", "Finding", "JudgingContext", "State", "asks", "demands_of", "is_shown", "judge", "judging",
           "offers", "unit_price_at"]  # fmt: skip

ASKS = re.compile(
    r"求购|求租|求供|求货|急求|诚求|收购|寻购|寻货|寻找?供应商|诚征供应商|(?:长期|大量|常年|批量)采购|想买|想购|(?:高价|长期|常年|大量|现款)收|"
    r"^收(?!集|割|纳|藏|缩|银|据|发|费|音|运|放|卷)"
)
ASKS_INSIDE = re.compile(
    r"(?<!发布)(?<!对接)(?<!可)(?:我公司|我司|我厂|我店|本公司|本厂|本店|本社|现)[^。；]{0,8}(?:求购|收购|急需)|"
    r"(?:长期|常年|高价|大量|急需?)(?:求购|收购)|常年收货|长期收货|有货(?:源)?(?:的)?(?:请)?(?:联系|来电)|(?:高价|现款|现金|敞开)收(?!费|入|益|据|银)|"
    r"(?:农户|合作社|货主|厂家|供应商|商家)[^。，；]{0,8}(?:请来电|请联系|速联系|速报价|来报价)|欢迎[^。，；]{0,6}(?:供货|报价)"
)
"""In a text only what cannot be said of an offer."""
ONLY_GOODS = re.compile(
    r"(?:只|仅)(?:卖|售|销售|供材料|供货)|整机销售|(?:不提供|不负责|不承接|不包|不做|不出)[一-鿿]{2,4}"
)
FAR_KM = 80
DAYS_UNTOLD = 30
"""Days that a quantity may take when nobody said when it is needed."""
MET, MISSED, UNKNOWN = State
PAPER_STATES = {PaperState.HELD: MET, PaperState.MENTIONED: UNKNOWN}
TOLERANCE = Decimal("1.0005")


@cached_on_facts
def offers(listing: ListingFacts) -> bool:
    """False for a listing that asks (求购) instead of offering."""
    return not asks(listing.title, listing.keywords, listing.description)


def asks(title: str, keywords: Iterable[str], description: str) -> bool:
    """True when the texts of a listing ask for something (求购)."""
    return bool(ASKS.search(title) or any(ASKS.search(word) for word in keywords) or ASKS_INSIDE.search(description))


def is_shown(listing: ListingFacts, today: date) -> bool:
    """True when a page would propose it: published, not run out, and an offer at all."""
    runs = listing.expires_on is None or listing.expires_on >= today
    return listing.status == "published" and runs and offers(listing)


def judge(
    need: NeedFacts, line: NeedLineFacts, demands: Demands, listing: ListingFacts, judging_context: JudgingContext
) -> list[Finding]:
    """Every requirement of one need line against one listing."""
    return list(
        judging(need, line, demands, listing, judging_context, distance_of(need, listing, judging_context.gazetteer))
    )


def judging(
    need: NeedFacts,
    line: NeedLineFacts,
    demands: Demands,
    listing: ListingFacts,
    judging_context: JudgingContext,
    km: float | None,
) -> Iterator[Finding]:
    """The requirements one after the other, what is told in figures first, for who may stop at a missed one.

    `km` is their distance, None when it is not known.
    """
    for finding in (
        _kind(demands, listing),
        _moq(line, listing),
        _quantity(need, line, demands, listing, judging_context),
        _price(need, line, listing),
        _lead_time(need, listing, judging_context),
    ):
        if finding is not None:
            yield _quoted(finding, listing)
    if need.certificates or line.certificates:
        for finding in _certificates(need, line, listing, judging_context):
            yield _quoted(finding, listing)
    if listing.seller_licences:
        for finding in _licences(listing, judging_context):
            yield _quoted(finding, listing)
    if demands.name_properties:
        yield from judge_thing(demands, listing)
    for finding in (invoice_finding(need, listing), handover_finding(need, listing)):
        if finding is not None:
            yield finding
    yield from _place(need, listing, judging_context, km)


TOLD_AS = {"moq": "moq", "quantity": "capacity", "price": "price", "budget": "price", "lead_time": "lead_time"}
"""What a finding rests on in the listing, by its code; a paper is told under its own name."""


def _quoted(finding: Finding, listing: ListingFacts) -> Finding:
    """The finding with the words of the listing that it rests on, where only words tell."""
    figures = finding.figures
    if not listing.told or "said" in figures:
        return finding
    said = (
        listing.told.get("stock")
        if "stock" in figures
        else listing.told.get(TOLD_AS.get(finding.code) or figures.get("held") or figures.get("name", ""))
    )
    return finding._replace(figures={**figures, "said": said}) if said else finding


def _kind(demands: Demands, listing: ListingFacts) -> Finding | None:
    if demands.is_service is None or not listing.kind:
        return None
    if demands.is_service:
        return Finding("kind", MET if is_service(listing) else MISSED, True, {"wanted": "service"})
    state = MISSED if listing.kind == "service" else MET
    return Finding("kind", state, True, {"wanted": "product"})


@cached_on_facts
def is_service(listing: ListingFacts) -> bool:
    """True when it is offered as a service, or named like one and more than goods."""
    if listing.kind in ("service", "capability"):
        return True
    return names_service(listing.title) and not ONLY_GOODS.search(listing.description)


def _moq(line: NeedLineFacts, listing: ListingFacts) -> Finding | None:
    moq = listing.moq
    if moq is None or line.quantity is None:
        return None
    wanted = convert_for(line.quantity, line.unit, moq.unit, listing)
    figures = {"quantity": line.quantity, "unit": line.unit, "moq": moq.quantity, "moq_unit": moq.unit}
    if wanted is None:
        return Finding("moq", UNKNOWN, True, figures)
    return Finding("moq", MET if wanted >= moq.quantity else MISSED, True, figures)


def _quantity(
    need: NeedFacts, line: NeedLineFacts, demands: Demands, listing: ListingFacts, judging_context: JudgingContext
) -> Finding | None:
    """Quantity against capacity times the days there are; the first delivery may take the shortest lead time."""
    if line.quantity is None:
        return None
    capacity = listing.capacity
    figures: dict[str, Any] = {"quantity": line.quantity, "unit": line.unit}
    wanted = convert_for(line.quantity, line.unit, capacity.unit, listing) if capacity else None
    pace = demands.pace
    stock = None if pace else in_stock(line, listing)
    if stock is not None and listing.stock is not None:
        held = {**figures, "stock": listing.stock.quantity, "stock_unit": listing.stock.unit}
        if stock <= 1:
            return Finding("quantity", MET, True, held)
        if listing.stock_is_all and capacity is None:
            return Finding("quantity", MISSED, True, {**held, "over": stock - 1})
    if capacity is None or wanted is None or capacity.quantity <= 0:
        return Finding("quantity", UNKNOWN, True, figures)
    days = pace or ((need.deliver_by - judging_context.today).days if need.deliver_by else DAYS_UNTOLD)
    days = max(days, 1)
    takes = days_to_make(wanted, capacity)
    figures |= {
        "capacity": capacity.quantity, "capacity_unit": capacity.unit, "per": capacity.per or "month", "days": days,
        "takes": takes,
    }  # fmt: skip
    if takes <= days:
        state = MET
    else:
        state = MISSED if need.deliver_by or pace else UNKNOWN
    return Finding("quantity", state, True, figures)


def in_stock(line: NeedLineFacts, listing: ListingFacts) -> Decimal | None:
    """What is wanted as a share of what is ready at once; None when it cannot be compared, or nothing is ready."""
    stock = listing.stock
    if stock is None or listing.is_sold_out or line.quantity is None or stock.quantity <= 0:
        return None
    wanted = convert_for(line.quantity, line.unit, stock.unit, listing)
    return None if wanted is None else wanted / stock.quantity


def days_to_make(quantity: Decimal, capacity: Amount) -> int:
    """Days that `quantity` (in the capacity's unit) takes, rounded up."""
    return int((quantity * capacity.days / capacity.quantity).to_integral_value(ROUND_CEILING))


def unit_price_at(listing: ListingFacts, quantity: Decimal | None) -> Decimal | None:
    """The listed price of one piece when buying `quantity` (in the price's unit); the first tier when unknown."""
    if not listing.tiers:
        return None
    price = listing.tiers[0].unit_price
    for tier in listing.tiers:
        if quantity is not None and tier.min_quantity <= quantity:
            price = tier.unit_price
    return price


def _price(need: NeedFacts, line: NeedLineFacts, listing: ListingFacts) -> Finding | None:
    if line.max_unit_price is not None:
        return _unit_price(need, line, listing)
    if need.budget_fen is not None and len(need.lines) == 1 and line.quantity is not None:
        return _budget(need, line, listing)
    return None


def _unit_price(need: NeedFacts, line: NeedLineFacts, listing: ListingFacts) -> Finding:
    unit = line.price_unit or line.unit
    limit = line.max_unit_price
    assert limit is not None
    figures: dict[str, Any] = {"limit": limit, "unit": unit}
    price = unit_price_at(listing, convert_for(line.quantity, line.unit, listing.price_unit, listing))
    factor = convert_for(Decimal(1), unit, listing.price_unit, listing)
    if price is None or factor is None or factor == 0:
        return Finding("price", UNKNOWN, True, figures)
    told = with_tax(price * factor, need, listing)
    figures |= {"price": told, "over": max(Decimal(0), told - limit), "negotiable": listing.negotiable}
    if told <= limit * TOLERANCE:
        state = MET
    else:
        state = UNKNOWN if listing.negotiable else MISSED
    return Finding("price", state, True, figures)


def _budget(need: NeedFacts, line: NeedLineFacts, listing: ListingFacts) -> Finding:
    assert need.budget_fen is not None
    quantity = convert_for(line.quantity, line.unit, listing.price_unit, listing)
    price = unit_price_at(listing, quantity)
    figures: dict[str, Any] = {"budget_fen": need.budget_fen}
    if price is None or quantity is None:
        return Finding("budget", UNKNOWN, True, figures)
    total = int((with_tax(price, need, listing) * quantity * 100).to_integral_value())
    figures |= {"total_fen": total, "negotiable": listing.negotiable}
    if total <= need.budget_fen:
        state = MET
    else:
        state = UNKNOWN if listing.negotiable else MISSED
    return Finding("budget", state, True, figures)


def _lead_time(need: NeedFacts, listing: ListingFacts, judging_context: JudgingContext) -> Finding | None:
    if need.deliver_by is None or need.deliver_by < judging_context.today:
        return None
    shortest, longest = lead_days(listing, judging_context.today)
    figures: dict[str, Any] = {"deliver_by": need.deliver_by}
    if shortest is None or longest is None:
        return Finding("lead_time", UNKNOWN, True, figures)
    days = (need.deliver_by - judging_context.today).days
    figures |= {"days": days, "lead_min": shortest, "lead_max": longest,
                "ready_by": judging_context.today + timedelta(days=longest)}  # fmt: skip
    if wait_days(listing, judging_context.today) is not None:
        figures["said"] = listing.told["ready"]
    if longest <= days:
        state = MET
    else:
        state = MISSED if shortest > days else UNKNOWN
    return Finding("lead_time", state, True, figures)


def _certificates(
    need: NeedFacts, line: NeedLineFacts, listing: ListingFacts, judging_context: JudgingContext
) -> Iterator[Finding]:
    needed_on = max(need.deliver_by or judging_context.today, judging_context.today)
    held = listing.all_licences
    for name in dict.fromkeys((*need.certificates, *line.certificates)) if line.certificates else need.certificates:
        figures: dict[str, Any] = {"name": name, "needed_on": needed_on}
        serves = accepted_certificate(name, held, listing.category or line.category, needed_on)
        if serves:
            until = held[serves]
            figures["valid_until"] = until
            if serves != name:
                figures["held"] = serves
            if until is None or until >= needed_on:
                yield Finding("certificate", MET, True, figures)
            elif name in REPORTS:  # the next one comes with the goods
                yield Finding("certificate", UNKNOWN, False, figures)
            else:
                yield Finding("certificate", MISSED, True, figures)
        elif name in REPORTS:
            said = mentions(words_for()[name], listing.text)
            yield Finding("certificate", MET if said else UNKNOWN, False, figures)
        elif said_state := state_of_unlisted(name, listing):
            yield Finding("certificate", said_state, True, figures)
        elif listing.certificates is None and name not in listing.denied_certificates:
            yield Finding("certificate", UNKNOWN, True, figures)
        else:
            yield Finding("certificate", MISSED, True, figures)


def state_of_unlisted(name: str, listing: ListingFacts) -> State | None:
    """How the words of a listing stand to a paper that no table knows; None when they do not name it."""
    said = None if name in words_for() else paper_state(name, listing.text)
    return PAPER_STATES.get(said, MISSED) if said else None


def _licences(listing: ListingFacts, judging_context: JudgingContext) -> Iterator[Finding]:
    """Licences that the category asks of the supplier. Those of the whole organisation may not be told here."""
    held, shows = listing.all_licences, listing.certificates is not None
    for name in listing.seller_licences:
        figures: dict[str, Any] = {"name": name}
        if name not in held:
            yield Finding("licence", UNKNOWN, True, figures | ({"not_shown": True} if shows else {}))
            continue
        until = held[name]
        figures["valid_until"] = until
        valid = until is None or until >= judging_context.today
        yield Finding("licence", MET if valid else MISSED, True, figures)


def _place(
    need: NeedFacts, listing: ListingFacts, judging_context: JudgingContext, km: float | None
) -> Iterator[Finding]:
    served = place_finding(need, listing, judging_context, km)
    if served is not None:
        yield served
    if need.local_preference == "require" and listing.locality:
        state = MISSED if listing.locality == "outside" else MET
        yield Finding("locality", state, True, {"locality": listing.locality})
    if km is not None:
        state = MET if km <= FAR_KM else UNKNOWN
        yield Finding("distance", state, False, {"km": round(km, 1), "town": listing.town})
