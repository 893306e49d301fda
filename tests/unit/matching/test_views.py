"""Pages of matches: who sees what, the choices, and how many statements they take."""

import re
from datetime import timedelta

import pytest

from marketplace import search
from marketplace.accounts.lifecycle import Locality, OrganisationStatus
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.matching import services
from marketplace.matching.models import MatchDismissal, SubjectKind
from marketplace.matching.weights import WEIGHTS
from marketplace.needs.lifecycle import NeedStatus
from tests.factories.accounts import OrganisationFactory, StaffFactory, owner_of
from tests.factories.matching import find_for, open_need, shown_listing, stored_match
from tests.factories.needs import DraftFactory, line


def titles(page) -> list[str]:
    """Titles of the rows, in order."""
    return [
        re.sub(r"<[^>]+>", "", found)
        for found in re.findall(r'match-row__title"><a[^>]*>(.*?)</a>', page.get_data(as_text=True))
    ]


def ready(need) -> None:
    with transaction():
        services.note_run(SubjectKind.NEED, need.id, utc_now() + timedelta(seconds=1))


@pytest.fixture
def need(app):
    """An open need whose pairs are computed."""
    row = open_need()
    ready(row)
    return row


class TestOfNeed:
    def test_shows_the_pair_as_a_checklist(self, browser, need):
        shown_listing()
        find_for(need=need)
        page = browser.get(f"/needs/{need.id}/matches").get_data(as_text=True)
        assert "<mark>食品级PE平口袋</mark>" in page
        assert "checklist__row--met" in page
        assert "¥5,200" in page
        assert 'name="listing"' in page

    def test_is_a_fragment_for_htmx_and_a_page_without(self, browser, need):
        fragment = browser.get(f"/needs/{need.id}/matches", headers={"HX-Request": "true"})
        assert "<html" not in fragment.get_data(as_text=True)
        assert "<html" in browser.get(f"/needs/{need.id}/matches").get_data(as_text=True)

    def test_asks_again_until_the_pairs_know_the_last_change(self, browser, app):
        need = open_need()
        waiting = browser.get(f"/needs/{need.id}/matches").get_data(as_text=True)
        assert 'hx-trigger="every 1s"' in waiting
        assert 'hx-trigger="every 5s"' in browser.get(f"/needs/{need.id}/matches?tries=40").get_data(as_text=True)
        find_for(need=need)
        assert 'hx-trigger="every' not in browser.get(f"/needs/{need.id}/matches").get_data(as_text=True)

    def test_a_draft_is_matched_at_once_for_its_buyer_only(self, as_person, browser, app):
        listing = shown_listing()
        draft = DraftFactory(title="食品级PE袋", lines=[line()])
        find_for(listing=listing)
        buyer = owner_of(draft.organisation)
        assert titles(as_person(buyer).get(f"/needs/{draft.id}/matches")) == [listing.title]
        assert as_person(owner_of()).get(f"/needs/{draft.id}/matches").status_code == 404

    @pytest.mark.parametrize(
        "change",
        [
            {"status": ListingStatus.PAUSED},
            {"expires_at": utc_now() - timedelta(days=1)},
        ],
    )
    def test_what_is_no_longer_on_offer_is_not_shown(self, browser, need, change):
        stored_match(need=need, listing=shown_listing(**change))
        assert titles(browser.get(f"/needs/{need.id}/matches")) == []

    def test_a_suspended_supplier_is_not_shown(self, browser, need):
        stored_match(
            need=need, listing=shown_listing(organisation=OrganisationFactory(status=OrganisationStatus.SUSPENDED))
        )
        assert titles(browser.get(f"/needs/{need.id}/matches")) == []

    def test_parts_the_very_thing_from_what_is_only_related(self, browser, need):
        stored_match(need=need, listing=shown_listing("正是它"), score=80, relevance=0.9)
        stored_match(need=need, listing=shown_listing("有点像"), score=20, relevance=0.4)
        page = browser.get(f"/needs/{need.id}/matches")
        above, _heading, below = page.get_data(as_text=True).partition("matches-related")
        assert "正是它" in above
        assert "有点像" in below
        assert "matches-related" not in browser.get(f"/needs/{need.id}/matches?order=nearest").get_data(as_text=True)

    def test_more_than_ten_come_on_demand(self, browser, need):
        for number in range(12):
            stored_match(need=need, listing=shown_listing(f"第{number}种"), score=90 - number)
        assert len(titles(browser.get(f"/needs/{need.id}/matches"))) == 10
        assert len(titles(browser.get(f"/needs/{need.id}/matches?show=20"))) == 12
        assert len(titles(browser.get(f"/needs/{need.id}/matches?show=nonsense"))) == 10

    def test_takes_as_many_statements_for_twenty_rows_as_for_two(self, browser, need, count_queries):
        for number in range(2):
            stored_match(need=need, listing=shown_listing(), score=90 - number)
        few = count_queries(browser, f"/needs/{need.id}/matches?show=50")
        for number in range(18):
            stored_match(need=need, listing=shown_listing(), score=80 - number)
        assert count_queries(browser, f"/needs/{need.id}/matches?show=50") == few


class TestChoices:
    @pytest.fixture
    def three(self, need):
        """Near and dear, far and cheap, quick but missing something."""
        park = shown_listing("园区的", organisation=OrganisationFactory(answer_hours_median=30))
        outside = OrganisationFactory(locality=Locality.OUTSIDE, answer_hours_median=9)
        far = shown_listing("外地的", organisation=outside)
        city = shown_listing("本市的", organisation=OrganisationFactory(answer_hours_median=2))
        stored_match(need=need, listing=park, score=80, plain_score=70, distance_km=1, cost_fen=900)
        stored_match(need=need, listing=far, score=75, plain_score=75, distance_km=200, cost_fen=100)
        stored_match(need=need, listing=city, score=60, plain_score=60, distance_km=15, cost_fen=None, missed=1)
        return need

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("", ["园区的", "外地的", "本市的"]),
            ("?local=0", ["外地的", "园区的", "本市的"]),
            ("?order=nearest", ["园区的", "本市的", "外地的"]),
            ("?order=cheapest", ["外地的", "园区的", "本市的"]),
            ("?order=quickest", ["本市的", "外地的", "园区的"]),
            ("?order=nonsense", ["园区的", "外地的", "本市的"]),
            ("?all=1", ["园区的", "外地的"]),
            ("?near=1", ["园区的", "本市的"]),
        ],
    )
    def test_order_and_filter(self, browser, three, address, expected):
        """R8: `?local=0` switches the local lift off with one click; nothing is hidden unless asked for."""
        assert titles(browser.get(f"/needs/{three.id}/matches{address}")) == expected

    def test_a_filter_that_leaves_nothing_says_so(self, browser, need):
        stored_match(need=need, listing=shown_listing(), missed=1)
        page = browser.get(f"/needs/{need.id}/matches?all=1", headers={"Accept-Language": "en"})
        assert "Nothing is left with this filter." in page.get_data(as_text=True)


class TestAsking:
    def ticks(self, client, need) -> int:
        return client.get(f"/needs/{need.id}/matches").get_data(as_text=True).count("data-dock-tick")

    def test_the_best_three_suppliers_are_asked_at_once(self, as_person, need):
        same = OrganisationFactory()
        listings = [*(shown_listing(organisation=same) for _number in range(2)), shown_listing(), shown_listing()]
        for number, listing in enumerate(listings):
            stored_match(need=need, listing=listing, score=90 - number)
        page = as_person(owner_of(need.organisation)).get(f"/needs/{need.id}/matches").get_data(as_text=True)
        [asked] = re.findall(r'href="/inquiries/new\?([^"]*)"', page)
        wanted = [listings[0].id, listings[2].id, listings[3].id]
        assert asked.replace("&amp;", "&") == "&".join([*(f"listing={id_}" for id_ in wanted), f"need={need.id}"])

    def test_ticks_lead_a_visitor_to_the_sign_in(self, browser, need):
        listing = shown_listing()
        stored_match(need=need, listing=listing)
        assert self.ticks(browser, need) == 1
        answer = browser.get(f"/inquiries/new?listing={listing.id}&need={need.id}")
        assert "/sign-in" in answer.headers["Location"]

    def test_nobody_asks_himself_and_staff_ask_nobody(self, as_person, need):
        listing = shown_listing()
        stored_match(need=need, listing=listing)
        assert self.ticks(as_person(owner_of(listing.organisation)), need) == 0
        assert self.ticks(as_person(StaffFactory()), need) == 0
        assert self.ticks(as_person(owner_of()), need) == 1

    def test_a_closed_need_keeps_its_list_without_ticks(self, browser, app):
        need = open_need(status=NeedStatus.CLOSED)
        stored_match(need=need, listing=shown_listing())
        assert len(titles(browser.get(f"/needs/{need.id}/matches"))) == 1
        assert self.ticks(browser, need) == 0

    def test_ticks_stay_when_the_list_is_asked_for_again(self, browser, need):
        listing = shown_listing()
        stored_match(need=need, listing=listing)
        page = browser.get(f"/needs/{need.id}/matches?listing={listing.id}").get_data(as_text=True)
        assert re.search(r"data-dock-tick checked", page)


class TestDismissing:
    def address(self, need, listing, side="buyer") -> str:
        return f"/matching/dismissals/{need.id}/{listing.id}/{side}"

    def test_takes_the_row_away_and_gives_it_back(self, as_person, need):
        listing = shown_listing()
        stored_match(need=need, listing=listing)
        client = as_person(owner_of(need.organisation))
        assert self.address(need, listing) in client.get(f"/needs/{need.id}/matches").get_data(as_text=True)
        assert "radio" in client.get(self.address(need, listing)).get_data(as_text=True)
        answer = client.post(self.address(need, listing), data={"reason": "price"}, follow_redirects=True)
        assert titles(answer) == []
        undo = f"{self.address(need, listing)}/withdrawal"
        assert answer.get_data(as_text=True).count(undo) == 2
        assert titles(client.post(undo, follow_redirects=True)) == [listing.title]

    @pytest.mark.parametrize("given", [{}, {"reason": "nonsense"}, {"reason": "other"}])
    def test_wants_a_reason(self, as_person, need, given):
        listing = shown_listing()
        client = as_person(owner_of(need.organisation))
        assert client.post(self.address(need, listing), data=given).status_code == 422
        assert db.session.query(MatchDismissal).count() == 0

    @pytest.mark.parametrize("side", ["buyer", "supplier"])
    def test_is_for_the_own_side_only(self, as_person, browser, need, side):
        listing = shown_listing()
        other = need.organisation if side == "supplier" else listing.organisation
        for client in (as_person(owner_of(other)), as_person(owner_of()), as_person(StaffFactory())):
            assert client.post(self.address(need, listing, side), data={"reason": "price"}).status_code == 404
            assert client.post(f"{self.address(need, listing, side)}/withdrawal").status_code == 404
        assert browser.post(self.address(need, listing, side)).status_code == 302
        assert db.session.query(MatchDismissal).count() == 0

    def test_a_supplier_says_it_too(self, as_person, need):
        listing = shown_listing()
        stored_match(need=need, listing=listing)
        client = as_person(owner_of(listing.organisation))
        answer = client.post(self.address(need, listing, "supplier"), data={"reason": "size"}, follow_redirects=True)
        assert titles(answer) == []
        assert answer.request.path == f"/listings/{listing.id}/matches"


class TestOfListing:
    def test_shows_open_needs_only(self, browser, app):
        listing = shown_listing()
        wanted = open_need("要PE袋")
        stored_match(need=wanted, listing=listing)
        stored_match(need=open_need("已截止", status=NeedStatus.CLOSED), listing=listing)
        stored_match(need=open_need("过了时间", closes_at=utc_now() - timedelta(hours=1)), listing=listing)
        stored_match(
            need=open_need("被停用的单位", organisation=OrganisationFactory(status=OrganisationStatus.SUSPENDED)),
            listing=listing,
        )
        assert titles(browser.get(f"/listings/{listing.id}/matches")) == ["要PE袋"]

    def test_a_listing_that_is_not_public_has_no_such_page(self, browser, app):
        listing = shown_listing(status=ListingStatus.DRAFT)
        assert browser.get(f"/listings/{listing.id}/matches").status_code == 404

    def test_takes_as_many_statements_for_many_rows_as_for_two(self, browser, app, count_queries):
        listing = shown_listing()
        for _number in range(2):
            stored_match(need=open_need(), listing=listing)
        few = count_queries(browser, f"/listings/{listing.id}/matches?show=50")
        for _number in range(12):
            stored_match(need=open_need(), listing=listing)
        assert count_queries(browser, f"/listings/{listing.id}/matches?show=50") == few


class TestOfSentence:
    def test_finds_without_storing(self, browser, app):
        listing = shown_listing()
        find_for(need=open_need())
        with transaction() as session:
            session.execute(db.text("DELETE FROM matches"))
        page = browser.get("/matching/preview", query_string={"sentence": "要食品级PE袋2万只，单价0.3元以内"})
        assert titles(page) == [listing.title]
        assert "¥5,200" in page.get_data(as_text=True)
        assert db.session.scalar(db.text("SELECT count(*) FROM matches")) == 0

    @pytest.mark.parametrize("sentence", ["", "  ", "。。。", "袋" * 5000])
    def test_answers_to_anything(self, browser, app, sentence):
        assert browser.get("/matching/preview", query_string={"sentence": sentence}).status_code == 200

    def test_says_when_the_index_is_being_rebuilt(self, browser, app):
        """No worker has made an index yet."""
        search.engine().caches.clear()
        page = browser.get("/matching/preview", query_string={"sentence": "PE袋"}, headers={"Accept-Language": "en"})
        assert "being rebuilt" in page.get_data(as_text=True)


class TestHow:
    def test_shows_the_weights_in_force_in_both_languages(self, browser, app):
        english = browser.get("/matching/how", headers={"Accept-Language": "en"}).get_data(as_text=True)
        assert "The same category" in english
        assert f"{WEIGHTS.category:.0%}" in english
        assert browser.get("/matching/how").status_code == 200

    def test_says_when_the_park_has_switched_the_lift_off(self, browser, app, monkeypatch):
        """R8: the page tells what is in force."""
        monkeypatch.setitem(app.config, "LOCAL_LIFT", False)
        page = browser.get("/matching/how", headers={"Accept-Language": "en"}).get_data(as_text=True)
        assert "switched this off" in page
