"""Fills a fresh generation: alone, or with two processes that cut the texts when there is much to write.

The processes (`part`) are handed documents and give back their postings, which one segment takes in at the end. They
write nothing, and end with whoever started them: a rebuild that breaks anywhere leaves a generation that nobody uses.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

from marketplace.search.documents import Document
from marketplace.search.whoosh_engine.block_files import file_of, keep
from marketplace.search.whoosh_engine.writing import TermPool, row_of, rows_written
from marketplace.search.words import learned

PARTS = 2
WORTH_PARTS = 5000
"""With fewer documents the start of the processes takes longer than they save."""
AT_ONCE = 20
"""Documents are handed over so many at a time: a pipe holds some more while one lot is cut."""
Cut = tuple[TermPool, list[dict[str, Any]]]
"""The postings of documents, and what the index stores of each."""


class PartFailed(RuntimeError):
    """A process that was to cut a part of the documents broke or was ended; what it said stands in the log."""


def fill(path: Path, documents: Iterable[Document]) -> int:
    """Write all `documents`, each id once, into the empty generation at `path`; returns how many.

    Raises:
        PartFailed: a process that was to cut a part of them broke or was ended.
        Exception: anything Whoosh or the documents may raise. What stands in `path` is of no use then.
    """
    documents = each_once(documents)
    first = list(islice(documents, WORTH_PARTS))
    documents = chain(first, documents)
    if len(first) < WORTH_PARTS or (os.cpu_count() or 1) < PARTS:
        return write(path, [cut(documents)])
    return write(path, cut_in_parts(documents))


def each_once(documents: Iterable[Document]) -> Iterator[Document]:
    """The first document of each id."""
    seen: set[str] = set()
    for document in documents:
        if document.id not in seen:
            seen.add(document.id)
            yield document


def cut(documents: Iterable[Document]) -> Cut:
    """The postings of documents, whose rows are numbered from nought, and what the index stores of them."""
    pool, stored = TermPool(), []
    for number, document in enumerate(documents):
        row = row_of(document)
        pool.add_row(number, row.terms)
        stored.append(row.stored)
    return pool, stored


def write(path: Path, parts: Iterable[Cut]) -> int:
    """Write documents that are cut as one segment, with its block beside it; returns how many."""
    stored: list[dict[str, Any]] = []
    with rows_written(path) as writer:
        for pool, rows in parts:
            if stored:
                writer.pool.add_pool(pool, len(stored))
            else:
                writer.pool = pool
            for row in rows:
                writer.add_document(**row)
            stored += rows
        block, name = writer.pool.block(stored), writer.newsegment.segment_id()
    keep(file_of(path, name), block)
    return len(stored)


def cut_in_parts(documents: Iterator[Document]) -> Iterator[Cut]:
    """Deal documents to processes; what each gives back, one after the other."""
    with ExitStack() as started:
        parts = [started.enter_context(Part()) for _ in range(PARTS)]
        for part in cycle(parts):
            dealt = list(islice(documents, AT_ONCE))
            if not dealt:
                break
            part.take(dealt)
        for part in parts:
            part.take([])
        for part in parts:
            yield part.given_back()


class Part:
    """A process that cuts some of the documents; it is ended when its block is left."""

    def __enter__(self) -> "Part":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "marketplace.search.whoosh_engine.part"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._send(learned().words)
        return self

    def take(self, documents: list[Document]) -> None:
        """Hand over the next documents; none at all means that these were all."""
        self._send(documents)

    def given_back(self) -> Cut:
        """Wait until all of them are cut."""
        assert self.process.stdout is not None
        try:
            found: Cut = pickle.load(self.process.stdout)  # noqa: S301 - from the process started above
        except (EOFError, pickle.UnpicklingError) as error:
            raise PartFailed(f"ended with {self.process.wait()}") from error
        return found

    def _send(self, told: object) -> None:
        assert self.process.stdin is not None
        try:
            pickle.dump(told, self.process.stdin)
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise PartFailed(f"ended with {self.process.wait()}") from error

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                pass  # what it was still to be told
