"""All needs against all listings, both ways, in parts: several processes share the work, and a run that was cut off
goes on where it stopped.

First every need is held against all listings: the best are judged, and every pair that comes near enough is noted.
Then each listing is judged against the needs that came nearest to it. Either way one judge and one score, those of the
pages. Each part is a file that appears when it is whole; a part that is there is not done again.
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
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from marketplace.core.jsonlines import write_json_line
from marketplace.matching.facts import ListingFacts, NeedFacts
from marketplace.matching.files import quiet
from marketplace.matching.scorer import (
    CANDIDATE_NEEDS,
    Best,
    Match,
    MatchIndex,
    NeedView,
    aboutness,
    best_listings,
    best_of,
    judged_view,
    match_pair,
    may_answer,
    need_view,
    wanted_lines,
)

NEEDS_A_PART = 100
LISTINGS_A_PART = 2000
NEAR = 0.18
"""Less about each other than this no page shows: with more needs than a listing has candidates they are not noted."""
LOOK_EVERY = 0.2
Near = npt.NDArray[Any]
"""Noted pairs by row: `row` of the listing, `need` by its place in the file, `about` for each line."""


class PartFailed(Exception):
    """A process ended before its parts were done; those that are whole stay for the next run."""


@dataclass(frozen=True)
class TwoWayRun:
    """One run: what is matched, where its parts are kept, and how a hit is written."""

    index: MatchIndex
    listings: Sequence[ListingFacts]
    needs: Sequence[NeedFacts]
    top: int
    hit: Callable[[Match, str], dict[str, Any]]
    folder: Path

    def run(self, processes: int) -> None:
        """Do every part that is not there yet.

        Raises:
            PartFailed: a process was ended or broke.
        """
        gc.collect()
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
        least = self.index.weights.least_about
        return least if len(self.needs) <= CANDIDATE_NEEDS else max(least, NEAR)

    @cached_property
    def near_type(self) -> np.dtype[Any]:
        most = max((len(wanted_lines(need)) for need in self.needs), default=1)
        return np.dtype([("row", "<i4"), ("need", "<i4"), ("about", "<f4", (most,))])

    def match_needs(self, part: range) -> None:
        """The best listings of some needs, and the pairs that are near enough to be judged from the other side."""
        noted = []
        with whole_file(self.path("needs", part)) as lines:
            for place in part:
                need = self.needs[place]
                started = time.perf_counter()
                view = need_view(need, self.index.listings, self.index.weights)
                by_line = aboutness(view, self.index.listings, self.index.weights)
                matches = best_listings(view, by_line, self.index, self.top)
                self.write(lines, need.id, matches, started, [match.listing_id for match in matches])
                if need.status == "open":
                    noted.append(self.near(need, place, by_line))
            pairs = np.concatenate(noted) if noted else np.zeros(0, self.near_type)
            with whole_file(self.path("near", part, "npy"), binary=True) as file:
                np.save(file, pairs[np.argsort(pairs["row"], kind="stable")])

    def near(self, need: NeedFacts, place: int, by_line: npt.NDArray[np.float32]) -> Near:
        """The listings that come near a need, by row."""
        rows = np.flatnonzero(may_answer(need, by_line.max(axis=0), self.index, self.floor))
        pairs = np.zeros(len(rows), self.near_type)
        pairs["row"], pairs["need"] = rows, place
        pairs["about"][:, : len(by_line)] = by_line[:, rows].T
        return pairs

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
                matches = self.best_needs(listing, noted[first : min(last, first + max(CANDIDATE_NEEDS, self.top))])
                self.write(lines, listing.id, matches, started, [match.need_id for match in matches])

    def best_needs(self, listing: ListingFacts, noted: Near) -> list[Match]:
        """The needs that a listing fits, best first, of the noted ones, which come nearest first."""
        found = Best(self.top, self.index.weights)
        for place, abouts in zip(noted["need"].tolist(), noted["about"].tolist(), strict=True):
            if found.cannot_hold(max(abouts)):
                break
            view = self.judged[place]
            found.take(match_pair(view, listing, abouts[: len(view.lines)], self.index, found.least))
        return best_of(found.matches, self.top)

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
        most = pairs["about"].max(axis=1) if len(pairs) else np.zeros(0)
        return pairs[np.lexsort((pairs["need"], -most, pairs["row"]))]

    def write(self, lines: TextIO, query: str, matches: Sequence[Match], started: float, ids: Sequence[str]) -> None:
        elapsed = (time.perf_counter() - started) * 1000
        hits = [self.hit(match, id_) for match, id_ in zip(matches, ids, strict=True)]
        write_json_line(lines, {"query": query, "hits": hits, "elapsed_ms": round(elapsed, 3)})


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
