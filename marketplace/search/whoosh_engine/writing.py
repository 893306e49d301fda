"""How a document goes into a segment: the fields, its row, and a writer that keeps the postings by term."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.fields import ID, KEYWORD, STORED, Schema
from whoosh.formats import Existence

from marketplace.search.documents import WORD_FIELDS, Document
from marketplace.search.whoosh_engine.blocks import Block

STORED_FIELDS = ("id", "digest", "numbers", "names")
OTHER_FIELDS = ("pairs", "sounds", "facets", "audiences")
LOCK_SECONDS = 10


class Counted(KEYWORD):  # type: ignore[misc]
    """A field that takes ready tokens and how often the row holds each; the count is the weight of the posting."""

    def __init__(self) -> None:
        super().__init__()
        self.format = Existence()

    def index(self, value: Mapping[str, int], **_asked: Any) -> list[tuple[bytes, int, float, bytes]]:
        """Token, count, weight and value of each posting."""
        return [(token.encode(), count, count, b"") for token, count in value.items()]


def schema() -> Schema:
    """Fields of the index. Only what every Whoosh of the 2.7 line has; no floats (they break sortable columns).

    None of them is scorable: blocks count the lengths of fields by themselves.
    """
    fields: dict[str, Any] = {"id": ID(unique=True, stored=True), "digest": STORED, "numbers": STORED, "names": STORED}
    for name in (*WORD_FIELDS, *OTHER_FIELDS):
        fields[name] = Counted()
    return Schema(**fields)


def row_of(document: Document) -> dict[str, Any]:
    """A document as Whoosh takes it."""
    row: dict[str, Any] = {
        "id": document.id,
        "digest": document.digest(),
        "numbers": {name: int(value) for name, value in document.numbers.items()},
        "names": list(document.names),
        "pairs": dict.fromkeys(document.pairs(), 1),
        "sounds": dict.fromkeys(document.sounds(), 1),
        "facets": {f"{name}={value}": 1 for name, values in document.facets.items() for value in values},
        "audiences": dict.fromkeys(document.audiences, 1),
        **document.words(),
    }
    return {name: value for name, value in row.items() if value or name == "numbers"}


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

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """Take in a posting: field, term, row, weight, and a value that no field has."""
        name, term, row, weight, _value = item
        terms = self._fields.get(name)
        if terms is None:
            terms = self._fields[name] = {}
        postings = terms.get(term)
        if postings is None:
            postings = terms[term] = (array("I"), array("f"))
        postings[0].append(row)
        postings[1].append(weight)

    def iter_postings(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        """All postings by field, term and row."""
        for name, terms in sorted(self._fields.items()):
            for term in sorted(terms):
                rows, weights = terms[term]
                yield from zip(repeat(name), repeat(term), rows, weights, repeat(b""))

    def block(self, rows: Sequence[Mapping[str, Any]]) -> Block:
        """The block that can be read from the segment, given what it stores of each row."""
        found = {name: {term.decode(): terms[term] for term in sorted(terms)} for name, terms in self._fields.items()}
        words = [found.get(name, {}) for name in WORD_FIELDS]
        others = [{term: rows for term, (rows, _) in found.get(name, {}).items()} for name in OTHER_FIELDS]
        return Block.of_rows(rows, words, *others)

    def cleanup(self) -> None:
        """Let the postings go."""
        self._fields = {}


def create(path: Path) -> None:
    """An index without rows in a directory that is there."""
    whoosh_index.create_in(str(path), schema())


@contextmanager
def rows_written(path: Path, *, merge: bool = True) -> Iterator[Any]:
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
        writer.commit(merge=merge)
        done = True
    finally:
        if not done:
            writer.cancel()


def join(path: Path, parts: Iterable[Path]) -> None:
    """Move the segments of other indexes into the one at `path`, as they are."""
    with rows_written(path, merge=False) as writer:
        for part in parts:
            for segment in whoosh_index.open_dir(str(part))._segments():
                for file in part.glob(f"{segment.segment_id()}.*"):
                    file.rename(path / file.name)
                writer.segments.append(segment)
