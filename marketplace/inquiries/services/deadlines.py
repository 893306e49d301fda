"""What the clock does: it reminds suppliers, ends what nobody answered and measures the time to an answer."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import update

from marketplace.accounts.models import Organisation
from marketplace.core.db import db
from marketplace.core.timeline import record
from marketplace.inquiries import queries, signals
from marketplace.inquiries.lifecycle import InquiryStatus


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
