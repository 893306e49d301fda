"""Restricted goods: prices and capacity for verified organisations only, on every page; never promoted to everybody."""

from decimal import Decimal
from urllib.parse import quote

import pytest

from marketplace import search
from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.catalog.search import find_in_database
from marketplace.search import Query
from tests.factories.accounts import OrganisationFactory, PersonFactory, StaffFactory, owner_of
from tests.factories.catalog import CategoryFactory
from tests.factories.matching import find_for, licence, open_need, shown_listing
from tests.factories.needs import line

WHY = "prices and capacity are shown to verified organisations only"
TERMS = ("37.25", "4,321")
"""Figures that stand nowhere else: the price and the capacity."""
PLACES = (
    "/listings",
    f"/listings?q={quote('川乌')}",
    "/organisations/{supplier}",
    "/listings/{listing}",
    "/listings/{listing}?quantity=10",
    "/listings/{listing}/matches",
    "/needs/{need}/matches",
    f"/matching/preview?sentence={quote('制川乌饮片10千克，单价40元以内')}",
)
"""Where the listing stands for everybody."""


@pytest.fixture
def goods(app, worker):
    """A restricted listing with a price and a capacity, and an open need that it fits."""
    category = CategoryFactory(code="B0103", seller_licences=["药品生产许可证"], buyer_licences=["药品经营许可证"])
    listing = shown_listing(
        "制川乌饮片",
        "37.25",
        category=category,
        unit="千克",
        capacity_quantity=Decimal(4321),
        capacity_unit="千克",
        moq_quantity=None,
    )
    licence(listing.organisation, "药品生产许可证")
    wanted = line(item="制川乌饮片", quantity=Decimal(10), unit="千克", unit_code="KGM", max_unit_price=Decimal(40))
    need = open_need("制川乌饮片10千克", lines=[wanted], certificates=[])
    find_for(need, listing)
    worker()
    return listing, need


def pages_of(client, goods):
    listing, need = goods
    for place in PLACES:
        path = place.format(listing=listing.id, need=need.id, supplier=listing.organisation_id)
        yield path, client.get(path, headers={"Accept-Language": "en"}, follow_redirects=True).text


def person_of(status):
    return (
        PersonFactory(language="en") if status is None else owner_of(OrganisationFactory(status=status), language="en")
    )


@pytest.mark.parametrize("status", ["visitor", None, OrganisationStatus.PENDING, OrganisationStatus.SUSPENDED])
def test_others_read_neither_on_any_page(goods, browser, as_person, status):
    client = browser if status == "visitor" else as_person(person_of(status))
    for path, page in pages_of(client, goods):
        assert "制川乌" in page.replace("<mark>", "").replace("</mark>", ""), path
        assert not [figure for figure in TERMS if figure in page], path


def test_the_page_says_why(goods, browser):
    page = browser.get(f"/listings/{goods[0].id}", headers={"Accept-Language": "en"}).text
    assert WHY in page
    assert "Price for verified organisations" in browser.get("/listings", headers={"Accept-Language": "en"}).text


def test_verified_organisations_and_staff_read_both(goods, as_person):
    for person in (person_of(OrganisationStatus.VERIFIED), StaffFactory(language="en")):
        page = as_person(person).get(f"/listings/{goods[0].id}").text
        assert [figure for figure in TERMS if figure in page] == list(TERMS)
        assert WHY not in page


def test_a_price_cannot_be_found_by_filters(goods):
    narrow = Query(ranges={"price": (37_000_000, 38_000_000)}, facets=("price_band",))
    for found in (search.find("listings", narrow), find_in_database(narrow)):
        assert found.ids == []
    whole = Query(facets=("price_band",))
    for found in (search.find("listings", whole), find_in_database(whole)):
        assert found.ids == [goods[0].id]
        assert not found.facets["price_band"]
