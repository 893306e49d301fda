"""Every change of inquiries, one function a use case. All run inside a `transaction()`."""

from marketplace.inquiries.services.answering import (
    REASON_LIMIT,
    answer_inquiry,
    close_inquiry,
    decline_inquiry,
    note_read,
    show_contact,
)
from marketplace.inquiries.services.deadlines import (
    lapse_due,
    measure_answers,
    remind_due,
)
from marketplace.inquiries.services.messages import (
    TEXT_LIMIT,
    PreparedFile,
    files_allowed,
    prepare_files,
)
from marketplace.inquiries.services.sending import (
    Recipient,
    ensure_may_ask,
    lacking_licences,
    recipients_allowed,
    refusal_for,
    send_inquiries,
)

__all__ = [
    "PreparedFile",
    "REASON_LIMIT",
    "Recipient",
    "TEXT_LIMIT",
    "answer_inquiry",
    "close_inquiry",
    "decline_inquiry",
    "ensure_may_ask",
    "files_allowed",
    "lacking_licences",
    "lapse_due",
    "measure_answers",
    "note_read",
    "prepare_files",
    "recipients_allowed",
    "refusal_for",
    "remind_due",
    "send_inquiries",
    "show_contact",
]
