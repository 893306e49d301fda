"""Files of the instance that tell every process of the site that rows were changed.

A process that caches something read from the database looks at the stamp before it uses it: one `stat`, no query.
Whoever commits a change renews the stamp after the commit. A process that is killed between the two leaves an old
stamp: so what is cached is read anew after `CACHED_AT_MOST`, whatever the stamp says.
"""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.core.db import db

CACHED_AT_MOST = 60.0
"""Seconds after which rows are read anew although their stamp is the same."""
log = structlog.get_logger()
Value = TypeVar("Value")


class Stamp:
    """One file whose identity changes with every renewal."""

    def __init__(self, file: Path):
        self.file = file

    def value(self) -> tuple[int, int] | None:
        """What tells one state of the stamp from the next; None while nobody renewed it yet."""
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def renew(self) -> None:
        """Tell every process. A file that cannot be written is logged: others then see the change a minute later."""
        fresh = self.file.with_name(f".{self.file.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            fresh.write_text("")
            fresh.replace(self.file)
        except OSError as error:
            log.error("stamp_not_renewed", stamp=self.file.name, problem=str(error))


class Cached(Generic[Value]):
    """What one process read from rows, until their stamp is renewed or `CACHED_AT_MOST` is over."""

    def __init__(self, stamp: Stamp, read: Callable[[], Value]):
        self.stamp, self.read = stamp, read
        self._held: tuple[tuple[int, int] | None, float, Value] | None = None

    def get(self) -> Value:
        """The value as it was read last, or read now."""
        held, stamp, now = self._held, self.stamp.value(), time.monotonic()
        if held is not None and held[0] == stamp and now < held[1] + CACHED_AT_MOST:
            return held[2]
        value = self.read()
        self._held = (stamp, now, value)
        return value

    def forget(self) -> None:
        """Read anew at the next call."""
        self._held = None


def renew_after_commit(model: Any, stamp_of: Callable[[], Stamp]) -> None:
    """Renew the stamp after every commit that added, changed or removed a row of `model`."""

    def note(_mapper: Any, _connection: Any, _row: Any) -> None:
        db.session().info.setdefault("stamps", set()).add(stamp_of)

    for change in ("after_insert", "after_update", "after_delete"):
        event.listen(model, change, note)


@event.listens_for(Session, "after_commit")
def _tell(session: Session) -> None:
    for stamp_of in session.info.pop("stamps", ()):
        stamp_of().renew()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("stamps", None)
