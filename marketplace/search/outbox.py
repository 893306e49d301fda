"""The search outbox: what changed, written in the transaction of the change, applied to the index after it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.clock import utc_now
from marketplace.core.db import UTCDateTime, db


class SearchOutbox(db.Model):
    """One changed row; the index job reads it again from the database when its turn comes."""

    __tablename__ = "search_outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(comment="a registered kind: listings, needs, organisations")
    object_id: Mapped[int] = mapped_column(comment="id within the kind")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)


def put(kind: str, object_id: int) -> None:
    """Note in the caller's transaction that the index must look at a row again."""
    db.session.add(SearchOutbox(kind=kind, object_id=object_id))


def waiting_rows(after: int, limit: int, *, besides: Collection[str] = ()) -> list[tuple[int, str, int]]:
    """`(id, kind, object id)` of the rows after `after`, oldest first; those of the kinds `besides` are left."""
    statement = (
        select(SearchOutbox.id, SearchOutbox.kind, SearchOutbox.object_id)
        .where(SearchOutbox.id > after, SearchOutbox.kind.not_in(besides))
        .order_by(SearchOutbox.id)
        .limit(limit)
    )
    return [(row.id, row.kind, row.object_id) for row in db.session.execute(statement)]


def forget(ids: list[int]) -> None:
    """Delete applied rows, inside the caller's transaction."""
    db.session.execute(delete(SearchOutbox).where(SearchOutbox.id.in_(ids)))


def count_waiting() -> int:
    """How many changes the index has not seen yet."""
    return db.session.scalar(select(func.count()).select_from(SearchOutbox)) or 0
