"""The search outbox: what changed, written in the transaction of the change, applied to the index after it."""

from datetime import datetime

from sqlalchemy import delete
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


def forget(ids: list[int]) -> None:
    """Delete applied rows, inside the caller's transaction."""
    db.session.execute(delete(SearchOutbox).where(SearchOutbox.id.in_(ids)))
