"""The search pages: what the address asks, the answer, and everything around the rows.

A domain declares its page once (`SearchPage`: facets, ranges, orders) and registers it; `Browse` reads the address,
asks the index and has the tabs, the panel, the chips, the orders and the pages for `templates/browse`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Self
from urllib.parse import urlencode

from flask import Response, url_for
from werkzeug.datastructures import MultiDict

from marketplace.core.arguments import (
    MOST_VALUES,
    Amount,
    Argument,
    Arguments,
    Choice,
    Flag,
    NotUnderstood,
    Text,
    Whole,
    no_such_choice,
)
from marketplace.core.paging import last_page
from marketplace.core.presentation import address
from marketplace.core.web import page_or_fragment
from marketplace.search import count, find, note, related, tally
from marketplace.search.facets import Facet, TreeNode
from marketplace.search.query import DEEPEST_ROW, Hits, Query

PER_PAGE = 20
DEEPEST_PAGE = DEEPEST_ROW // PER_PAGE
NEAREST = 3
PLAIN_IN_ADDRESSES = "!$'()*,/:;?@"
EVERYBODY = frozenset({"public"})
PAIRS = 4096
"""Arguments that are at hand as they stand in an address: a page has some hundred addresses of few arguments."""
Href = Callable[[tuple[str, ...]], str]
"""The address for some values of a filter."""


@dataclass(frozen=True)
class Range:
    """A filter between two amounts that people type; `number` is the column of the index."""

    number: str
    label: Any
    low_label: Any
    high_label: Any
    to_number: Any
    sign: str = ""
    high: Decimal = Decimal(10) ** 9

    @property
    def names(self) -> tuple[str, str]:
        """The arguments of its two ends."""
        return f"{self.number}_from", f"{self.number}_to"


@dataclass(frozen=True)
class SearchPage:
    """What a domain's search page offers. `position` is the place of its tab."""

    kind: str
    endpoint: str
    label: Any
    hint: Any
    position: int
    facets: tuple[Facet, ...]
    sorts: Mapping[str, Any]
    ranges: tuple[Range, ...] = ()
    keeps_filters: bool = False
    """New words keep the filters in use."""

    @cached_property
    def grouped(self) -> tuple[Facet, ...]:
        """The facets that the panel shows; asking a label costs a look into the catalogue."""
        return tuple(facet for facet in self.facets if facet.label)

    @cached_property
    def counted(self) -> tuple[str, ...]:
        """The names of the facets that the panel shows."""
        return tuple(facet.name for facet in self.grouped)

    @property
    def usual_filters(self) -> dict[str, tuple[str, ...]]:
        return {facet.name: facet.usual for facet in self.facets if facet.usual}

    def arguments(self) -> dict[str, Argument[Any]]:
        """What its address may ask for beside the words."""
        shape: dict[str, Argument[Any]] = {facet.name: Values(facet) for facet in self.facets}
        for between in self.ranges:
            shape |= {name: Amount(between.high, name=name) for name in between.names}
        return shape | {"sort": Choice(("", *self.sorts), "", name="sort", quiet=True)}


PAGES: dict[str, SearchPage] = {}


def register(page: SearchPage) -> None:
    """Offer a search page; called in a domain's `init_app`."""
    PAGES[page.kind] = page


class Values(Argument[tuple[str, ...]]):
    """The chosen values of a facet."""

    def __init__(self, facet: Facet):
        super().__init__((), name=facet.name)
        self.facet = facet

    def read(self, texts: list[str]) -> tuple[str, ...]:
        asked = tuple(dict.fromkeys(text for text in texts[:MOST_VALUES] if text))
        known = tuple(text for text in asked if self.facet.knows(text))
        if strange := [text for text in asked if text not in known]:
            raise NotUnderstood(" ".join(map(no_such_choice, strange)), instead=known)
        return () if set(known) == set(self.facet.usual) else known


class SearchArguments(Arguments):
    text = Text(name="q")
    page = Whole(1, DEEPEST_PAGE)
    as_typed = Flag()


@dataclass(frozen=True)
class Asked:
    """What an address asks of a search page."""

    of: SearchPage
    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    as_typed: bool = False

    @classmethod
    def read(cls, page: SearchPage, arguments: SearchArguments) -> Self:
        values = arguments.values
        ends = [name for between in page.ranges for name in between.names]
        return cls(
            of=page,
            text=arguments.text.strip(),
            filters={facet.name: values[facet.name] for facet in page.facets if values[facet.name]},
            amounts={name: values[name] for name in ends if values[name] is not None},
            sort=values["sort"],
            page=arguments.page,
            as_typed=arguments.as_typed,
        )

    @property
    def usual_sort(self) -> str:
        """By fit when there are words, else newest first."""
        return "relevance" if self.text else "newest"

    @property
    def order(self) -> str:
        """The order in force."""
        return self.sort if self.sort and (self.text or self.sort != "relevance") else self.usual_sort

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters or self.amounts)

    def chosen(self, facet: Facet) -> tuple[str, ...]:
        """The values of a facet in force."""
        return self.filters.get(facet.name, facet.usual)

    def query(self) -> Query:
        """The question for the search engine. The public pages show what is public, to its owners, too."""
        bounds = {
            between.number: tuple(
                None if (amount := self.amounts.get(name)) is None else between.to_number(amount)
                for name in between.names
            )
            for between in self.of.ranges
            if any(name in self.amounts for name in between.names)
        }
        return Query(
            text=self.text,
            filters={name: set(values) for name, values in (self.of.usual_filters | dict(self.filters)).items()},
            ranges=bounds,  # type: ignore[arg-type]
            audiences=EVERYBODY,
            facets=self.of.counted,
            sort=self.order,
            offset=(self.page - 1) * PER_PAGE,
            limit=PER_PAGE,
            as_typed=self.as_typed,
        )

    def args(self) -> dict[str, Any]:
        """The address again, without the page; what is usual is left out."""
        return {
            "q": self.text or None,
            **{facet.name: list(self.filters.get(facet.name, ())) for facet in self.of.facets},
            **{name: plain(amount) for name, amount in self.amounts.items()},
            "sort": None if self.order == self.usual_sort else self.order,
            "as_typed": 1 if self.as_typed else None,
        }

    def href(self, page: int | None = None) -> str:
        """The address of this question."""
        return joined(address(self.of.endpoint), written(self.args() | {"page": page if page and page > 1 else None}))

    def hrefs(self, facet: Facet) -> Href:
        """The address of this question, from its first page, for any values of one filter."""
        asked = self.args()
        names = list(asked)
        place = names.index(facet.name)
        before, after = (written({name: asked[name] for name in some}) for some in (names[:place], names[place + 1 :]))
        path = address(self.of.endpoint)

        def href(values: tuple[str, ...]) -> str:
            here = "" if set(values) == set(facet.usual) else written({facet.name: values})
            return joined(path, before, here, after)

        return href

    def toggled(self, facet: Facet, value: str) -> tuple[str, ...]:
        """The values of a filter with one more, or without it where it is in force."""
        chosen = self.chosen(facet)
        return tuple(other for other in chosen if other != value) if value in chosen else (*chosen, value)

    def without(self, names: Iterable[str]) -> "Asked":
        """The same question without some amounts."""
        kept = {name: amount for name, amount in self.amounts.items() if name not in names}
        return replace(self, amounts=kept, page=1)


@lru_cache(maxsize=PAIRS)
def pair(name: str, value: str) -> str:
    return urlencode({name: value}, safe=PLAIN_IN_ADDRESSES)


def written(asked: Mapping[str, Any]) -> str:
    """Arguments as they stand in an address; those that ask for nothing are left out."""
    return "&".join(
        pair(name, str(one))
        for name, value in asked.items()
        if value is not None
        for one in (value if isinstance(value, list | tuple) else (value,))
    )


def joined(path: str, *parts: str) -> str:
    """The address of a page with its written arguments."""
    arguments = "&".join(filter(None, parts))
    return f"{path}?{arguments}" if arguments else path


def plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


@dataclass(frozen=True)
class Option:
    """One value of a filter, with how many rows have it and the address that turns it on or off."""

    label: str
    count: int
    href: str
    active: bool = False


@dataclass(frozen=True)
class Group:
    """One filter of the panel; the first `shown` options stand there at once."""

    title: str
    options: list[Option]
    shown: int
    clear_href: str | None = None


class Browse:
    """A search page as it was asked for, and the answer."""

    def __init__(self, page: SearchPage, given: "MultiDict[str, str] | None" = None):
        arguments = SearchArguments(given, page.arguments())
        self.page, self.asked = page, Asked.read(page, arguments)
        self.problems, self.typed = arguments.problems, arguments.typed
        self.hits = find(page.kind, self.asked.query())
        if self.asked.page > self.pages:
            self.asked = replace(self.asked, page=self.pages)
            self.hits = find(page.kind, self.asked.query())
        self.counts = self._counts_of_others()

    def answer(self, template: str, fragment: str, **context: Any) -> Response:
        """The page, or its results alone when htmx asked."""
        note(self.page.kind, self.text, self.hits)
        return page_or_fragment(
            template,
            fragment,
            browse=self,
            hits=self.hits,
            counts=self.counts,
            results_template=fragment,
            related=related(self.page.kind, self.text),
            **context,
        )

    def _counts_of_others(self) -> dict[str, int]:
        """What the other pages find for the words, each with its usual filters."""
        others = [page for page in PAGES.values() if page is not self.page] if self.text else []
        if self.asked.as_typed:
            return {page.kind: count(page.kind, Query(self.text, page.usual_filters, as_typed=True)) for page in others}
        return {page.kind: tally(page.kind, self.text, page.usual_filters).total for page in others}

    @property
    def text(self) -> str:
        return self.asked.text

    @property
    def words(self) -> str:
        """The words as they were taken."""
        return self.text if self.asked.as_typed else self.hits.suggestion or self.text

    @property
    def pages(self) -> int:
        return min(DEEPEST_PAGE, last_page(self.hits.total, PER_PAGE))

    @property
    def is_narrowed(self) -> bool:
        """True when words, filters or something that could not be read stand in the address."""
        return bool(self.text or self.asked.is_filtered or self.problems)

    def tabs(self) -> list[dict[str, Any]]:
        """The search pages, each with what it finds for the words."""
        words: dict[str, Any] = {"q": self.text or None, "as_typed": 1 if self.asked.as_typed else None}
        return [
            {
                "label": page.label,
                "href": url_for(page.endpoint, **words),
                "active": page is self.page,
                "count": self.hits.total if page is self.page else self.counts.get(page.kind),
            }
            for page in sorted(PAGES.values(), key=lambda page: page.position)
        ]

    def read_otherwise(self) -> str:
        """The address of the same question for the words as typed, or for what they may mean."""
        return replace(self.asked, as_typed=not self.asked.as_typed, page=1).href()

    def unfiltered(self) -> str:
        """The address of the words alone."""
        return url_for(self.page.endpoint, q=self.text or None, as_typed=1 if self.asked.as_typed else None)

    def kept(self) -> dict[str, tuple[str, ...]]:
        """The filters that new words keep."""
        return dict(self.asked.filters) if self.page.keeps_filters else {}

    def hidden(self, between: Range) -> list[tuple[str, str]]:
        """The rest of the address, for the form of one range."""
        rest = {name: value for name, value in self.asked.without(between.names).args().items() if value}
        return [(name, one) for name, value in rest.items() for one in (value if isinstance(value, list) else [value])]

    def amount(self, name: str) -> str:
        """What stands in the field of an amount: as it was read, or as it was typed."""
        amount = self.asked.amounts.get(name)
        return self.typed(name) if amount is None else plain(amount)

    def sorts(self) -> list[dict[str, Any]]:
        """The orders on offer; by fit only when there are words."""
        return [
            {"label": words, "href": replace(self.asked, sort=name, page=1).href(), "active": self.asked.order == name}
            for name, words in self.page.sorts.items()
            if name != "relevance" or self.text
        ]

    def groups(self) -> list[Group]:
        """The filters with their counts, in the order of the page."""
        found = [self._group(facet) for facet in self.page.grouped]
        return [group for group in found if group.options]

    def _group(self, facet: Facet) -> Group:
        href = self.asked.hrefs(facet)
        clear_href = href(()) if self.asked.filters.get(facet.name) else None
        options = self._way_down(facet, href) if facet.tree is not None else self._values(facet, href)
        return Group(str(facet.label), options, facet.shown, clear_href)

    def _values(self, facet: Facet, href: Href) -> list[Option]:
        counts, chosen = self.hits.facets.get(facet.name, {}), self.asked.chosen(facet)
        by_count = sorted(counts, key=lambda value: (-counts[value], value))
        values = dict.fromkeys(
            [*(by_count if facet.by_count or facet.labels is None else map(str, facet.labels)), *chosen]
        )
        return [
            Option(facet.word(value), counts.get(value, 0), href(self.asked.toggled(facet, value)), value in chosen)
            for value in values
            if counts.get(value, 0) or value in chosen
        ]

    def _way_down(self, facet: Facet, href: Href) -> list[Option]:
        """The way down to the chosen value of a tree, and the level below it."""
        assert facet.tree is not None
        tree, counts = facet.tree(), self.hits.facets.get(facet.name, {})
        here = (self.asked.chosen(facet) or ("",))[-1]
        path = tree.path(here)
        below = tree.children(here) or (tree.children(path[-1].parent_code) if path else [])
        return [
            Option(
                node.name,
                counts.get(node.code, 0),
                href((node.code,)),
                node.code == here,
            )
            for node in (*path, *(node for node in below if node not in path))
            if counts.get(node.code, 0) or node in path
        ]

    def chips(self) -> list[dict[str, str]]:
        """The filters in use, each with the address without it."""
        found = [
            {"label": facet.word(value), "href": self.asked.hrefs(facet)(self.asked.toggled(facet, value))}
            for facet in self.page.facets
            for value in self.asked.filters.get(facet.name, ())
        ]
        for between in self.page.ranges:
            low, high = (self.asked.amounts.get(name) for name in between.names)
            if low is not None or high is not None:
                words = f"{between.sign}{plain(low) if low else 0}–{'…' if high is None else plain(high)}"
                found.append({"label": words, "href": self.asked.without(between.names).href()})
        return found

    def nearest(self) -> list[TreeNode]:
        """The values of a tree that come closest to words that found nothing, the most exact first."""
        return [node for facet in self.page.facets if facet.tree for node in nearest_nodes(facet, self.hits)]

    def nearest_href(self, node: TreeNode) -> str:
        chosen: dict[str, Any] = {facet.name: node.code for facet in self.page.facets if facet.tree}
        return url_for(self.page.endpoint, **chosen)


def nearest_nodes(facet: Facet, hits: Hits) -> list[TreeNode]:
    """The lowest nodes of those that the engine names."""
    assert facet.tree is not None
    tree = facet.tree()
    nodes: list[TreeNode] = [node for code in hits.nearest.get(facet.name, ()) if (node := tree.get(code))]
    lowest = [node for node in nodes if not any(other.parent_code == node.code for other in nodes)]
    return sorted(lowest, key=lambda node: -node.depth)[:NEAREST]
