"""The life of an inquiry. Quotation and award come after `answered`."""

from enum import StrEnum


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
