"""Asking: one engine for each application, answering from the index or, when that is sick, from the database."""

import re
import time
from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
import structlog

from marketplace.core.tracebacks import message_of, summary
from marketplace.search.pieces import as_written
from marketplace.search.port import SickIndex
from marketplace.search.query import BY_DEFAULT, SORTS, Filters, Hits, Query, Searchable
from marketplace.search.whoosh_engine.blocks import MISSING
from marketplace.search.whoosh_engine.index import IndexStore
from marketplace.search.whoosh_engine.match_cache import MatchCache
from marketplace.search.whoosh_engine.postings import Bools, Narrowing, Snapshot
from marketplace.search.whoosh_engine.ranking import Ranked, rank
from marketplace.search.whoosh_engine.suggesting import named_in, suggest_in
from marketplace.search.whoosh_engine.title_words import is_worth_suggesting
from marketplace.search.whoosh_engine.understanding import understand

log = structlog.get_logger()
NEAREST = 3
MOST_TALLIES = 4096
SICK_NOTE = "SICK"
COMPLAIN_EVERY = 10.0
"""Seconds at least between two log lines on one kind, when it goes back and forth."""


class Engine:
    """Index stores and match caches by kind, under one directory."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.caches: dict[str, MatchCache] = {}
        self._complained: dict[str, float] = {}
        self._sick: dict[str, str] = {}
        self._tallies: WeakKeyDictionary[Snapshot, dict[Hashable, Hits]] = WeakKeyDictionary()

    def cache(self, kind: str) -> MatchCache:
        """The match cache of `kind`."""
        if kind not in self.caches:
            self.caches[kind] = MatchCache(IndexStore(self.directory, kind))
        return self.caches[kind]

    def snapshot(self, kind: str, *, now: bool = False) -> Snapshot:
        """The newest postings of `kind`.

        Raises:
            SickIndex: the index is missing, damaged or has another schema.
        """
        return self.cache(kind).snapshot(now=now)

    def renew(self) -> None:
        """Read every index anew at the next search: the words changed that what was read goes by."""
        for cache in list(self.caches.values()):
            cache.expire()

    def find(self, searchable: Searchable, query: Query) -> Hits:
        """Answer a query; from the database, marked as degraded, when the index cannot be used."""
        try:
            hits = find_in(self.snapshot(searchable.kind), query)
        except Exception as error:  # whatever the index throws, the page must answer
            self.complain(searchable.kind, error)
            return replace(searchable.find_in_database(query), degraded=True)
        if self._sick.pop(searchable.kind, None):
            log.info("search_index_well_again", kind=searchable.kind)
        return hits

    def tally(self, searchable: Searchable, text: str, filters: Filters, facets: tuple[str, ...]) -> Hits:
        """The counts of a search for what everybody may see, without its rows; kept until the index changes."""
        asked = (text, facets, frozenset((name, frozenset(values)) for name, values in filters.items()))
        try:
            kept = self._tallies.setdefault(self.snapshot(searchable.kind), {})
        except Exception:  # the search itself says what is wrong
            kept = {}
        if len(kept) >= MOST_TALLIES:
            kept.clear()
        if asked not in kept:
            kept[asked] = self.find(searchable, Query(text=text, filters=filters, facets=facets, limit=0))
        return kept[asked]

    def complain(self, kind: str, error: Exception) -> None:
        """Log once that an index is sick, and leave a note for the worker, which rebuilds it."""
        now, problem = time.monotonic(), message_of(error) or error.__class__.__name__
        if self._sick.get(kind) != problem and now - self._complained.get(kind, -COMPLAIN_EVERY) >= COMPLAIN_EVERY:
            self._complained[kind], self._sick[kind] = now, problem
            log.warning("search_index_sick", kind=kind, problem=problem, answers="from the database")
        if not isinstance(error, SickIndex):
            self.cache(kind).forget()
        try:
            note = self.directory / kind / SICK_NOTE
            if note.parent.is_dir() and not note.exists():
                note.write_text(f"{summary(error)}\n")
        except OSError:
            pass  # the worker looks at the index itself, too

    def suggest(self, kind: str, typed: str, limit: int) -> list[str]:
        """Words of titles that complete what was typed; none while the index is sick."""
        try:
            return suggest_in(self.snapshot(kind), typed, limit)
        except Exception as error:
            self.complain(kind, error)
            return []

    def named(self, kind: str, typed: str, limit: int) -> list[int]:
        """Ids of the things whose name begins like what was typed; none while the index is sick."""
        try:
            return named_in(self.snapshot(kind), typed, limit)
        except Exception as error:
            self.complain(kind, error)
            return []


def find_in(snapshot: Snapshot, query: Query) -> Hits:
    """Answer a query from one snapshot."""
    text = query.text.strip()
    ranked = rank(snapshot, text, spelling=not query.as_typed) if text else None
    narrowing = Narrowing(
        frozenset(query.audiences), {name: frozenset(values) for name, values in query.filters.items()}, query.ranges
    )
    matched = ranked.hits if ranked else snapshot.live
    left, counts = snapshot.narrow(matched, narrowing, query.facets)
    ids = ordered(snapshot, ranked, left, query)
    total = int(np.count_nonzero(left))
    in_vain = not total or (ranked is not None and ranked.is_partial)
    return Hits(
        ids=ids,
        total=total,
        facets=counts,
        marks=tuple(ranked.understanding.words()) if ranked else (),
        suggestion=suggestion(snapshot, ranked, query) if ranked else None,
        nearest=nearest(snapshot, ranked, narrowing, query) if ranked and in_vain else {},
        known=known_words(snapshot, ranked) if ranked and in_vain else (),
        is_partial=ranked is not None and ranked.is_partial and total > 0,
    )


def ordered(snapshot: Snapshot, ranked: Ranked | None, left: Bools, query: Query) -> list[int]:
    """One page of ids in the order asked for; equal ones stand by id, so that pages are stable."""
    last = query.first + query.size
    if not query.size:
        return []
    sort = query.sort if ranked is not None or query.sort in SORTS else BY_DEFAULT
    if sort in SORTS:
        column, largest_first = SORTS[sort]
        numbers = snapshot.number(column)
        score = np.where(numbers == MISSING, -np.inf, numbers.astype(np.float64) * (1 if largest_first else -1))
    else:
        score = ranked.score if ranked is not None else np.zeros(snapshot.size, np.float32)
    rows = snapshot.best(score, left, last)
    return [int(snapshot.id_of(row)) for row in rows[query.first : last]]


def suggestion(snapshot: Snapshot, ranked: Ranked, query: Query) -> str | None:
    """The query with its typing errors put right and its pinyin written out, None when it has neither."""
    understanding = understand(query.text, snapshot.vocabulary) if query.as_typed else ranked.understanding
    text = better = understanding.text
    for typed, meant in understanding.corrections.items():
        better = re.sub(r"\s*".join(map(re.escape, typed)), lambda _, meant=meant: meant, better, count=1)  # type: ignore[misc]
    return as_written(better).strip() if better != text else None


def known_words(snapshot: Snapshot, ranked: Ranked) -> tuple[str, ...]:
    """Words of the query that some row holds, the rarest first: each of them finds something."""
    vocabulary = snapshot.vocabulary
    words = [concept.text for concept in ranked.understanding.concepts
             if concept.counts and is_worth_suggesting(concept.text) and vocabulary.holds(concept.text)]  # fmt: skip
    return tuple(as_written(word) for word in sorted(words, key=vocabulary.count)[:NEAREST])


def nearest(snapshot: Snapshot, ranked: Ranked, narrowing: Narrowing, query: Query) -> dict[str, tuple[str, ...]]:
    """For each facet the values whose rows come closest to a query that found nothing."""
    score = np.where(snapshot.visible(narrowing.audiences), ranked.score, 0)
    found = {}
    for facet in query.facets:
        weights: dict[str, float] = {}
        for block, base in zip(snapshot.blocks, snapshot.base, strict=False):
            for value, rows in block.facets.get(facet, {}).items():
                weight = float(score[rows + base].max(initial=0.0))
                if weight > 0:
                    weights[value] = max(weight, weights.get(value, 0.0))
        best = sorted(weights, key=lambda value: (-weights[value], value))[:NEAREST]
        if best:
            found[facet] = tuple(best)
    return found
