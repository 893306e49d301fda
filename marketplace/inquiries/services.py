"""Every change of inquiries, one function a use case. All run inside a `transaction()`."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import update
from werkzeug.datastructures import FileStorage

from marketplace.accounts.models import Organisation, Person
from marketplace.catalog.models import Category, Listing
from marketplace.core.clock import local_day
from marketplace.core.db import db
from marketplace.core.files import StoredFile, prepare_document, prepare_picture, store_document, store_picture
from marketplace.core.jobs import enqueue
from marketplace.core.refusals import NotAllowed, RuleBroken, StepNotPossible
from marketplace.core.timeline import record
from marketplace.core.working_time import after_working_hours
from marketplace.inquiries import queries, signals
from marketplace.inquiries.lifecycle import InquiryStatus, Side
from marketplace.inquiries.models import ContactShowing, Inquiry, InquiryFile, InquiryMessage

TEXT_LIMIT = 4000
REASON_LIMIT = 500
PICTURES = ("image/png", "image/jpeg")
Recipient = tuple[int, int | None]
"""Supplier's organisation id, and the listing that the buyer asks about or None."""


@dataclass(frozen=True)
class PreparedFile:
    """An upload that was checked; a picture is re-encoded already."""

    name: str | None
    picture: dict[str, bytes] | None = None
    document: tuple[str, bytes] | None = None


def recipients_allowed() -> int:
    """Most suppliers of one letter."""
    return int(current_app.config["INQUIRY_RECIPIENTS"])


def files_allowed() -> int:
    """Most files of one message (R13)."""
    return int(current_app.config["INQUIRY_FILES"])


def prepare_files(uploads: Iterable[FileStorage]) -> list[PreparedFile]:
    """Check uploads, before any transaction.

    Raises:
        RuleBroken: too many, too large, empty, or not a PDF, picture or Office file (R13).
    """
    given = [upload for upload in uploads if upload is not None and upload.filename]
    most = files_allowed()
    if len(given) > most:
        raise RuleBroken(_("Attach at most %(most)d files.", most=most))
    prepared = []
    for upload in given:
        media_type, content = prepare_document(upload)
        if media_type in PICTURES:
            prepared.append(PreparedFile(upload.filename, picture=prepare_picture(content)))
        else:
            prepared.append(PreparedFile(upload.filename, document=(media_type, content)))
    return prepared


def _store(files: Iterable[PreparedFile], owner: Inquiry, actor: Person) -> list[StoredFile]:
    stored = []
    for file in files:
        if file.picture is not None:
            stored.append(store_picture(file.picture, name=file.name, owner=owner, actor=actor))
        elif file.document is not None:
            stored.append(store_document(file.document, name=file.name, owner=owner, actor=actor))
    return stored


# ---- asking


def ensure_may_ask(buyer: Organisation | None) -> Organisation:
    """The buyer, when it may inquire at all.

    Raises:
        NotAllowed: there is no organisation, or staff have not verified it.
    """
    if buyer is None:
        raise NotAllowed(_("Only members of an organisation can inquire. Register yours first."))
    if not buyer.is_verified:
        raise NotAllowed(_("The park staff have not verified your organisation yet. Then you can inquire."))
    return buyer


def lacking_licences(buyer: Organisation, category: Category | None, now: datetime) -> list[str]:
    """The licences one of which the buyer would need to inquire in this category; empty when he may."""
    wanted = category.buyer_licences if category is not None else []
    if any(buyer.holds(licence, local_day(now)) for licence in wanted):
        return []
    return list(wanted)


def refusal_for(buyer: Organisation, supplier: Organisation, listing: Listing | None, now: datetime) -> str:
    """Why the buyer may not ask this supplier, in a sentence; empty when he may."""
    if supplier.id == buyer.id:
        return str(_("This is your own organisation."))
    if not supplier.is_verified:
        return str(_("One of those you chose takes no inquiries now."))
    if listing is None:
        return ""
    if listing.organisation_id != supplier.id or not listing.is_public(now):
        return str(_("One of those you chose is no longer offered."))
    lacking = lacking_licences(buyer, listing.category, now)
    if lacking:
        return str(
            _(
                "“%(listing)s” is restricted. To inquire, your organisation must hold one of: %(licences)s.",
                listing=listing.title,
                licences="、".join(lacking),
            )
        )
    return ""


def _check_letter(text: str, quantity: Decimal | None, wanted_by: date | None, now: datetime) -> None:
    if not text.strip():
        raise RuleBroken(_("Write what you would like to know."))
    if len(text) > TEXT_LIMIT:
        raise RuleBroken(_("Use at most %(most)d characters.", most=TEXT_LIMIT))
    if quantity is not None and quantity <= 0:
        raise RuleBroken(_("Write a quantity above zero."))
    if wanted_by is not None and wanted_by < local_day(now):
        raise RuleBroken(_("Choose a delivery day that is still to come."))


def _resolve(
    buyer: Organisation, recipients: Sequence[Recipient], now: datetime
) -> list[tuple[Organisation, Listing | None]]:
    """The rows of `recipients`, each once.

    Raises:
        RuleBroken: nobody, too many, or somebody whom this buyer may not ask.
    """
    wanted = list(dict.fromkeys(recipients))
    most = recipients_allowed()
    if not wanted:
        raise RuleBroken(_("Choose at least one supplier."))
    if len(wanted) > most:
        raise RuleBroken(_("Ask at most %(most)d suppliers with one letter.", most=most))
    listings = {row.id: row for row in queries.listings_to_ask(id_ for _supplier, id_ in wanted if id_ is not None)}
    suppliers = {row.id: row for row in queries.organisations_to_ask(id_ for id_, _listing in wanted)}
    resolved = []
    for supplier_id, listing_id in wanted:
        supplier = suppliers.get(supplier_id)
        listing = listings.get(listing_id) if listing_id is not None else None
        if supplier is None or (listing_id is not None and listing is None):
            raise RuleBroken(_("One of those you chose is no longer offered."))
        if refusal := refusal_for(buyer, supplier, listing, now):
            raise RuleBroken(refusal)
        resolved.append((supplier, listing))
    return resolved


def send_inquiries(
    buyer: Organisation,
    actor: Person,
    recipients: Sequence[Recipient],
    *,
    text: str,
    now: datetime,
    need_id: int | None = None,
    quantity: Decimal | None = None,
    unit: str = "",
    wanted_by: date | None = None,
    files: Sequence[PreparedFile] = (),
    batch: str = "",
) -> list[Inquiry]:
    """Send one letter to each of `recipients`; every supplier gets a thread of its own and sees no other.

    `batch` names the letter, a random text when none is given. Suppliers should answer within the working hours of R1.

    Raises:
        NotAllowed: the buyer is not verified, or the actor does not act for it.
        RuleBroken: the letter is empty, the day is past, a recipient cannot be asked, or a limit is passed.
    """
    ensure_may_ask(buyer)
    if not actor.belongs_to(buyer.id):
        raise NotAllowed(_("You may not do this."))
    _check_letter(text, quantity, wanted_by, now)
    if need_id is not None and queries.own_need(need_id, buyer.id) is None:
        raise RuleBroken(_("This need is not yours."))
    resolved = _resolve(buyer, recipients, now)
    batch, config = batch or secrets.token_hex(16), current_app.config
    remind_at = after_working_hours(now, config["ANSWER_REMINDER_WORKING_HOURS"])
    due_at = after_working_hours(now, config["ANSWER_WORKING_HOURS"])
    inquiries = [
        Inquiry(
            batch=batch,
            number=number,
            listing=listing,
            need_id=need_id,
            buyer=buyer,
            supplier=supplier,
            quantity=quantity,
            unit=unit if quantity is not None else "",
            wanted_by=wanted_by,
            created_at=now,
            created_by_id=actor.id,
            remind_at=remind_at,
            answer_due_at=due_at,
            last_message_at=now,
            status=InquiryStatus.SENT,
            message_count=0,
            buyer_read=0,
            supplier_read=0,
        )
        for number, (supplier, listing) in enumerate(resolved, start=1)
    ]
    db.session.add_all(inquiries)
    db.session.flush()
    stored = _store(files, inquiries[0], actor)
    for inquiry in inquiries:
        message = _write(inquiry, Side.BUYER, actor, text=text, stored=stored, now=now)
        record(inquiry, "sent", at=now, actor=actor, organisation=buyer)
        signals.inquiry_sent.send(inquiry, message=message, now=now)
    return inquiries


def _write(
    inquiry: Inquiry,
    side: Side,
    actor: Person,
    *,
    text: str,
    stored: Iterable[StoredFile],
    now: datetime,
) -> InquiryMessage:
    inquiry.message_count += 1
    message = InquiryMessage(
        inquiry=inquiry,
        number=inquiry.message_count,
        side=side,
        person_id=actor.id,
        text=text.strip(),
        sent_at=now,
    )
    message.attachments = [InquiryFile(file=file) for file in stored]
    inquiry.last_message_at = now
    inquiry.note_read(side)
    db.session.add(message)
    db.session.flush()
    return message


# ---- answering


def _side_of(inquiry: Inquiry, actor: Person) -> Side:
    side = inquiry.side_of(actor)
    if side is None:
        raise NotAllowed(_("You may not do this."))
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
    _check_letter(text, None, None, now)
    first_answer = side is Side.SUPPLIER and inquiry.status is InquiryStatus.SENT
    message = _write(inquiry, side, actor, text=text, stored=_store(files, inquiry, actor), now=now)
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
        raise NotAllowed(_("You may not do this."))
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


# ---- the clock


def remind_due(now: datetime, limit: int = 200) -> int:
    """Remind suppliers that half of the time to answer is over (R1), each once; returns how many."""
    due = queries.to_remind(now, limit)
    for inquiry in due:
        inquiry.reminded_at = now
        record(inquiry, "reminded", at=now)
        signals.inquiry_waits.send(inquiry, now=now)
    return len(due)


def lapse_due(now: datetime, limit: int = 200) -> int:
    """End inquiries that nobody answered within their life; returns how many."""
    due = queries.to_lapse(now - timedelta(days=current_app.config["INQUIRY_LIFE_DAYS"]), limit)
    for inquiry in due:
        inquiry.move_to(InquiryStatus.LAPSED)
        record(inquiry, "lapsed", at=now)
        signals.inquiry_lapsed.send(inquiry, now=now)
    return len(due)


def measure_answers(organisation_id: int) -> int | None:
    """Work out the usual time to a first answer from the real ones; returns it in hours.

    Written past the organisation's version: nobody edits this figure, so no edit form is lost to it.
    """
    hours = queries.usual_answer_hours(organisation_id)
    db.session.execute(
        update(Organisation)
        .where(Organisation.id == organisation_id)
        .values(answer_hours_median=hours, version=Organisation.version)
    )
    return hours
