"""Home, language, workbench, staff board and errors, as a reader meets them."""

import re
from datetime import timedelta

import pytest

from marketplace.accounts.lifecycle import MembershipRole, OrganisationStatus, StaffRole
from marketplace.accounts.models import Person
from marketplace.campaigns import services as campaigns
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.errors import error_page
from tests.factories.accounts import MembershipFactory, OrganisationFactory, PersonFactory, StaffFactory, owner_of
from tests.factories.campaigns import pictured_listing
from tests.factories.catalog import ListingFactory, load_categories
from tests.factories.needs import DraftFactory, NeedFactory

ENGLISH = {"Accept-Language": "en"}


def an_alive_site(rows: int) -> None:
    """`rows` open needs, and as many featured listings."""
    operator = StaffFactory()
    for _number in range(rows):
        NeedFactory(posted_at=utc_now(), closes_at=utc_now().replace(year=utc_now().year + 1))
        listing = pictured_listing(expires_at=utc_now().replace(year=utc_now().year + 1))
        with transaction():
            campaigns.add_to_rota(listing, actor=operator, now=utc_now())


class TestHome:
    def test_it_asks_for_one_sentence_and_shows_two_doors(self, browser):
        page = browser.get("/", headers={"Accept-Language": "zh-CN"}).text
        assert 'name="sentence"' in page
        assert 'action="/needs/preview"' in page
        assert page.count('class="door"') == 2

    def test_it_shows_open_needs_featured_listings_and_figures(self, browser):
        an_alive_site(2)
        page = browser.get("/", headers=ENGLISH).text
        assert "PE袋 第" in page
        assert "PE自封袋" in page
        assert "products and services on offer" in page
        assert "in turns, apart from the order of any search" in page

    def test_a_featured_picture_has_the_address_that_it_has_on_the_shelf(self, browser):
        an_alive_site(1)
        home, shelf = (set(re.findall(r"/files/[\w/]+", browser.get(path).text)) for path in ("/", "/listings"))
        assert home
        assert home == shelf

    def test_its_queries_do_not_grow_with_the_rows(self, browser, count_queries):
        an_alive_site(1)
        few = count_queries(browser, "/")
        an_alive_site(4)
        assert count_queries(browser, "/") == few

    def test_an_empty_installation_says_what_to_do_first(self, browser):
        page = browser.get("/", headers=ENGLISH).text
        assert "flask setup" in page
        assert "Post the first need" in page
        assert "Publish the first listing" in page

    def test_a_site_that_is_set_up_says_nothing_of_it(self, browser):
        load_categories()
        StaffFactory(staff_role=StaffRole.ADMINISTRATOR)
        assert "flask setup" not in browser.get("/").text

    def test_staff_are_led_to_the_rota_when_nothing_is_featured(self, as_person):
        assert "/staff/featured" in as_person(StaffFactory()).get("/").text

    @pytest.mark.parametrize("path", ["/about", "/help", "/publish"])
    def test_the_quiet_pages_answer_everybody(self, browser, path):
        for language in ("zh-CN", "en"):
            assert browser.get(path, headers={"Accept-Language": language}).status_code == 200

    def test_members_reach_the_needs_editor_through_the_first_door(self, as_person):
        assert 'href="/needs/new"' in as_person(owner_of()).get("/publish").text


class TestLanguage:
    def test_the_choice_is_remembered_and_the_reader_goes_back(self, browser):
        answer = browser.get("/language/en?next=/help")
        assert answer.headers["Location"] == "/help"
        assert 'lang="en"' in browser.get("/help", headers={"Accept-Language": "zh-CN"}).text
        browser.post("/language/zh_Hans?next=/help")
        assert 'lang="zh-Hans"' in browser.get("/help", headers=ENGLISH).text

    def test_a_person_keeps_it_on_the_next_device(self, as_person):
        person = PersonFactory()
        as_person(person).post("/language/en")
        db.session.expire_all()
        assert db.session.get(Person, person.id).language == "en"

    def test_it_leads_nowhere_else(self, browser):
        assert browser.get("/language/en?next=//evil.example").headers["Location"] == "/"
        assert browser.get("/language/en?next=https://evil.example").headers["Location"] == "/"

    def test_a_language_the_site_does_not_speak_is_not_found(self, browser):
        assert browser.get("/language/fr").status_code == 404


class TestWorkbench:
    def test_a_visitor_signs_in_first(self, browser):
        assert "next=/workbench" in browser.get("/workbench").headers["Location"]

    def test_a_newcomer_is_told_the_next_step(self, as_person):
        page = as_person(PersonFactory(language="en")).get("/workbench").text
        assert "You act for no organisation yet" in page
        assert "/organisations/new" in page

    def test_a_new_organisation_finds_the_two_doors(self, as_person):
        page = as_person(owner_of(language="en")).get("/workbench").text
        assert page.count('class="door"') == 2

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (OrganisationStatus.PENDING, "are looking at your organisation"),
            (OrganisationStatus.RETURNED, "营业执照看不清"),
            (OrganisationStatus.SUSPENDED, "suspended your organisation"),
        ],
    )
    def test_it_says_where_the_verification_stands(self, as_person, status, words):
        organisation = OrganisationFactory(status=status, status_reason="营业执照看不清", verified_at=None)
        assert words in as_person(owner_of(organisation, language="en")).get("/workbench").text

    def test_a_suspended_organisation_reads_whom_to_call_and_has_no_doors(self, as_person):
        officer = StaffFactory(staff_role=StaffRole.SERVICE_OFFICER, name="陈专员", phone="028-83710001")
        for looked_after, call in (({"officer_id": officer.id}, ("陈专员", "028-83710001")), ({}, ("园区管理方",))):
            organisation = OrganisationFactory(
                status=OrganisationStatus.SUSPENDED, status_reason="投诉属实", **looked_after
            )
            client = as_person(owner_of(organisation, language="en"))
            for supply in (0, 1):
                ListingFactory.create_batch(supply, organisation=organisation, expires_at=utc_now() + timedelta(days=3))
                ListingFactory.create_batch(supply, organisation=organisation, status=ListingStatus.DRAFT)
                DraftFactory.create_batch(supply, organisation=organisation)
                page = client.get("/workbench").text
                notice = re.search(r'class="notice notice--error".*?</div>\s*</div>', page, re.DOTALL).group()
                assert [words for words in ("投诉属实", *call) if words not in notice] == []
                assert 'class="door"' not in page
                assert "/renewal" not in page
                main = page[page.index("<main") : page.index("</main>")]
                refused = {
                    link
                    for link in re.findall(r'<a[^>]* href="(/[^"#]*)"', main)
                    if client.get(link).status_code == 403
                }
                assert refused == set()

    def test_it_shows_drafts_and_what_was_returned_with_the_reason(self, as_person):
        organisation = OrganisationFactory()
        ListingFactory(organisation=organisation, status=ListingStatus.RETURNED, status_reason="请补一张图片")
        DraftFactory(organisation=organisation, title="还没写完的需求")
        page = as_person(owner_of(organisation)).get("/workbench").text
        assert "请补一张图片" in page
        assert "还没写完的需求" in page

    def test_its_queries_do_not_grow_with_the_rows(self, as_person, count_queries):
        organisation = OrganisationFactory()
        person = owner_of(organisation)

        def more() -> None:
            ListingFactory(organisation=organisation, status=ListingStatus.DRAFT)
            ListingFactory(organisation=organisation)
            DraftFactory(organisation=organisation)
            NeedFactory(organisation=organisation, closes_at=utc_now().replace(year=utc_now().year + 1))

        more()
        few = count_queries(as_person(person), "/workbench")
        for _number in range(3):
            more()
        assert count_queries(as_person(person), "/workbench") == few

    def test_park_staff_go_to_their_board(self, as_person):
        assert as_person(StaffFactory()).get("/workbench").headers["Location"] == "/staff"


class TestStaffBoard:
    def test_only_staff_see_it(self, as_person):
        assert as_person(owner_of()).get("/staff").status_code == 403

    def test_it_shows_what_waits_and_how_the_site_is(self, as_person):
        waiting = OrganisationFactory(status=OrganisationStatus.PENDING, verified_at=None)
        ListingFactory(status=ListingStatus.IN_REVIEW, title="等待审核的供给")
        page = as_person(StaffFactory(language="en")).get("/staff").text
        assert waiting.name in page
        assert "等待审核的供给" in page
        assert "Start it: flask jobs run" in page
        assert "Search index" in page


class TestErrors:
    @pytest.mark.parametrize(
        ("who", "path", "advice"),
        [
            (
                lambda: StaffFactory(staff_role=StaffRole.SERVICE_OFFICER),
                "/staff/featured",
                "园区管理员和系统管理员决定",
            ),
            (lambda: StaffFactory(), "/workbench/listings", "由单位自己的人来办"),
            (lambda: owner_of(), "/staff", "请联系园区工作人员。"),
            (
                lambda: MembershipFactory(role=MembershipRole.MEMBER).person,
                "/staff",
                "请联系本单位负责人",
            ),
            (lambda: PersonFactory(), "/workbench/listings", "您还不代表任何单位。"),
        ],
        ids=["officer", "operator", "owner", "member", "newcomer"],
    )
    def test_a_refusal_says_once_that_and_whom_to_ask(self, as_person, who, path, advice):
        answer = as_person(who()).get(path)
        assert answer.status_code == 403
        said = re.search(r'class="error-page".*?</section>', answer.text, re.DOTALL).group()
        assert "error-page__detail" not in said
        assert said.count('<p class="lead">') == 1
        assert advice in said

    def test_a_missing_page_offers_ways_on(self, browser):
        answer = browser.get("/nothing-here", headers=ENGLISH)
        assert answer.status_code == 404
        assert "There is no such page" in answer.text
        assert 'href="/"' in answer.text

    def test_the_page_of_last_resort_asks_the_database_nothing(self, app, count_queries):
        with app.test_request_context():
            statements: list[str] = []
            from sqlalchemy import event

            def note(connection, cursor, statement, *rest):
                statements.append(statement)

            event.listen(db.engine, "before_cursor_execute", note)
            answer = error_page(500)
            event.remove(db.engine, "before_cursor_execute", note)
        assert statements == []
        assert b"site-head" not in answer.get_data()


class TestComponentsPage:
    def test_it_is_shown_only_where_the_settings_say_so(self, app, browser, monkeypatch):
        assert browser.get("/dev/components").status_code == 404
        monkeypatch.setitem(app.config, "DEV_PAGES", True)
        assert browser.get("/dev/components").status_code == 200


class TestMailPage:
    @pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.168.1.4", 404)])
    def test_it_is_shown_to_this_machine_only(self, app, browser, monkeypatch, address, status):
        monkeypatch.setitem(app.config, "DEV_PAGES", True)
        assert browser.get("/dev/mail", environ_base={"REMOTE_ADDR": address}).status_code == status
