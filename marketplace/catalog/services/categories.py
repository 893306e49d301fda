"""The category tree as the project ships it."""

import csv
from pathlib import Path

from sqlalchemy import select

from marketplace.catalog.models import Category
from marketplace.core.db import db

CATEGORIES_FILE = Path(__file__).parents[1] / "data" / "categories.csv"


def load_categories(path: Path = CATEGORIES_FILE) -> int:
    """Add the categories of the file and bring known ones up to date; returns how many rows the file has.

    May run again at any time. A category that the file no longer has stays: listings may sit on it.
    """
    known = {category.code: category for category in db.session.scalars(select(Category))}
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for position, row in enumerate(rows):
        category = known.get(row["code"])
        if category is None:
            category = known[row["code"]] = Category(code=row["code"])
            db.session.add(category)
        category.parent = known[row["parent"]] if row["parent"] else None
        category.name_zh, category.name_en = row["name_zh"], row["name_en"]
        category.chain_stage, category.national_code = row["chain_stage"], row["national_code"]
        category.seller_licences = [name for name in row["seller_licences"].split(";") if name]
        category.buyer_licences = [name for name in row["buyer_licences"].split(";") if name]
        category.position = position
    db.session.flush()
    return len(rows)
