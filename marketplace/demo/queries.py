"""What the loading of the demonstration park reads: what is there already, and what a step made besides."""

from sqlalchemy import func, select

from marketplace.accounts.models import Organisation
from marketplace.catalog.models import Listing
from marketplace.core.db import db
from marketplace.core.jobs import Job
from marketplace.inquiries.models import Inquiry
from marketplace.needs.models import Need
from marketplace.notifications.models import Mail, Notice


def ids_by_title(model: type[Listing] | type[Need]) -> dict[tuple[str, str], int]:
    """The ids of all listings or needs by credit code of the owner and title."""
    statement = select(model.id, model.title, Organisation.credit_code).join(model.organisation)
    return {(code, title): id_ for id_, title, code in db.session.execute(statement)}


def listing_ids_without_picture() -> set[int]:
    return set(db.session.scalars(select(Listing.id).where(~Listing.pictures.any())))


def batches_loaded() -> set[str]:
    """The keys of the letters that were loaded already."""
    return set(db.session.scalars(select(Inquiry.batch).where(Inquiry.batch.startswith("demo-"))))


def is_being_drawn() -> bool:
    """True when a chain of jobs draws pictures already."""
    return db.session.scalar(select(Job.id).where(Job.name == "demo.draw_pictures").limit(1)) is not None


def latest_news() -> tuple[int, int]:
    """The last notice and the last mail before a step."""
    return (db.session.scalar(select(func.max(Notice.id))) or 0, db.session.scalar(select(func.max(Mail.id))) or 0)


def mail_to_send_after(last_mail: int) -> set[int]:
    """Mail that came after `last_mail` and was not sent."""
    return set(db.session.scalars(select(Mail.id).where(Mail.id > last_mail, Mail.sent_at.is_(None))))


def jobs_that_send_mail() -> list[Job]:
    return list(db.session.scalars(select(Job).where(Job.name == "notifications.send_mail")))
