"""The thread: who may write, decline and close, and when contact data shows."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.models import Organisation
from marketplace.core.db import db, transaction
from marketplace.core.refusals import NotAllowed, RuleBroken, StepNotPossible
from marketplace.core.timeline import timeline_of
from marketplace.inquiries import queries, services
from marketplace.inquiries.lifecycle import InquiryStatus, Side
from marketplace.inquiries.models import ContactShowing, Inquiry, InquiryMessage
from marketplace.notifications.models import Notice
from tests.factories.accounts import NOW, MembershipFactory, PersonFactory, StaffFactory, owner_of
from tests.factories.inquiries import a_talk, answer

REASON = "产能排满"


def refused(error, act, match=None):
    with pytest.raises(error, match=match), transaction():
        act()


def notices_of(person):
    return [
        notice.kind
        for notice in db.session.scalars(select(Notice).where(Notice.person_id == person.id).order_by(Notice.id))
    ]


class TestLimits:
    """R13: a message has at most 4,000 characters, a reason 500."""

    @pytest.mark.parametrize("length", [3999, 4000])
    def test_an_answer_has_up_to_4000_characters(self, app, length):
        _buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier, "长" * length)
        assert len(inquiry.messages[1].text) == length

    def test_an_answer_has_not_one_more(self, app):
        _buyer, supplier, inquiry = a_talk()
        refused(RuleBroken, lambda: services.answer_inquiry(inquiry, supplier, "长" * 4001, NOW), match="at most 4000")

    @pytest.mark.parametrize("end", [services.decline_inquiry, services.close_inquiry])
    @pytest.mark.parametrize("length", [499, 500, 501])
    def test_a_reason_has_500_characters_and_not_one_more(self, app, end, length):
        buyer, supplier, inquiry = a_talk()
        actor = supplier if end is services.decline_inquiry else buyer
        if length > 500:
            refused(RuleBroken, lambda: end(inquiry, actor, "因" * length, NOW), match="at most 500")
            return
        with transaction():
            end(inquiry, actor, "因" * length, NOW)
        assert len(inquiry.reason) == length


class TestAnswering:
    def test_the_suppliers_first_message_is_the_answer(self, app):
        buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier)
        assert (inquiry.status, inquiry.answered_at) == (InquiryStatus.ANSWERED, NOW)
        assert [message.side for message in inquiry.messages] == [Side.BUYER, Side.SUPPLIER]
        assert (inquiry.unread(Side.BUYER), inquiry.unread(Side.SUPPLIER)) == (1, 0)
        assert notices_of(buyer) == ["inquiry_answered"]

    def test_a_further_message_of_the_buyer_is_no_answer(self, app):
        buyer, supplier, inquiry = a_talk()
        answer(inquiry, buyer, "补充：要印字。")
        assert (inquiry.status, inquiry.answered_at) == (InquiryStatus.SENT, None)
        assert notices_of(supplier) == ["inquiry_sent", "inquiry_message"]

    def test_both_go_on_writing(self, app):
        buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier)
        answer(inquiry, buyer, "多少钱？")
        answer(inquiry, supplier, "两毛六。")
        assert [message.number for message in inquiry.messages] == [1, 2, 3, 4]
        assert [entry.step for entry in timeline_of(inquiry)] == ["sent", "answered"]
        assert notices_of(buyer) == ["inquiry_answered", "inquiry_message"]

    def test_a_colleague_may_answer_and_only_writers_hear_of_the_reply(self, app):
        buyer, supplier, inquiry = a_talk()
        colleague = MembershipFactory(person=PersonFactory(), organisation=supplier.organisation).person
        answer(inquiry, colleague)
        answer(inquiry, buyer, "谢谢。")
        assert notices_of(colleague) == ["inquiry_message"]
        assert notices_of(supplier) == ["inquiry_sent"]

    def test_third_parties_and_staff_may_not_write(self, app):
        _buyer, _supplier, inquiry = a_talk()
        for person in (owner_of(), StaffFactory()):
            refused(NotAllowed, lambda person=person: services.answer_inquiry(inquiry, person, "嗨", NOW))

    def test_a_suspended_supplier_may_not_write(self, app):
        _buyer, supplier, inquiry = a_talk()
        with transaction() as session:
            session.get(Organisation, inquiry.supplier_id).status = OrganisationStatus.SUSPENDED
        refused(NotAllowed, lambda: services.answer_inquiry(inquiry, supplier, "嗨", NOW), "suspended")

    def test_an_empty_message_is_refused(self, app):
        _buyer, supplier, inquiry = a_talk()
        refused(RuleBroken, lambda: services.answer_inquiry(inquiry, supplier, "  ", NOW))


class TestEnding:
    def test_declining_needs_a_reason_and_tells_the_buyer(self, app):
        buyer, supplier, inquiry = a_talk()
        refused(RuleBroken, lambda: services.decline_inquiry(inquiry, supplier, " ", NOW), "reason")
        with transaction():
            services.decline_inquiry(inquiry, supplier, REASON, NOW)
        assert (inquiry.status, inquiry.reason) == (InquiryStatus.DECLINED, REASON)
        assert [(entry.step, entry.note) for entry in timeline_of(inquiry)][-1] == ("declined", REASON)
        assert notices_of(buyer) == ["inquiry_declined"]

    def test_closing_needs_a_reason_and_tells_the_supplier(self, app):
        buyer, supplier, inquiry = a_talk()
        refused(RuleBroken, lambda: services.close_inquiry(inquiry, buyer, "", NOW), "reason")
        refused(RuleBroken, lambda: services.close_inquiry(inquiry, buyer, "长" * 501, NOW), "500")
        with transaction():
            services.close_inquiry(inquiry, buyer, "已经买到", NOW)
        assert inquiry.status is InquiryStatus.CLOSED
        assert notices_of(supplier) == ["inquiry_sent", "inquiry_closed"]

    def test_only_the_supplier_declines_and_only_the_buyer_closes(self, app):
        buyer, supplier, inquiry = a_talk()
        refused(NotAllowed, lambda: services.decline_inquiry(inquiry, buyer, REASON, NOW))
        refused(NotAllowed, lambda: services.close_inquiry(inquiry, supplier, REASON, NOW))

    def test_after_the_end_nothing_more_can_be_written_or_ended(self, app):
        buyer, supplier, inquiry = a_talk()
        with transaction():
            services.decline_inquiry(inquiry, supplier, REASON, NOW)
        refused(StepNotPossible, lambda: services.answer_inquiry(inquiry, buyer, "再想想", NOW), "ended")
        refused(StepNotPossible, lambda: services.close_inquiry(inquiry, buyer, REASON, NOW))

    def test_the_database_keeps_the_promise_too(self, app):
        _buyer, _supplier, inquiry = a_talk()
        with pytest.raises(IntegrityError), transaction() as session:
            session.get(Inquiry, inquiry.id).status = InquiryStatus.DECLINED


class TestContact:
    def test_contact_is_hidden_before_the_first_answer(self, app):
        buyer, supplier, inquiry = a_talk()
        answer(inquiry, buyer, "补充一句。")
        for person in (buyer, supplier):
            refused(StepNotPossible, lambda person=person: services.show_contact(inquiry, person, NOW), "first answer")
        assert db.session.query(ContactShowing).count() == 0

    def test_each_side_sees_the_other_and_every_showing_is_recorded(self, app):
        buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier)
        for person, other in ((buyer, supplier), (supplier, buyer), (buyer, supplier)):
            with transaction():
                shown = services.show_contact(inquiry, person, NOW)
            assert shown.id == other.organisation.id
        assert [(row.person_id, row.organisation_id) for row in queries.showings_of(inquiry)] == [
            (buyer.id, supplier.organisation.id),
            (supplier.id, buyer.organisation.id),
            (buyer.id, supplier.organisation.id),
        ]
        assert [entry.step for entry in timeline_of(inquiry)].count("contact_shown") == 3

    def test_declined_without_an_answer_it_stays_hidden(self, app):
        buyer, supplier, inquiry = a_talk()
        with transaction():
            services.decline_inquiry(inquiry, supplier, REASON, NOW)
        refused(StepNotPossible, lambda: services.show_contact(inquiry, buyer, NOW))

    def test_third_parties_and_staff_see_nothing(self, app):
        _buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier)
        for person in (owner_of(), StaffFactory()):
            refused(NotAllowed, lambda person=person: services.show_contact(inquiry, person, NOW))


def test_messages_are_numbered_once(app):
    _buyer, _supplier, inquiry = a_talk()
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(InquiryMessage(inquiry_id=inquiry.id, number=1, side=Side.BUYER, text="又一封", sent_at=NOW))
