"""Listings and needs from files as the index knows them: the same fields as those of the pages."""

import csv
from functools import lru_cache
from pathlib import Path

from marketplace.matching.facts import ListingFacts, NeedFacts
from marketplace.search import Document

CATEGORIES_FILE = Path(__file__).parent.parent / "catalog" / "data" / "categories.csv"


@lru_cache(maxsize=1)
def _category_names() -> dict[str, tuple[str, str]]:
    """Parent and both names of each category of the project's own tree, by code."""
    with CATEGORIES_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: (row["parent"], f"{row['name_zh']} {row['name_en']}") for row in csv.DictReader(lines)}


@lru_cache(maxsize=4096)
def category_path(code: str) -> str:
    """Names of a category and of those above it; empty for a code that nobody knows."""
    names: list[str] = []
    while code in _category_names() and len(names) < 10:
        code, name = _category_names()[code]
        names.insert(0, name)
    return " ".join(names)


@lru_cache(maxsize=4096)
def category_codes(code: str) -> tuple[str, ...]:
    """The code and those above it, the widest first."""
    codes: list[str] = []
    while code and len(codes) < 10:
        codes.insert(0, code)
        code = _category_names().get(code, ("", ""))[0]
    return tuple(codes)


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
