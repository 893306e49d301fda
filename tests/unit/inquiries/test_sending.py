"""Asking: who may ask whom, and one letter is sent once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.models import OrganisationLicence
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.core.clock import local
from marketplace.core.db import db, transaction
from marketplace.core.refusals import NotAllowed, RuleBroken
from marketplace.core.timeline import timeline_of
from marketplace.core.working_time import working_hours
from marketplace.inquiries import services
from marketplace.inquiries.lifecycle import InquiryStatus, Side
from marketplace.inquiries.models import Inquiry
from marketplace.notifications.models import Mail, Notice
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, PersonFactory, owner_of
from tests.factories.catalog import CategoryFactory, ListingFactory
from tests.factories.inquiries import LETTER, send, supplier_with_listing, write_to
from tests.factories.needs import NeedFactory


def refused(error, buyer, recipients, match, **letter):
    with pytest.raises(error, match=match), transaction():
        services.send_inquiries(buyer.organisation, buyer, recipients, **{"text": LETTER, "now": NOW, **letter})
    assert db.session.query(Inquiry).count() == 0


def to(*listings):
    return [(listing.organisation_id, listing.id) for listing in listings]


class TestOneLetter:
    def test_three_suppliers_get_three_threads_with_the_same_letter(self, app):
        buyer, listings = owner_of(), [ListingFactory() for _ in range(3)]
        sent = send(buyer, *listings, quantity=Decimal(20000), unit="只", wanted_by=date(2026, 12, 15))
        assert [row.supplier_id for row in sent] == [listing.organisation_id for listing in listings]
        assert [row.number for row in sent] == [1, 2, 3]
        assert len({row.batch for row in sent}) == 1
        for row in sent:
            (letter,) = row.messages
            assert (letter.text, letter.side, row.status) == (LETTER, Side.BUYER, InquiryStatus.SENT)
            assert (row.quantity, row.unit, row.wanted_by) == (Decimal(20000), "只", date(2026, 12, 15))
            assert (row.unread(Side.SUPPLIER), row.unread(Side.BUYER)) == (1, 0)
            assert [entry.step for entry in timeline_of(row)] == ["sent"]

    def test_the_same_recipient_named_twice_is_asked_once(self, app):
        listing = ListingFactory()
        assert len(send(owner_of(), listing, listing)) == 1

    def test_a_letter_can_go_to_an_organisation_without_a_listing(self, app):
        inquiry = write_to(owner_of(), OrganisationFactory())
        assert (inquiry.listing_id, inquiry.subject) == (None, "")

    def test_a_unit_without_a_quantity_is_not_kept(self, app):
        (inquiry,) = send(owner_of(), ListingFactory(), unit="只")
        assert inquiry.unit == ""


class TestWhoMayAsk:
    def test_an_unverified_organisation_may_not(self, app):
        buyer = owner_of(OrganisationFactory(status=OrganisationStatus.PENDING))
        refused(NotAllowed, buyer, to(ListingFactory()), "not verified")

    def test_nobody_without_an_organisation(self, app):
        with pytest.raises(NotAllowed, match="members"):
            services.ensure_may_ask(None)

    def test_nobody_for_an_organisation_that_is_not_his(self, app):
        stranger, listing, organisation = owner_of(), ListingFactory(), OrganisationFactory()
        with pytest.raises(NotAllowed), transaction():
            services.send_inquiries(organisation, stranger, to(listing), text=LETTER, now=NOW)

    def test_nobody_asks_himself(self, app):
        buyer = owner_of()
        refused(RuleBroken, buyer, to(ListingFactory(organisation=buyer.organisation)), "own organisation")

    def test_a_supplier_who_is_suspended_is_not_asked(self, app):
        supplier = OrganisationFactory(status=OrganisationStatus.SUSPENDED)
        refused(RuleBroken, owner_of(), [(supplier.id, None)], "no inquiries")

    @pytest.mark.parametrize("status", [ListingStatus.DRAFT, ListingStatus.PAUSED, ListingStatus.WITHDRAWN])
    def test_a_listing_that_is_not_published_is_not_asked_about_nor_named(self, app, status):
        listing = ListingFactory(status=status, title="秘密新品")
        buyer = owner_of()
        with pytest.raises(RuleBroken, match="no longer offered") as refusal, transaction():
            services.send_inquiries(buyer.organisation, buyer, to(listing), text=LETTER, now=NOW)
        assert "秘密" not in str(refusal.value)

    def test_a_listing_whose_life_is_over_is_not_asked_about(self, app):
        refused(RuleBroken, owner_of(), to(ListingFactory(expires_at=NOW)), "no longer offered")

    def test_a_listing_is_not_asked_of_somebody_else(self, app):
        refused(RuleBroken, owner_of(), [(OrganisationFactory().id, ListingFactory().id)], "no longer offered")

    def test_a_supplier_who_is_not_there(self, app):
        refused(RuleBroken, owner_of(), [(4711, None)], "no longer offered")


class TestRestrictedCategories:
    @pytest.fixture
    def listing(self, app):
        return ListingFactory(category=CategoryFactory(buyer_licences=["药品经营许可证", "医疗机构执业许可证"]))

    def holder(self, **licence):
        buyer = owner_of()
        with transaction() as session:
            session.add(
                OrganisationLicence(organisation_id=buyer.organisation.id, kind="医疗机构执业许可证", **licence)
            )
        return buyer

    def test_a_buyer_without_any_of_the_licences_may_not(self, listing):
        refused(RuleBroken, owner_of(), to(listing), "药品经营许可证, 医疗机构执业许可证")

    def test_a_buyer_with_one_of_them_may(self, listing):
        assert send(self.holder(checked_at=NOW, valid_until=date(2026, 11, 23)), listing)

    @pytest.mark.parametrize(
        "licence", [{"checked_at": NOW, "valid_until": date(2026, 11, 22)}, {"checked_at": None, "valid_until": None}]
    )
    def test_a_licence_that_ran_out_or_was_not_checked_does_not_count(self, listing, licence):
        refused(RuleBroken, self.holder(**licence), to(listing), "restricted")


class TestLimits:
    """R13: limits are stated on the form and enforced here."""

    def test_at_most_ten_suppliers_with_one_letter(self, app):
        buyer, suppliers = owner_of(), [(OrganisationFactory().id, None) for _ in range(11)]
        refused(RuleBroken, buyer, suppliers, "at most 10 suppliers")
        for count in (9, 10):
            with transaction():
                sent = services.send_inquiries(buyer.organisation, buyer, suppliers[:count], text=LETTER, now=NOW)
            assert len(sent) == count

    @pytest.mark.parametrize("length", [3999, 4000])
    def test_a_letter_has_up_to_4000_characters(self, app, length):
        (inquiry,) = send(owner_of(), ListingFactory(), text="长" * length)
        assert len(inquiry.messages[0].text) == length

    def test_at_least_one_supplier(self, app):
        refused(RuleBroken, owner_of(), [], "at least one")

    @pytest.mark.parametrize(
        ("letter", "match"),
        [
            ({"text": "  \n"}, "Write what"),
            ({"text": "长" * 4001}, "at most 4000"),
            ({"quantity": Decimal(0)}, "above zero"),
            ({"wanted_by": date(2026, 11, 22)}, "still to come"),
        ],
    )
    def test_a_letter_has_a_text_and_a_day_to_come(self, app, letter, match):
        refused(RuleBroken, owner_of(), to(ListingFactory()), match, **letter)

    def test_today_is_early_enough(self, app):
        assert send(owner_of(), ListingFactory(), wanted_by=date(2026, 11, 23))

    def test_only_a_need_of_ones_own_can_be_named(self, app):
        buyer, listing = owner_of(), ListingFactory()
        refused(RuleBroken, buyer, to(listing), "not yours", need_id=NeedFactory().id)
        own = NeedFactory(organisation=buyer.organisation)
        (inquiry,) = send(buyer, listing, need_id=own.id)
        assert inquiry.need_id == own.id


class TestTheClockOfR1:
    def test_r1_a_supplier_has_sixteen_working_hours_and_is_reminded_at_eight(self, app):
        (inquiry,) = send(owner_of(), ListingFactory(), now=NOW)
        assert f"{local(inquiry.remind_at):%m-%d %H:%M}" == "11-24 09:30"
        assert f"{local(inquiry.answer_due_at):%m-%d %H:%M}" == "11-24 17:30"

    def test_r1_a_letter_of_friday_evening_is_due_on_tuesday(self, app):
        friday = NOW.replace(day=20, hour=11)  # 19:00 in Shanghai
        (inquiry,) = send(owner_of(), ListingFactory(), now=friday)
        assert f"{local(inquiry.answer_due_at):%a %H:%M}" == "Tue 16:30"
        assert working_hours(friday, inquiry.answer_due_at) == pytest.approx(16)

    def test_r1_a_letter_before_a_festival_that_nobody_has_announced_is_due_after_it(self, app):
        before = datetime(2027, 2, 4, 2, 0, tzinfo=UTC)  # Thursday, 10:00; 除夕 is on Friday
        listing = ListingFactory(published_at=before - timedelta(days=1), expires_at=before + timedelta(days=99))
        (inquiry,) = send(owner_of(), listing, now=before)
        assert f"{local(inquiry.answer_due_at):%m-%d %H:%M}" == "02-11 17:30"

    def test_r1_national_day_does_not_count_and_the_worked_saturday_does(self, app):
        before = NOW.replace(month=10, day=9, hour=4)  # Friday 9 October, 12:00
        listing = ListingFactory(published_at=before - timedelta(days=1))
        (inquiry,) = send(owner_of(), listing, now=before)
        assert inquiry.answer_due_at.astimezone(ZoneInfo("Asia/Shanghai")).isoformat() == "2026-10-12T11:00:00+08:00"


class TestTelling:
    def test_everybody_of_the_supplier_hears_with_a_link_to_the_thread(self, app):
        supplier, listing = supplier_with_listing()
        colleague = MembershipFactory(person=PersonFactory(), organisation=supplier.organisation).person
        buyer = owner_of()
        (inquiry,) = send(buyer, listing)
        notices = list(db.session.scalars(select(Notice).order_by(Notice.person_id)))
        assert [notice.person_id for notice in notices] == [supplier.id, colleague.id]
        assert {notice.url for notice in notices} == {f"/inquiries/{inquiry.id}"}
        assert db.session.query(Mail).count() == 2

    def test_mail_quotes_the_letter_and_holds_no_contact_data(self, app):
        supplier, listing = supplier_with_listing()
        send(owner_of(), listing)
        mail = db.session.scalar(select(Mail))
        assert mail.to == supplier.email
        assert LETTER in mail.text
        assert "028-00000000" not in mail.text
        assert "contact@example.com" not in mail.text
