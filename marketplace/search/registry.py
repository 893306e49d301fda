"""What the domains offer to search, by kind, and what they tell the batch command."""

from collections.abc import Callable

from marketplace.search.query import Searchable

REGISTERED: dict[str, Searchable] = {}
CATEGORY_NAMES: list[Callable[[str], str]] = []
"""The names of a category and of those above it, for listings from a file; empty while no domain tells them."""


def category_names(code: str) -> str:
    """The names that the domains know for a category code."""
    return " ".join(filter(None, (names(code) for names in CATEGORY_NAMES)))
