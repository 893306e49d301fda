"""What the domains offer to search, by kind, and what they tell of words and categories."""

from collections.abc import Callable

from marketplace.search.query import Searchable, WordSource

REGISTERED: dict[str, Searchable] = {}
CATEGORY_NAMES: list[Callable[[str], str]] = []
"""The names of a category and of those above it, for listings from a file; empty while no domain tells them."""
_word_source = WordSource()


def name_categories(names: Callable[[str], str]) -> None:
    """Let the batch command know the names of categories; called in a domain's `init_app`."""
    if names not in CATEGORY_NAMES:
        CATEGORY_NAMES.append(names)


def category_names(code: str) -> str:
    """The names that the domains know for a category code."""
    return " ".join(filter(None, (names(code) for names in CATEGORY_NAMES)))


def use_words(source: WordSource) -> None:
    """Ask this source for what people call things and search for; called in a domain's `init_app`."""
    global _word_source  # noqa: PLW0603 - set once, when the application is made
    _word_source = source


def word_source() -> WordSource:
    """Whoever keeps what people call things and search for; one that knows nothing while no domain does."""
    return _word_source
