"""Pages of a long list."""

import pytest

from marketplace.accounts.models import Organisation
from marketplace.accounts.queries import verified_organisations
from marketplace.core.paging import last_page, page_number, paginate
from tests.factories.accounts import OrganisationFactory


@pytest.mark.parametrize(("total", "per_page", "pages"), [(0, 20, 1), (20, 20, 1), (21, 20, 2), (40, 20, 2), (3, 0, 3)])
def test_the_last_page(total, per_page, pages):
    assert last_page(total, per_page) == pages


@pytest.mark.parametrize(("asked", "shown"), [(1, 1), (2, 2), (3, 3), (4, 3), (1000, 3)])
def test_the_page_after_the_last_is_the_last(app, asked, shown):
    rows = [OrganisationFactory() for _ in range(5)]
    page = paginate(verified_organisations().order_by(Organisation.id), asked, per_page=2)
    assert (page.number, page.pages, page.total) == (shown, 3, 5)
    assert [row.id for row in page.items] == [row.id for row in rows[2 * shown - 2 : 2 * shown]]


def test_an_empty_list_has_one_page(app):
    page = paginate(verified_organisations().order_by(Organisation.id), 7)
    assert (page.number, page.pages, page.items) == (1, 1, [])


@pytest.mark.parametrize(("typed", "number"), [("2", 2), ("0", 1), ("-4", 1), ("x", 1), ("", 1), ("9" * 30, 1000)])
def test_reads_the_page_from_the_address(app, typed, number):
    with app.test_request_context(query_string={"page": typed}):
        assert page_number() == number
