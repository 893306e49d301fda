"""The category tree as the project ships it."""

from pathlib import Path

from marketplace.catalog.models import Category
from marketplace.catalog.queries.categories import category_rows
from marketplace.catalog.tree import TreeFile, park_tree, words
from marketplace.core.db import db


def load_categories(path: Path | None = None) -> int:
    """Add the categories of the file, else of the park's tree, and bring known ones up to date; returns how many.

    May run again at any time. A category that the file no longer has stays: listings may sit on it.
    """
    known = {category.code: category for category in category_rows()}
    rows = list((TreeFile(path) if path else park_tree()).rows())
    for position, row in enumerate(rows):
        category = known.get(row["code"])
        if category is None:
            category = known[row["code"]] = Category(code=row["code"])
            db.session.add(category)
        category.parent = known[row["parent"]] if row["parent"] else None
        category.name_zh, category.name_en = row["name_zh"], row["name_en"]
        category.chain_stage, category.national_code = row["chain_stage"], row["national_code"]
        category.seller_licences = list(words(row["seller_licences"]))
        category.buyer_licences = list(words(row["buyer_licences"]))
        category.position = position
    db.session.flush()
    return len(rows)
