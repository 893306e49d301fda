"""Every read of inquiries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from flask import abort
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import Membership, Organisation, Person
from marketplace.catalog.models import Listing
from marketplace.core.db import db
from marketplace.inquiries.lifecycle import InquiryStatus, Side
from marketplace.inquiries.models import ContactShowing, Inquiry, InquiryFile, InquiryMessage
from marketplace.needs.models import Need

ANSWERS_COUNTED = 50
"""The usual time to answer is told from the last so many first answers."""


def inquiry_or_404(inquiry_id: int) -> Inquiry:
    """The inquiry with its parties, subject, messages, writers and files."""
    statement = (
        select(Inquiry)
        .where(Inquiry.id == inquiry_id)
        .options(
            joinedload(Inquiry.buyer),
            joinedload(Inquiry.supplier),
            joinedload(Inquiry.listing).joinedload(Listing.organisation),
            joinedload(Inquiry.need).joinedload(Need.organisation),
            selectinload(Inquiry.messages).joinedload(InquiryMessage.person),
            selectinload(Inquiry.messages).selectinload(InquiryMessage.attachments).joinedload(InquiryFile.file),
        )
    )
    return db.session.scalars(statement).unique().first() or abort(404)


def _in_a_row(statement: Select[tuple[Inquiry]]) -> Select[tuple[Inquiry]]:
    """Load what a row of the inbox shows."""
    return statement.options(
        joinedload(Inquiry.buyer),
        joinedload(Inquiry.supplier),
        joinedload(Inquiry.listing),
        joinedload(Inquiry.need),
        joinedload(Inquiry.last_message),
    )


def received(organisation_id: int) -> Select[tuple[Inquiry]]:
    """What the organisation was asked: unanswered first, the most urgent on top, then the newest talk."""
    waits = Inquiry.status == InquiryStatus.SENT
    return _in_a_row(select(Inquiry).where(Inquiry.supplier_id == organisation_id)).order_by(
        case((waits, 0), else_=1),
        case((waits, Inquiry.answer_due_at)),
        Inquiry.last_message_at.desc(),
        Inquiry.id.desc(),
    )


def sent(organisation_id: int) -> Select[tuple[Inquiry]]:
    """What the organisation asked: what it has not read first, then the newest talk."""
    unread = Inquiry.message_count > Inquiry.buyer_read
    return _in_a_row(select(Inquiry).where(Inquiry.buyer_id == organisation_id)).order_by(
        case((unread, 0), else_=1), Inquiry.last_message_at.desc(), Inquiry.id.desc()
    )


@dataclass(frozen=True)
class Waiting:
    """What waits for an organisation: inquiries to answer, threads with unread messages, and all there are."""

    to_answer: int
    unread_received: int
    unread_sent: int
    received: int
    sent: int


def waiting_for(organisation_id: int) -> Waiting:
    """All counts in one query."""
    mine = Inquiry.supplier_id == organisation_id
    asked = Inquiry.buyer_id == organisation_id
    row = db.session.execute(
        select(
            func.count(case((mine & (Inquiry.status == InquiryStatus.SENT), 1))),
            func.count(case((mine & (Inquiry.message_count > Inquiry.supplier_read), 1))),
            func.count(case((asked & (Inquiry.message_count > Inquiry.buyer_read), 1))),
            func.count(case((mine, 1))),
            func.count(case((asked, 1))),
        ).where(mine | asked)
    ).one()
    return Waiting(*row)


def to_answer(organisation_id: int, limit: int = 5) -> list[Inquiry]:
    """The most urgent unanswered inquiries, for the workbench."""
    statement = received(organisation_id).where(Inquiry.status == InquiryStatus.SENT).limit(limit)
    return list(db.session.scalars(statement))


def of_batch(buyer_id: int, batch: str) -> list[Inquiry]:
    """The inquiries of one letter of the buyer, in their order."""
    statement = (
        select(Inquiry)
        .where(Inquiry.buyer_id == buyer_id, Inquiry.batch == batch)
        .options(joinedload(Inquiry.supplier))
        .order_by(Inquiry.number, Inquiry.id)
    )
    return list(db.session.scalars(statement))


def listings_to_ask(ids: Iterable[int]) -> list[Listing]:
    """The listings of `ids` in that order, with supplier and category; the service asks whether they are public."""
    wanted = list(ids)
    statement = (
        select(Listing)
        .where(Listing.id.in_(wanted))
        .options(joinedload(Listing.organisation), joinedload(Listing.category))
    )
    found = {listing.id: listing for listing in db.session.scalars(statement)}
    return [found[id_] for id_ in wanted if id_ in found]


def organisations_to_ask(ids: Iterable[int]) -> list[Organisation]:
    """The organisations of `ids` in that order, whatever their status."""
    wanted = list(ids)
    found = {row.id: row for row in db.session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))}
    return [found[id_] for id_ in wanted if id_ in found]


def own_need(need_id: int | None, organisation_id: int) -> Need | None:
    """The need when it is the organisation's own."""
    if need_id is None:
        return None
    return db.session.scalars(
        select(Need)
        .where(Need.id == need_id, Need.organisation_id == organisation_id)
        .options(selectinload(Need.lines))
    ).first()


def asked_already(buyer_id: int, listing_ids: Iterable[int]) -> dict[int, Inquiry]:
    """Open inquiries of the buyer by listing, the latest of each: so that nobody is asked twice by mistake."""
    statement = (
        select(Inquiry)
        .where(
            Inquiry.buyer_id == buyer_id,
            Inquiry.listing_id.in_(list(listing_ids)),
            Inquiry.status.in_([InquiryStatus.SENT, InquiryStatus.ANSWERED]),
        )
        .order_by(Inquiry.created_at, Inquiry.id)
    )
    return {inquiry.listing_id: inquiry for inquiry in db.session.scalars(statement) if inquiry.listing_id}


def writers_of(inquiry: Inquiry, side: Side) -> list[Person]:
    """People who wrote for `side` and still act for it; for the first letter, who sent it."""
    organisation_id = inquiry.buyer_id if side is Side.BUYER else inquiry.supplier_id
    statement = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Person.disabled_at.is_(None),
            Person.id.in_(
                select(InquiryMessage.person_id).where(
                    InquiryMessage.inquiry_id == inquiry.id, InquiryMessage.side == side
                )
            ),
        )
        .order_by(Person.id)
    )
    return list(db.session.scalars(statement))


def may_read_file(person: Any, file_id: int) -> bool:
    """True when the person belongs to a party of an inquiry that carries the file."""
    own = [membership.organisation_id for membership in person.memberships]
    if not own:
        return False
    statement = (
        select(InquiryFile.id)
        .join(InquiryMessage, InquiryMessage.id == InquiryFile.message_id)
        .join(Inquiry, Inquiry.id == InquiryMessage.inquiry_id)
        .where(InquiryFile.file_id == file_id, Inquiry.buyer_id.in_(own) | Inquiry.supplier_id.in_(own))
        .limit(1)
    )
    return db.session.scalar(statement) is not None


def showings_of(inquiry: Inquiry) -> list[ContactShowing]:
    """Who was shown whose contact data, oldest first."""
    statement = (
        select(ContactShowing)
        .where(ContactShowing.inquiry_id == inquiry.id)
        .options(joinedload(ContactShowing.person))
        .order_by(ContactShowing.at, ContactShowing.id)
    )
    return list(db.session.scalars(statement))


def to_remind(now: datetime, limit: int) -> list[Inquiry]:
    """Unanswered inquiries whose reminder is due and was not sent, longest due first."""
    statement = (
        select(Inquiry)
        .where(Inquiry.status == InquiryStatus.SENT, Inquiry.reminded_at.is_(None), Inquiry.remind_at <= now)
        .options(joinedload(Inquiry.buyer), joinedload(Inquiry.listing), joinedload(Inquiry.need))
        .order_by(Inquiry.remind_at, Inquiry.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def to_lapse(sent_before: datetime, limit: int) -> list[Inquiry]:
    """Inquiries sent before that moment that nobody answered, oldest first."""
    statement = (
        select(Inquiry)
        .where(Inquiry.status == InquiryStatus.SENT, Inquiry.created_at <= sent_before)
        .options(joinedload(Inquiry.supplier), joinedload(Inquiry.listing), joinedload(Inquiry.need))
        .order_by(Inquiry.created_at, Inquiry.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def usual_answer_hours(organisation_id: int) -> int | None:
    """The middle of the times to the last first answers, in whole hours from 1; None before the first."""
    rows = db.session.execute(
        select(Inquiry.created_at, Inquiry.answered_at)
        .where(Inquiry.supplier_id == organisation_id, Inquiry.answered_at.is_not(None))
        .order_by(Inquiry.answered_at.desc(), Inquiry.id.desc())
        .limit(ANSWERS_COUNTED)
    ).all()
    if not rows:
        return None
    hours = median((answered - asked).total_seconds() / 3600 for asked, answered in rows if answered is not None)
    return max(1, round(hours))
