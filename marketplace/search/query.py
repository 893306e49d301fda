"""What a page asks and what it gets."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from marketplace.search.documents import Document
from marketplace.search.lexicon import WordPair

LARGEST_PAGE = 50
DEEPEST_ROW = 1000
SORTS = {
    "newest": ("newest", True),
    "closing": ("closes", False),
    "price_up": ("price", False),
    "price_down": ("price", True),
}
"""Orders beside `relevance`: the number column of the document, and whether the largest comes first.

`newest` and `closes` are epoch seconds, `price` a unit price in millionths of a yuan; rows without the number stand
last.
"""
BY_DEFAULT = "newest"
Filters = Mapping[str, Iterable[str]]
"""Values by facet: a row must have one of them."""


@dataclass(frozen=True)
class Query:
    """One question. `filters` are values by facet (any of them), `ranges` bounds by number column (None: open).

    `limit` is at most 50 and `offset` at most 1000; larger ones are cut down, unknown sorts mean relevance. With
    `as_typed` the words are taken as they stand: no typing error is put right and no pinyin is read.
    """

    text: str = ""
    filters: Filters = field(default_factory=dict)
    ranges: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    audiences: Iterable[str] = frozenset({"public"})
    facets: tuple[str, ...] = ()
    sort: str = "relevance"
    offset: int = 0
    limit: int = 20
    as_typed: bool = False

    @property
    def first(self) -> int:
        """The first row asked for."""
        return min(max(0, self.offset), DEEPEST_ROW)

    @property
    def size(self) -> int:
        """How many rows are asked for."""
        return min(max(0, self.limit), LARGEST_PAGE)


@dataclass(frozen=True)
class Hits:
    """The answer: ids of one page in order, how many there are in all, and counts for the facets asked for.

    `marks` are the words to mark, `suggestion` the text as it was read (or, `as_typed`, as it could be), None when
    that is what was typed. When nothing was found, `nearest` are the facet values that come closest and `known` the
    words of the text that would find something alone; the same when `is_partial`: nothing answers the text, what is
    found holds a part of its words. `degraded`: the database answered because the index could not.
    """

    ids: list[int]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    suggestion: str | None = None
    nearest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    is_partial: bool = False
    degraded: bool = False


@dataclass(frozen=True)
class Searchable:
    """What a domain offers: `documents(ids)` yields those rows that belong into the index (all for None);
    `find_in_database(query)` answers while there is no index."""

    kind: str
    documents: Callable[[Iterable[int] | None], Iterator[Document]]
    find_in_database: Callable[[Query], Hits]
    count: Callable[[], int] | None = None
    """How many documents there are, for a progress bar."""


@dataclass(frozen=True)
class WordSource:
    """What a domain keeps of words: `pairs()` are those in force, `state()` is a number that is another after each
    change of them; `note` counts a search of the page that is being answered, `related` names other searches."""

    pairs: Callable[[], Iterable[WordPair]] = tuple
    state: Callable[[], int] = int
    note: Callable[[str, str, Hits], None] = lambda _kind, _text, _hits: None
    related: Callable[[str, str], list[str]] = lambda _kind, _text: []
