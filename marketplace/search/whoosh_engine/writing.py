"""How a document goes into a segment: the fields, its row, and a writer that keeps the postings by term."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import index as whoosh_index
from whoosh.fields import ID, STORED, Schema

from marketplace.search.documents import WORD_FIELDS, Document
from marketplace.search.whoosh_engine.blocks import Block

OTHER_FIELDS = ("pairs", "sounds", "facets", "audiences")
LOCK_SECONDS = 10


def schema() -> Schema:
    """Fields of the index. Only what every Whoosh of the 2.7 line has; no floats (they break sortable columns).

    The terms of a field are put into the pool of the writer; Whoosh cuts nothing, and stores nothing beside a posting
    but its weight. Blocks count the lengths of fields by themselves.
    """
    fields: dict[str, Any] = {"id": ID(unique=True, stored=True), "digest": STORED, "numbers": STORED, "names": STORED}
    return Schema(**fields, **{name: ID() for name in (*WORD_FIELDS, *OTHER_FIELDS)})


@dataclass(frozen=True)
class Row:
    """What the index stores of a document, and how often it holds each term, by field."""

    stored: dict[str, Any]
    terms: dict[str, Mapping[str, int]]


def row_of(document: Document) -> Row:
    """A document as the index takes it."""
    stored = {
        "id": document.id,
        "digest": document.digest(),
        "numbers": {name: int(value) for name, value in document.numbers.items()},
    }
    if document.names:
        stored["names"] = list(document.names)
    terms: dict[str, Mapping[str, int]] = {
        **document.words(),
        "pairs": dict.fromkeys(document.pairs(), 1),
        "sounds": dict.fromkeys(document.sounds(), 1),
        "facets": {f"{name}={value}": 1 for name, values in document.facets.items() for value in values},
        "audiences": dict.fromkeys(document.audiences, 1),
    }
    return Row(stored, terms)


class TermPool:
    """Postings on their way into a segment, in the place of Whoosh's pool.

    That one sorts all postings and puts what does not fit into memory into files. Rows come in order, so it is enough
    to keep them by term, in eight bytes each.
    """

    def __init__(self) -> None:
        self._fields: dict[str, dict[bytes, tuple[array[int], array[float]]]] = {}

    @property
    def fieldnames(self) -> set[str]:
        """The fields that have postings."""
        return set(self._fields)

    def _postings(self, field: str, term: bytes) -> "tuple[array[int], array[float]]":
        terms = self._fields.get(field)
        if terms is None:
            terms = self._fields[field] = {}
        postings = terms.get(term)
        if postings is None:
            postings = terms[term] = (array("I"), array("f"))
        return postings

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """Take in a posting as Whoosh tells it: field, term, row, weight, and a value that no field has."""
        field, term, row, weight, _value = item
        rows, weights = self._postings(field, term)
        rows.append(row)
        weights.append(weight)

    def add_row(self, number: int, terms: Mapping[str, Mapping[str, int]]) -> None:
        """Take in the terms of a row; their count is the weight."""
        for field, counts in terms.items():
            for term, count in counts.items():
                rows, weights = self._postings(field, term.encode())
                rows.append(number)
                weights.append(count)

    def add_pool(self, other: "TermPool", first: int) -> None:
        """Take in the postings of other rows, of which the first has the number `first` here."""
        for field, terms in other._fields.items():
            for term, (rows, weights) in terms.items():
                mine = self._postings(field, term)
                mine[0].frombytes((np.frombuffer(rows, np.uintc) + np.uintc(first)).tobytes())
                mine[1].extend(weights)

    def iter_postings(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        """All postings by field, term and row."""
        for field, terms in sorted(self._fields.items()):
            for term in sorted(terms):
                rows, weights = terms[term]
                yield from zip(repeat(field), repeat(term), rows, weights, repeat(b""))

    def block(self, stored: Sequence[Mapping[str, Any]]) -> Block:
        """The block that can be read from the segment, given what that stores of each row."""
        found = {field: {term.decode(): terms[term] for term in sorted(terms)} for field, terms in self._fields.items()}
        words = [found.get(field, {}) for field in WORD_FIELDS]
        others = [{term: rows for term, (rows, _) in found.get(field, {}).items()} for field in OTHER_FIELDS]
        return Block.of_rows(stored, words, *others)

    def cleanup(self) -> None:
        """Let the postings go."""
        self._fields = {}


def create(path: Path) -> None:
    """An index without rows in a directory that is there."""
    whoosh_index.create_in(str(path), schema())


@contextmanager
def rows_written(path: Path) -> Iterator[Any]:
    """A writer of the index at `path`; what it was given is committed at the end, and nothing of it after an error.

    It looks up no field lengths, since nobody here asks for them.

    Raises:
        LockError: another writer holds the lock of the directory.
    """
    writer = whoosh_index.open_dir(str(path)).writer(timeout=LOCK_SECONDS)
    writer.codec.length_stats = False
    writer.pool = TermPool()
    done = False
    try:
        yield writer
        writer.commit()
        done = True
    finally:
        if not done:
            writer.cancel()


def add_row(writer: Any, row: Row) -> None:
    """Put a row into the segment that is being written."""
    writer.pool.add_row(writer.docnum, row.terms)
    writer.add_document(**row.stored)
