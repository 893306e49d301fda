"""The database: conventions of the tables, types, and `transaction()`, the only place that commits."""

import hashlib
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, g
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ColumnElement, DateTime, Dialect, MetaData, event, func, select
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables; every constraint has a name so that migrations can drop it."""

    metadata = MetaData(naming_convention=NAMES)


ROWS_LOOKED_AT = 1000
"""Rows of an index that its statistics are made from; they take milliseconds."""
CONNECTION_LIFE = 3600
"""Seconds until a connection is opened anew: statistics are read when it is."""
WAIT_MS = 10_000
"""A statement waits so long for others that write."""
WAIT_FOR_READERS_MS = 200
LARGE_LOG = 64 * 1024 * 1024
"""Bytes of a write-ahead log that are folded in without waiting for the usual turn."""
LIKE_ESCAPE = "\\"
db = SQLAlchemy(model_class=Base)
migrate = Migrate()


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as naive UTC. Refuses naive values: they have no meaning."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs its time zone.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class ReadOnly(RuntimeError):
    """`transaction()` was opened by a request that may change nothing."""


class NestedTransaction(RuntimeError):
    """`transaction()` was opened inside another one, or over unsaved changes."""


def _write_lock(session: Session) -> None:
    """Begin with the write lock in hand, so that what is read now is still true at the commit (RELIABILITY 1)."""
    if db.engine.dialect.name == "sqlite":
        session.connection(execution_options={"begin": "IMMEDIATE"})
    else:
        session.connection()


def hold(*names: str) -> None:
    """Wait until no other transaction holds one of `names`, and hold them until this one ends.

    What is counted or claimed after that is still true at the commit. SQLite has one writer, who holds everything.
    """
    if db.engine.dialect.name != "postgresql":
        return
    for name in sorted(set(names)):
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(number)))


@contextmanager
def transaction() -> Iterator[Session]:
    """Do what stands inside as one whole: all of it is committed, or none.

    Rows that were read before are read again under the write lock, so a rule checked inside holds at the commit.

    Raises:
        NestedTransaction: a transaction is open already, or the session holds changes made outside one.
        ReadOnly: the token of the form is not good, so that nothing may be done.
    """
    if "act_refused" in g:
        raise ReadOnly("This request may change nothing.")
    session = db.session()
    if session.info.get("in_transaction"):
        raise NestedTransaction("A transaction is open already.")
    if session.new or session.deleted or any(session.is_modified(row) for row in session.dirty):
        raise NestedTransaction("Rows were changed outside a transaction.")
    session.rollback()
    _write_lock(session)
    session.info["in_transaction"] = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("in_transaction", None)


def _use_sqlite_well(app: Flask) -> None:
    """Explicit BEGIN, foreign keys, durable commits, patient waiting (RELIABILITY 1 and 2)."""
    engine = db.engine
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connected(connection, record) -> None:  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={WAIT_MS}",
            "wal_autocheckpoint=0",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection) -> None:  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN " + connection.get_execution_options().get("begin", "DEFERRED"))


def file_of(app: Flask) -> str | None:
    """The file of the SQLite database; None with another database or one in memory."""
    with app.app_context():
        url = db.engine.url
    return url.database if url.get_backend_name() == "sqlite" and url.database != ":memory:" else None


def checkpoint() -> None:
    """Fold the write-ahead log into the database file. Only the worker calls this (RELIABILITY 7).

    It holds the write lock while it waits for readers, so it waits a moment only: what is left comes the next time.
    """
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect().execution_options(begin="DEFERRED") as connection:
            raw = connection.connection.dbapi_connection
            if raw is not None:
                raw.execute(f"PRAGMA busy_timeout={WAIT_FOR_READERS_MS}")
                try:
                    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    raw.execute(f"PRAGMA busy_timeout={WAIT_MS}")


class Commits:
    """Tells whether anybody committed since the last look; on SQLite that costs microseconds and no query.

    Elsewhere it cannot be told so cheaply: every look then says yes.
    """

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None
        self._seen: int | None = None

    def are_new(self) -> bool:
        """True when something was committed since the last call, by this process or another."""
        if db.engine.dialect.name != "sqlite" or not db.engine.url.database:
            return True
        if self._connection is None:
            self._connection = open_file(db.engine.url.database)
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        before, self._seen = self._seen, version
        return bool(version != before)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def has_large_log() -> bool:
    """True when the write-ahead log has passed 64 MB; costs a look at the file."""
    file = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not file:
        return False
    try:
        return Path(f"{file}-wal").stat().st_size > LARGE_LOG
    except OSError:
        return False


def open_file(file: str | Path, *, mode: str = "rw") -> sqlite3.Connection:
    """A connection to an SQLite file that is there already, beside the engine; `mode` is rw or ro."""
    return sqlite3.connect(
        f"file:{quote(str(file))}?mode={mode}", uri=True, timeout=WAIT_MS / 1000, isolation_level=None
    )


def fold_at_the_end(file: str | None) -> None:
    """Once every process of the site has ended: leave one whole file, with no log beside it."""
    if file and Path(file).exists():
        with closing(open_file(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def like(column: Any, words: str) -> ColumnElement[bool]:
    """`column` contains `words`, in any case, with % and _ taken as themselves."""
    escaped = words.replace(LIKE_ESCAPE, LIKE_ESCAPE * 2)
    for wildcard in "%_":
        escaped = escaped.replace(wildcard, LIKE_ESCAPE + wildcard)
    found: ColumnElement[bool] = column.ilike(f"%{escaped}%", escape=LIKE_ESCAPE)
    return found


def as_in_json(word: str) -> str:
    """`word` as a JSON column keeps it: letters beyond ASCII are escaped."""
    return "".join(letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in word)


def gather_statistics() -> None:
    """Let the query planner know how many rows stand behind a value. Only the worker calls this.

    Without it SQLite takes every index for a choosy one: the pairs of a need were read by way of all that is published.
    """
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect().execution_options(begin="DEFERRED") as connection:
            raw = connection.connection.dbapi_connection
            if raw is not None:
                raw.execute(f"PRAGMA analysis_limit={ROWS_LOOKED_AT}")
                raw.execute("ANALYZE")


def init_app(app: Flask) -> None:
    app.config.setdefault(
        "SQLALCHEMY_ENGINE_OPTIONS",
        {"pool_recycle": CONNECTION_LIFE, "hide_parameters": True},  # they are what people typed
    )
    db.init_app(app)
    migrate.init_app(app, db, directory="marketplace/migrations", render_as_batch=True, compare_type=True)
    with app.app_context():
        _use_sqlite_well(app)
        # Whoever closes the last connection folds the log; a command closes its own when it ends.
        weakref.finalize(app, db.engine.dispose)
