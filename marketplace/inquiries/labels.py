"""Statuses and steps of an inquiry, worded."""

from flask_babel import lazy_gettext as _l

from marketplace.inquiries.lifecycle import InquiryStatus

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
