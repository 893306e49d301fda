"""Pages of a long list."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Select, func, select

from marketplace.core.db import db

Row = TypeVar("Row")
PER_PAGE = 20


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of page `number` (from 1) out of `total`."""

    items: list[Row]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))


def page_number() -> int:
    """The page that the address asks for, 1 when it asks for nonsense."""
    return max(1, min(request.args.get("page", 1, type=int) or 1, 1000))


def paginate(statement: Select[Any], number: int, per_page: int = PER_PAGE) -> Page[Any]:
    """One page of `statement`: two queries, whatever its length."""
    counted = select(func.count()).select_from(statement.order_by(None).options().subquery())
    total = db.session.scalar(counted) or 0
    rows = db.session.scalars(statement.limit(per_page).offset((number - 1) * per_page)).unique().all()
    return Page(list(rows), number, per_page, total)
