"""The postings of one index segment as arrays, read once.

A segment never changes once written (only which of its rows are deleted), so its block is built once and kept. The
same arrays can be filled from documents in memory, which the batch commands use; a test holds both ways equal.
"""

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from marketplace.search.documents import WORD_FIELDS, Document

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
MISSING = np.iinfo(np.int64).min
"""Stands in a number column where a document has no such number."""
EMPTY_ROWS: Ints = np.zeros(0, np.int32)
EMPTY_WEIGHTS: Floats = np.zeros(0, np.float32)

FIELD_WEIGHT = np.array([4.0, 3.0, 1.2, 1.2, 0.6], np.float32)
"""BM25F weight of title, aliases, category, specs, body: what is offered outweighs what is mentioned."""
FIELD_B = np.array([0.5, 0.3, 0.0, 0.5, 0.7], np.float32)
"""How far a long field counts less, by field."""
K1 = 1.2
TERMS_AT_ONCE = 4096
"""Postings are put in order for so many terms at a time: in one go 100,000 listings would take 260 MB more."""
SCALED_AT_ONCE = 1 << 16
"""Weights are made so many at a time: of ten million at once the parts would take 400 MB."""


class Postings:
    """Sparse columns by term: which rows hold it."""

    def __init__(self, terms: Iterable[str], start: npt.NDArray[np.int64], rows: Ints):
        self.vocabulary = {term: code for code, term in enumerate(terms)}
        self.start = start
        self.rows = rows

    @classmethod
    def of_terms(cls, found: Mapping[str, Sequence[int] | Ints]) -> "Postings":
        """From the rows of each term."""
        sizes = [len(rows) for rows in found.values()]
        start = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64) if sizes else np.zeros(1, np.int64)
        parts = [np.asarray(rows, np.int32) for rows in found.values()]
        return cls(found, start, np.concatenate(parts) if parts else EMPTY_ROWS)

    def get(self, term: str) -> Ints:
        """Rows that hold `term`, ascending."""
        code = self.vocabulary.get(term)
        return EMPTY_ROWS if code is None else self.rows[self.start[code] : self.start[code + 1]]

    def terms(self, seen: Bools) -> Iterator[str]:
        """The terms that one of the rows `seen` holds."""
        if not len(self.rows):
            return
        codes = np.repeat(np.arange(len(self.vocabulary)), np.diff(self.start))
        named = np.zeros(len(self.vocabulary), bool)
        named[codes[seen[self.rows]]] = True
        for term, code in self.vocabulary.items():
            if named[code]:
                yield term

    def count(self, term: str) -> int:
        """How many rows hold `term`."""
        code = self.vocabulary.get(term)
        return 0 if code is None else int(self.start[code + 1] - self.start[code])


def _entries(
    terms: Sequence[str], by_field: Sequence[Mapping[str, tuple[Sequence[int], Sequence[float]]]], size: int
) -> tuple[Ints, npt.NDArray[np.uint8], Ints]:
    """The rows of some terms, term by term, with the counts in each field, and how many rows each term has."""
    keys, counts, columns = [], [], []
    for column, found in enumerate(by_field):
        for number, term in enumerate(terms):
            if term in found:
                rows, times = found[term]
                keys.append(np.asarray(rows, np.int64) + number * size)
                counts.append(np.minimum(np.asarray(times), 255).astype(np.uint8))
                columns.append(np.full(len(keys[-1]), column, np.uint8))
    key, position = np.unique(np.concatenate(keys), return_inverse=True)
    tf = np.zeros((len(key), len(by_field)), np.uint8)
    tf[position, np.concatenate(columns)] = np.concatenate(counts)
    sizes = np.bincount(key // max(size, 1), minlength=len(terms)).astype(np.int32)
    return (key % max(size, 1)).astype(np.int32), tf, sizes


class WordPostings(Postings):
    """Word postings with the counts in each field, and one BM25F saturation (0 to 1) for each row and word."""

    def __init__(  # noqa: PLR0917 - the arrays of one column
        self,
        terms: Iterable[str],
        start: npt.NDArray[np.int64],
        rows: Ints,
        tf: npt.NDArray[np.uint8],
        length: Floats,
    ):
        super().__init__(terms, start, rows)
        self.tf = tf
        self.length = length
        self.average: Floats | None = None
        self.weight: Floats = EMPTY_WEIGHTS
        self._by_row: tuple[Ints, npt.NDArray[np.int64], list[str]] | None = None

    @classmethod
    def of_fields(
        cls, by_field: Sequence[Mapping[str, tuple[Sequence[int], Sequence[float]]]], size: int
    ) -> "WordPostings":
        """From the rows and counts of each term in each field."""
        terms, parts = list(dict.fromkeys(term for found in by_field for term in found)), []
        for first in range(0, len(terms), TERMS_AT_ONCE):
            parts.append(_entries(terms[first : first + TERMS_AT_ONCE], by_field, size))
        starts = [np.zeros(1, np.int64)]
        for _, _, sizes in parts:
            starts.append(starts[-1][-1] + np.cumsum(sizes))
        rows = np.concatenate([rows for rows, _, _ in parts]) if parts else EMPTY_ROWS
        tf = np.concatenate([tf for _, tf, _ in parts]) if parts else np.zeros((0, len(by_field)), np.uint8)
        length = np.zeros((size, len(by_field)), np.float32)
        for column in range(len(by_field)):
            length[:, column] = np.bincount(rows, weights=tf[:, column], minlength=size)
        return cls(terms, np.concatenate(starts), rows, tf, length)

    def scale(self, average: Floats) -> None:
        """Make the weights for the given mean field lengths; those of fields whose mean stays are kept."""
        norm = (FIELD_WEIGHT / (1 - FIELD_B + FIELD_B * self.length / np.maximum(average, 1e-6))).astype(np.float32)
        parts: Iterable[slice | Ints]
        if self.average is None:
            weight = np.empty(len(self.rows), np.float32)
            parts = (slice(start, start + SCALED_AT_ONCE) for start in range(0, len(weight), SCALED_AT_ONCE))
        else:
            moved = self.average != average
            if not moved.any():
                return
            weight = self.weight.copy()
            touched = np.flatnonzero(self.tf[:, moved].any(axis=1)).astype(np.int32)
            parts = (touched[start : start + SCALED_AT_ONCE] for start in range(0, len(touched), SCALED_AT_ONCE))
        for part in parts:
            raised = np.einsum("ij,ij->i", self.tf[part].astype(np.float32), norm[self.rows[part]])
            weight[part] = raised / (K1 + raised)
        self.weight, self.average = weight, average

    def weighted(self, term: str) -> tuple[Ints, Floats]:
        """Rows that hold `term`, and how strongly (0 to 1)."""
        code = self.vocabulary.get(term)
        if code is None:
            return EMPTY_ROWS, EMPTY_WEIGHTS
        span = slice(self.start[code], self.start[code + 1])
        return self.rows[span], self.weight[span]

    def of_row(self, row: int) -> dict[str, float]:
        """Every word of one row and how strongly it holds it. The first call sorts the postings by row."""
        if self._by_row is None:
            order = np.argsort(self.rows, kind="stable").astype(np.int32)
            first = np.searchsorted(self.rows[order], np.arange(len(self.length) + 1))
            self._by_row = (order, first, list(self.vocabulary))
        order, first, terms = self._by_row
        entries = order[first[row] : first[row + 1]]
        codes = np.searchsorted(self.start, entries, side="right") - 1
        return {terms[code]: weight for code, weight in zip(codes.tolist(), self.weight[entries].tolist(), strict=True)}

    def title_postings(self) -> tuple[npt.NDArray[np.int64], Ints]:
        """The number of a word and a row that has it in its title or an alias, by word."""
        held = np.flatnonzero((self.tf[:, 0] > 0) | (self.tf[:, 1] > 0))
        return np.searchsorted(self.start, held, side="right") - 1, self.rows[held]


def idf(rows: int, size: int) -> float:
    """Lucene's inverse document frequency of a word that stands in so many of `size` rows."""
    rows = min(rows, size)
    return float(np.log1p((size - rows + 0.5) / (rows + 0.5)))


def saturation(fields: Mapping[str, Mapping[str, int]], average: Floats) -> dict[str, float]:
    """The word weights of one document, the same numbers as `WordPostings.weighted` gives for its row."""
    counts: dict[str, Floats] = defaultdict(lambda: np.zeros(len(WORD_FIELDS), np.float32))
    length = np.zeros(len(WORD_FIELDS), np.float32)
    for column, name in enumerate(WORD_FIELDS):
        for term, tf in fields[name].items():
            counts[term][column] = min(tf, 255)
            length[column] += min(tf, 255)
    norm = FIELD_WEIGHT / (1 - FIELD_B + FIELD_B * length / np.maximum(average, 1e-6))
    found = {}
    for term, tfs in counts.items():
        raised = float((tfs * norm).sum())
        found[term] = raised / (K1 + raised)
    return found


def _number_columns(rows: Sequence[Mapping[str, int]]) -> dict[str, npt.NDArray[np.int64]]:
    columns: dict[str, npt.NDArray[np.int64]] = {}
    for number, row in enumerate(rows):
        for name, value in row.items():
            if name not in columns:
                columns[name] = np.full(len(rows), MISSING, np.int64)
            columns[name][number] = value
    return columns


class Block:
    """One segment: rows, who they are, their words, pairs, sounds, facets, audiences and numbers."""

    def __init__(  # noqa: PLR0917 - the columns of a segment
        self,
        ids: list[str],
        digests: list[str],
        names: list[tuple[str, ...]],
        numbers: dict[str, npt.NDArray[np.int64]],
        words: WordPostings,
        pairs: Postings,
        sounds: Postings,
        facets: Postings,
        audiences: Postings,
    ):
        self.size = len(ids)
        self.ids = ids
        self.digests = digests
        self.names = names
        self.numbers = numbers
        self.live = np.ones(self.size, bool)
        self.words = words
        self.pairs = pairs
        self.sounds = sounds
        self.audiences = audiences
        self.facets: dict[str, dict[str, Ints]] = {}
        for term in facets.vocabulary:  # category=J01
            name, _, value = term.partition("=")
            self.facets.setdefault(name, {})[value] = facets.get(term)

    @classmethod
    def of_rows(  # noqa: PLR0917 - the six columns of a segment
        cls,
        stored: Sequence[Mapping[str, Any]],
        words: Sequence[Mapping[str, tuple[Sequence[int], Sequence[float]]]],
        pairs: Mapping[str, Sequence[int]],
        sounds: Mapping[str, Sequence[int]],
        facets: Mapping[str, Sequence[int]],
        audiences: Mapping[str, Sequence[int]],
    ) -> "Block":
        """From what is stored of each row, and the rows that hold each term."""
        return cls(
            [str(row.get("id", "")) for row in stored],
            [str(row.get("digest", "")) for row in stored],
            [tuple(row.get("names") or ()) for row in stored],
            _number_columns([row.get("numbers") or {} for row in stored]),
            WordPostings.of_fields(words, len(stored)),
            *map(Postings.of_terms, (pairs, sounds, facets, audiences)),
        )

    def shared(self) -> "Block":
        """The same arrays with a deletion mask of its own, so that a snapshot in use is not changed."""
        other = copy.copy(self)
        other.live = self.live.copy()
        return other

    def number(self, name: str) -> npt.NDArray[np.int64]:
        """The column of `name`; `MISSING` where a row has none."""
        column = self.numbers.get(name)
        return np.full(self.size, MISSING, np.int64) if column is None else column


def block_of_documents(documents: Iterable[Document], *, digests: bool = True) -> Block:
    """A block straight from documents, without an index on disk; without `digests` where nothing is held against it."""
    stored: list[dict[str, Any]] = []
    words: list[dict[str, tuple[list[int], list[int]]]] = [{} for _ in WORD_FIELDS]
    others: list[dict[str, list[int]]] = [{}, {}, {}, {}]
    for row, document in enumerate(documents):
        stored.append({"id": document.id, "digest": document.digest() if digests else "",
                       "numbers": dict(document.numbers), "names": list(document.names)})  # fmt: skip
        for found, counts in zip(words, document.words().values(), strict=True):
            for term, tf in counts.items():
                postings = found.get(term)
                if postings is None:
                    postings = found[term] = ([], [])
                postings[0].append(row)
                postings[1].append(tf)
        facets = {f"{name}={value}" for name, values in document.facets.items() for value in values}
        for rows, terms in zip(others, (document.pairs(), document.sounds(), facets, document.audiences), strict=True):
            for term in terms:
                rows.setdefault(term, []).append(row)
    return Block.of_rows(stored, words, *others)
