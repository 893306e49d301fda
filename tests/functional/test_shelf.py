"""Cards stay at hand in a process, and still each reader gets what is true and meant for them now."""

import re
from decimal import Decimal

import pytest

from marketplace.core.db import transaction
from tests.factories.accounts import OrganisationFactory, StaffFactory, owner_of
from tests.factories.catalog import CategoryFactory
from tests.factories.matching import shown_listing


@pytest.fixture
def listing(app, worker):
    row = shown_listing(
        "制川乌饮片", "37.25", category=CategoryFactory(code="B0103", buyer_licences=["药品经营许可证"])
    )
    worker()
    return row


def shelf(client, language="en"):
    return client.get("/listings", headers={"Accept-Language": language}).text


def kilometres(page):
    return float(re.search(r"([\d.]+)\u202fkm", page)[1])


def test_what_one_reader_may_see_is_not_shown_to_the_next(listing, browser, as_person):
    for _turn in range(2):
        assert "37.25" in shelf(as_person(StaffFactory()))
        assert "37.25" not in shelf(browser)


def test_each_reader_has_their_language_and_their_distance(listing, browser, as_person):
    far = owner_of(OrganisationFactory(latitude=39.9, longitude=116.4), language="en")
    for _turn in range(2):
        assert "Price for verified organisations" in shelf(browser)
        assert "价格仅对已核验单位显示" in shelf(browser, "zh")
        assert kilometres(shelf(as_person(far))) > 1000 > kilometres(shelf(browser))


def test_a_change_is_seen_at_once(listing, browser, as_person):
    staff = as_person(StaffFactory())
    assert "37.25" in shelf(staff)
    with transaction():
        listing.tiers[0].unit_price = Decimal("41.5")
        listing.organisation.short_name = "<b>锦屹</b>"
    page = shelf(staff)
    assert "¥41.5" in page and "37.25" not in page and "&lt;b&gt;锦屹" in page


def test_a_title_is_marked_in_each_search_by_its_own_words(app, worker, browser):
    shown_listing("食品级PE平口袋 25×35")
    worker()
    for words, title in (
        ("平口袋", "食品级PE<mark>平口袋</mark> 25×35"),
        ("25×35", "食品级PE平口袋 <mark>25×35</mark>"),
    ):
        assert f">{title}</a>" in browser.get(f"/listings?q={words}").text
