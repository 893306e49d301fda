"""The match cache: the postings of one kind, read again when the index has moved on.

Readers hold one pointer to a snapshot, which is swapped whole; only segments that are new are read.
"""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from whoosh.reading import SegmentReader

from marketplace.core.garbage_and_caches import give_back_memory
from marketplace.search.port import SickIndex
from marketplace.search.whoosh_engine import block_files
from marketplace.search.whoosh_engine.blocks import Block
from marketplace.search.whoosh_engine.index import (
    MISSING_INDEX,
    Generation,
    IndexStore,
    block_of_segment,
    latest_commit,
    segments,
)
from marketplace.search.whoosh_engine.postings import Snapshot

LATEST_SECONDS = 1.0
"""A search answers from a state that may have been overtaken for so long, while a thread reads the newer one."""
SICK_SECONDS = 1.0
"""An index found sick is not read again for this long, unless its files change."""


class MatchCache:
    """Holds the snapshot of one kind and renews it when the index has moved on. Safe to use from several threads."""

    def __init__(self, store: IndexStore):
        self.store = store
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._blocks: dict[str, Block] = {}
        self._checked: dict[str, tuple[int, int]] = {}
        self._stamp: tuple[Any, ...] = ()
        self._seen_newest = -LATEST_SECONDS
        self._problem: SickIndex | None = None
        self._sick_stamp: tuple[Any, ...] = ()
        self._sick_until = 0.0

    def snapshot(self, *, now: bool = False) -> Snapshot:
        """The newest snapshot; the one before while a thread reads what was committed a moment ago, unless `now`.

        Raises:
            SickIndex: the index is missing, damaged or has another schema.
        """
        snapshot, stamp = self._snapshot, self.store.stamp()
        if snapshot is not None and stamp == self._stamp:
            self._seen_newest = time.monotonic()
            return snapshot
        self._still_sick(stamp)
        is_late = now or snapshot is None or time.monotonic() - self._seen_newest > LATEST_SECONDS
        if not self._lock.acquire(blocking=now or snapshot is None):
            assert snapshot is not None
            return snapshot
        if not is_late:
            assert snapshot is not None
            threading.Thread(target=self._read_behind, name=f"read {self.store.kind}", daemon=True).start()
            return snapshot
        try:
            self._read_newer()
        finally:
            self._lock.release()
        assert self._snapshot is not None
        return self._snapshot

    def _read_behind(self) -> None:
        """Read the newest commit while searches go on with the one before; whoever started this holds the lock."""
        try:
            self._read_newer()
        except SickIndex:
            pass  # the next search meets it again, and says so
        finally:
            self._lock.release()

    def _read_newer(self) -> None:
        stamp = self.store.stamp()
        if self._snapshot is None or stamp != self._stamp:
            self._still_sick(stamp)
            self._read()

    def _still_sick(self, stamp: tuple[Any, ...]) -> None:
        """Raise at once what was found a moment ago, so that no page waits for a sick index more than one does."""
        if self._problem is not None and stamp == self._sick_stamp and time.monotonic() < self._sick_until:
            raise self._problem

    def _read(self) -> None:
        """Read the newest commit, trying again while one is just being written.

        A commit half seen keeps the snapshot that is there; anything else means that the index is sick.
        """
        problem: Exception | None = None
        stamp = self.store.stamp()
        for wait in (0.0, 0.05, 0.2, 0.5):
            time.sleep(wait)
            try:
                self._read_once()
                self._problem = None
                return
            except Exception as error:
                problem = error
                if self.store.stamp() == MISSING_INDEX:
                    break
        if isinstance(problem, IndexMoving) and self._snapshot is not None:
            return
        self.forget()
        if not isinstance(problem, SickIndex):
            problem = SickIndex(f"{self.store.kind}: {problem.__class__.__name__}: {problem}")
        self._problem, self._sick_stamp, self._sick_until = problem, stamp, time.monotonic() + SICK_SECONDS
        raise problem

    def expire(self) -> None:
        """Let the next search answer from the newest state: whoever changed the index or its words knows of it."""
        self._stamp, self._seen_newest = (), -LATEST_SECONDS

    def forget(self) -> None:
        """Read everything again at the next search."""
        self._snapshot, self._blocks, self._checked, self._stamp = None, {}, {}, ()

    def _read_once(self) -> None:
        stamp = self.store.stamp()
        generation = self.store.current()
        if generation.manifest()["commit"] != latest_commit(generation.path):
            raise IndexMoving(f"{self.store.kind}: the last commit is not whole")
        checked = generation.verify(self._checked)
        blocks = read_blocks(generation, self._blocks)
        before = self._snapshot.average if self._snapshot is not None else None
        self._snapshot = Snapshot(list(blocks.values()), before)
        self._blocks, self._checked, self._stamp = blocks, checked, stamp
        self._seen_newest = time.monotonic()
        give_back_memory()


class IndexMoving(SickIndex):
    """A commit is between its table of contents and its manifest; a moment later it is whole."""


def read_blocks(generation: Generation, known: Mapping[str, Block]) -> dict[str, Block]:
    """The blocks of the latest commit by segment; those already known are taken over with their present deletions."""
    blocks: dict[str, Block] = {}
    with generation.reader() as reader:
        for part in segments(reader):
            segment = part.segment()
            block = known.get(segment.segment_id())
            block = _block_of(generation, part) if block is None else block.shared()
            block.live = np.ones(block.size, np.bool_)
            if segment.deleted_count():
                block.live[list(segment.deleted_docs())] = False
            blocks[segment.segment_id()] = block
    return blocks


def _block_of(generation: Generation, part: SegmentReader) -> Block:
    """The block of a segment from its file; read from the segment, and kept, where there is none."""
    file = block_files.file_of(generation.path, part.segment().segment_id())
    block = block_files.kept(file, part.doc_count_all())
    if block is None:
        block = block_of_segment(part)
        with suppress(OSError):  # the directory cannot be written to
            block_files.keep(file, block)
    return block
