"""Fills a fresh generation: at once, or in two processes when there is much to write.

Cutting texts and writing postings is left to processes (`part`) that each write a segment in a folder of its own inside
the generation; the segments are moved up at the end. They end with whoever started them, and a generation comes into
use only when it is whole.
"""

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, cycle, islice
from pathlib import Path

from marketplace.search.documents import Document
from marketplace.search.whoosh_engine.block_files import file_of, keep
from marketplace.search.whoosh_engine.writing import STORED_FIELDS, join, row_of, rows_written
from marketplace.search.words import learned

PARTS = 2
WORTH_PARTS = 5000
"""With fewer documents the start of the processes takes longer than they save."""
AT_ONCE = 20
"""Documents are handed over so many at a time: a pipe holds some more while one lot is written."""


class PartFailed(RuntimeError):
    """A process that wrote a part of an index broke or was ended; what it said stands in the log."""


def fill(path: Path, documents: Iterable[Document]) -> int:
    """Write all `documents`, each id once, into the empty generation at `path`; returns how many.

    Raises:
        PartFailed: a process that wrote a part broke or was ended.
        Exception: anything Whoosh or the documents may raise. What stands in `path` is of no use then.
    """
    documents = each_once(documents)
    first = list(islice(documents, WORTH_PARTS))
    if len(first) < WORTH_PARTS or (os.cpu_count() or 1) < PARTS:
        return write_segment(path, chain(first, documents))
    return write_parts(path, chain(first, documents))


def each_once(documents: Iterable[Document]) -> Iterator[Document]:
    """The first document of each id."""
    seen: set[str] = set()
    for document in documents:
        if document.id not in seen:
            seen.add(document.id)
            yield document


def write_segment(path: Path, documents: Iterable[Document]) -> int:
    """Write documents into the empty index at `path` in one commit, with their block beside it; returns how many."""
    stored = []
    with rows_written(path) as writer:
        for document in documents:
            row = row_of(document)
            writer.add_document(**row)
            stored.append({name: row[name] for name in STORED_FIELDS if name in row})
        block, name = writer.pool.block(stored), writer.newsegment.segment_id()
    keep(file_of(path, name), block)
    return len(stored)


def write_parts(path: Path, documents: Iterator[Document]) -> int:
    """Deal documents to processes and put their segments into the index at `path`; returns how many documents."""
    count = 0
    with ExitStack() as started:
        parts = [started.enter_context(Part(path)) for _ in range(PARTS)]
        for part in cycle(parts):
            dealt = list(islice(documents, AT_ONCE))
            if not dealt:
                break
            part.take(dealt)
            count += len(dealt)
        for part in parts:
            part.take([])
        for part in parts:
            part.finish()
        join(path, [part.folder for part in parts])
    return count


class Part:
    """A process that writes one segment into a folder of its own; both are gone when its block is left."""

    def __init__(self, generation: Path):
        self.generation = generation

    def __enter__(self) -> "Part":
        self.folder = Path(tempfile.mkdtemp(prefix="part-", dir=self.generation))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "marketplace.search.whoosh_engine.part", self.folder],
            stdin=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._send(learned().words)
        return self

    def take(self, documents: list[Document]) -> None:
        """Hand over the next documents; none at all means that these were all."""
        self._send(documents)

    def finish(self) -> None:
        """Wait until its segment is written."""
        if self.process.wait():
            raise PartFailed(f"ended with {self.process.returncode}")

    def _send(self, told: object) -> None:
        assert self.process.stdin is not None
        try:
            pickle.dump(told, self.process.stdin)
            self.process.stdin.flush()
        except BrokenPipeError as error:
            self.finish()
            raise PartFailed("ended before its time") from error

    def __exit__(self, *_error: object) -> None:
        assert self.process.stdin is not None
        self.process.kill()
        self.process.wait()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # what it was still to be told
        shutil.rmtree(self.folder, ignore_errors=True)
