"""A buyer asks, suppliers answer: through the real forms and pages."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.models import Organisation
from marketplace.core.db import db, transaction
from marketplace.inquiries import services
from marketplace.inquiries.lifecycle import InquiryStatus
from marketplace.inquiries.models import ContactShowing, Inquiry
from marketplace.notifications.models import Notice
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, PersonFactory, StaffFactory, owner_of
from tests.factories.catalog import CategoryFactory, ListingFactory
from tests.factories.inquiries import a_talk, answer, send, supplier_with_listing, write_to
from tests.factories.needs import NeedFactory

PHONE, MAIL = "028-00000000", "contact@example.com"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def english(**organisation):
    """Somebody whose pages are in English, so that words can be compared."""
    return owner_of(OrganisationFactory(**organisation), language="en")


def field(page, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text).group(1)


def ask(client, address, **changes):
    """Open the form, fill it in as it comes and send it."""
    page = client.get(address)
    fields = {
        "form_key": field(page, "form_key"),
        "text": re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page.text, re.DOTALL).group(1).strip() or "您好",
        "quantity": field(page, "quantity"),
        "unit": field(page, "unit"),
        "wanted_by": field(page, "wanted_by"),
        "to_listing": re.findall(r'name="to_listing" value="(\d+)"', page.text),
        "to_organisation": re.findall(r'name="to_organisation" value="(\d+)"', page.text),
    }
    return client.post(address, data={**fields, **changes}, content_type="multipart/form-data")


class TestAsking:
    def test_the_form_begins_with_what_the_need_says(self, as_person):
        buyer = english()
        need = NeedFactory(organisation=buyer.organisation, deliver_by=(NOW + timedelta(days=22)).date())
        page = as_person(buyer).get(f"/inquiries/new?listing={ListingFactory().id}&need={need.id}")
        assert "食品级PE袋" in page.text
        assert field(page, "quantity") == "20000"
        assert field(page, "unit") == "只"
        assert field(page, "wanted_by") == "2026-12-15"

    def test_three_are_asked_at_once_and_each_sees_only_his_own_thread(self, as_person):
        buyer, parties = english(), [supplier_with_listing() for _ in range(3)]
        need = NeedFactory(organisation=buyer.organisation)
        ids = "&".join(f"listing={listing.id}" for _person, listing in parties)
        sent = ask(as_person(buyer), f"/inquiries/new?{ids}&need={need.id}")
        assert sent.headers["Location"] == "/inquiries?tab=sent"
        inquiries = list(db.session.scalars(select(Inquiry).order_by(Inquiry.id)))
        assert [row.supplier_id for row in inquiries] == [person.organisation.id for person, _listing in parties]
        names = [person.organisation.display_name for person, _listing in parties]
        page = as_person(buyer).get(f"/inquiries/{inquiries[0].id}").text
        assert all(name in page for name in names)
        page = as_person(parties[0][0]).get(f"/inquiries/{inquiries[0].id}").text
        assert names[1] not in page
        assert names[2] not in page
        assert as_person(parties[0][0]).get(f"/inquiries/{inquiries[1].id}").status_code == 404

    def test_an_unticked_supplier_is_not_asked(self, as_person):
        buyer, one, two = english(), ListingFactory(), ListingFactory()
        ask(as_person(buyer), f"/inquiries/new?listing={one.id}&listing={two.id}", to_listing=[str(two.id)])
        assert [row.listing_id for row in db.session.scalars(select(Inquiry))] == [two.id]

    def test_nobody_ticked_is_said_on_the_form_and_the_words_stay(self, as_person):
        buyer, one, two = english(), ListingFactory(), ListingFactory()
        page = ask(as_person(buyer), f"/inquiries/new?listing={one.id}&listing={two.id}", to_listing=[], text="留住我")
        assert page.status_code == 422
        assert "Choose at least one supplier." in page.text
        assert "留住我" in page.text

    def test_where_nobody_can_be_asked_there_is_no_form_but_the_reason(self, as_person):
        category = CategoryFactory(code="B0103", buyer_licences=["药品经营许可证"])
        buyer, one, two = english(), ListingFactory(category=category), ListingFactory(category=category)
        client, member = as_person(buyer), MembershipFactory(organisation=buyer.organisation, role="member").person
        for address, sent in (
            (f"/inquiries/new?listing={one.id}", {}),
            (f"/inquiries/new?listing={one.id}", {"to_listing": str(one.id)}),
            (f"/inquiries/new?listing={one.id}&listing={two.id}", {}),
        ):
            answer = client.post(address, data={"text": "留住我", **sent})
            for page, status in ((client.get(address), 200), (answer, 422)):
                assert page.status_code == status
                assert "your organisation must hold one of: 药品经营许可证" in page.text
                assert f'href="/organisations/{buyer.organisation.id}/edit#licences"' in page.text
                assert 'name="text"' not in page.text
                assert "Choose at least one supplier." not in page.text
            assert "留住我" in answer.text
        assert "请本单位负责人" in as_person(member).get(f"/inquiries/new?listing={one.id}").text
        assert not db.session.scalars(select(Inquiry)).all()

    def test_of_several_who_cannot_be_asked_is_told_why_and_the_letter_stays(self, as_person):
        category = CategoryFactory(code="B0103", buyer_licences=["药品经营许可证"])
        buyer, free, barred = english(), ListingFactory(), ListingFactory(category=category)
        client, address = as_person(buyer), f"/inquiries/new?listing={free.id}&listing={barred.id}"
        page = client.get(address)
        assert "your organisation must hold one of: 药品经营许可证" in page.text
        assert "#licences" in page.text
        for chosen in ([str(barred.id)], [str(free.id), str(barred.id)]):
            page = ask(client, address, to_listing=chosen, text="留住我")
            assert page.status_code == 422
            [said] = re.findall(r'class="form-errors".*?</div>', page.text, re.DOTALL)
            assert "your organisation must hold one of: 药品经营许可证" in said
            assert "留住我" in page.text
        assert not db.session.scalars(select(Inquiry)).all()
        assert ask(client, address, to_listing=[str(free.id)]).status_code == 302

    def test_the_form_sent_twice_makes_one_letter_and_says_so(self, as_person):
        client, listing = as_person(english()), ListingFactory()
        first = ask(client, f"/inquiries/new?listing={listing.id}", form_key="the-same")
        second = ask(client, f"/inquiries/new?listing={listing.id}", form_key="the-same")
        assert first.headers["Location"] == second.headers["Location"]
        assert db.session.query(Inquiry).count() == 1
        assert "nothing was done twice" in client.get(second.headers["Location"]).text

    def test_an_organisation_can_be_asked_from_its_page(self, as_person):
        supplier = owner_of()
        answer = ask(as_person(english()), f"/inquiries/new?organisation={supplier.organisation.id}", text="能做吗？")
        inquiry = db.session.scalar(select(Inquiry))
        assert answer.headers["Location"] == f"/inquiries/{inquiry.id}"
        assert (inquiry.listing_id, inquiry.supplier_id) == (None, supplier.organisation.id)

    def test_a_file_goes_along(self, as_person):
        supplier, listing = supplier_with_listing()
        ask(
            as_person(english()), f"/inquiries/new?listing={listing.id}", files=(io.BytesIO(b"%PDF-1.7"), "drawing.pdf")
        )
        inquiry = db.session.scalar(select(Inquiry))
        page = as_person(supplier).get(f"/inquiries/{inquiry.id}").text
        assert "drawing.pdf" in page
        assert as_person(supplier).get(re.search(r'href="(/files/[^"]+)"', page).group(1)).status_code == 200

    def test_a_file_that_is_none_is_refused_on_the_form(self, as_person):
        page = ask(
            as_person(english()),
            f"/inquiries/new?listing={ListingFactory().id}",
            files=(io.BytesIO(b"MZ"), "virus.exe"),
        )
        assert page.status_code == 422
        assert "Use a PDF" in page.text
        assert db.session.query(Inquiry).count() == 0

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"text": " "}, "Write what you would like to know."),
            ({"quantity": "viele"}, "Write a number"),
            ({"quantity": "5", "unit": ""}, "Write the unit too"),
            ({"wanted_by": "gestern"}, "Choose a day"),
            ({"wanted_by": "2026-11-01"}, "still to come"),
        ],
    )
    def test_the_form_says_what_to_do(self, as_person, changes, words):
        page = ask(as_person(english()), f"/inquiries/new?listing={ListingFactory().id}", **changes)
        assert page.status_code == 422
        assert words in page.text

    def test_a_visitor_is_sent_to_sign_in_and_back(self, browser, app):
        answer = browser.get(f"/inquiries/new?listing={ListingFactory().id}")
        assert "/sign-in" in answer.headers["Location"]
        assert "inquiries" in answer.headers["Location"]

    def test_an_unverified_organisation_is_told_why_it_cannot(self, as_person):
        client = as_person(english(status=OrganisationStatus.PENDING))
        page = client.get(f"/inquiries/new?listing={ListingFactory().id}")
        assert page.status_code == 403
        assert "have not verified your organisation yet" in page.text

    def test_staff_without_an_organisation_cannot(self, as_person):
        assert as_person(StaffFactory()).get(f"/inquiries/new?listing={ListingFactory().id}").status_code == 403

    def test_a_draft_of_somebody_else_is_not_given_away(self, as_person):
        draft = ListingFactory(status="draft", title="秘密新品", published_at=None, expires_at=None)
        client = as_person(english())
        assert client.get(f"/inquiries/new?listing={draft.id}").status_code == 404
        page = client.get(f"/inquiries/new?listing={draft.id}&listing={ListingFactory().id}")
        assert "秘密新品" not in page.text
        assert "was left out" in page.text

    def test_who_was_asked_already_is_marked(self, as_person):
        buyer, listing = english(), ListingFactory()
        send(buyer, listing)
        assert "asked about this already" in as_person(buyer).get(f"/inquiries/new?listing={listing.id}").text


class TestThread:
    def test_the_supplier_answers_with_a_file_and_the_buyer_reads_it(self, as_person, worker, app):
        buyer, supplier, inquiry = a_talk()
        page = as_person(supplier).get(f"/inquiries/{inquiry.id}")
        message = {
            "form_key": field(page, "form_key"),
            "text": "可以，八号送到。",
            "files": (io.BytesIO(b"%PDF-1"), "报告.pdf"),
        }
        sent = as_person(supplier).post(
            f"/inquiries/{inquiry.id}/messages", content_type="multipart/form-data", data=message
        )
        assert sent.headers["Location"].startswith(f"/inquiries/{inquiry.id}")
        page = as_person(buyer).get(f"/inquiries/{inquiry.id}").text
        assert "可以，八号送到。" in page
        assert "报告.pdf" in page
        worker()
        assert len(list((Path(app.instance_path) / "outbox").glob("*.eml"))) == 2

    def test_a_message_sent_twice_stands_once(self, as_person):
        _buyer, supplier, inquiry = a_talk()
        for _time in range(2):
            as_person(supplier).post(f"/inquiries/{inquiry.id}/messages", data={"form_key": "key", "text": "可以。"})
        assert as_person(supplier).get(f"/inquiries/{inquiry.id}").text.count("可以。") == 1

    def test_an_empty_message_is_said_on_the_form(self, as_person):
        buyer, _supplier, inquiry = a_talk()
        assert as_person(buyer).post(f"/inquiries/{inquiry.id}/messages", data={"text": ""}).status_code == 422

    def test_opening_the_thread_marks_it_and_its_notices_read(self, as_person):
        _buyer, supplier, inquiry = a_talk()
        assert 'class="count"' in as_person(supplier).get("/inquiries").text
        as_person(supplier).get(f"/inquiries/{inquiry.id}")
        assert "inbox-row--unread" not in as_person(supplier).get("/inquiries").text
        assert db.session.scalar(select(Notice)).is_read

    def test_third_parties_and_staff_find_nothing(self, as_person, browser):
        buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier)
        for person in (owner_of(), PersonFactory(), StaffFactory(staff_role="administrator")):
            client = as_person(person)
            assert client.get(f"/inquiries/{inquiry.id}").status_code == 404
            for step in ("messages", "refusal", "closing", "contact"):
                assert client.post(f"/inquiries/{inquiry.id}/{step}", data={"text": "x"}).status_code == 404
        assert "/sign-in" in browser.get(f"/inquiries/{inquiry.id}").headers["Location"]
        assert "/sign-in" in browser.post(f"/inquiries/{inquiry.id}/contact").headers["Location"]
        assert db.session.query(ContactShowing).count() == 0

    def test_declining_asks_for_a_reason(self, as_person):
        _buyer, supplier, inquiry = a_talk()
        client = as_person(supplier)
        assert client.post(f"/inquiries/{inquiry.id}/refusal", data={"reason": " "}).status_code == 422
        db.session.refresh(inquiry)
        assert inquiry.status is InquiryStatus.SENT
        client.post(f"/inquiries/{inquiry.id}/refusal", data={"reason": "产能排满"})
        db.session.refresh(inquiry)
        assert (inquiry.status, inquiry.reason) == (InquiryStatus.DECLINED, "产能排满")

    def test_closing_asks_for_a_reason(self, as_person):
        buyer, _supplier, inquiry = a_talk()
        client = as_person(buyer)
        assert client.post(f"/inquiries/{inquiry.id}/closing", data={"reason": ""}).status_code == 422
        client.post(f"/inquiries/{inquiry.id}/closing", data={"reason": "已经买到"})
        db.session.refresh(inquiry)
        assert inquiry.status is InquiryStatus.CLOSED
        assert f"/inquiries/{inquiry.id}/messages" not in client.get(f"/inquiries/{inquiry.id}").text

    def test_the_wrong_side_may_not_end_it(self, as_person):
        buyer, supplier, inquiry = a_talk()
        assert as_person(buyer).post(f"/inquiries/{inquiry.id}/refusal", data={"reason": "x"}).status_code == 403
        assert as_person(supplier).post(f"/inquiries/{inquiry.id}/closing", data={"reason": "x"}).status_code == 403

    def test_writing_into_an_ended_thread_is_answered_with_a_conflict(self, as_person):
        buyer, supplier, inquiry = a_talk()
        with transaction():
            services.decline_inquiry(inquiry, supplier, "产能排满", NOW)
        assert as_person(buyer).post(f"/inquiries/{inquiry.id}/messages", data={"text": "再想想"}).status_code == 409

    def test_r1_the_supplier_sees_the_clock(self, as_person):
        supplier = english()
        (inquiry,) = send(owner_of(), ListingFactory(organisation=supplier.organisation))
        page = as_person(supplier).get(f"/inquiries/{inquiry.id}").text
        assert "16 working hours left" in page
        assert "24 Nov 17:30" in page

    def test_a_letter_about_nothing_in_particular_has_a_page(self, as_person):
        supplier = english()
        inquiry = write_to(owner_of(), supplier.organisation)
        assert as_person(supplier).get(f"/inquiries/{inquiry.id}").status_code == 200

    def test_a_supplier_does_not_see_a_need_that_is_not_public(self, as_person):
        supplier, listing = supplier_with_listing()
        buyer = owner_of()
        need = NeedFactory(
            organisation=buyer.organisation, status="draft", title="内部计划", posted_at=None, closes_at=None
        )
        (inquiry,) = send(buyer, listing, need_id=need.id)
        assert "内部计划" not in as_person(supplier).get(f"/inquiries/{inquiry.id}").text
        assert "内部计划" in as_person(buyer).get(f"/inquiries/{inquiry.id}").text


class TestContact:
    def test_it_is_hidden_before_the_first_answer(self, as_person):
        buyer, _supplier, inquiry = a_talk()
        page = as_person(buyer).get(f"/inquiries/{inquiry.id}").text
        assert f"/inquiries/{inquiry.id}/contact" not in page
        assert as_person(buyer).post(f"/inquiries/{inquiry.id}/contact").status_code == 409
        assert PHONE not in page
        assert MAIL not in page

    def test_after_the_answer_it_shows_on_demand_and_each_showing_is_recorded(self, as_person):
        buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier)
        assert PHONE not in as_person(buyer).get(f"/inquiries/{inquiry.id}").text
        for _time in range(2):
            shown = as_person(buyer).post(f"/inquiries/{inquiry.id}/contact")
            assert PHONE in shown.text
            assert MAIL in shown.text
            assert "no-store" in shown.headers["Cache-Control"]
        assert PHONE not in as_person(buyer).get(f"/inquiries/{inquiry.id}").text
        rows = list(db.session.scalars(select(ContactShowing)))
        assert [(row.person_id, row.organisation_id) for row in rows] == [(buyer.id, inquiry.supplier_id)] * 2

    def test_the_fragment_records_it_too(self, as_person):
        _buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier)
        shown = as_person(supplier).post(f"/inquiries/{inquiry.id}/contact", headers={"HX-Request": "true"})
        assert PHONE in shown.text
        assert "<html" not in shown.text
        assert db.session.query(ContactShowing).count() == 1

    def test_an_organisation_without_contact_data_says_so(self, as_person):
        supplier = owner_of(OrganisationFactory(contact_name="", contact_phone="", contact_email=""))
        buyer = english()
        (inquiry,) = send(buyer, ListingFactory(organisation=supplier.organisation))
        answer(inquiry, supplier)
        assert "no contact details" in as_person(buyer).post(f"/inquiries/{inquiry.id}/contact").text


class TestInbox:
    def test_unanswered_come_first_the_most_urgent_on_top(self, as_person):
        supplier = owner_of()
        listings = [ListingFactory(organisation=supplier.organisation, title=f"供给{n}号") for n in range(3)]
        buyer = owner_of()
        (first,) = send(buyer, listings[0], now=NOW - timedelta(days=4))
        send(buyer, listings[1], now=NOW - timedelta(days=3))
        send(buyer, listings[2], now=NOW - timedelta(days=2))
        answer(first, supplier, now=NOW)
        page = as_person(supplier).get("/inquiries").text
        assert [int(n) for n in re.findall(r">供给(\d)号</a>", page)] == [1, 2, 0]

    def test_each_side_has_its_tab(self, as_person):
        buyer, supplier, inquiry = a_talk(title="自封袋")
        assert "自封袋" in as_person(buyer).get("/inquiries").text, "who has only asked begins with what he asked"
        assert "自封袋" not in as_person(buyer).get("/inquiries?tab=received").text
        assert "自封袋" in as_person(supplier).get("/inquiries").text
        assert "自封袋" not in as_person(supplier).get("/inquiries?tab=sent").text

    def test_others_inquiries_are_not_in_it(self, as_person):
        a_talk(title="别人的")
        assert "别人的" not in as_person(owner_of()).get("/inquiries").text

    def test_somebody_without_an_organisation_reads_why_it_is_empty(self, as_person):
        assert as_person(PersonFactory(language="en")).get("/inquiries").status_code == 200
        assert "act for none" in as_person(PersonFactory(language="en")).get("/inquiries").text

    @pytest.mark.parametrize("tab", ["received", "sent"])
    def test_the_number_of_queries_does_not_grow_with_the_rows(self, as_person, count_queries, tab):
        def party(rows):
            supplier, listing = supplier_with_listing()
            buyer = owner_of()
            for _number in range(rows):
                need = NeedFactory(organisation=buyer.organisation)
                (inquiry,) = send(buyer, listing, need_id=need.id)
            answer(inquiry, supplier)
            return supplier if tab == "received" else buyer

        few, many = as_person(party(2)), as_person(party(12))
        assert count_queries(few, f"/inquiries?tab={tab}") == count_queries(many, f"/inquiries?tab={tab}")

    def test_a_long_inbox_has_pages(self, as_person):
        supplier, listing = supplier_with_listing(title="袋子")
        buyer = owner_of()
        for _number in range(21):
            send(buyer, listing)
        assert as_person(supplier).get("/inquiries?tab=received&page=2").text.count(">袋子</a>") == 1


def test_a_suspended_supplier_reads_but_cannot_answer(as_person):
    _buyer, supplier, inquiry = a_talk()
    with transaction() as session:
        session.get(Organisation, inquiry.supplier_id).status = OrganisationStatus.SUSPENDED
    client = as_person(supplier)
    assert client.get(f"/inquiries/{inquiry.id}").status_code == 200
    assert client.post(f"/inquiries/{inquiry.id}/messages", data={"text": "可以"}).status_code == 403
