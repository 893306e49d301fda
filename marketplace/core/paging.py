"""Pages of a long list."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from marketplace.core.arguments import Arguments, Whole
from marketplace.core.db import db

Row = TypeVar("Row")
PER_PAGE = 20
DEEPEST_PAGE = 1000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of page `number` (from 1) out of `total`."""

    items: list[Row]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        return last_page(self.total, self.per_page)


def last_page(total: int, per_page: int) -> int:
    """The number of the last page of a list of `total` rows."""
    return max(1, -(-total // max(1, per_page)))


class PageArguments(Arguments):
    """Where in a long list the reader is."""

    page = Whole(1, DEEPEST_PAGE)


def page_number() -> int:
    """The page that the address asks for, 1 when it asks for nonsense."""
    return PageArguments().page


def paginate(statement: Select[Any], number: int, per_page: int = PER_PAGE) -> Page[Any]:
    """One page of `statement`: two queries, whatever its length. Beyond the last page it is the last page."""
    counted = select(func.count()).select_from(statement.order_by(None).options().subquery())
    total = db.session.scalar(counted) or 0
    number = min(number, last_page(total, per_page))
    rows = db.session.scalars(statement.limit(per_page).offset((number - 1) * per_page)).unique().all()
    return Page(list(rows), number, per_page, total)
