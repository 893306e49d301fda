"""Needs and listings that fit each other today, and stored pairs. Jobs read the clock, so the moments are real."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from marketplace import search
from marketplace.accounts.models import OrganisationLicence
from marketplace.catalog.models import Category, Listing, ListingTier
from marketplace.catalog.queries import category_by_code
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.jobs import enqueue, work_off
from marketplace.matching.models import Match
from marketplace.needs.models import Need
from tests.factories.base import RowFactory
from tests.factories.catalog import CategoryFactory, ListingFactory
from tests.factories.needs import NeedFactory, line


def shown_listing(title: str = "食品级PE平口袋", price: str = "0.26", **values: Any) -> Listing:
    """A published listing of PE bags at one price a piece."""
    now = utc_now()
    usual = {
        "category": bags(),
        "title": title,
        "aliases": ["PE袋", "塑料袋"],
        "published_at": now,
        "updated_at": now,
        "expires_at": now + timedelta(days=170),
        "tiers": [ListingTier(min_quantity=Decimal(5000), unit_price=Decimal(price))],
    }
    return _told("listings", ListingFactory(**{**usual, **values}))


def bags() -> Category:
    """The one category that all of these are in."""
    return category_by_code("J0101") or CategoryFactory(code="J0101", name_zh="塑料袋", name_en="Plastic bags")


def open_need(title: str = "食品级PE袋两万只", **values: Any) -> Need:
    """An open need of 20,000 PE bags at 0.30 yuan at most, with 30 days to deliver."""
    now = utc_now()
    usual = {
        "title": title,
        "description": "",
        "posted_at": now,
        "updated_at": now,
        "closes_at": now + timedelta(days=10),
        "deliver_by": (now + timedelta(days=30)).date(),
        "certificates": ["食品相关产品生产许可证"],
        "lines": [line()],
    }
    return _told("needs", NeedFactory(**{**usual, **values}))


def _told(kind: str, row: Any) -> Any:
    """Tell the index of a row, as its service would have done."""
    with transaction():
        search.changed(kind, row.id)
    return row


class MatchFactory(RowFactory):
    """A stored pair that meets everything."""

    class Meta:
        model = Match

    score = 80.0
    plain_score = 79.0
    relevance = 0.9
    line = 1
    met = 2
    missed = 0
    unknown = 0
    hard_missed = 0
    findings: list[dict[str, Any]] = []
    words: list[str] = ["PE", "袋"]
    distance_km = 1.2
    cost_fen = 520_000


def stored_match(**values: Any) -> Match:
    """A stored pair, computed now."""
    return MatchFactory(**{"computed_at": utc_now(), **values})


def work() -> None:
    """Let the worker do everything that is due, then read rows afresh."""
    work_off()
    db.session.expire_all()


def find_for(need: Need | None = None, listing: Listing | None = None) -> None:
    """What the news of a need or a listing starts, and its end."""
    with transaction():
        if need is not None:
            enqueue("matching.match_need", need_id=need.id)
        if listing is not None:
            enqueue("matching.match_listing", listing_id=listing.id)
    work()


def licence(organisation: Any, kind: str) -> None:
    """A licence of the whole organisation that does not run out."""
    with transaction() as session:
        session.add(OrganisationLicence(organisation_id=organisation.id, kind=kind))
