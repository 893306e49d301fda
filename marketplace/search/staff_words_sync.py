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

import numpy as np
import structlog

from marketplace.core.db import db, transaction
from marketplace.core.measures import NUMERAL
from marketplace.search import outbox
from marketplace.search.documents import Document
from marketplace.search.lexicon import WordPair, lexicon, widen
from marketplace.search.pieces import whole_tokens
from marketplace.search.query import Searchable, WordSource
from marketplace.search.registry import REGISTERED, word_source
from marketplace.search.whoosh_engine.engine import Engine
from marketplace.search.whoosh_engine.index import SickIndex
from marketplace.search.whoosh_engine.postings import Snapshot
from marketplace.search.words import HAN, STOP_WORDS, learn

log = structlog.get_logger()
RETRY_AFTER = 1.0
"""Seconds until rows that could not be read are read again."""
BATCH = 200
ROWS_AT_A_TIME = 500
LEFT_OUT = frozenset(NUMERAL).union(*STOP_WORDS)
"""Characters of which words are made that the index leaves out."""
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
    """Keeps the words of one process those of their source."""

    def __init__(self, engine: Engine, source: Callable[[], WordSource] = word_source):
        self.engine = engine
        self.source = source
        self.file = engine.directory.parent / "words.stamp"
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


def candidates(snapshot: Snapshot, word: str) -> list[int]:
    """Ids of documents in which a word may stand: for each of its characters they hold a token with that character.

    However the text was cut, the tokens that cover a word hold its characters, so none is missed.
    """
    signs = [sign for sign in dict.fromkeys(word) if HAN.match(sign) and sign not in LEFT_OUT]
    held = np.zeros((len(signs), snapshot.size), np.bool_)
    for block, base in zip(snapshot.blocks, snapshot.base.tolist(), strict=False):
        for token in block.words.terms(block.live):
            for number, sign in enumerate(signs):
                if sign in token:
                    held[number, block.words.get(token) + base] = True
    return [int(snapshot.id_of(row)) for row in np.flatnonzero(held.all(axis=0) & snapshot.live).tolist()]


def saying(snapshot: Snapshot, words: Iterable[str]) -> set[int]:
    """Ids of documents that hold every token of one of the words."""
    found: set[int] = set()
    for word in words:
        tokens = whole_tokens(word)
        held = snapshot.live & bool(tokens)
        for token in tokens:
            rows = np.zeros(snapshot.size, np.bool_)
            for block, base in zip(snapshot.blocks, snapshot.base.tolist(), strict=False):
                rows[block.words.get(token) + base] = True
            held &= rows
        found |= {int(snapshot.id_of(row)) for row in np.flatnonzero(held).tolist()}
    return found


def cut_otherwise(engine: Engine, searchable: Searchable, words: Iterable[str]) -> list[int]:
    """Ids of the documents in which one of the words stands and that the index holds as they are no longer cut.

    Raises:
        SickIndex: there is no index to compare with; the worker makes a new one with the words there are.
    """
    snapshot = engine.snapshot(searchable.kind, now=True)
    known = snapshot.digests()
    ids = sorted({id_ for word in words if HAN.search(word) for id_ in candidates(snapshot, word)})
    found: list[int] = []
    for start in range(0, len(ids), BATCH):
        documents: Iterable[Document] = searchable.documents(ids[start : start + BATCH])
        found += [int(row.id) for row in documents if known.get(row.id) != row.digest()]
    return found


def index_again(engine: Engine, words: Iterable[str]) -> None:
    """Put the documents of every kind into the outbox that are cut otherwise now that the words are known."""
    for searchable in list(REGISTERED.values()):
        try:
            ids = cut_otherwise(engine, searchable, words)
        except SickIndex:
            continue
        db.session.rollback()
        for start in range(0, len(ids), ROWS_AT_A_TIME):
            with transaction():
                for id_ in ids[start : start + ROWS_AT_A_TIME]:
                    outbox.put(searchable.kind, id_)


def saying_any(engine: Engine, kind: str, words: Iterable[str]) -> set[int]:
    """Ids of the newest documents of a kind that hold every token of one of the words, or of another name of it."""
    asked = list(words)
    said = {other.text for word in asked for other in lexicon().expand(word)}.union(asked)
    return saying(engine.snapshot(kind, now=True), said)
