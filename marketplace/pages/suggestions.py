"""What a search box offers while one types: words, categories and organisations, all of them open to everybody."""

from dataclasses import dataclass
from functools import lru_cache

from marketplace import search
from marketplace.accounts.models import Organisation
from marketplace.accounts.queries import organisations_by_ids
from marketplace.catalog.queries import CategoryNode, category_tree
from marketplace.search import Beginnings

OPEN_ONLY: dict[str, dict[str, set[str]]] = {"listings": {}, "needs": {"status": {"open"}}, "organisations": {}}
"""What each search shows when one comes to it, as its suggestions count it."""
WORDS, CATEGORIES, ORGANISATIONS = 5, 3, 3
"""Rows of each group at most; a box for organisations offers nothing else and fills the list with them."""


@dataclass(frozen=True)
class Word:
    """A text to search for, and how much the page of the search will say it found."""

    text: str
    count: int


@dataclass(frozen=True)
class Category:
    """A category with the names above it, and how much stands in it."""

    node: CategoryNode
    above: list[CategoryNode]
    count: int


@dataclass(frozen=True)
class Suggestions:
    """The groups in the order of the list; each may be empty."""

    words: list[Word]
    categories: list[Category]
    organisations: list[Organisation]


def suggestions(kind: str, typed: str) -> Suggestions:
    """What completes `typed` in a search for `kind`; in a fixed number of queries."""
    if kind == "organisations":
        rows = organisations_by_ids(search.named(kind, typed, WORDS + CATEGORIES))
        return Suggestions([], [], rows)
    words = [Word(text, search.tally(kind, text, OPEN_ONLY[kind]).total) for text in search.suggest(kind, typed, WORDS)]
    return Suggestions(
        [word for word in words if word.count],
        _categories(kind, typed),
        organisations_by_ids(search.named("organisations", typed, ORGANISATIONS)),
    )


def _categories(kind: str, typed: str) -> list[Category]:
    """Categories that are called so and are not empty: the fullest first, then those with a later word that fits."""
    tree = category_tree()
    groups = _category_names(tuple((node.name_zh, node.name_en) for node in tree.nodes)).find(typed)
    if not any(groups):
        return []
    counts = search.tally(kind, "", OPEN_ONLY[kind], ("category",)).facets["category"]
    nodes = [
        node
        for group in groups
        for node in sorted(
            (tree.nodes[number] for number in group), key=lambda node: (-counts.get(node.code, 0), node.code)
        )
    ]
    return [Category(node, tree.path(node.code)[:-1], counts[node.code]) for node in nodes if node.code in counts][
        :CATEGORIES
    ]


@lru_cache(maxsize=2)
def _category_names(names: tuple[tuple[str, str], ...]) -> Beginnings:
    """The names of all categories in both languages, put in order when one of them has changed."""
    return Beginnings((number, name) for number, both in enumerate(names) for name in both)
