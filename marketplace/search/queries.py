"""What waits in the search outbox."""

from collections.abc import Collection

from sqlalchemy import func, select

from marketplace.core.db import db
from marketplace.search.outbox import SearchOutbox


def waiting_rows(after: int, limit: int, *, besides: Collection[str] = ()) -> list[tuple[int, str, int]]:
    """`(id, kind, object id)` of the rows after `after`, oldest first; those of the kinds `besides` are left."""
    statement = (
        select(SearchOutbox.id, SearchOutbox.kind, SearchOutbox.object_id)
        .where(SearchOutbox.id > after, SearchOutbox.kind.not_in(besides))
        .order_by(SearchOutbox.id)
        .limit(limit)
    )
    return [(row.id, row.kind, row.object_id) for row in db.session.execute(statement)]


def count_waiting() -> int:
    """How many changes the index has not seen yet."""
    return db.session.scalar(select(func.count()).select_from(SearchOutbox)) or 0
