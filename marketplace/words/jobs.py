"""Work of the worker for words: documents to cut anew, searches to count, texts to look at again."""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from marketplace import search
from marketplace.core.db import db, transaction
from marketplace.core.jobs import clock, enqueue, job, waiting
from marketplace.words import queries
from marketplace.words.models import SearchedText
from marketplace.words.search import KIND
from marketplace.words.services import search_counts, searched_texts
from marketplace.words.signals import words_changed

COUNT_EVERY = 5.0
"""Seconds between two takings of the file of searches."""
AT_A_TIME = 50
"""Texts looked at by one job: others have their turn in between."""
_counted_at = -COUNT_EVERY


@job("words.take_in")
def take_in(words: list[str]) -> None:
    """Have the documents indexed again that are cut otherwise by now, and whatever hangs on words looked at again."""
    search.renew_words()
    search.index_again(words)
    with transaction():
        words_changed.send(None, words=words)
        enqueue("words.look_again", after=0)


@job("words.look_again")
def look_again(after: int) -> None:
    """Search again for what was in vain and for what is shown, some texts at a time."""
    rows = queries.to_look_at(after, AT_A_TIME)
    ids = [row.id for row in rows]
    look_at(rows)
    if len(ids) == AT_A_TIME:
        with transaction():
            enqueue("words.look_again", after=ids[-1])


@clock("words.look_again", every=timedelta(hours=1))
def look_hourly(now: datetime) -> None:
    """Listings come and go, and with them what a text finds."""
    if not waiting("words.look_again"):
        with transaction():
            enqueue("words.look_again", after=0)


@clock("words.forget_searches", every=timedelta(days=1))
def forget_searches(now: datetime) -> None:
    """Drop the days that are kept no longer (SEARCH_LOG_DAYS)."""
    with transaction():
        for id_ in search_counts.forget(now):
            search.changed(KIND, id_)


def count_searches() -> int:
    """Count what the pages noted, every few seconds; returns how many texts that were."""
    global _counted_at  # noqa: PLW0603 - one worker, one thread
    if time.monotonic() - _counted_at < COUNT_EVERY:
        return 0
    _counted_at = time.monotonic()
    ids = search_counts.take()
    look_at_texts(ids[:AT_A_TIME])
    if len(ids) > AT_A_TIME:
        with transaction():
            for start in range(AT_A_TIME, len(ids), AT_A_TIME):
                enqueue("words.look_at_texts", ids=ids[start : start + AT_A_TIME])
    return len(ids)


@job("words.look_at_texts")
def look_at_texts(ids: list[int]) -> None:
    """Look at texts that were searched: at once when they are few, or a word was just linked for them."""
    look_at(queries.texts_by_ids(ids))


def look_at(rows: Iterable[SearchedText]) -> None:
    """Search for texts as everybody does and keep what is found; while an index is sick its texts stay as they are."""
    looks: dict[int, search.Found] = {}
    by_kind: dict[str, dict[str, int]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, {})[row.text] = row.id
    for kind, ids in by_kind.items():
        looks |= {ids[text]: found for text, found in search.look_for(kind, ids).items()}
    db.session.rollback()
    if looks:
        with transaction():
            for row in queries.texts_by_ids(looks):
                searched_texts.note_look(row, looks[row.id])


for _before, _job in (("take_in_words", take_in), ("look_again", look_again), ("look_at_texts", look_at_texts)):
    job(f"search.{_before}")(_job)  # rows that wait from before the words were a domain; to go with the next release
