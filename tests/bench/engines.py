"""Other engines beside ours, over the same words: what is asked, what they find and how they compare.

The words are those of our own segmenter, told to the others as numbers in files (`tests/bench/others.py` reads them in
an environment of its own). What ours adds to them (other names, typing errors, judging) is not asked for here.
"""

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np

from marketplace import search
from marketplace.catalog.lifecycle import ListingKind
from marketplace.search.whoosh_engine.concepts import Alternative, Concept
from marketplace.search.whoosh_engine.postings import Narrowing, Snapshot
from marketplace.search.whoosh_engine.wishes import Wanted
from marketplace.search.words import tokens
from tests.bench.exact import FieldBm25, PlainBm25, Shelf, overlap
from tests.bench.measuring import Series, spread, table, timed
from tests.bench.pages import query_texts
from tests.bench.park import Park

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
SCRIPT = Path(__file__).with_name("others.py")
NAMES = {"whoosh": "Whoosh's Or", "fts5": "SQLite FTS5", "tantivy": "tantivy", "bm25s": "bm25s"}
OURS = "Doorstep"
SORTS = {"user": "user query, top 20", "need": "need, top 50", "narrowed": "filters and counts",
         "listing": "listing → needs, top 50"}  # fmt: skip
SLOW = 10
"""Queries of each sort but the short ones that Whoosh is asked, which takes seconds for some."""


@dataclass
class Row:
    """One engine at one size. `counted` is how many rows each narrowed query left: all engines must agree on it."""

    engine: str
    build_s: float
    mb: float
    rss_mb: float
    times: dict[str, Series] = field(default_factory=dict)
    overlap: dict[str, float] = field(default_factory=dict)
    counted: list[int] = field(default_factory=list)

    def as_json(self, ours: "Row") -> dict[str, Any]:
        return {
            "build_s": round(self.build_s, 2), "index_mb": round(self.mb, 1), "process_mb": round(self.rss_mb, 1),
            "overlap_at_10": {name: round(share, 4) for name, share in self.overlap.items()},
            **{name: {**times.as_json(), "median_to_ours": round(times.median / ours.times[name].median, 2),
                      "p95_to_ours": round(times.p95 / ours.times[name].p95, 2)}
               for name, times in self.times.items()},
        }  # fmt: skip


@dataclass
class Asked:
    """The queries of each sort as words, and the filter of the narrowed ones."""

    queries: dict[str, list[list[str]]]
    most: int
    """The highest price, in millionths of a yuan."""


def asked_of(listings: Shelf, needs: Shelf, count: int) -> Asked:
    """User queries, whole needs and whole listings as words, each word once.

    Only words that the shelf holds are asked for: no engine can find another, and some refuse it.
    """
    user = [list(dict.fromkeys(tokens(text))) for text in query_texts()]
    texts = {"user": user, "narrowed": user,
             "need": [needs.words_of(row) for row in spread(range(len(needs.ids)), count)],
             "listing": [listings.words_of(row) for row in spread(range(len(listings.ids)), count)]}  # fmt: skip
    known = {name: [[word for word in words if word in (needs if name == "listing" else listings).vocabulary]
                    for words in queries] for name, queries in texts.items()}  # fmt: skip
    most = int(median([price for price in listings.prices if price >= 0] or [0]))
    return Asked({name: [words for words in queries if words] for name, queries in known.items()}, most)


def write_down(folder: Path, listings: Shelf, needs: Shelf, asked: Asked) -> None:
    """Shelves and queries as the other engines read them."""
    for name, shelf in (("listings", listings), ("needs", needs)):
        whole = shelf.whole
        places = np.repeat(np.arange(len(whole.data)), whole.data.astype(int))
        np.savez(folder / f"{name}.npz", words=whole.indices[places].astype(np.int32),
                 start=np.concatenate(([0], np.cumsum(whole.sum(axis=1)))).astype(np.int64),
                 kind=[int(kind == ListingKind.PRODUCT) for kind, _locality in shelf.facets],
                 locality=np.unique([locality for _kind, locality in shelf.facets], return_inverse=True)[1],
                 price=np.array(shelf.prices, np.int64))  # fmt: skip
    numbered = {name: [[(needs if name == "listing" else listings).vocabulary[word] for word in words]
                       for words in queries] for name, queries in asked.queries.items()}  # fmt: skip
    (folder / "queries.json").write_text(json.dumps({"queries": numbered, "kind": 1, "most": asked.most, "slow": SLOW}))


def ask_other(name: str, folder: Path) -> dict[str, Any]:
    """Build and ask one engine, each in a process of its own."""
    told: dict[str, Any] = {}
    for step in ("build", "ask"):
        answer = subprocess.run([PYTHON, SCRIPT, step, name, folder], check=True, capture_output=True, text=True)
        told |= json.loads(answer.stdout)
    return told


def other(name: str, folder: Path, listings: Shelf, asked: Asked) -> Row:
    """One of the other engines, held against exact BM25 over one field."""
    told, exact = ask_other(name, folder), PlainBm25(listings)
    row = Row(NAMES[name], told["build_s"], told["mb"], told["rss_mb"],
              {sort: Series(seconds) for sort, seconds in told["seconds"].items()},
              counted=told["hits"].get("narrowed", []))  # fmt: skip
    for sort in ("user", "need"):
        scores = [exact.score([listings.vocabulary[word] for word in words]) for words in asked.queries[sort]]
        row.overlap[sort] = mean_overlap(scores, told["hits"][sort])
    return row


def ours(park: Park, listings: Shelf, asked: Asked) -> Row:
    """Our postings, held against exact BM25F over the same fields; the process is the web server's."""
    snapshot, needs = (search.engine().snapshot(kind, now=True) for kind in ("listings", "needs"))
    narrowing = Narrowing(filters={"kind": frozenset({ListingKind.PRODUCT.value})}, ranges={"price": (0, asked.most)})
    calls: dict[str, Callable[[list[Concept]], Any]] = {
        "user": partial(best, snapshot, top=20),
        "need": partial(best_for_need, snapshot, top=50),
        "narrowed": partial(narrowed, snapshot, narrowing),
        "listing": partial(best, needs, top=50),
    }
    store = search.engine().cache("listings").store
    row = Row(OURS, park.seconds["rebuild listings"], size_mb(store.current().path), 0.0)
    exact, places = FieldBm25(listings), {id_: place for place, id_ in enumerate(listings.ids)}
    for sort, queries in asked.queries.items():
        concepts = [[Concept(word, (Alternative((word,)),)) for word in words] for words in queries]
        for words in concepts[:1]:
            calls[sort](words)  # only warms up
        answers = [timed(partial(calls[sort], words)) for words in concepts]
        row.times[sort] = Series([seconds for seconds, _found in answers])
        if sort in ("user", "need"):
            hits = [[places[snapshot.id_of(line)] for line in found] for _seconds, found in answers]
            row.overlap[sort] = mean_overlap([exact.score(words) for words in concepts], hits)
        elif sort == "narrowed":
            row.counted = [sum(counts.values()) for _seconds, counts in answers]
    return row


def best(snapshot: Snapshot, concepts: list[Concept], top: int) -> list[int]:
    """The best rows for some words."""
    relevance = snapshot.score(concepts).relevance
    return snapshot.best(relevance, relevance > 0, top)


def best_for_need(snapshot: Snapshot, concepts: list[Concept], top: int) -> list[int]:
    """The same in the way of matching, which asks for no coverage."""
    held = Wanted([(concept, snapshot.rarity(concept)) for concept in concepts]).in_all(snapshot)
    return snapshot.best(held, held > 0, top)


def narrowed(snapshot: Snapshot, narrowing: Narrowing, concepts: list[Concept]) -> dict[str, int]:
    """The best rows within filters; how many there are in each locality."""
    relevance = snapshot.score(concepts).relevance
    left, counts = snapshot.narrow(relevance > 0, narrowing, ("locality",))
    snapshot.best(relevance, left, 20)
    return dict(counts["locality"])


def mean_overlap(scores: Sequence[Any], hits: Sequence[Sequence[int]]) -> float:
    """The mean overlap of the queries that were asked; `hits` may be fewer."""
    shares = [overlap(exact, rows) for exact, rows in zip(scores, hits, strict=False)]
    return fmean(share for share in shares if share is not None)


def size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def measure_engines(park: Park, listings: Shelf, folder: Path, count: int) -> list[Row]:
    """Ours and, where they are installed, the others over one park.

    Raises:
        RuntimeError: an engine counted other rows than ours, so it was not asked the same.
    """
    with park.app.test_request_context():
        needs = Shelf(search.REGISTERED["needs"].documents(None))
        asked = asked_of(listings, needs, count)
        rows = [ours(park, listings, asked)]
    if PYTHON.exists():
        write_down(folder, listings, needs, asked)
        rows += [other(name, folder, listings, asked) for name in NAMES]
    for row in rows:
        if row.counted != rows[0].counted[: len(row.counted)]:
            raise RuntimeError(f"{row.engine} counted {row.counted}, not {rows[0].counted}")
    return rows


def lines(by_size: dict[int, list[Row]]) -> list[str]:
    """A table for each size: median and p95 in milliseconds, and the medians as multiples of ours."""
    told: list[str] = []
    for size, rows in by_size.items():
        head = [f"{size:,} listings", "index, s", "index, MB", "process, MB", *SORTS.values(), "overlap@10: user, need"]
        told += [*table(head, [cells(row, rows[0]) for row in rows]), ""]
    return told[:-1]


def cells(row: Row, ours: Row) -> list[str]:
    """One engine as a row of the table."""
    times = []
    for sort in SORTS:
        series = row.times.get(sort)
        ratio = "" if series is None or row is ours else f" (x {brief(series.median / ours.times[sort].median)})"
        times.append("none" if series is None else f"{brief(series.median)} / {brief(series.p95)}{ratio}")
    return [
        row.engine,
        f"{row.build_s:.1f}",
        f"{row.mb:.0f}",
        f"{row.rss_mb:.0f}",
        *times,
        f"{row.overlap['user']:.2f}, {row.overlap['need']:.2f}",
    ]


def brief(number: float) -> str:
    """Two or three digits that say something."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def medians(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Milliseconds by sort of query and engine."""
    return {
        name: {row.engine: row.times[sort].median for row in rows if sort in row.times} for sort, name in SORTS.items()
    }
