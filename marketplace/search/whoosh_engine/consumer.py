"""The one writer of the index: applies outbox rows, notices a sick index and rebuilds it.

Rows are read, then the documents they name, then the index is committed, and only then are the rows deleted: a crash
at any point repeats work and loses none. While another process rebuilds, applied rows are kept, since the new
generation must see them too.
"""

import errno
import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

from marketplace.core.db import db, transaction
from marketplace.search import outbox, queries
from marketplace.search.port import SickIndex
from marketplace.search.query import Searchable
from marketplace.search.whoosh_engine.engine import SICK_NOTE, Engine
from marketplace.search.whoosh_engine.index import Generation, IndexStore, latest_commit

log = structlog.get_logger()
BATCH = 200
LOOK_EVERY = 30.0
"""Seconds between two looks at every file of an index; cheap signs are looked at each time."""
RETRY_AFTER = 5.0
"""Seconds to wait after a write or a rebuild that failed."""
NO_WRITING = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT})
"""The directory cannot be written to; what stands in it is as good as before."""


@contextmanager
def file_lock(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold an advisory lock on `path`; yields False when it is taken and `wait` is off."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def rebuild(engine: Engine, searchable: Searchable, progress: Callable[[int], None] | None = None) -> int:
    """Build a new generation beside the one in use and let readers go over to it; returns the number of documents.

    Searching and indexing go on meanwhile. A second rebuild waits for the first. Rows are read as they stand once the
    lock is held: what was read before it may be older than changes that the worker no longer keeps.
    """
    store = engine.cache(searchable.kind).store
    with file_lock(store.directory / "REBUILD"):
        db.session.rollback()
        fresh = store.begin()

        def documents() -> Iterator[object]:
            for count, document in enumerate(searchable.documents(None), start=1):
                yield document
                if progress is not None:
                    progress(count)

        count = fresh.fill(documents())  # type: ignore[arg-type]
        db.session.rollback()
        with file_lock(store.directory / "WRITER"):
            store.use(fresh)
            (store.directory / SICK_NOTE).unlink(missing_ok=True)
    engine.cache(searchable.kind).expire()
    log.info("search_index_rebuilt", kind=searchable.kind, documents=count, generation=fresh.path.name)
    return count


class Consumer:
    """Applies the outbox for one engine. Only the worker has one that runs."""

    def __init__(self, engine: Engine, registered: dict[str, Searchable]):
        self.engine = engine
        self.registered = registered
        self._applied = 0
        self._looked: dict[str, float] = {}
        self._trusted: dict[str, dict[str, tuple[int, int]]] = {}
        self._failed: dict[str, float] = {}
        self._said: dict[str, str] = {}

    def drain(self) -> int:
        """Repair what is sick, then apply what waits; returns how many rows were applied."""
        for searchable in self.registered.values():
            self.keep_healthy(searchable)
        done = 0
        while batch := self.apply_outbox():
            done += batch
        return done

    def keep_healthy(self, searchable: Searchable) -> bool:
        """Rebuild an index that is missing, damaged or of another schema; True when it can be written to."""
        kind = searchable.kind
        if self._rests(kind):
            return False
        store = self.engine.cache(kind).store
        try:
            self.examine(store)
            return True
        except Exception as problem:
            said = str(problem) or problem.__class__.__name__
            if kind not in self._said:
                log.warning("search_index_rebuilding", kind=kind, problem=said)
        try:
            rebuild(self.engine, searchable)
            self._trusted.pop(kind, None)
            self._works(kind)
            return True
        except Exception as error:
            db.session.rollback()
            self._fails(kind, "search_rebuild_failed", error)
            self._failed[kind] = time.monotonic()
            return False

    def _rests(self, kind: str) -> bool:
        """True for a moment after a failure that the next look would only repeat."""
        return time.monotonic() - self._failed.get(kind, -RETRY_AFTER) < RETRY_AFTER

    def _fails(self, kind: str, event: str, error: Exception) -> None:
        """Say once in the log what goes wrong, however often it is tried again."""
        said = f"{event} {error.__class__.__name__} {error.errno if isinstance(error, OSError) else error}"
        if self._said.get(kind) != said:
            self._said[kind] = said
            log.error(event, kind=kind, exc_info=error)

    def _works(self, kind: str) -> None:
        """Forget a failure that is over, and say so."""
        self._failed.pop(kind, None)
        if self._said.pop(kind, None):
            log.info("search_index_written_again", kind=kind)

    def examine(self, store: IndexStore) -> Generation:
        """The generation in use, looked over; a commit that was cut off before its manifest is made whole.

        Raises:
            Exception: the index cannot be used.
        """
        if (store.directory / SICK_NOTE).exists():
            raise SickIndex((store.directory / SICK_NOTE).read_text().strip())
        generation = store.current()
        manifest = generation.manifest()
        if manifest["commit"] != latest_commit(generation.path):
            with file_lock(store.directory / "WRITER"):
                generation.read_through()
                generation.write_manifest({})
        missing = [name for name in manifest["files"] if not (generation.path / name).exists()]
        moment = time.monotonic()
        if missing or moment - self._looked.get(store.kind, -LOOK_EVERY) >= LOOK_EVERY:
            self._tidy(store)
            self._trusted[store.kind] = generation.verify(self._trusted.get(store.kind))
            self._looked[store.kind] = moment
        return generation

    def _tidy(self, store: IndexStore) -> None:
        """Remove what a rebuild that was killed has left behind."""
        with suppress(OSError), file_lock(store.directory / "REBUILD", wait=False) as free:
            if free:
                store.drop_unfinished()

    def apply_outbox(self, batch: int = BATCH) -> int:
        """Apply up to `batch` waiting rows; returns how many. Rows of a kind that cannot be written stay."""
        resting = [kind for kind in self.registered if self._rests(kind)]
        rows = queries.waiting_rows(self._applied, batch, besides=resting)
        db.session.rollback()
        if not rows:
            if self._applied:
                self._let_go()
            return 0
        by_kind: dict[str, dict[int, list[int]]] = {}
        for row_id, kind, object_id in rows:
            by_kind.setdefault(kind, {}).setdefault(object_id, []).append(row_id)
        done: list[int] = []
        kept = False
        for kind, objects in by_kind.items():
            # Asked before the documents are read: a rebuild that begins later reads rows as new as these.
            being_rebuilt = kind in self.registered and self._rebuilding(kind)
            if kind in self.registered and not self.apply(self.registered[kind], list(objects)):
                continue
            kept = kept or being_rebuilt
            done += [row_id for ids in objects.values() for row_id in ids]  # also of a kind that nobody offers any more
        if kept:
            self._applied = rows[-1][0]
            return len(rows)
        if done:
            with transaction():
                outbox.forget(done)
        return len(done)

    def apply(self, searchable: Searchable, ids: list[int]) -> bool:
        """Bring the index up to date for some rows; False when it could not be written."""
        kind = searchable.kind
        store = self.engine.cache(kind).store
        documents = list(searchable.documents(ids))
        db.session.rollback()
        there = {document.id for document in documents}
        try:
            with file_lock(store.directory / "WRITER"):
                store.current().write(documents, [str(id_) for id_ in ids if str(id_) not in there])
        except Exception as error:
            self._fails(kind, "search_index_not_written", error)
            if isinstance(error, OSError) and error.errno in NO_WRITING:
                self._failed[kind] = time.monotonic()
            else:
                self.engine.complain(kind, error)
            return False
        self.engine.cache(kind).expire()
        self._works(kind)
        return True

    def _rebuilding(self, kind: str) -> bool:
        """True while another process builds a generation of `kind`; nobody can where nothing can be written."""
        try:
            with file_lock(self.engine.cache(kind).store.directory / "REBUILD", wait=False) as free:
                return not free
        except OSError:
            return False

    def _let_go(self) -> None:
        """After a rebuild elsewhere, apply the kept rows again, to the new generation this time."""
        if not any(self._rebuilding(kind) for kind in self.registered):
            self._applied = 0
