"""What a listing tells in words joins what it tells in fields; a field that was filled in always wins."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from marketplace.core.numerals import number_value
from marketplace.matching.facts import Amount, HeldCertificate, ListingFacts, Tier, listing_facts_from_json
from marketplace.needs.parsing import find_days
from marketplace.reading import Offer, PaperState, Terms, read_offer, read_terms
from marketplace.reading.folding import fold

GONE = frozenset({PaperState.DENIED, PaperState.EXPIRED, PaperState.APPLIED})
"""States in which a text says that a paper is not held."""

LEAVES = re.compile("出货|交货|发货|到货|有货|供货|供应|能供|可供|才有|才能|交付|开始|排|ship|deliver")
"""In the clause of a queue: that goods leave, not that a price rises."""

MONTH = re.compile(r"(?P<next>明年|来年|次年)?\s?(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?")


def with_told(listing: ListingFacts, today: date) -> ListingFacts:
    """The listing with what only its words tell; `told` names the words by field.

    Days that the words name are counted from the day of publication, from `today` where it is not told.
    """
    missing = [name for name, value in _fields(listing) if value is None]
    offer = _read(listing.text)
    told: dict[str, str] = {}
    values: dict[str, object] = {}
    if "moq" in missing and offer.minimum:
        rate = offer.minimum.value
        values["moq"] = Amount(rate.quantity, rate.unit or listing.price_unit)
        told["moq"] = offer.minimum.said
    if "capacity" in missing and offer.capacity:
        rate = offer.capacity.value
        values["capacity"] = Amount(rate.quantity, rate.unit or listing.price_unit, rate.per)
        told["capacity"] = offer.capacity.said
    if "lead_time" in missing and offer.lead:
        values |= {"lead_days_min": offer.lead.value.shortest, "lead_days_max": offer.lead.value.longest}
        told["lead_time"] = offer.lead.said
    if "price" in missing and offer.prices:
        first = offer.prices[0].value
        unit = first.unit or listing.price_unit
        values |= {"tiers": tuple(_tiers(offer, first.unit)), "price_unit": unit}
        told["price"] = offer.prices[0].said
    terms = read_terms(listing.text)
    if offer.stock:
        rate = offer.stock.value
        values |= {"stock": Amount(rate.quantity, rate.unit or listing.price_unit), "stock_is_all": bool(terms.is_last)}
        told["stock"] = offer.stock.said
    ready = _ready_on(terms, listing.published_on or today)
    if terms.sold_out or ready:
        values |= {"is_sold_out": bool(terms.sold_out), "ready_on": ready}
        told["ready"] = "，".join(dict.fromkeys(part for part in (terms.sold_out, terms.queue) if part))
    known = {certificate.name for certificate in listing.certificates or ()}
    papers = [paper for paper in offer.papers if paper.value.name not in known]
    held = [paper for paper in papers if paper.value.state is PaperState.HELD]
    values["told_certificates"] = tuple(HeldCertificate(paper.value.name, paper.value.valid_until) for paper in held)
    values["denied_certificates"] = frozenset(paper.value.name for paper in papers if paper.value.state in GONE)
    told |= {paper.value.name: paper.said for paper in papers if paper.value.state is not PaperState.MENTIONED}
    return replace(listing, told=told, **values) if told else listing  # type: ignore[arg-type]


def _ready_on(terms: Terms, today: date) -> date | None:
    """The first day on which something leaves, by the words of a queue or of what is sold out."""
    for clause in (terms.queue, terms.sold_out):
        if clause and (terms.sold_out or LEAVES.search(clause)):
            days = [mention.day for mention in find_days(fold(clause), today)]
            days += list(_months(fold(clause), today))
            if days:
                return max(days)
    return None


def _months(clause: str, today: date) -> Iterator[date]:
    """The first day of each month that is named: 排到明年四月."""
    for match in MONTH.finditer(clause):
        month = int(number_value(match["month"]) or 0)
        if 1 <= month <= 12:
            year = today.year + (1 if match["next"] or month < today.month else 0)
            yield date(year, month, 1)


def listing_from_json(row: Mapping[str, Any], today: date) -> ListingFacts:
    """A listing line (docs/commands.md) with what its words tell.

    Raises:
        ValueError: a value has a form that cannot be read; the text names the key.
    """
    return with_told(listing_facts_from_json(row), today)


def _fields(listing: ListingFacts) -> Iterator[tuple[str, object]]:
    """The fields that words may fill, None where nothing was filled in."""
    yield "moq", listing.moq
    yield "capacity", listing.capacity
    yield "lead_time", listing.lead_days_max if listing.lead_days_max is not None else listing.lead_days_min
    yield "price", listing.tiers or None


def _tiers(offer: Offer, unit: str) -> Iterator[Tier]:
    """The prices that are told for one unit, the smallest quantity first; each quantity once."""
    prices: dict[Decimal, Decimal] = {}
    for price in offer.prices:
        if price.value.unit == unit:
            prices.setdefault(price.value.from_quantity, price.value.yuan)
    for quantity in sorted(prices):
        yield Tier(quantity, prices[quantity])


@lru_cache(maxsize=8192)
def _read(text: str) -> Offer:
    return read_offer(text)
