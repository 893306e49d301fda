"""What would make more fit, on the pages: each count is the length of the list behind it; each side sees its own."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.models import Organisation
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Listing
from marketplace.catalog.signals import listing_changed
from marketplace.core.clock import local_day, utc_now
from marketplace.core.db import db, transaction
from marketplace.core.presentation import NARROW
from marketplace.matching.models import DismissalReason, Match, Side
from marketplace.matching.services import dismiss
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need
from marketplace.needs.signals import need_changed
from tests.factories.accounts import OrganisationFactory, StaffFactory, owner_of
from tests.factories.matching import find_for, licence, open_need, shown_listing
from tests.factories.needs import DraftFactory, line

LINE = re.compile(
    r'<li>(?:<a class="changes__of"[^>]*>(?P<of>.*?)</a> )?<span>(?P<change>[^<]*?), '
    r'<a href="(?P<href>[^"]*)"[^>]*>(?P<gain>(?P<number>\d+) [^<]*)</a></span>'
)
TITLE = re.compile(r'match-row__title"><a[^>]*>(.*?)</a>')


WORKBENCH = "/workbench/improvements"
PART = {"HX-Request": "true"}
"""The part of it that the workbench loads."""


def page_of(client, path: str, headers=()) -> str:
    """The page with every run of blanks as one: how a template is laid out says nothing."""
    text = client.get(path, headers={"Accept-Language": "en", **dict(headers)}).get_data(as_text=True)
    return re.sub(r"[ \n]+", " ", text)


def proposed(client, path: str, headers=()) -> list[dict[str, str]]:
    """The lines of the panel: change, gain, number, href, of."""
    return [
        {name: unescape(text or "").replace(NARROW, " ") for name, text in found.groupdict().items()}
        for found in LINE.finditer(page_of(client, path, headers))
    ]


def rows(client, path: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", title) for title in TITLE.findall(page_of(client, path))]


def english(organisation):
    return owner_of(organisation, language="en")


def supplier(**values):
    """A verified one that holds what makers of bags must hold."""
    organisation = OrganisationFactory(**values)
    licence(organisation, "食品相关产品生产许可证")
    return organisation


def dear_listing(number: int, price: str, **values):
    return shown_listing(f"食品级PE平口袋{number}型", price=price, **{"organisation": supplier(), **values})


@pytest.fixture
def buyer(app, as_person):
    """A need of bags at 0.30 yuan, three suppliers of whom are too dear, one who fits, and the buyer's client."""
    for number, price in enumerate(("0.32", "0.34", "0.34", "0.26")):
        dear_listing(number, price)
    need = open_need()
    find_for(need=need)
    client = as_person(english(need.organisation))
    client.need, client.path = db.session.get(Need, need.id), f"/needs/{need.id}/matches"
    return client


class TestTheBuyer:
    def test_reads_what_a_higher_limit_wins_and_finds_exactly_that(self, buyer):
        found = proposed(buyer, buyer.path)
        assert [(one["change"], one["number"]) for one in found] == [
            ("If the unit price could be up to ¥0.34 /pc", "3"),
            ("If the unit price could be up to ¥0.32 /pc", "1"),
        ]
        for one in found:
            assert len(rows(buyer, one["href"])) == int(one["number"])
        assert rows(buyer, found[1]["href"]) == ["食品级PE平口袋0型"]
        assert len(rows(buyer, buyer.path)) == 4

    def test_the_change_made_is_the_change_promised(self, buyer, worker):
        first, second = proposed(buyer, buyer.path)
        assert fitting(buyer.need.id) == 1
        with transaction() as session:
            need = session.get(Need, buyer.need.id)
            need.lines[0].max_unit_price = Decimal("0.32")
            need_changed.send(need)
        worker()
        assert fitting(buyer.need.id) == 1 + int(second["number"])
        with transaction() as session:
            need = session.get(Need, buyer.need.id)
            need.lines[0].max_unit_price = Decimal("0.34")
            need_changed.send(need)
        worker()
        assert fitting(buyer.need.id) == 1 + int(first["number"])
        assert proposed(buyer, buyer.path) == []

    def test_several_offers_of_one_supplier_are_told_as_such(self, app, as_person):
        maker = supplier()
        for number in range(2):
            dear_listing(number, "0.33", organisation=maker)
        need = open_need()
        find_for(need=need)
        client = as_person(english(db.session.get(Need, need.id).organisation))
        (one,) = proposed(client, f"/needs/{need.id}/matches")
        assert one["gain"] == "2 more offers of 1 supplier would fit"
        assert len(rows(client, one["href"])) == 2

    def test_a_line_among_several_is_named(self, app, as_person):
        dear_listing(1, "0.33")
        need = open_need(lines=[line(), line(number=2, item="瓦楞纸箱")])
        find_for(need=need)
        client = as_person(english(db.session.get(Need, need.id).organisation))
        (one,) = proposed(client, f"/needs/{need.id}/matches")
        assert one["change"].startswith("食品级PE袋: If the unit price could be up to")

    def test_what_was_said_no_to_counts_no_more(self, buyer):
        listing = db.session.query(Listing).filter_by(title="食品级PE平口袋1型").one()
        actor = owner_of(buyer.need.organisation)
        with transaction():
            dismiss(buyer.need, listing, Side.BUYER, reason=DismissalReason.PRICE, actor=actor, now=utc_now())
        assert [one["number"] for one in proposed(buyer, buyer.path)] == ["2", "1"]

    def test_a_link_whose_promise_holds_no_longer_says_so(self, buyer):
        page = page_of(buyer, f"{buyer.path}?change=limit~1~0.99")
        assert "something has changed since" in page
        assert len(TITLE.findall(page)) == 4

    @pytest.mark.parametrize("address", ["", "x", "limit~~", "moq~~1", "limit~1~" + "9" * 400])
    def test_nonsense_in_the_address_changes_nothing(self, buyer, address):
        assert len(rows(buyer, f"{buyer.path}?change={address}")) == 4

    def test_the_filter_stays_when_the_order_changes(self, buyer):
        href = proposed(buyer, buyer.path)[1]["href"]
        nearest = re.findall(r'href="([^"]*order=nearest[^"]*)"', page_of(buyer, href))
        assert rows(buyer, unescape(nearest[0])) == ["食品级PE平口袋0型"]

    def test_nobody_else_reads_it(self, buyer, browser, as_person):
        maker = db.session.query(Listing).first().organisation
        for client in (browser, as_person(english(maker)), as_person(StaffFactory(language="en"))):
            assert proposed(client, buyer.path) == []
            assert len(rows(client, f"{buyer.path}?change=limit~1~0.32")) == 4

    @pytest.mark.parametrize("change", [{"status": NeedStatus.CLOSED}, {"closes_at": utc_now() - timedelta(hours=1)}])
    def test_a_need_that_takes_no_answers_has_nothing_to_change(self, buyer, change):
        with transaction() as session:
            need = session.get(Need, buyer.need.id)
            for name, value in change.items():
                setattr(need, name, value)
        assert proposed(buyer, buyer.path) == []

    def test_nothing_is_said_while_the_pairs_are_being_found(self, buyer):
        with transaction() as session:
            session.get(Need, buyer.need.id).updated_at = utc_now() + timedelta(seconds=5)
        assert proposed(buyer, buyer.path) == []

    def test_takes_as_many_statements_for_twelve_as_for_two(self, app, as_person, count_queries):
        dear_listing(0, "0.31")
        dear_listing(1, "0.33")
        need = open_need(deliver_by=local_day(utc_now()) + timedelta(days=30))
        find_for(need=need)
        client = as_person(english(db.session.get(Need, need.id).organisation))
        few = count_queries(client, f"/needs/{need.id}/matches")
        for number in range(10):
            dear_listing(number + 2, f"0.3{number}")
        find_for(need=need)
        assert [one["number"] for one in proposed(client, f"/needs/{need.id}/matches")] == ["9", "2"]
        assert count_queries(client, f"/needs/{need.id}/matches") <= few


def fitting(need_id: int) -> int:
    """Offers of the very thing that miss nothing hard, read afresh."""
    db.session.expire_all()
    return (
        db.session.query(Match).filter(Match.need_id == need_id, Match.hard_missed == 0, Match.relevance >= 0.5).count()
    )


def small_need(title: str, quantity: int, **values):
    return open_need(title, lines=[line(quantity=Decimal(quantity))], **values)


@pytest.fixture
def maker(app, as_person):
    """A supplier whose minimum order keeps four needs out, and his client; one need asks for a paper he lacks."""
    organisation = supplier()
    listing = shown_listing("食品级PE平口袋", organisation=organisation, moq_quantity=Decimal(5000), moq_unit="只")
    for number, quantity in enumerate((4000, 3000, 2000, 1000)):
        small_need(f"食品级PE袋{number}", quantity)
    small_need("食品级PE袋 要体系", 20000, certificates=["ISO 9001"])
    find_for(listing=listing)
    client = as_person(english(organisation))
    client.listing = db.session.get(Listing, listing.id)
    client.path = f"/listings/{listing.id}/matches"
    return client


class TestTheSupplier:
    def test_reads_what_a_smaller_minimum_order_wins_and_finds_exactly_that(self, maker):
        found = proposed(maker, maker.path)
        assert [(one["change"], one["gain"]) for one in found] == [
            ("If the minimum order came down to 1,000 pcs", "4 more needs would fit"),
            ("If the minimum order came down to 4,000 pcs", "1 more need would fit"),
            ("With a valid ISO 9001", "1 more need would fit"),
        ]
        assert [len(rows(maker, one["href"])) for one in found] == [4, 1, 1]
        assert rows(maker, found[2]["href"]) == ["食品级PE袋 要体系"]

    def test_the_change_made_is_the_change_promised(self, maker, worker):
        before = fits_of(maker.listing.id)
        most = proposed(maker, maker.path)[0]
        with transaction() as session:
            listing = session.get(Listing, maker.listing.id)
            listing.moq_quantity = Decimal(1000)
            listing_changed.send(listing)
        worker()
        assert fits_of(maker.listing.id) == before + int(most["number"])

    def test_the_workbench_sums_up_over_all_listings(self, maker):
        assert f'hx-get="{WORKBENCH}"' in page_of(maker, "/workbench")
        for headers in ({}, PART):
            found = proposed(maker, WORKBENCH, headers)
            assert [(one["of"], one["number"]) for one in found] == [
                ("食品级PE平口袋", "4"),
                ("食品级PE平口袋", "1"),
                ("", "1"),
            ]
            assert [len(rows(maker, one["href"])) for one in found] == [4, 1, 1]

    def test_a_paper_counts_each_need_once_whichever_listing_answers_it(self, maker):
        other = shown_listing("食品级PE自封袋", organisation=maker.listing.organisation)
        small_need("食品级PE袋 也要体系", 30000, certificates=["ISO 9001"])
        find_for(listing=other)
        find_for(listing=maker.listing)
        paper = next(one for one in proposed(maker, WORKBENCH) if not one["of"])
        assert paper["number"] == "2"
        assert sorted(rows(maker, paper["href"])) == ["食品级PE袋 也要体系", "食品级PE袋 要体系"]

    def test_an_empty_page_is_calm(self, app, as_person):
        client = as_person(english(supplier()))
        assert "No small change would win a need today" in page_of(client, WORKBENCH)
        assert page_of(client, WORKBENCH, PART).strip() == ""

    def test_nobody_else_reads_it(self, maker, browser, as_person):
        for client in (browser, as_person(english(supplier())), as_person(StaffFactory(language="en"))):
            assert proposed(client, maker.path) == []
            assert len(rows(client, f"{maker.path}?change=moq~~4000")) == 5
        assert proposed(as_person(english(supplier())), WORKBENCH) == []

    def test_takes_as_many_statements_for_many_as_for_few(self, maker, count_queries):
        paths = (maker.path, WORKBENCH)
        few = [count_queries(maker, path) for path in paths]
        for number in range(6):
            small_need(f"食品级PE袋 又{number}", 500 + number)
        find_for(listing=maker.listing)
        assert [count_queries(maker, path) for path in paths] == few


def fits_of(listing_id: int) -> int:
    db.session.expire_all()
    return (
        db.session.query(Match)
        .filter(Match.listing_id == listing_id, Match.hard_missed == 0, Match.relevance >= 0.5)
        .count()
    )


class TestNothingPrivateIsCounted:
    """What a supplier may not see of a need, or a buyer of a listing, must not even be a number."""

    @pytest.mark.parametrize(
        "change",
        [
            {"status": NeedStatus.WITHDRAWN},
            {"status": NeedStatus.CLOSED},
            {"closes_at": utc_now() - timedelta(hours=1)},
            {"status": NeedStatus.DRAFT},
        ],
    )
    def test_needs_that_are_not_open_to_all(self, maker, change):
        """Their stored pairs may still be there."""
        with transaction() as session:
            for need in session.query(Need).all():
                for name, value in change.items():
                    setattr(need, name, value)
        for path in (maker.path, WORKBENCH):
            assert proposed(maker, path) == []

    def test_needs_of_a_suspended_buyer(self, maker):
        with transaction() as session:
            for need in session.query(Need).all():
                session.get(Organisation, need.organisation_id).status = OrganisationStatus.SUSPENDED
        for path in (maker.path, WORKBENCH):
            assert proposed(maker, path) == []

    def test_a_draft_is_no_near_miss(self, maker, worker):
        before = proposed(maker, maker.path)
        DraftFactory(title="食品级PE袋 草稿", lines=[line(quantity=Decimal(900))])
        find_for(listing=maker.listing)
        assert proposed(maker, maker.path) == before

    @pytest.mark.parametrize(
        "change",
        [
            {"status": ListingStatus.PAUSED},
            {"status": ListingStatus.WITHDRAWN},
            {"expires_at": utc_now() - timedelta(days=1)},
        ],
    )
    def test_listings_that_are_not_on_offer(self, buyer, change):
        with transaction() as session:
            for listing in session.query(Listing).all():
                for name, value in change.items():
                    setattr(listing, name, value)
        assert proposed(buyer, buyer.path) == []

    def test_listings_of_a_suspended_supplier(self, buyer):
        with transaction() as session:
            for listing in session.query(Listing).all():
                session.get(Organisation, listing.organisation_id).status = OrganisationStatus.SUSPENDED
        assert proposed(buyer, buyer.path) == []
