"""Whom the news of inquiries reaches, and the words."""

from datetime import datetime
from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Person
from marketplace.inquiries import queries, signals
from marketplace.inquiries.lifecycle import Side
from marketplace.inquiries.models import Inquiry, InquiryMessage
from marketplace.notifications.messages import N_
from marketplace.notifications.services import path_to, tell


def _people(inquiry: Inquiry, side: Side) -> list[Person]:
    """Those who wrote for that side; everybody of it when none of them acts for it any more."""
    organisation_id = inquiry.buyer_id if side is Side.BUYER else inquiry.supplier_id
    return queries.writers_of(inquiry, side) or accounts.people_of(organisation_id)


def _tell(
    inquiry: Inquiry, side: Side, kind: str, message: str, now: datetime, *, quote: str = "", **params: Any
) -> None:
    tell(
        _people(inquiry, side),
        kind,
        message,
        params,
        path_to("inquiries.show", inquiry_id=inquiry.id),
        now,
        subject=inquiry,
        quote=quote,
    )


def on_sent(inquiry: Inquiry, *, message: InquiryMessage, now: datetime, **_news: Any) -> None:
    subject = inquiry.subject
    _tell(
        inquiry,
        Side.SUPPLIER,
        "inquiry_sent",
        N_("%(buyer)s asks about “%(subject)s”.") if subject else N_("%(buyer)s has written to you."),
        now,
        quote=message.text,
        buyer=inquiry.buyer.display_name,
        subject=subject,
    )


def on_message(inquiry: Inquiry, *, message: InquiryMessage, first_answer: bool, now: datetime, **_news: Any) -> None:
    sender = inquiry.party(message.side).display_name
    if inquiry.subject:
        words = (
            N_("%(sender)s has answered your inquiry about “%(subject)s”.")
            if first_answer
            else N_("%(sender)s wrote about “%(subject)s”.")
        )
    else:
        words = N_("%(sender)s has answered your inquiry.") if first_answer else N_("%(sender)s has written to you.")
    _tell(
        inquiry,
        message.side.other,
        "inquiry_answered" if first_answer else "inquiry_message",
        words,
        now,
        quote=message.text,
        sender=sender,
        subject=inquiry.subject,
    )


def on_declined(inquiry: Inquiry, *, now: datetime, **_news: Any) -> None:
    _tell(
        inquiry,
        Side.BUYER,
        "inquiry_declined",
        N_("%(supplier)s has declined your inquiry: %(reason)s"),
        now,
        supplier=inquiry.supplier.display_name,
        reason=inquiry.reason,
    )


def on_closed(inquiry: Inquiry, *, now: datetime, **_news: Any) -> None:
    _tell(
        inquiry,
        Side.SUPPLIER,
        "inquiry_closed",
        N_("%(buyer)s has closed the inquiry: %(reason)s"),
        now,
        buyer=inquiry.buyer.display_name,
        reason=inquiry.reason,
    )


def on_lapsed(inquiry: Inquiry, *, now: datetime, **_news: Any) -> None:
    _tell(
        inquiry,
        Side.BUYER,
        "inquiry_lapsed",
        N_("%(supplier)s did not answer your inquiry. It has ended; you can ask others."),
        now,
        supplier=inquiry.supplier.display_name,
    )


def on_waits(inquiry: Inquiry, *, now: datetime, **_news: Any) -> None:
    words = (
        N_("%(buyer)s still waits for your answer; it was due by %(due)s.")
        if inquiry.is_late(now)
        else N_("%(buyer)s waits for your answer until %(due)s.")
    )
    _tell(
        inquiry, Side.SUPPLIER, "inquiry_waits", words, now, buyer=inquiry.buyer.display_name, due=inquiry.answer_due_at
    )


LISTENERS = {
    signals.inquiry_sent: on_sent,
    signals.message_written: on_message,
    signals.inquiry_declined: on_declined,
    signals.inquiry_closed: on_closed,
    signals.inquiry_lapsed: on_lapsed,
    signals.inquiry_waits: on_waits,
}
