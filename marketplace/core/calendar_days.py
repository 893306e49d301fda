"""Days off and worked weekends that park staff enter, as the State Council announces them for the coming year.

The rows are the truth. Each process keeps them at hand and looks at a stamp, a file of the instance, before it uses
them: whoever commits a change renews it, and the worker renews one that a killed process left behind.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import Flask, current_app, has_app_context
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from marketplace.core import working_time
from marketplace.core.clock import local_day
from marketplace.core.db import UTCDateTime, db
from marketplace.core.jobs import clock
from marketplace.core.refusals import RuleBroken
from marketplace.core.stamps import Cached, Stamp
from marketplace.core.timeline import TimelineEntry, name_steps, record, worded

STAMP = "calendar.stamp"
LONGEST_NAME = 40
YEARS_AHEAD = 2
ANNOUNCED_FROM_MONTH = 11
"""The State Council announces the coming year's calendar in November."""
KINDS = {False: _l("Day off"), True: _l("Working day")}
STEP_LABELS = {
    "entered_off": _l("Day off entered"),
    "entered_worked": _l("Working day entered"),
    "removed": _l("Taken back"),
}


class CalendarDay(db.Model):
    """One day that staff say is off or worked. A day that was taken back stays as a row that counts no more."""

    __tablename__ = "calendar_days"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    worked: Mapped[bool] = mapped_column(comment="true for a worked weekend, false for a day off")
    name: Mapped[str] = mapped_column(default="", comment="holiday, e.g. 春节")
    revision: Mapped[int] = mapped_column(default=1, comment="grows with every change")
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    entered_by: Mapped[Any] = relationship("Person")


@dataclass(frozen=True)
class DayGiven:
    """A day as it is entered."""

    day: date
    worked: bool
    name: str = ""


def _read_days() -> dict[date, bool]:
    """The days in force. They are read over a connection of their own: a page may be in a transaction."""
    with db.engine.connect() as connection:
        rows = connection.execute(select(CalendarDay.day, CalendarDay.worked).where(CalendarDay.removed_at.is_(None)))
        return dict(rows.all())


def _at_hand() -> Cached[dict[date, bool]]:
    kept: Cached[dict[date, bool]] = current_app.extensions["calendar_days"]
    return kept


def entered_days() -> dict[date, bool]:
    """The days in force at this site; none outside one, e.g. in a batch command on files."""
    return _at_hand().get() if has_app_context() else {}


def renew() -> None:
    """Let every process see what is committed now."""
    wanted = str(db.session.scalar(select(func.coalesce(func.sum(CalendarDay.revision), 0))) or 0)
    db.session.rollback()
    _at_hand().renew(wanted)


@clock("core.calendar_stamp", every=timedelta(minutes=1))
def renew_left_behind(now: datetime) -> None:
    """Mend the stamp of a process that was killed between its commit and its stamp."""
    renew()


def enter_days(given: Sequence[DayGiven], *, actor: Any, now: datetime) -> int:
    """Let these days count; those entered before count as said now. Returns how many are new or changed.

    Raises:
        RuleBroken: nothing is given, a day is given twice with different words, or lies too far away.
    """
    if not given:
        raise RuleBroken(_("Write at least one day."))
    said = {one.day: one for one in given}
    first, last = date(local_day(now).year - 1, 1, 1), date(local_day(now).year + YEARS_AHEAD, 12, 31)
    for one in given:
        if said[one.day].worked != one.worked:
            raise RuleBroken(_("%(day)s is given both as a day off and as a working day.", day=one.day.isoformat()))
        if not first <= one.day <= last:
            raise RuleBroken(
                _(
                    "%(day)s is too far away: days from %(first)s to %(last)s can be entered.",
                    day=one.day.isoformat(),
                    first=first.isoformat(),
                    last=last.isoformat(),
                )
            )
    rows = {row.day: row for row in db.session.scalars(select(CalendarDay).where(CalendarDay.day.in_(said)))}
    return sum(_enter(rows.get(day), one, actor, now) for day, one in sorted(said.items()))


def _enter(row: CalendarDay | None, given: DayGiven, actor: Any, now: datetime) -> bool:
    """Write one day; False when it stands so already."""
    name = given.name[:LONGEST_NAME]
    if row is not None and row.removed_at is None and (row.worked, row.name) == (given.worked, name):
        return False
    row = row or CalendarDay(day=given.day)
    row.worked, row.name, row.removed_at = given.worked, name, None
    row.revision = (row.revision or 0) + 1
    row.entered_at, row.entered_by_id = now, actor.id
    db.session.add(row)
    record(row, "entered_worked" if given.worked else "entered_off", at=now, actor=actor, note=_said(row))
    return True


def take_back_days(ids: Iterable[int], *, actor: Any, now: datetime) -> int:
    """Let these rows count no more; returns how many did until now."""
    rows = db.session.scalars(
        select(CalendarDay)
        .where(CalendarDay.id.in_(list(ids)), CalendarDay.removed_at.is_(None))
        .order_by(CalendarDay.day)
    ).all()
    for row in rows:
        row.removed_at = now
        row.revision += 1
        record(row, "removed", at=now, actor=actor, note=_said(row))
    return len(rows)


def _said(row: CalendarDay) -> str:
    """The row in a note of the timeline."""
    return f"{row.day.isoformat()} {row.name}".rstrip()


def days_of(year: int) -> list[CalendarDay]:
    """The days of `year` that count, in order, with who entered them."""
    statement = (
        select(CalendarDay)
        .where(CalendarDay.removed_at.is_(None), CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
        .options(joinedload(CalendarDay.entered_by))
        .order_by(CalendarDay.day)
    )
    return list(db.session.scalars(statement))


def history_of(year: int, limit: int = 20) -> list[TimelineEntry]:
    """What was done to the days of `year`, newest first: the entries of the last `limit` moments."""
    days = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    of_days = (
        select(TimelineEntry)
        .join(CalendarDay, CalendarDay.id == TimelineEntry.subject_id)
        .where(TimelineEntry.subject_kind == CalendarDay.__tablename__, days)
    )
    moments = (
        of_days.with_only_columns(TimelineEntry.at).distinct().order_by(TimelineEntry.at.desc()).limit(limit).subquery()
    )
    statement = (
        of_days.where(TimelineEntry.at.in_(select(moments.c.at)))
        .options(joinedload(TimelineEntry.actor), joinedload(TimelineEntry.organisation))
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
    )
    return list(db.session.scalars(statement))


def worded_history(year: int) -> list[dict[str, Any]]:
    """The history as the timeline draws it: what one person entered, or took back, at once is one entry."""
    told = []
    for (_at, _actor, removed), group in groupby(
        history_of(year), lambda entry: (entry.at, entry.actor_id, entry.step == "removed")
    ):
        entries = list(group)[::-1]
        one = worded(entries[:1])[0]
        if len(entries) > 1:
            one["title"] = _("Days taken back") if removed else _("Days entered")
            one["note"] = "\n".join(_spans(entries))
        told.append(one)
    return told


def _spans(entries: Iterable[TimelineEntry]) -> list[str]:
    """The days of these entries, one line for days in a row that count alike and have one name."""
    spans: list[list[Any]] = []
    for entry in entries:
        day, name = date.fromisoformat(entry.note[:10]), entry.note[10:]
        if spans and spans[-1][1] == day - timedelta(days=1) and spans[-1][2:] == [entry.step, name]:
            spans[-1][1] = day
        else:
            spans.append([day, day, entry.step, name])
    return [_span_in_words(*span) for span in spans]


def _span_in_words(first: date, last: date, step: str, name: str) -> str:
    days = first.isoformat() + (f" – {last.isoformat()}" if last > first else "") + name
    kinds = {"entered_off": KINDS[False], "entered_worked": KINDS[True]}
    return _("%(name)s: %(value)s", name=kinds[step], value=days) if step in kinds else days


def years_to_keep(now: datetime) -> range:
    """The years that the page offers: this one and the next two."""
    return range(local_day(now).year, local_day(now).year + YEARS_AHEAD + 1)


def year_to_enter(now: datetime) -> int | None:
    """The year whose calendar is missing although it should be known by now: this one, or from November the next."""
    today = local_day(now)
    due = (today.year, today.year + 1) if today.month >= ANNOUNCED_FROM_MONTH else (today.year,)
    return next((year for year in due if not working_time.is_known(year)), None)


def has_entered(year: int) -> bool:
    """True when at least one day of `year` was entered and counts."""
    return any(day.year == year for day in entered_days())


def missing_holidays(year: int) -> list[tuple[str, int]]:
    """Holidays of `year` with statutory days that nobody has entered, and how many are missing of each."""
    return list(Counter(working_time.missing_days(year).values()).items())


def init_app(app: Flask) -> None:
    app.extensions["calendar_days"] = Cached(
        Stamp(Path(app.instance_path) / STAMP), _read_days, before={}, at_most=math.inf
    )
    working_time.ask_for_entered_days(entered_days)
    name_steps(CalendarDay.__tablename__, STEP_LABELS)
