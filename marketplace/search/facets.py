"""A facet is one declaration: the document, the panel, the chips and the answer without the index all go by it.

    KIND = Facet("kind", _l("Kind"), of=lambda listing: listing.kind, column=Listing.kind, labels=KIND_LABELS)

`of` tells what a row has; `column` the same in a statement over the rows, or `pairs` asks for row ids with their values
where a row has several. The engine knows only what a document carries; `answer_plainly` reads the same from the
database while the index is away.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import chain
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, or_

from marketplace.core.db import db
from marketplace.search.query import BY_DEFAULT, SORTS, Hits, Query

MOST_WORDS = 5
SHOWN = 12
"""Values of a facet that the panel shows at once; the rest is folded away."""


class TreeNode(Protocol):
    """A place in a tree of values, such as a category."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def depth(self) -> int: ...
    @property
    def parent_code(self) -> str: ...


class Tree(Protocol):
    """All values of a facet that has levels."""

    def get(self, code: str | None, /) -> Any: ...
    def path(self, code: str | None, /) -> Sequence[Any]: ...
    def children(self, code: str = "", /) -> Sequence[Any]: ...


def listed(told: Any) -> Iterable[Any]:
    """What a row tells, as none, one or several values."""
    if told is None or told == "":
        return ()
    return told if isinstance(told, list | tuple | set | frozenset) else (told,)


def as_text(value: Any) -> tuple[str, ...]:
    return (str(value.value if isinstance(value, Enum) else value),)


def as_number(value: Any) -> int:
    """A moment as epoch seconds; a number as it is."""
    return int(value.timestamp()) if isinstance(value, datetime) else int(value)


@dataclass(frozen=True)
class Facet:
    """What can be counted and filtered. Without a `label` it is a filter of the address alone, with no group."""

    name: str
    label: Any = ""
    of: Callable[[Any], Any] = lambda row: None
    column: Any = None
    pairs: Callable[[], Select[int, Any]] | None = None
    values: Callable[[Any], Iterable[str]] = as_text
    """The values in the index for what a row tells: a code gives its whole path."""
    labels: Mapping[Any, Any] | None = None
    """All values there are, in their order, with their words; None when any value may come."""
    by_count: bool = False
    """True when the most frequent value of `labels` stands first; False where their order is a scale."""
    label_of: Callable[[str], Any] | None = None
    """The words of a value where there is no list of them; the value itself when this is None, too."""
    accepts: Callable[[str], bool] | None = None
    """Which values an address may ask for where there is no list of them; any when this is None, too."""
    tree: Callable[[], Tree] | None = None
    usual: tuple[str, ...] = ()
    """The values in force when the address names none."""
    shown: int = SHOWN

    def values_of(self, row: Any) -> list[str]:
        """The values of a row, for its document."""
        return sorted({value for told in listed(self.of(row)) for value in self.values(told)})

    def knows(self, value: str) -> bool:
        """True when there is such a value, as far as one can tell without looking at the rows."""
        if self.tree is not None:
            return self.tree().get(value) is not None
        if self.labels is not None:
            return value in self.labels
        return self.accepts is None or self.accepts(value)

    def word(self, value: str) -> str:
        """The value in the reader's language."""
        if self.tree is not None:
            node = self.tree().get(value)
            return node.name if node else value
        if self.labels is not None:
            return str(self.labels.get(value, value))
        return str(self.label_of(value)) if self.label_of is not None else value


@dataclass(frozen=True)
class Number:
    """A whole number of a row to sort by and to narrow: `newest`, `price`, `closes`."""

    name: str
    of: Callable[[Any], Any]
    column: Any = None
    pairs: Callable[[], Select[int, Any]] | None = None
    value: Callable[[Any], int] = as_number


def facets_of(row: Any, facets: Iterable[Facet]) -> dict[str, list[str]]:
    """The facets of a document."""
    return {facet.name: facet.values_of(row) for facet in facets}


def numbers_of(row: Any, numbers: Iterable[Number]) -> dict[str, int]:
    """The numbers of a document; one that the row does not tell is left out."""
    told = {number.name: (number, number.of(row)) for number in numbers}
    return {name: number.value(value) for name, (number, value) in told.items() if value is not None}


@dataclass(frozen=True)
class _Row:
    """What filters, counts and orders need of a row."""

    id: int
    values: Mapping[str, Collection[str]]
    numbers: Mapping[str, int]


def each_word(text: str, *places: Callable[[str], ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Conditions that each of the first words of `text` stands in one of the places."""
    return [or_(*(place(word) for place in places)) for word in text.split()[:MOST_WORDS]]


def answer_plainly(
    query: Query, statement: Select[Any], row_id: Any, facets: Sequence[Facet], numbers: Sequence[Number]
) -> Hits:
    """An answer without the index: `statement` asks for the rows that the reader may see and that hold the words.

    Filters, ranges, counts and orders are those of the index; only the order by relevance becomes newest first.
    """
    rows = [row for row in _rows(statement, row_id, facets, numbers) if _in_ranges(row, query.ranges)]
    counts = {
        name: dict(Counter(chain(*(row.values.get(name, ()) for row in rows if _passes(row, query.filters, but=name)))))
        for name in query.facets
    }
    column, largest_first = SORTS.get(query.sort, SORTS[BY_DEFAULT])
    turn = -1 if largest_first else 1
    hits = [row for row in rows if _passes(row, query.filters)]
    hits.sort(key=lambda row: (column not in row.numbers, turn * row.numbers.get(column, 0), row.id))
    return Hits(
        ids=[row.id for row in hits[query.first : query.first + query.size]],
        total=len(hits),
        facets=counts,
        marks=tuple(query.text.split()),
        degraded=True,
    )


def _rows(statement: Select[Any], row_id: Any, facets: Sequence[Facet], numbers: Sequence[Number]) -> list[_Row]:
    told: tuple[Facet | Number, ...] = (*facets, *numbers)
    columns = [each for each in told if each.pairs is None]
    by_statement = {pairs: _by_row(pairs()) for pairs in {each.pairs for each in told} if pairs is not None}
    several = {each.name: by_statement[each.pairs] for each in told if each.pairs is not None}
    found = db.session.execute(statement.with_only_columns(row_id, *(each.column for each in columns)))
    rows = []
    for id_, *columns_of_row in found:
        known = dict(zip((each.name for each in columns), columns_of_row, strict=True))
        known |= {name: by_row.get(id_) for name, by_row in several.items()}
        values = {each.name: {text for one in listed(known[each.name]) for text in each.values(one)} for each in facets}
        figures = {each.name: each.value(one) for each in numbers for one in listed(known[each.name])}
        rows.append(_Row(id_, values, figures))
    return rows


def _by_row(pairs: Select[int, Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for id_, value in db.session.execute(pairs):
        found.setdefault(id_, []).append(value)
    return found


def _in_ranges(row: _Row, ranges: Mapping[str, tuple[int | None, int | None]]) -> bool:
    return all(
        (value := row.numbers.get(name)) is not None
        and (low is None or value >= low)
        and (high is None or value <= high)
        for name, (low, high) in ranges.items()
    )


def _passes(row: _Row, filters: Mapping[str, Iterable[str]], but: str = "") -> bool:
    """True when the row has one of the values of each filter; the filter `but` is left out."""
    wanted = {name: set(values) for name, values in filters.items() if name != but}
    return all(not values or not values.isdisjoint(row.values.get(name, ())) for name, values in wanted.items())
