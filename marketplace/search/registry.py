"""What the domains offer to search, by kind."""

from marketplace.search.query import Searchable

REGISTERED: dict[str, Searchable] = {}
