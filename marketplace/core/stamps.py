"""Files of the instance that tell every process of the site that rows were changed.

A process that caches something read from the database looks at the stamp before it uses it: one `stat`, no query.
Whoever commits a change renews the stamp after the commit. A process that is killed between the two leaves an old
stamp. Either the stamp says which state of the rows it tells of, and the worker renews one that tells of another; or
what is cached is read anew after `CACHED_AT_MOST`, whatever the stamp says.
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
RETRY_AFTER = 1.0
"""Seconds until rows that could not be read are read again."""
NOTHING_YET = "0"
"""The state that a stamp tells of while nobody renewed it."""
log = structlog.get_logger()
Identity = tuple[int, int] | None
Value = TypeVar("Value")


class Stamp:
    """One file whose identity changes with every renewal."""

    def __init__(self, file: Path):
        self.file = file

    def value(self) -> Identity:
        """What tells one state of the stamp from the next; None while nobody renewed it yet."""
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def renew(self, state: str | None = None) -> bool:
        """Tell every process; a `state` of the rows only when the stamp tells of another.

        A file that cannot be written is logged, and the answer is False.
        """
        fresh = self.file.with_name(f".{self.file.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            if state is None or state != self._told():
                fresh.write_text(state or "")
                fresh.replace(self.file)
        except OSError as error:
            log.error("stamp_not_renewed", stamp=self.file.name, problem=str(error))
            return False
        return True

    def _told(self) -> str:
        return self.file.read_text() if self.file.exists() else NOTHING_YET


class Cached(Generic[Value]):
    """What one process read from rows, until their stamp is renewed or `at_most` seconds are over.

    One thread reads anew while the others go on with the value there is. It also stays when the rows cannot be read,
    which is tried again after `RETRY_AFTER`. `before` is the value before the first reading; without it the first
    reading is waited for, and its error is the caller's.
    """

    def __init__(
        self,
        stamp: Stamp,
        read: Callable[[], Value],
        *,
        before: Value | None = None,
        at_most: float = CACHED_AT_MOST,
    ):
        self.stamp, self.read, self.at_most = stamp, read, at_most
        self._held: tuple[Identity | str, float, Value] | None = None if before is None else ("never", 0.0, before)
        self._retry_at = 0.0
        self._lock = threading.Lock()

    def get(self) -> Value:
        """The value as it was read last, or read now."""
        held, stamp, now = self._held, self.stamp.value(), time.monotonic()
        if held is not None:
            fresh = held[0] == stamp and now < held[1] + self.at_most
            if fresh or now < self._retry_at or not self._lock.acquire(blocking=False):
                return held[2]
        else:
            self._lock.acquire()
        try:
            if held is None and self._held is not None:  # another thread has read while this one waited
                return self._held[2]
            return self._read_anew(stamp, now)
        finally:
            self._lock.release()

    def _read_anew(self, stamp: Identity, now: float) -> Value:
        try:
            value = self.read()
        except Exception as error:  # whatever the database says, the page goes on with the value there is
            if self._held is None:
                raise
            self._retry_at = time.monotonic() + RETRY_AFTER
            log.warning("rows_not_read", stamp=self.stamp.file.name, problem=error.__class__.__name__)
            return self._held[2]
        self._held = (stamp, now, value)
        return value

    def renew(self, state: str | None = None) -> None:
        """Let every process see what is committed now: this one even when the stamp cannot be written."""
        if not self.stamp.renew(state):
            self.forget()

    def forget(self) -> None:
        """Read anew at the next call."""
        if self._held is not None:
            self._held = ("never", 0.0, self._held[2])


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
