"""What an engine must be able to do, and the plain values in which it is asked and answers.

Nobody outside `marketplace.search` sees more of an engine than this. Whoosh with arrays over its postings is the one
there is (`whoosh_engine`); another stands behind the same protocols without a change elsewhere (`docs/adr/0006`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from marketplace.search.lexicon import WordPair
from marketplace.search.query import Filters, Hits, Query, Searchable

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


class SickIndex(Exception):
    """The index is missing, damaged or of another schema; the worker rebuilds it."""


@dataclass(frozen=True)
class Wish:
    """What is wanted, in plain words: one text a thing, and texts around them with what their words count.

    `keep` tells that the reading is to be kept: `Candidates.serves` will be asked of it later. `whole` asks for all the
    words together as well, for texts in which nobody named the thing apart from the rest.
    """

    lines: tuple[str, ...]
    context: tuple[tuple[str, float], ...] = ()
    keep: bool = False
    whole: bool = False


class Reading(Protocol):
    """A wish as an engine understands it; what is in it is the engine's own."""

    @property
    def worth(self) -> Sequence[float]:
        """What all words of each line are worth together."""
        ...

    def words(self, line: int) -> list[str]:
        """What may be marked where the thing of a line is named: its words, their parts and other names."""
        ...


class Holder(Protocol):
    """What holds words of a wish: all candidates at once (arrays, one place a row) or one of them (numbers)."""

    def held(self, reading: Reading, line: int) -> Any:
        """What it holds of a line, by worth: 0 to `reading.worth[line]`."""
        ...

    def pairs(self, reading: Reading, line: int) -> Any:
        """Which share of the character pairs of a line its title holds: 0 to 1."""
        ...

    def context(self, reading: Reading) -> Any:
        """What it holds of the texts around, by worth."""
        ...

    def whole(self, reading: Reading) -> Any:
        """What it holds of all the words together, by worth; nothing where the wish did not ask for them."""
        ...


class Candidates(Holder, Protocol):
    """Everything of one kind that may answer a wish, as it stood at one moment.

    A row is a number below `size`; every array has one place a row. Rows keep their numbers as long as this is held,
    which the batch relies on. Nothing given out is to be written to.
    """

    @property
    def ids(self) -> Sequence[str]:
        """The id that stands in each row, removed ones included: `live` tells which are."""
        ...

    @property
    def size(self) -> int:
        """How many rows there are."""
        ...

    @property
    def live(self) -> Bools:
        """Rows that have not been removed."""
        ...

    def row(self, id_: str) -> int | None:
        """The live row of an id."""
        ...

    def visible(self, audiences: Iterable[str]) -> Bools:
        """Live rows that one of the audiences may see."""
        ...

    def facet_mask(self, name: str, values: Iterable[str]) -> Bools:
        """Rows that hold one of the values of a facet."""
        ...

    def rows_under(self, name: str, value: str) -> Iterator[Rows]:
        """The rows that hold a value of a facet, in parts."""
        ...

    def deepest(self, facet: str) -> Sequence[str]:
        """The longest value of a facet in each row: the leaf, for a facet that holds whole paths."""
        ...

    def best(self, score: Floats, mask: Bools, count: int) -> list[int]:
        """The first `count` rows of `mask`, best score first, equal scores by id."""
        ...

    def read(self, wish: Wish) -> Reading:
        """Understand a wish by the words that these candidates hold."""
        ...

    def serves(self, reading: Reading) -> bool:
        """True when a kept reading would be made the same again, but for a hair of rarity."""
        ...

    def one(self, row: int) -> Holder:
        """One row, to be held against many wishes: the same figures as in the arrays."""
        ...

    def relevance(self, text: str) -> Floats:
        """The relevance of every row for the words of a text as they stand."""
        ...

    def plain_relevance(self, text: str) -> Floats:
        """Plain BM25 for every word of a text of any length, to compare with."""
        ...


class IndexPart(Protocol):
    """Some documents made ready in memory; parts may be made by several processes."""

    @property
    def ids(self) -> Sequence[str]:
        """The documents in their order."""
        ...


@dataclass(frozen=True)
class Proposal:
    """A word of ours that somebody may have meant, and how the two may stand to each other."""

    word: str
    kind: str


@dataclass(frozen=True)
class Found:
    """What a search for a text finds now; `in_vain` when it is nothing, or only parts of the words."""

    results: int
    in_vain: bool
    unknown: str = ""
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True)
class Change:
    """A search for one word in one kind of thing: how many it finds now, with the pair, and how many of those anew."""

    now: int
    then: int
    new: int


class SearchEngine(Protocol):
    """What stands behind the port. A kind is what a domain registered (`Searchable`)."""

    def find(self, searchable: Searchable, query: Query) -> Hits:
        """Answer a query; from the database, marked as degraded, when the index cannot be used."""
        ...

    def tally(self, searchable: Searchable, text: str, filters: Filters, facets: tuple[str, ...]) -> Hits:
        """The counts of a search for what everybody may see, without its rows."""
        ...

    def suggest(self, kind: str, typed: str, limit: int) -> list[str]:
        """Words of titles that complete what was typed; none while the index is sick."""
        ...

    def named(self, kind: str, typed: str, limit: int) -> list[int]:
        """Ids of the things whose name begins like what was typed; none while the index is sick."""
        ...

    def candidates(self, kind: str, *, now: bool = False) -> Candidates:
        """Everything of a kind; `now`: with all that was committed before this moment. Raises `SickIndex`."""
        ...

    def look_for(self, kind: str, texts: Iterable[str]) -> dict[str, Found]:
        """What searches of everybody for these texts find now, by text; nothing while the index is sick."""
        ...

    def would_change(
        self, pair: WordPair, filters: Mapping[str, Filters], *, instead_of: WordPair | None = None
    ) -> dict[str, dict[str, Change]]:
        """What a pair of words would change, by word and then by kind. Raises `SickIndex`."""
        ...

    def saying(self, kind: str, words: Iterable[str]) -> set[int]:
        """Ids of documents that hold every token of one of the words. Raises `SickIndex`."""
        ...

    def cut_otherwise(self, searchable: Searchable, words: Iterable[str]) -> list[int]:
        """Ids of documents with one of the words that the index holds as they are cut no longer. Raises `SickIndex`."""
        ...

    def renew(self) -> None:
        """Answer by the words that this process knows by now."""
        ...

    def drain(self) -> int:
        """Add and remove what the outbox names, and repair a sick index; the worker calls this. How much was done."""
        ...

    def rebuild(self, searchable: Searchable, progress: Callable[[int], None] | None = None) -> int:
        """Build the index of a kind anew beside the one in use; how many documents it holds."""
        ...

    def is_built(self, kind: str) -> bool:
        """True when there is an index of the kind, sick or not."""
        ...

    def check(self, searchable: Searchable) -> list[str]:
        """Every difference between database and index, in words; a sick index is one."""
        ...

    def problem(self, kind: str) -> str:
        """What keeps the kind from being searched, in a word; empty when nothing does."""
        ...

    def status(self, kind: str) -> dict[str, Any]:
        """Figures of the index of a kind: how many documents, how large, or `sick` and why."""
        ...
