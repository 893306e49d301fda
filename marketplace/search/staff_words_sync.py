"""Words that park staff add join the words of every process, without a rebuild and without waiting.

The domain that keeps the pairs (`registry.word_source`) has the truth. Whoever commits a change renews the stamp, a
file of the instance; every process looks at it before it searches, which costs no query, and asks for the pairs again
when it is another. The worker renews a stamp that a killed process left behind. A new pair widens queries at once; for
a word that the segmenter did not know, `index_again` has the documents in which it stands indexed again, no others.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from marketplace.core.db import db, transaction
from marketplace.search import outbox
from marketplace.search.lexicon import WordPair, widen
from marketplace.search.port import SearchEngine, SickIndex
from marketplace.search.query import WordSource
from marketplace.search.registry import REGISTERED, word_source
from marketplace.search.words import learn

log = structlog.get_logger()
RETRY_AFTER = 1.0
"""Seconds until rows that could not be read are read again."""
ROWS_AT_A_TIME = 500
_in_force: tuple[WordPair, ...] = ()


def search_by(pairs: Iterable[WordPair]) -> bool:
    """Let this process search by the project's lists and these pairs; False when that is what it does already."""
    global _in_force  # noqa: PLW0603 - what the lexicon and the segmenter of this process were made from
    wanted = tuple(sorted(pairs))
    if wanted == _in_force:
        return False
    widen(wanted)
    learn(word for pair in wanted for word in pair.for_segmenter())
    _in_force = wanted
    return True


def in_force() -> tuple[WordPair, ...]:
    """The pairs that this process searches by."""
    return _in_force


class Follower:
    """Keeps the words of one process those of their source; `stamp` is the file that tells of a change."""

    def __init__(self, engine: SearchEngine, stamp: Path, source: Callable[[], WordSource] = word_source):
        self.engine = engine
        self.source = source
        self.file = stamp
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None | str = "never"
        self._retry_at = 0.0

    def look(self) -> None:
        """Take in what has changed. While another thread does so, this one goes on with the words there are."""
        stamp = self._stamp()
        if stamp == self._seen or time.monotonic() < self._retry_at or not self._lock.acquire(blocking=False):
            return
        try:
            if search_by(self.source().pairs()):
                self.engine.renew()
            self._seen = stamp
        except Exception as error:  # whatever the database says, the page goes on with the words it has
            self._retry_at = time.monotonic() + RETRY_AFTER
            log.warning("search_words_not_read", problem=error.__class__.__name__)
        finally:
            self._lock.release()
            db.session.rollback()

    def renew(self) -> None:
        """Let this process see what was committed now, and the others at their next search."""
        wanted = str(self.source().state())
        db.session.rollback()
        try:
            if self._told() != wanted:
                fresh = self.file.with_name(f".{self.file.name}.{os.getpid()}.{threading.get_ident()}")
                fresh.write_text(wanted)
                fresh.replace(self.file)
        except OSError as error:
            log.error("search_words_not_stamped", problem=str(error))
            self._seen = "never"
        self.look()

    def _told(self) -> str:
        return self.file.read_text() if self.file.exists() else "0"

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns


def index_again(engine: SearchEngine, words: Iterable[str]) -> None:
    """Put the documents of every kind into the outbox that are cut otherwise now that the words are known."""
    for searchable in list(REGISTERED.values()):
        try:
            ids = engine.cut_otherwise(searchable, words)
        except SickIndex:
            continue
        db.session.rollback()
        for start in range(0, len(ids), ROWS_AT_A_TIME):
            with transaction():
                for id_ in ids[start : start + ROWS_AT_A_TIME]:
                    outbox.put(searchable.kind, id_)
