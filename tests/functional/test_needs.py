"""A buyer says what he needs, corrects it and takes it through its life: through the real forms and pages."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
import time_machine
from sqlalchemy import select

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.catalog.queries import category_by_code
from marketplace.catalog.services import load_categories
from marketplace.core.db import db, transaction
from marketplace.needs.jobs import close_due
from marketplace.needs.lifecycle import LocalPreference, NeedStatus, UnmetReason
from marketplace.needs.models import Need
from tests.factories.accounts import NOW, OrganisationFactory, PersonFactory, StaffFactory, credit_code, owner_of
from tests.factories.matching import find_for
from tests.factories.needs import DraftFactory, NeedFactory, line

BAGS = "急需食品级PE袋2万只，单价0.3元以内，12月15日前送到致和，要SC和检测报告"
NEW = f"/needs/new?sentence={quote(BAGS)}"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def visitor(browser):
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return browser


def english(**organisation):
    """Somebody whose pages are in English, so that words can be compared."""
    return owner_of(OrganisationFactory(**organisation), language="en")


def office(number=1, **more):
    """A public institution: its credit code begins with 12."""
    return english(credit_code=credit_code(number, "12"), **more)


class Fields(HTMLParser):
    """What a browser would send of the editor's form when no button is pressed."""

    def __init__(self, html):
        super().__init__()
        self.found, self.text, self.select, self.inside, self.blank = {}, None, None, False, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag == "form":
            self.inside = "need-form" in known.get("class", "")
        if tag == "template":
            self.blank = True
        name = known.get("name")
        if not self.inside or self.blank:
            return
        if tag == "input" and name:
            if known.get("type") in ("radio", "checkbox") and "checked" not in known:
                return
            self.found[name] = known.get("value", "")
        elif tag == "textarea":
            self.text, self.found[name] = name, ""
        elif tag == "select":
            self.select, self.found[name] = name, ""
        elif tag == "option" and self.select and "selected" in known:
            self.found[self.select] = known.get("value", "")

    def handle_endtag(self, tag):
        if tag == "template":
            self.blank = False
        elif tag == "textarea":
            self.found[self.text] = self.found[self.text].lstrip("\r\n") if self.text else ""
            self.text = None
        elif tag == "select":
            self.select = None
        elif tag == "form":
            self.inside = False

    def handle_data(self, data):
        if self.text:
            self.found[self.text] += data


def fields(page):
    return Fields(page.text).found


def only_need():
    db.session.expire_all()
    return db.session.scalars(select(Need)).one()


class TestFromASentence:
    def test_the_bag_sentence_becomes_a_published_need(self, as_person):
        with transaction():
            load_categories()
        buyer = as_person(english())
        form = fields(buyer.get(NEW))
        assert (form["title"], form["lines-0-item"], form["lines-0-quantity"]) == (
            "食品级PE袋 2万只",
            "食品级PE袋",
            "20000",
        )
        assert (form["lines-0-unit"], form["lines-0-max_unit_price"]) == ("只", "0.3")
        assert (form["deliver_by"], form["deliver_town"]) == ("2026-12-15", "致和街道")
        assert form["certificates"] == "食品生产许可证、检测报告"
        assert form["closing_day"] == "2026-12-07"
        answer = buyer.post("/needs/new", data={**form, "step": "publish"})
        need = only_need()
        assert answer.location == f"/needs/{need.id}"
        assert (need.status, need.sentence, need.value_fen) == (NeedStatus.OPEN, BAGS, 600_000)
        assert need.lines[0].category.code == "J0101"
        assert (need.deliver_by, need.lines[0].unit_code) == (date(2026, 12, 15), "C62")

    def test_each_field_shows_the_words_it_comes_from(self, as_person):
        page = as_person(english()).get(NEW)
        for words, role in [("2万只", "quantity"), ("12月15日前", "date"), ("致和", "place"), ("SC", "certificate")]:
            assert f'<span class="role role--{role}">{words}</span>' in page.text

    def test_a_draft_is_saved_without_a_closing_day(self, as_person):
        buyer = as_person(english())
        buyer.post("/needs/new", data={**fields(buyer.get(NEW)), "closing_day": "", "step": "draft"})
        assert only_need().status is NeedStatus.DRAFT

    def test_a_visitor_sees_what_was_understood_and_keeps_the_sentence_through_sign_in(self, visitor):
        page = visitor.get(NEW, follow_redirects=True)
        assert page.request.path == "/needs/preview"
        assert "20,000" in page.text
        assert "/matching/preview?sentence=" in page.text
        links = [urlsplit(link.replace("&amp;", "&")) for link in re.findall(r'href="(/sign-in[^"]+)"', page.text)]
        after = [parse_qs(link.query)["next"][0] for link in links if "next" in link.query]
        assert unquote(after[0]) == f"/needs/new?sentence={BAGS}"

    def test_a_person_without_organisation_is_shown_the_way_to_one(self, as_person):
        page = as_person(PersonFactory(language="en")).get(NEW, follow_redirects=True)
        assert page.request.path == "/needs/preview"
        assert "/organisations/new" in page.text

    def test_the_fragment_marks_the_words(self, visitor):
        answer = visitor.post("/needs/understanding", data={"sentence": BAGS})
        assert '<mark class="role role--thing">食品级PE袋</mark>' in answer.text
        assert "2 certificates" in answer.text

    def test_the_fragment_needs_the_form_token(self, app, visitor, monkeypatch):
        monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
        assert visitor.post("/needs/understanding", data={"sentence": BAGS}).status_code == 400

    def test_markup_in_a_sentence_stays_text(self, visitor):
        page = visitor.get("/needs/preview?sentence=" + quote("<script>alert(1)</script>PE袋2万只"))
        assert "<script>alert" not in page.text


class TestEditor:
    def test_reading_a_changed_sentence_again_keeps_hand_corrections_and_asks(self, as_person):
        buyer = as_person(english())
        form = fields(buyer.get(NEW)) | {"deliver_by": "2026-12-10"}
        form["sentence"] = BAGS.replace("12月15日", "12月20日").replace("2万", "3万")
        page = buyer.post("/needs/new", data={**form, "step": "read"})
        again = fields(page)
        assert (again["lines-0-quantity"], again["deliver_by"]) == ("30000", "2026-12-10")
        assert 'value="take-deliver_by"' in page.text
        taken = fields(buyer.post("/needs/new", data={**again, "step": "take-deliver_by"}))
        assert (taken["deliver_by"], taken["lines-0-quantity"]) == ("2026-12-20", "30000")

    def test_lines_are_added_and_removed_without_javascript(self, as_person):
        buyer = as_person(english())
        more = fields(buyer.post("/needs/new", data={**fields(buyer.get(NEW)), "add_row": "lines"}))
        assert more["lines-1-item"] == ""
        more["lines-1-item"] = "纸箱"
        less = fields(buyer.post("/needs/new", data={**more, "remove_row": "lines-0"}))
        assert (less["lines-0-item"], "lines-1-item" in less) == ("纸箱", False)

    def test_wrong_input_is_named_and_kept(self, as_person):
        buyer = as_person(english())
        form = fields(buyer.get(NEW)) | {"title": "", "lines-0-quantity": "很多", "deliver_by": "2026-13-40"}
        page = buyer.post("/needs/new", data={**form, "description": "厚度6丝", "step": "publish"})
        assert page.status_code == 422
        kept = fields(page)
        assert (kept["lines-0-quantity"], kept["description"]) == ("很多", "厚度6丝")
        assert "Say in a few words what you need." in page.text
        assert "Write a number, for example 20000 or 0.3." in page.text
        assert "Choose a day, for example 2026-12-15." in page.text
        assert db.session.scalars(select(Need)).all() == []

    @pytest.mark.parametrize(
        ("name", "text", "words"),
        [
            ("lines-0-unit", "", "Write the unit"),
            ("lines-0-item", "", "Write what you need"),
            ("lines-0-max_unit_price", "-1", "above zero"),
            ("certificates", "、".join(f"证{n}" for n in range(30)), "At most 20"),
            ("closing_day", "", "Choose the day until"),
            ("local_preference", "love", "choice"),
        ],
    )
    def test_each_wrong_field_says_what_to_do(self, as_person, name, text, words):
        buyer = as_person(english())
        page = buyer.post("/needs/new", data={**fields(buyer.get(NEW)), name: text, "step": "publish"})
        assert page.status_code == 422
        assert words in page.text

    def test_r4_a_closing_day_out_of_bounds_is_refused_on_the_form(self, as_person):
        buyer = as_person(english())
        form = fields(buyer.get(NEW))
        for day in ("2026-11-23", "2027-03-01"):
            page = buyer.post("/needs/new", data={**form, "closing_day": day, "step": "publish"})
            assert page.status_code == 422
            assert "at least 24 hours and at most 90 days" in page.text
        assert db.session.scalars(select(Need)).all() == []

    def test_a_lost_edit_is_refused_by_name_and_can_be_saved_again(self, as_person):
        first = english()
        need = NeedFactory(organisation=first.organisation)
        second = owner_of(first.organisation, language="en", name="王二")
        one, two = as_person(first), as_person(second)
        opened = fields(one.get(f"/needs/{need.id}/edit"))
        theirs = fields(two.get(f"/needs/{need.id}/edit"))
        two.post(f"/needs/{need.id}/edit", data={**theirs, "title": "王二的标题", "step": "draft"})
        page = one.post(f"/needs/{need.id}/edit", data={**opened, "title": "我的标题", "step": "draft"})
        assert page.status_code == 409
        assert "王二" in page.text
        assert fields(page)["title"] == "我的标题"
        saved = one.post(f"/needs/{need.id}/edit", data={**fields(page), "step": "draft"})
        assert saved.status_code == 302
        assert only_need().title == "我的标题"

    def test_an_edit_of_an_open_need_keeps_the_earlier_version_for_buyer_and_staff(self, as_person, visitor):
        buyer = english()
        need = NeedFactory(organisation=buyer.organisation, title="旧标题")
        client = as_person(buyer)
        client.post(
            f"/needs/{need.id}/edit",
            data={**fields(client.get(f"/needs/{need.id}/edit")), "title": "新标题", "step": "draft"},
        )
        for reader in (client, as_person(StaffFactory(language="en"))):
            assert "旧标题" in reader.get(f"/needs/{need.id}").text
        page = visitor.get(f"/needs/{need.id}").text
        assert "旧标题" not in page
        assert "新标题" in page

    def test_a_closed_need_leads_back_to_its_page(self, as_person):
        buyer = english()
        need = NeedFactory(organisation=buyer.organisation, status=NeedStatus.CLOSED)
        assert as_person(buyer).get(f"/needs/{need.id}/edit").location == f"/needs/{need.id}"


class TestPublicBodies:
    def test_r9_the_form_offers_two_choices_and_says_why(self, as_person):
        page = as_person(office()).get("/needs/new").text
        assert 'value="prefer"' in page
        assert 'value="require"' not in page
        assert "Regulation on Fair Competition Review" in page

    def test_r9_an_enterprise_is_offered_three(self, as_person):
        assert 'value="require"' in as_person(english()).get("/needs/new").text

    def test_r9_a_forged_choice_is_refused(self, as_person):
        client = as_person(office())
        form = fields(client.get(NEW)) | {"local_preference": LocalPreference.REQUIRE.value}
        assert client.post("/needs/new", data={**form, "step": "publish"}).status_code == 422
        assert db.session.scalars(select(Need)).all() == []

    @pytest.mark.parametrize(("fen", "told"), [(100_000_000, False), (100_000_001, True)])
    def test_r10_above_the_threshold_the_page_names_the_statutory_channel(self, as_person, visitor, fen, told):
        need = NeedFactory(organisation=office().organisation, budget_fen=fen)
        assert ("statutory procurement channel" in visitor.get(f"/needs/{need.id}").text) is told

    def test_r10_counts_the_limits_of_the_lines_when_there_is_no_budget(self, visitor):
        big = [line(quantity=Decimal(5_000_000), max_unit_price=Decimal("0.3"))]
        need = NeedFactory(organisation=office().organisation, lines=big)
        assert "statutory procurement channel" in visitor.get(f"/needs/{need.id}").text

    def test_r10_does_not_concern_enterprises(self, visitor):
        need = NeedFactory(budget_fen=10**12)
        assert "statutory procurement channel" not in visitor.get(f"/needs/{need.id}").text

    def test_r10_the_editor_says_so_beforehand(self, as_person):
        client = as_person(office())
        page = client.post("/needs/new", data={**fields(client.get(NEW)), "budget": "2000000", "step": "stay"})
        assert "statutory procurement channel applies" in page.text


class TestWhoSees:
    def test_a_draft_does_not_exist_for_others(self, as_person, visitor):
        draft = DraftFactory()
        for client in (visitor, as_person(english()), as_person(StaffFactory())):
            assert client.get(f"/needs/{draft.id}").status_code == 404
        for client in (as_person(english()), as_person(StaffFactory())):
            assert client.get(f"/needs/{draft.id}/edit").status_code == 404
            assert client.post(f"/needs/{draft.id}/publication", data={}).status_code == 404
            assert client.post(f"/needs/{draft.id}/withdrawal", data={}).status_code == 404

    def test_an_open_need_of_others_cannot_be_changed(self, as_person):
        need = NeedFactory()
        stranger = as_person(english())
        assert stranger.get(f"/needs/{need.id}").status_code == 200
        for step in ("edit", "closing", "reopening", "unmet", "withdrawal", "publication"):
            assert stranger.post(f"/needs/{need.id}/{step}", data={}).status_code == 403

    def test_contact_data_is_never_shown(self, visitor):
        page = visitor.get(f"/needs/{NeedFactory().id}").text
        assert "028-00000000" not in page
        assert "contact@example.com" not in page

    def test_needs_of_a_suspended_buyer_are_gone(self, visitor, worker):
        need = NeedFactory(organisation=OrganisationFactory(status=OrganisationStatus.SUSPENDED))
        assert visitor.get(f"/needs/{need.id}").status_code == 404
        assert need.title not in visitor.get("/needs").text

    def test_the_workbench_asks_visitors_to_sign_in(self, visitor):
        assert "/sign-in" in visitor.get("/workbench/needs").location


class TestSteps:
    def test_the_life_of_a_need(self, as_person, worker):
        person = english()
        draft = DraftFactory(organisation=person.organisation)
        buyer, path = as_person(person), f"/needs/{draft.id}"
        assert buyer.post(f"{path}/publication", data={"closing_day": "2026-11-26"}).location == path
        assert "3 days left" in buyer.get(path).text
        with time_machine.travel(NOW + timedelta(days=4), tick=False):
            close_due(NOW + timedelta(days=4))
            assert only_need().status is NeedStatus.CLOSED
            assert buyer.post(f"{path}/reopening", data={"closing_day": "2026-11-27"}).status_code == 422
            assert buyer.post(f"{path}/reopening", data={"closing_day": "2026-12-20"}).location == path
            assert buyer.post(f"{path}/closing").location == path
            assert buyer.post(f"{path}/unmet", data={}).status_code == 422
            assert buyer.post(f"{path}/unmet", data={"reason": "no_supply", "note": "本地没有"}).location == path
            assert only_need().unmet_reason is UnmetReason.NO_SUPPLY
            page, staff = buyer.get(path).text, as_person(StaffFactory(language="en")).get(path).text
        for words in ("Published", "the closing day has passed", "Opened again", "Closed by hand", "本地没有"):
            assert words in page
        assert "Nobody supplies it" in page
        assert "Nobody supplies it" in staff
        assert "Nobody supplies it" not in as_person(english()).get(path).text

    def test_the_page_offers_only_what_is_kept(self, as_person, visitor):
        """No sealed quotations, no answers to a need: neither can be given on this site yet."""
        person = english()
        need = NeedFactory(organisation=person.organisation)
        for page in (
            as_person(person).get(f"/needs/{need.id}"),
            as_person(person).get(f"/needs/{need.id}/edit"),
            visitor.get(f"/needs/{need.id}", headers={"Accept-Language": "en"}),
        ):
            assert not re.search(r"[Ss]ealed|quotation|Suppliers can answer|for answers|Supplier chosen", page.text)

    def test_a_step_that_came_too_late_is_refused(self, as_person):
        person = english()
        need = NeedFactory(organisation=person.organisation, status=NeedStatus.UNMET, unmet_reason=UnmetReason.PRICE)
        assert as_person(person).post(f"/needs/{need.id}/closing").status_code == 409

    def test_a_withdrawn_need_stays_readable_for_buyer_and_staff_only(self, as_person, visitor):
        person = english()
        need = NeedFactory(organisation=person.organisation)
        buyer = as_person(person)
        buyer.post(f"/needs/{need.id}/withdrawal", data={"note": "不要了"})
        assert [
            client.get(f"/needs/{need.id}").status_code for client in (buyer, as_person(StaffFactory()), visitor)
        ] == [
            200,
            200,
            404,
        ]

    def test_an_unverified_buyer_keeps_the_draft(self, as_person):
        person = english(status=OrganisationStatus.PENDING)
        draft = DraftFactory(organisation=person.organisation)
        buyer = as_person(person)
        assert "not verified" in buyer.get(f"/needs/{draft.id}").text
        answer = buyer.post(f"/needs/{draft.id}/publication", data={"closing_day": "2026-12-07"})
        assert answer.status_code == 422
        assert only_need().status is NeedStatus.DRAFT


class TestSearchPage:
    @pytest.fixture
    def indexed(self, app, worker):
        """Several needs, open and over, known to the index."""
        with transaction():
            load_categories()
        bags = category_by_code("J0101").id
        near = OrganisationFactory(short_name="近邻厂")
        NeedFactory(
            title="PE袋甲", organisation=near, lines=[line(category_id=bags)], closes_at=NOW + timedelta(days=3)
        )
        NeedFactory(
            title="PE袋乙", lines=[line(category_id=bags)], deliver_town="敖平镇", posted_at=NOW - timedelta(days=1)
        )
        NeedFactory(title="川芎饮片", lines=[line(item="川芎", unit="千克")], closes_at=NOW + timedelta(days=1))
        NeedFactory(title="PE袋旧", status=NeedStatus.CLOSED, lines=[line(category_id=bags)])
        DraftFactory(title="PE袋草稿")
        worker()

    def titles(self, page):
        return re.findall(r'need-row__title"><a href="/needs/\d+">(.*?)</a>', re.sub(r"</?mark>", "", page.text))

    def test_shows_open_needs_newest_first(self, indexed, visitor):
        assert self.titles(visitor.get("/needs"))[-1] == "PE袋乙"
        assert set(self.titles(visitor.get("/needs"))) == {"PE袋甲", "PE袋乙", "川芎饮片"}

    def test_sorts_by_closing_day(self, indexed, visitor):
        assert self.titles(visitor.get("/needs?sort=closing"))[:2] == ["川芎饮片", "PE袋甲"]

    def test_narrows_by_category_town_and_status(self, indexed, visitor):
        assert set(self.titles(visitor.get("/needs?category=J01"))) == {"PE袋甲", "PE袋乙"}
        assert self.titles(visitor.get("/needs?town=敖平镇")) == ["PE袋乙"]
        assert self.titles(visitor.get("/needs?status=closed")) == ["PE袋旧"]

    def test_only_an_open_need_invites_to_answer_in_its_row(self, indexed, visitor):
        for need in db.session.scalars(select(Need)).all():
            find_for(need=need)
        assert "nobody yet: is it you?" in visitor.get("/needs?status=open").text
        assert "need-row__supply" not in visitor.get("/needs?status=closed").text

    def test_the_page_of_a_closed_need_looks_for_nobody(self, visitor):
        closed, open_one = NeedFactory(status=NeedStatus.CLOSED), NeedFactory()
        assert 'id="matches"' in visitor.get(f"/needs/{open_one.id}").text
        assert 'id="matches"' not in visitor.get(f"/needs/{closed.id}").text

    def test_never_shows_drafts_even_when_asked(self, indexed, visitor):
        assert "PE袋草稿" not in self.titles(visitor.get("/needs?status=draft&q=PE袋草稿"))

    def test_counts_are_true(self, indexed, visitor):
        page = re.sub(r"\s+", " ", visitor.get("/needs").text)
        assert re.search(r"<span>敖平镇</span><span class=\"facet__count\">1</span>", page)
        assert re.search(r"status=open&amp;status=closed|status=closed&amp;status=open", page)
        assert "3 needs" in page

    def test_marks_the_words(self, indexed, visitor):
        assert "<mark>川芎</mark>" in visitor.get("/needs?q=川芎").text

    def test_nothing_found_offers_to_post_the_words(self, indexed, visitor):
        page = visitor.get("/needs?q=潜水艇").text
        assert f"/needs/new?sentence={quote('潜水艇')}" in page

    def test_answers_htmx_with_the_fragment(self, indexed, visitor):
        answer = visitor.get("/needs", headers={"HX-Request": "true"})
        assert "<html" not in answer.text
        assert "HX-Request" in answer.headers["Vary"]

    def test_an_empty_page_says_what_to_do(self, visitor):
        assert "Say in one sentence what you need" in visitor.get("/needs").text


class TestQueryCounts:
    def test_the_search_page_asks_as_often_for_many_as_for_few(self, browser, worker, count_queries):
        NeedFactory.create_batch(2)
        worker()
        few = count_queries(browser, "/needs")
        NeedFactory.create_batch(15)
        worker()
        assert count_queries(browser, "/needs") == few <= 25

    def test_the_workbench_asks_as_often_for_many_as_for_few(self, as_person, count_queries):
        few, many = english(), english()
        NeedFactory(organisation=few.organisation)
        NeedFactory.create_batch(15, organisation=many.organisation)
        assert count_queries(as_person(few), "/workbench/needs") == count_queries(as_person(many), "/workbench/needs")

    def test_a_need_asks_as_often_with_many_lines_as_with_one(self, browser, count_queries):
        one = NeedFactory()
        many = NeedFactory(lines=[line(number=number) for number in range(1, 21)])
        assert count_queries(browser, f"/needs/{one.id}") == count_queries(browser, f"/needs/{many.id}")


class TestWorkbench:
    def test_lists_own_needs_by_status(self, as_person):
        person = english()
        DraftFactory(organisation=person.organisation, title="我的草稿")
        NeedFactory(organisation=person.organisation, title="我的需求")
        NeedFactory(title="别人的")
        client = as_person(person)
        page = client.get("/workbench/needs").text
        assert "我的草稿" in page
        assert "我的需求" in page
        assert "别人的" not in page
        only = client.get("/workbench/needs?status=draft").text
        assert "我的草稿" in only
        assert "我的需求" not in only

    def test_an_empty_list_says_what_to_do(self, as_person):
        assert "Nothing here yet" in as_person(english()).get("/workbench/needs").text


def test_the_page_of_an_organisation_shows_its_open_needs(visitor):
    need = NeedFactory(title="PE袋甲")
    NeedFactory(title="PE袋旧", organisation=need.organisation, status=NeedStatus.CLOSED)
    page = visitor.get(f"/organisations/{need.organisation_id}").text
    assert "PE袋甲" in page
    assert "PE袋旧" not in page
