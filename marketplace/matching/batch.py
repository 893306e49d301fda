"""All needs against all listings, both ways, in parts: several processes share the work, and a run that was cut off
goes on where it stopped.

First every need is held against all listings, and every pair that comes near enough is scored in columns and noted.
Then each listing takes the best of the needs that came nearest to it. A pair is judged by itself only where its
findings are told, or where columns cannot say all of it. Either way one score, that of the pages. Each part is a file
that appears when it is whole; a part that is there is not done again.
"""

import gc
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from marketplace.core.jsonlines import write_json_line
from marketplace.matching.columns import Numbers, OfferColumns, Rows
from marketplace.matching.demands import judge_thing
from marketplace.matching.facts import ListingFacts, NeedFacts
from marketplace.matching.file_index import quiet
from marketplace.matching.find_matches import (
    CANDIDATE_NEEDS,
    CANDIDATES,
    NEAR_LINE,
    Best,
    Match,
    MatchIndex,
    match_pair,
    may_answer,
    relevance_by_line,
)
from marketplace.matching.finding import State
from marketplace.matching.need_concepts import NeedView, judged_view, need_view, wanted_lines
from marketplace.matching.score import Marks

NEEDS_A_PART = 100
LISTINGS_A_PART = 2000
NEAR = 0.18
"""Less about each other than this no page shows: with more needs than a listing has candidates they are not noted."""
LOOK_EVERY = 0.05
Near = npt.NDArray[Any]
"""Noted pairs by row: `row` of the listing, `need` by its place in the file, `about` and `by_line`: how far they are
about each other, `most`: what they score at most; `exactly`: they score just that."""


class PartFailed(Exception):
    """A process ended before its parts were done; those that are whole stay for the next run."""


class Hit(NamedTuple):
    """One answer of a side: the score and the id of the other; the pair where it was judged by itself."""

    score: float
    id: str
    match: Match | None = None


@dataclass(frozen=True)
class TwoWayRun:
    """One run: what is matched, where its parts are kept, and what a hit tells beside id and score (None: nothing)."""

    index: MatchIndex
    listings: Sequence[ListingFacts]
    needs: Sequence[NeedFacts]
    top: int
    told: Callable[[Match], dict[str, Any]] | None
    folder: Path

    def run(self, processes: int) -> None:
        """Do every part that is not there yet.

        Raises:
            PartFailed: a process was ended or broke.
        """
        _both_sides = self.offers, self.judged  # made once, for all processes
        gc.freeze()
        for name, size, count, do in (
            ("needs", NEEDS_A_PART, len(self.needs), self.match_needs),
            ("listings", LISTINGS_A_PART, len(self.listings), self.match_listings),
        ):
            parts = [range(start, min(start + size, count)) for start in range(0, count, size)]
            waiting = [part for part in parts if not self.path(name, part).exists()]
            in_processes(processes, waiting, do, name)

    def path(self, name: str, part: range, suffix: str = "jsonl") -> Path:
        """Where a part is kept."""
        return self.folder / f"{name}-{part.start:08}.{suffix}"

    def join(self, name: str, out: str) -> None:
        """Put the parts of one side together, in the order of its file."""
        with open(out, "wb") as whole:
            for path in sorted(self.folder.glob(f"{name}-*.jsonl")):
                with path.open("rb") as part:
                    shutil.copyfileobj(part, whole)

    @cached_property
    def floor(self) -> float:
        """Pairs less about each other than this are not noted."""
        least = self.index.weights.least_relevance
        return least if len(self.needs) <= CANDIDATE_NEEDS else max(least, NEAR)

    @cached_property
    def near_type(self) -> np.dtype[Any]:
        most = max((len(wanted_lines(need)) for need in self.needs), default=1)
        return np.dtype([("row", "<i4"), ("need", "<i4"), ("relevance", "<f4"), ("by_line", "<f4", (most,)),
                         ("most", "<f8"), ("exactly", "?")])  # fmt: skip

    @cached_property
    def offers(self) -> OfferColumns:
        """The figures of the listings, row by row of the index."""
        ids = self.index.listings.ids
        facts = self.index.listings_of(ids)
        return OfferColumns([facts[id_] for id_ in ids], self.index.judging_context, self.index.weights,
                            local_lift=self.index.local_lift)  # fmt: skip

    def match_needs(self, part: range) -> None:
        """The best listings of some needs, and the pairs that are near enough to be looked at from the other side."""
        noted = []
        with whole_file(self.path("needs", part)) as lines:
            for place in part:
                need = self.needs[place]
                started = time.perf_counter()
                view = need_view(need, self.index.listings, self.index.weights)
                by_line = relevance_by_line(view, self.index.listings, self.index.weights)
                relevance = by_line.max(axis=0)
                mask = may_answer(need, relevance, self.index, self.index.weights.least_relevance)
                candidates = self.index.listings.best(relevance, mask, max(CANDIDATES, self.top))
                wanted = mask & (relevance >= self.floor) if need.status == "open" else np.zeros(len(mask), np.bool_)
                looked_at = wanted.copy()
                looked_at[candidates] = True
                near = self.near(view, place, by_line, np.flatnonzero(looked_at))
                hits = self.best_listings(view, near[np.searchsorted(near["row"], candidates)])
                self.write(lines, need.id, hits, started)
                noted.append(near[wanted[near["row"]]])
            pairs = np.concatenate(noted) if noted else np.zeros(0, self.near_type)
            with whole_file(self.path("near", part, "npy"), binary=True) as file:
                np.save(file, pairs[np.argsort(pairs["row"], kind="stable")])

    def near(self, view: NeedView, place: int, by_line: npt.NDArray[np.float32], rows: Rows) -> Near:
        """Pairs of a need with the listings of `rows`."""
        pairs = np.zeros(len(rows), self.near_type)
        by_line = by_line[:, rows]
        pairs["row"], pairs["need"], pairs["relevance"] = rows, place, by_line.max(axis=0)
        pairs["by_line"][:, : len(by_line)] = by_line.T
        pairs["most"], pairs["exactly"] = self.scores(view, by_line.astype(np.float64), rows)
        return pairs

    def scores(self, view: NeedView, by_line: Numbers, rows: Rows) -> tuple[Numbers, Marks]:
        """What pairs score at most by the line that they answer best, and whether that is just what they score."""
        exact, at_most = np.full(len(rows), -1.0), np.full(len(rows), -1.0)
        least = by_line.max(axis=0) * NEAR_LINE
        for line, relevance in zip(view.lines, by_line, strict=True):
            found = self.offers.scores(view.need, line.line, line.demands, relevance, rows)
            kind = at_most if line.demands.name_properties or self.told is not None else exact
            np.maximum(kind, found, out=kind, where=relevance >= least)
        return np.maximum(exact, at_most), exact >= at_most

    def best_listings(self, view: NeedView, near: Near) -> list[Hit]:
        """The listings of `near` that fit the need best, best first."""
        listings = [self.offers.listings[row] for row in near["row"].tolist()]

        def judged(place: int, least: float) -> Hit | None:
            return self.judge(view, listings[place], near[place], least, listings[place].id)

        return self.best(near, lambda place: listings[place].id, judged)

    def best_needs(self, listing: ListingFacts, near: Near) -> list[Hit]:
        """The needs of `near` that the listing fits best, best first."""
        needs = near["need"].tolist()

        def judged(place: int, least: float) -> Hit | None:
            view = self.judged[needs[place]]
            return self.judge(view, listing, near[place], least, view.need.id)

        return self.best(near, lambda place: self.needs[needs[place]].id, judged)

    def judge(self, view: NeedView, listing: ListingFacts, pair: Any, least: float, id_: str) -> Hit | None:
        """A noted pair judged by itself; an offer that has all that is asked of the thing scores what it can."""
        if self.told is None and is_the_thing(view, listing):
            return Hit(float(pair["most"]), id_)
        match = match_pair(view, listing, pair["by_line"][: len(view.lines)].tolist(), self.index, least)
        return match and Hit(match.score, id_, match)

    def best(self, near: Near, id_of: Callable[[int], str], judged: Callable[[int, float], Hit | None]) -> list[Hit]:
        """The best of some pairs, equal scores by id: those that can score most are looked at first."""
        found = Best[Hit](self.top, self.index.weights)
        most, exactly = near["most"].tolist(), near["exactly"].tolist()
        for place in np.argsort(-near["most"], kind="stable").tolist():
            if most[place] < found.least:
                break
            found.take(Hit(most[place], id_of(place)) if exactly[place] else judged(place, found.least))
        return sorted(found.matches, key=lambda hit: (-hit.score, hit.id))[: self.top]

    def match_listings(self, part: range) -> None:
        """The best needs of some listings, of those that came nearest to them."""
        rows = {place: self.index.listings.row(self.listings[place].id) for place in part}
        there = [row for row in rows.values() if row is not None]
        noted = self.noted(min(there), max(there)) if there else np.zeros(0, self.near_type)
        edges = np.searchsorted(noted["row"], np.array([there, [row + 1 for row in there]]))
        spans = dict(zip(there, edges.T.tolist(), strict=True))
        with whole_file(self.path("listings", part)) as lines:
            for place, row in rows.items():
                listing = self.listings[place]
                started = time.perf_counter()
                first, last = (0, 0) if row is None else spans[row]
                near = noted[first : min(last, first + max(CANDIDATE_NEEDS, self.top))]
                self.write(lines, listing.id, self.best_needs(listing, near), started)

    @cached_property
    def judged(self) -> list[NeedView]:
        """What judging takes of each need; its words have been weighed already."""
        return [judged_view(need) for need in self.needs]

    def noted(self, first: int, last: int) -> Near:
        """What was noted for the rows from `first` to `last`: row by row, the nearest first."""
        parts = []
        for path in sorted(self.folder.glob("near-*.npy")):
            pairs = np.load(path, mmap_mode="r")
            begin, end = np.searchsorted(pairs["row"], (first, last + 1))
            parts.append(np.array(pairs[begin:end]))
        pairs = np.concatenate(parts) if parts else np.zeros(0, self.near_type)
        return pairs[np.lexsort((pairs["need"], -pairs["relevance"], pairs["row"]))]

    def write(self, lines: TextIO, query: str, hits: Sequence[Hit], started: float) -> None:
        elapsed = (time.perf_counter() - started) * 1000
        told: list[dict[str, Any]] = [{"id": hit.id, "score": hit.score} for hit in hits]
        if self.told is not None:
            told = [row | self.told(hit.match) for row, hit in zip(told, hits, strict=True) if hit.match]
        write_json_line(lines, {"query": query, "hits": told, "elapsed_ms": round(elapsed, 3)})


def is_the_thing(view: NeedView, listing: ListingFacts) -> bool:
    """True when a listing has every property of the thing that the lines of a need ask for: it scores what it can."""
    return all(finding.state is State.MET for line in view.lines for finding in judge_thing(line.demands, listing))


def in_processes(count: int, parts: Sequence[range], do: Callable[[range], None], name: str) -> None:
    """Do all parts in forked processes, each taking the next one when it is done.

    Raises:
        PartFailed: a process was ended or broke.
    """
    context = get_context("fork")
    taken = context.Value("i", 0)

    def work() -> None:
        gc.disable()  # judging makes no circles, and much that would be looked through again and again
        while True:
            with taken.get_lock():
                number = taken.value
                taken.value += 1
            if number >= len(parts):
                return
            do(parts[number])

    workers = [context.Process(target=work, daemon=True) for _ in range(max(1, min(count, len(parts))))]
    for worker in workers:
        worker.start()
    with tqdm(total=len(parts), desc=f"match {name}", unit="parts", disable=quiet()) as progress:
        while any(worker.is_alive() for worker in workers):
            workers[0].join(LOOK_EVERY) if workers[0].is_alive() else time.sleep(LOOK_EVERY)
            progress.update(min(taken.value, len(parts)) - progress.n)
    if any(worker.exitcode for worker in workers):
        raise PartFailed(name)


@contextmanager
def whole_file(path: Path, *, binary: bool = False) -> Iterator[Any]:
    """A file that appears under its name only when it is written to the end."""
    half = path.with_suffix(path.suffix + f".{time.monotonic_ns()}")
    with half.open("wb") if binary else half.open("w", encoding="utf-8", newline="\n") as file:
        yield file
    half.replace(path)


def folder_for(out: str, files: Sequence[str], choices: str) -> Path:
    """The folder beside `out` in which parts are kept; emptied when they belong to other files or choices."""
    digest = hashlib.sha256(choices.encode())
    for path in files:
        with open(path, "rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    folder = Path(f"{out}.parts")
    note = folder / "run"
    if not note.exists() or note.read_text() != digest.hexdigest():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        note.write_text(digest.hexdigest())
    return folder
