"""The life of an inquiry. Quotation and award come after `answered`."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l


class InquiryStatus(StrEnum):
    SENT = "sent"
    ANSWERED = "answered"
    DECLINED = "declined"
    CLOSED = "closed"
    LAPSED = "lapsed"


class Side(StrEnum):
    """Which party of an inquiry speaks."""

    BUYER = "buyer"
    SUPPLIER = "supplier"

    @property
    def other(self) -> "Side":
        return Side.SUPPLIER if self is Side.BUYER else Side.BUYER


STEPS = {
    InquiryStatus.SENT: {InquiryStatus.ANSWERED, InquiryStatus.DECLINED, InquiryStatus.CLOSED, InquiryStatus.LAPSED},
    InquiryStatus.ANSWERED: {InquiryStatus.DECLINED, InquiryStatus.CLOSED},
    InquiryStatus.DECLINED: set(),
    InquiryStatus.CLOSED: set(),
    InquiryStatus.LAPSED: set(),
}
OPEN = frozenset({InquiryStatus.SENT, InquiryStatus.ANSWERED})
"""While it is open, both sides may write."""

STATUS_LABELS = {
    InquiryStatus.SENT: _l("Waiting for an answer"),
    InquiryStatus.ANSWERED: _l("Answered"),
    InquiryStatus.DECLINED: _l("Declined"),
    InquiryStatus.CLOSED: _l("Closed by the buyer"),
    InquiryStatus.LAPSED: _l("Lapsed without an answer"),
}
STEP_LABELS = {
    "sent": _l("Sent"),
    "answered": _l("First answer"),
    "declined": _l("Declined"),
    "closed": _l("Closed by the buyer"),
    "lapsed": _l("Lapsed without an answer"),
    "reminded": _l("Supplier reminded"),
    "contact_shown": _l("Contact shown"),
}
"""Steps of the timeline, worded."""
