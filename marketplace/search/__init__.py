"""The engine behind every search. It knows no domain: a domain registers what it offers and asks by kind."""
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flask import Flask

from marketplace.search.documents import Document

# To be replaced by the engine, with the same names: until it lands, every answer comes from the database.


@dataclass(frozen=True)
class Query:
    text: str = ""
    filters: Mapping[str, set[str]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    audiences: frozenset[str] = frozenset({"public"})
    facets: tuple[str, ...] = ()
    sort: str = "relevance"
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True)
class Hits:
    ids: list[int]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    suggestion: str | None = None
    degraded: bool = False


@dataclass(frozen=True)
class Searchable:
    kind: str
    documents: Callable[[Iterable[int] | None], Iterator[Document]]
    find_in_database: Callable[[Query], Hits]


REGISTERED: dict[str, Searchable] = {}


def register(searchable: Searchable) -> None:
    REGISTERED[searchable.kind] = searchable


def changed(kind: str, object_id: int) -> None:
    assert kind in REGISTERED


def find(kind: str, query: Query) -> Hits:
    return REGISTERED[kind].find_in_database(query)


def init_app(app: Flask) -> None:
    """Register what the engine offers."""
