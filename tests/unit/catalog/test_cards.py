"""A card says the same as the listing it stands for."""

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import ListingPicture, ListingTier
from marketplace.catalog.queries import cards_by_ids, newest_cards
from marketplace.core.db import db
from marketplace.core.files import StoredFile
from tests.factories.accounts import NOW, OrganisationFactory
from tests.factories.catalog import CategoryFactory, ListingFactory


def picture(key, position):
    file = StoredFile(
        key=key,
        name=f"{key}.webp",
        media_type="image/webp",
        size=1,
        sha256="",
        owner_kind="listings",
        owner_id=0,
        created_at=NOW,
    )
    return ListingPicture(position=position, file=file)


@pytest.fixture
def listings(app):
    prices = [Decimal("12.5"), Decimal("9.75"), Decimal("0.123456")]
    tiers = [ListingTier(min_quantity=10**n, unit_price=price) for n, price in enumerate(prices)]
    return [
        ListingFactory(tiers=tiers, town="", category=CategoryFactory(seller_licences=["药品生产许可证"])),
        ListingFactory(tiers=[], moq_quantity=None, lead_time_max_days=None, organisation__short_name=""),
        ListingFactory(organisation__short_name="锦屹"),
    ]


def test_says_what_the_row_says(listings):
    ids = [row.id for row in reversed(listings)]
    cards = cards_by_ids(map(str, ids), NOW)
    assert [card.id for card in cards] == ids
    same = ("title", "organisation_id", "unit", "lowest_price", "highest_price", "moq_quantity", "moq_unit", "place",
            "lead_time_max_days")  # fmt: skip
    for card, row in zip(cards, reversed(listings), strict=True):
        assert {name: getattr(card, name) for name in same} == {name: getattr(row, name) for name in same}
        assert card.organisation == tuple(getattr(row.organisation, name) for name in card.organisation._fields)
        assert (card.category.code, card.category.is_restricted) == (row.category.code, row.category.is_restricted)
        assert card.cover_key is None


def test_shows_the_first_picture_by_position(listings):
    row = listings[0]
    row.pictures = [picture("second", 2), picture("first", 1), picture("also-first", 1)]
    db.session.flush()
    assert [card.cover_key for card in cards_by_ids([row.id, listings[1].id], NOW)] == ["first", None]


def test_is_there_for_what_everybody_may_see(app):
    category = CategoryFactory()
    shelf = [
        ListingFactory(organisation__status=status, status=step, expires_at=NOW + end, category=category)
        for status in OrganisationStatus
        for step in (ListingStatus.PUBLISHED, ListingStatus.PAUSED)
        for end in (timedelta(0), timedelta(seconds=1))
    ]
    assert {card.id for card in cards_by_ids([row.id for row in shelf], NOW)} == {
        row.id for row in shelf if row.is_public(NOW)
    }


def test_the_newest_of_a_supplier_come_first(app):
    supplier, category = OrganisationFactory(), CategoryFactory()
    rows = [
        ListingFactory(organisation=supplier, category=category, published_at=NOW - timedelta(days=days))
        for days in (3, 1, 1, 2)
    ]
    ListingFactory(category=category)
    assert [card.id for card in newest_cards(supplier.id, NOW, 3)] == [rows[2].id, rows[1].id, rows[3].id]
