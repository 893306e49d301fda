"""Words that park staff add join the words of every process, without a rebuild and without waiting.

The domain that keeps the pairs (`registry.word_source`) has the truth. Whoever commits a change renews the stamp, a
file of the instance; every process looks at it before it searches, which costs no query, and asks for the pairs again
when it is another. The worker renews a stamp that a killed process left behind. A new pair widens queries at once; for
a word that the segmenter did not know, `index_again` has the documents in which it stands indexed again, no others.
"""

import math
from collections.abc import Callable, Iterable
from pathlib import Path

from marketplace.core.db import db, transaction
from marketplace.core.stamps import Cached, Stamp
from marketplace.search import outbox
from marketplace.search.lexicon import WordPair, widen
from marketplace.search.port import SearchEngine, SickIndex
from marketplace.search.query import WordSource
from marketplace.search.registry import REGISTERED, word_source
from marketplace.search.words import learn

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
        self.words: Cached[tuple[WordPair, ...]] = Cached(Stamp(stamp), self._take_in, before=(), at_most=math.inf)

    def look(self) -> None:
        """Take in what has changed. While another thread does so, this one goes on with the words there are."""
        self.words.get()

    def renew(self) -> None:
        """Let this process see what was committed now, and the others at their next search."""
        state = str(self.source().state())
        db.session.rollback()
        self.words.renew(state)
        self.look()

    def _take_in(self) -> tuple[WordPair, ...]:
        try:
            if search_by(self.source().pairs()):
                self.engine.renew()
        finally:
            db.session.rollback()
        return in_force()


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
