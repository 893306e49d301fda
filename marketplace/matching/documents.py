"""Listings and needs from files as the index knows them: the same fields as those of the pages."""

from marketplace.catalog.tree import park_tree
from marketplace.matching.facts import ListingFacts, NeedFacts
from marketplace.search import Document


def category_path(code: str) -> str:
    """Names of a category and of those above it; empty for a code that nobody knows."""
    return park_tree().names(code)


def category_codes(code: str) -> tuple[str, ...]:
    """The code and those above it, the widest first."""
    return park_tree().lineage(code)


def listing_document(listing: ListingFacts) -> Document:
    """A listing as an index document."""
    facets = {
        "category": list(category_codes(listing.category)),
        "organisation": [listing.organisation] if listing.organisation else [],
        "kind": [listing.kind] if listing.kind else [],
    }
    return Document(
        id=listing.id,
        title=listing.title,
        aliases=listing.keywords,
        category_path=category_path(listing.category),
        specs=" ".join(f"{name} {value}" for name, value in listing.specs),
        body=listing.description,
        facets=facets,
    )


def need_document(need: NeedFacts) -> Document:
    """A need as an index document; what its lines want stands where a listing has its other names."""
    codes = dict.fromkeys(code for line in need.lines for code in category_codes(line.category))
    return Document(
        id=need.id,
        title=need.title,
        aliases=tuple(dict.fromkeys(line.item for line in need.lines)),
        category_path=" ".join(dict.fromkeys(category_path(line.category) for line in need.lines if line.category)),
        specs=" ".join((*need.certificates, *need.hard_words)),
        body=need.description,
        facets={"category": list(codes), "organisation": [need.organisation] if need.organisation else []},
    )
