"""Inquiries in words: the letter to begin with, the clock of R1, the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.catalog.models import Listing
from marketplace.core.presentation import clauses, day, listed, moment, quantity
from marketplace.core.working_time import working_hours
from marketplace.inquiries.lifecycle import InquiryStatus, Side
from marketplace.inquiries.models import Inquiry
from marketplace.needs.models import Need

LINES_IN_A_LETTER = 5
SOON_HOURS = 8
"""Working hours left at which the clock turns urgent: the moment of the reminder."""


def _delivery(need: Need) -> str:
    if need.deliver_by and need.deliver_town:
        return _("Delivery by %(day)s to %(town)s.", day=day(need.deliver_by), town=need.deliver_town)
    if need.deliver_by:
        return _("Delivery by %(day)s.", day=day(need.deliver_by))
    return _("Delivery to %(town)s.", town=need.deliver_town) if need.deliver_town else ""


def first_letter(need: Need | None, listings: Sequence[Listing]) -> str:
    """A polite letter from what is known, for the buyer to change; empty when nothing is known."""
    if need is not None:
        items = [
            " ".join(filter(None, (line.item, quantity(line.quantity, line.unit))))
            for line in need.lines[:LINES_IN_A_LETTER]
        ]
        certificates, conditions = need.all_certificates, need.hard_words
        sentences = [
            _("Hello, we are looking for: %(what)s.", what=clauses(items) or need.title),
            _delivery(need),
            _("Certificates: %(names)s.", names=listed(certificates)) if certificates else "",
            _("Conditions: %(words)s.", words=listed(conditions)) if conditions else "",
            _("Can you supply this, at what price, and when?"),
        ]
        return "\n".join(filter(None, sentences))
    if len(listings) == 1:
        return _(
            "Hello, we are interested in “%(listing)s”. Please tell us the price, the least quantity and the "
            "delivery time.",
            listing=listings[0].title,
        )
    if listings:
        return _(
            "Hello, we are interested in what you offer. Please tell us the price, the least quantity and the "
            "delivery time."
        )
    return ""


@dataclass(frozen=True)
class AnswerClock:
    """The clock of R1 in words; `state` is plenty, soon or missed."""

    words: str
    state: str
    title: str


def answer_clock(inquiry: Inquiry, now: datetime) -> AnswerClock | None:
    """How long the supplier still has, in working hours; None once he has answered or it has ended."""
    if inquiry.status is not InquiryStatus.SENT:
        return None
    title = _("Answer until %(moment)s", moment=moment(inquiry.answer_due_at, now=now))
    if inquiry.is_late(now):
        return AnswerClock(_("Answer overdue"), "missed", title)
    left = working_hours(now, inquiry.answer_due_at)
    hours = int(left)
    words = (
        ngettext("%(num)d working hour left", "%(num)d working hours left", hours)
        if hours
        else _("Less than a working hour left")
    )
    return AnswerClock(words, "soon" if left <= SOON_HOURS else "plenty", title)


def state_line(inquiry: Inquiry, side: Side, now: datetime) -> str:
    """Where the inquiry stands and what comes next, for the reader's side."""
    supplier, buyer = inquiry.supplier.display_name, inquiry.buyer.display_name
    until = moment(inquiry.answer_due_at, now=now)
    status = inquiry.status
    if status is InquiryStatus.SENT and side is Side.SUPPLIER:
        if inquiry.is_late(now):
            return _("%(buyer)s waits for your answer; it was due by %(moment)s.", buyer=buyer, moment=until)
        return _("%(buyer)s waits for your answer. Please answer by %(moment)s.", buyer=buyer, moment=until)
    if status is InquiryStatus.SENT:
        if inquiry.is_late(now):
            return _("%(supplier)s should have answered by %(moment)s.", supplier=supplier, moment=until)
        return _("%(supplier)s should answer by %(moment)s.", supplier=supplier, moment=until)
    if status is InquiryStatus.ANSWERED:
        return _("%(supplier)s has answered. Both sides can go on writing here.", supplier=supplier)
    if status is InquiryStatus.DECLINED:
        return _("%(supplier)s has declined: %(reason)s", supplier=supplier, reason=inquiry.reason)
    if status is InquiryStatus.CLOSED:
        return _("%(buyer)s has closed the inquiry: %(reason)s", buyer=buyer, reason=inquiry.reason)
    return _("%(supplier)s did not answer, and the inquiry has lapsed.", supplier=supplier)
