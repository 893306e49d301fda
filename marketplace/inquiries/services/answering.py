"""Both sides go on in a thread: they answer, end it with a reason, and see each other's contact."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from marketplace.accounts.models import Organisation, Person
from marketplace.core.db import db
from marketplace.core.jobs import enqueue
from marketplace.core.refusals import NotAllowed, RuleBroken, StepNotPossible
from marketplace.core.timeline import record
from marketplace.inquiries import signals
from marketplace.inquiries.lifecycle import InquiryStatus, Side
from marketplace.inquiries.models import ContactShowing, Inquiry, InquiryMessage
from marketplace.inquiries.services.messages import PreparedFile, check_letter, store_files, write_message

REASON_LIMIT = 500


def _side_of(inquiry: Inquiry, actor: Person) -> Side:
    side = inquiry.side_of(actor)
    if side is None:
        raise NotAllowed
    if not inquiry.party(side).is_verified:
        raise NotAllowed(_("The park staff have suspended your organisation."))
    return side


def answer_inquiry(
    inquiry: Inquiry, actor: Person, text: str, now: datetime, *, files: Sequence[PreparedFile] = ()
) -> InquiryMessage:
    """Write into the thread, for whichever side the actor stands on; the supplier's first message is the answer.

    Raises:
        NotAllowed: the actor belongs to neither party.
        RuleBroken: the message is empty or too long.
        StepNotPossible: the inquiry has ended.
    """
    side = _side_of(inquiry, actor)
    if not inquiry.is_open:
        raise StepNotPossible(_("This inquiry has ended. Nothing more can be written."))
    check_letter(text, None, None, now)
    first_answer = side is Side.SUPPLIER and inquiry.status is InquiryStatus.SENT
    message = write_message(inquiry, side, actor, text=text, stored=store_files(files, inquiry, actor), now=now)
    if first_answer:
        inquiry.move_to(InquiryStatus.ANSWERED)
        inquiry.answered_at = now
        record(inquiry, "answered", at=now, actor=actor, organisation=inquiry.supplier)
        enqueue("inquiries.measure_answers", organisation_id=inquiry.supplier_id)
        signals.inquiry_answered.send(inquiry, message=message, now=now)
    signals.message_written.send(inquiry, message=message, first_answer=first_answer, now=now)
    return message


def _end(inquiry: Inquiry, actor: Person, side: Side, status: InquiryStatus, *, reason: str, now: datetime) -> None:
    if _side_of(inquiry, actor) is not side:
        raise NotAllowed
    reason = reason.strip()
    if not reason:
        raise RuleBroken(_("Write the reason, so that the other side knows."))
    if len(reason) > REASON_LIMIT:
        raise RuleBroken(_("Use at most %(most)d characters.", most=REASON_LIMIT))
    inquiry.move_to(status)
    inquiry.reason = reason
    inquiry.note_read(side)
    record(inquiry, status.value, at=now, actor=actor, organisation=inquiry.party(side), note=reason)


def decline_inquiry(inquiry: Inquiry, actor: Person, reason: str, now: datetime) -> None:
    """The supplier cannot, and says why.

    Raises:
        NotAllowed: the actor does not act for the supplier.
        RuleBroken: there is no reason.
        StepNotPossible: the inquiry has ended.
    """
    _end(inquiry, actor, Side.SUPPLIER, InquiryStatus.DECLINED, reason=reason, now=now)
    signals.inquiry_declined.send(inquiry, actor=actor, now=now)


def close_inquiry(inquiry: Inquiry, actor: Person, reason: str, now: datetime) -> None:
    """The buyer needs no more answers, and says why.

    Raises:
        NotAllowed: the actor does not act for the buyer.
        RuleBroken: there is no reason.
        StepNotPossible: the inquiry has ended.
    """
    _end(inquiry, actor, Side.BUYER, InquiryStatus.CLOSED, reason=reason, now=now)
    signals.inquiry_closed.send(inquiry, actor=actor, now=now)


def show_contact(inquiry: Inquiry, actor: Person, now: datetime) -> Organisation:
    """The other party, whose contact data may be shown once; the showing is recorded.

    Raises:
        NotAllowed: the actor belongs to neither party.
        StepNotPossible: the supplier has not answered yet.
    """
    side = _side_of(inquiry, actor)
    if not inquiry.may_show_contact:
        raise StepNotPossible(_("Contact details appear after the first answer."))
    other = inquiry.party(side.other)
    db.session.add(ContactShowing(inquiry_id=inquiry.id, person_id=actor.id, organisation_id=other.id, at=now))
    record(inquiry, "contact_shown", at=now, actor=actor, organisation=inquiry.party(side))
    return other


def note_read(inquiry: Inquiry, side: Side) -> None:
    """`side` has opened the thread."""
    inquiry.note_read(side)
