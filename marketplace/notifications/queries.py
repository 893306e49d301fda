"""Every read of notices and mail."""

from collections.abc import Collection
from typing import Any

from flask import abort
from sqlalchemy import Select, func, select

from marketplace.core.db import db
from marketplace.notifications.models import Mail, Notice


def notice_or_404(notice_id: int) -> Notice:
    return db.session.get(Notice, notice_id) or abort(404)


def notices_of(person: Any) -> Select[tuple[Notice]]:
    """What `person` was told, newest first."""
    return select(Notice).where(Notice.person_id == person.id).order_by(Notice.created_at.desc(), Notice.id.desc())


def unread_count(person: Any) -> int:
    return (
        db.session.scalar(
            select(func.count()).select_from(Notice).where(Notice.person_id == person.id, Notice.read_at.is_(None))
        )
        or 0
    )


def unread_of(person: Any) -> list[Notice]:
    return list(
        db.session.scalars(
            select(Notice).where(Notice.person_id == person.id, Notice.read_at.is_(None)).order_by(Notice.id)
        )
    )


def unread_about(person: Any, subject: Any) -> list[Notice]:
    """What `person` has not yet read about `subject`."""
    return list(
        db.session.scalars(
            select(Notice)
            .where(
                Notice.person_id == person.id,
                Notice.subject_kind == subject.__tablename__,
                Notice.subject_id == subject.id,
                Notice.read_at.is_(None),
            )
            .order_by(Notice.id)
        )
    )


def already_told(people_ids: Collection[int], once: str) -> set[int]:
    """Those of `people_ids` who have a notice with the key `once`."""
    return set(
        db.session.scalars(select(Notice.person_id).where(Notice.person_id.in_(people_ids), Notice.once == once))
    )


def mail(mail_id: int) -> Mail | None:
    return db.session.get(Mail, mail_id)
