"""Every read of needs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.catalog.models import Category
from marketplace.core.db import db
from marketplace.core.timeline import TimelineEntry
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need, NeedLine, NeedVersion

SHOWN = (joinedload(Need.organisation), selectinload(Need.lines).joinedload(NeedLine.category))
"""What a row or a page of a need shows."""


def need_or_404(need_id: int) -> Need:
    """The need with its buyer and lines."""
    return db.session.scalars(select(Need).where(Need.id == need_id).options(*SHOWN)).unique().first() or abort(404)


def needs_by_ids(ids: Iterable[int]) -> list[Need]:
    """The needs of `ids`, in that order; the caller has asked who may see them."""
    wanted = list(ids)
    found = {need.id: need for need in db.session.scalars(select(Need).where(Need.id.in_(wanted)).options(*SHOWN))}
    return [found[id_] for id_ in wanted if id_ in found]


def open_needs(now: datetime) -> Select[tuple[Need]]:
    """Public needs that take answers at `now`, soonest closing first."""
    return select(Need).where(Need.is_open(now), Need.is_public).options(*SHOWN).order_by(Need.closes_at, Need.id)


def newest_open_needs(now: datetime, limit: int) -> list[Need]:
    """The last posted open needs, for the home page."""
    statement = open_needs(now).order_by(None).order_by(Need.posted_at.desc(), Need.id.desc()).limit(limit)
    return rows_of(statement)


def count_open(now: datetime) -> int:
    """How many needs are open to the public at `now`."""
    return db.session.scalar(select(func.count(Need.id)).where(Need.is_open(now), Need.is_public)) or 0


def needs_of(organisation_id: int, status: NeedStatus | None = None) -> Select[tuple[Need]]:
    """The organisation's own needs, those changed last first."""
    statement = select(Need).where(Need.organisation_id == organisation_id)
    if status is not None:
        statement = statement.where(Need.status == status)
    return statement.options(*SHOWN).order_by(Need.updated_at.desc(), Need.id.desc())


def open_needs_of(organisation_id: int, now: datetime) -> Select[tuple[Need]]:
    """Needs of one organisation that everybody may see and answer."""
    return open_needs(now).where(Need.organisation_id == organisation_id)


def rows_of(statement: Select[Any]) -> list[Need]:
    """The needs that `statement` finds, in its order."""
    return list(db.session.scalars(statement).unique())


def count_by_status(organisation_id: int) -> dict[NeedStatus, int]:
    """How many needs the organisation has in each status."""
    rows = db.session.execute(
        select(Need.status, func.count()).where(Need.organisation_id == organisation_id).group_by(Need.status)
    )
    return {status: count for status, count in rows}  # noqa: C416


def needs_to_close(now: datetime, limit: int) -> list[Need]:
    """Open needs whose closing moment has passed, longest over first."""
    statement = (
        select(Need)
        .where(Need.status == NeedStatus.OPEN, Need.closes_at <= now)
        .options(joinedload(Need.organisation))
        .order_by(Need.closes_at, Need.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def versions_of(need_id: int) -> list[NeedVersion]:
    """Earlier versions of a published need, newest first."""
    statement = (
        select(NeedVersion)
        .where(NeedVersion.need_id == need_id)
        .options(joinedload(NeedVersion.replaced_by))
        .order_by(NeedVersion.number.desc(), NeedVersion.id)
    )
    return list(db.session.scalars(statement))


def last_step(need: Need) -> TimelineEntry | None:
    """The latest step of the need, with its actor."""
    statement = (
        select(TimelineEntry)
        .where(TimelineEntry.subject_kind == Need.__tablename__, TimelineEntry.subject_id == need.id)
        .options(joinedload(TimelineEntry.actor))
        .order_by(TimelineEntry.id.desc())
        .limit(1)
    )
    return db.session.scalar(statement)


def needs_for_index(ids: Iterable[int] | None) -> Iterable[Need]:
    """Needs of `ids`, or all, read in portions, with all that the index tells."""
    statement = select(Need).options(*SHOWN).order_by(Need.id)
    if ids is not None:
        statement = statement.where(Need.id.in_(list(ids)))
    return db.session.scalars(statement.execution_options(yield_per=500))


def ids_of_organisation(organisation_id: int) -> list[int]:
    return list(db.session.scalars(select(Need.id).where(Need.organisation_id == organisation_id).order_by(Need.id)))


def needs_found_by(audiences: Iterable[str]) -> Select[tuple[Need]]:
    """Needs that the audiences may find, with the buyer at hand for conditions and columns."""
    return select(Need).join(Need.organisation).where(Need.may_be_found_by(audiences))


def categories_of_needs() -> Select[int, str]:
    """The codes of the categories of each need's lines."""
    return select(NeedLine.need_id, Category.code).distinct().join(NeedLine.category)


def chain_stages_of_needs() -> Select[int, str]:
    """The places in the chain of each need's lines."""
    return select(NeedLine.need_id, Category.chain_stage).distinct().join(NeedLine.category)
