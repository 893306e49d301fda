"""What happened to a thing: who, for which organisation, when, what, why."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from marketplace.core.db import UTCDateTime, db

STEPS: dict[str, dict[str, Any]] = {}
"""What each step is called on a page, by the table of the subject; domains add theirs with `name_steps`."""


class TimelineEntry(db.Model):
    """One step in the life of a listing, a need, an organisation or an inquiry. Never changed, never deleted."""

    __tablename__ = "timeline_entries"
    __table_args__ = (Index("ix_timeline_entries_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(comment="table name of the subject")
    subject_id: Mapped[int]
    step: Mapped[str] = mapped_column(comment="past tense, e.g. published")
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="null when the clock did it")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    note: Mapped[str] = mapped_column(Text, default="")

    actor: Mapped[Any] = relationship("Person", foreign_keys=[actor_id])
    organisation: Mapped[Any] = relationship("Organisation", foreign_keys=[organisation_id])


def name_steps(table: str, labels: Mapping[str, Any]) -> None:
    """Say what steps of the rows of `table` are called; called in a domain's `init_app`."""
    STEPS.setdefault(table, {}).update(labels)


def record(
    subject: Any, step: str, *, at: datetime, actor: Any = None, organisation: Any = None, note: str = ""
) -> TimelineEntry:
    """Write that `step` happened to `subject`; a row of the caller's transaction.

    Raises:
        LookupError: the step has no name in `STEPS`, so that no page could say it.
    """
    if step not in STEPS.get(subject.__tablename__, {}):
        raise LookupError(f"A step {step} of {subject.__tablename__} has no name.")
    if subject.id is None:
        db.session.flush()
    entry = TimelineEntry(
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        step=step,
        at=at,
        actor_id=actor.id if actor is not None else None,
        organisation_id=organisation.id if organisation is not None else None,
        note=note,
    )
    db.session.add(entry)
    return entry


def timeline_of(subject: Any) -> list[TimelineEntry]:
    """The steps of `subject`, oldest first, with actors and organisations loaded."""
    statement = (
        select(TimelineEntry)
        .where(TimelineEntry.subject_kind == subject.__tablename__, TimelineEntry.subject_id == subject.id)
        .options(joinedload(TimelineEntry.actor), joinedload(TimelineEntry.organisation))
        .order_by(TimelineEntry.at, TimelineEntry.id)
    )
    return list(db.session.scalars(statement))


def worded(entries: Iterable[TimelineEntry]) -> list[dict[str, Any]]:
    """The entries as the timeline component draws them: moment, the step's label, who for which organisation, why.

    A step that has no name any more is left out.
    """
    return [
        {
            "at": entry.at,
            "title": STEPS[entry.subject_kind][entry.step],
            "note": entry.note,
            "actor": _who(entry),
        }
        for entry in entries
        if entry.step in STEPS.get(entry.subject_kind, {})
    ]


def _who(entry: TimelineEntry) -> str:
    if entry.actor is None:
        return _("the clock")
    names = (entry.actor.name, entry.organisation.display_name if entry.organisation else "")
    return " · ".join(filter(None, names))
