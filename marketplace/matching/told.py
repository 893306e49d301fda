"""What a listing tells in words joins what it tells in fields; a field that was filled in always wins."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from marketplace.matching.facts import Amount, HeldCertificate, ListingFacts, Tier, listing_facts_from_json
from marketplace.reading import Offer, PaperState, read_offer, read_papers

GONE = frozenset({PaperState.DENIED, PaperState.EXPIRED, PaperState.APPLIED})
"""States in which a text says that a paper is not held."""


def with_told(listing: ListingFacts) -> ListingFacts:
    """The listing with what only its words tell; `told` names the words by field."""
    missing = [name for name, value in _fields(listing) if value is None]
    offer = _read(listing.text) if missing else Offer(papers=read_papers(listing.text))
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
    known = {certificate.name for certificate in listing.certificates or ()}
    papers = [paper for paper in offer.papers if paper.value.name not in known]
    held = [paper for paper in papers if paper.value.state is PaperState.HELD]
    values["told_certificates"] = tuple(HeldCertificate(paper.value.name, paper.value.valid_until) for paper in held)
    values["denied_certificates"] = frozenset(paper.value.name for paper in papers if paper.value.state in GONE)
    told |= {paper.value.name: paper.said for paper in papers if paper.value.state is not PaperState.MENTIONED}
    return replace(listing, told=told, **values) if told else listing  # type: ignore[arg-type]


def listing_from_json(row: Mapping[str, Any]) -> ListingFacts:
    """A listing line (docs/commands.md) with what its words tell.

    Raises:
        ValueError: a value has a form that cannot be read; the text names the key.
    """
    return with_told(listing_facts_from_json(row))


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
