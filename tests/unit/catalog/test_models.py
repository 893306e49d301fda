"""Who may see a listing: one rule for a row and for a query."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.models import Organisation
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Listing, ListingCertificate
from marketplace.catalog.queries.categories import read_category_tree
from marketplace.catalog.search import document
from marketplace.core.db import db
from tests.factories.accounts import NOW, OrganisationFactory
from tests.factories.catalog import CategoryFactory, ListingFactory

ENDS = (timedelta(days=-1), timedelta(0), timedelta(seconds=1), timedelta(days=100))


@pytest.fixture
def shelf(app):
    """A listing of each status, with each end, of an organisation of each status."""
    category = CategoryFactory()
    suppliers = [OrganisationFactory(status=status) for status in OrganisationStatus]
    rows = [
        ListingFactory(organisation=supplier, category=category, status=status, expires_at=NOW + end)
        for supplier, status, end in product(suppliers, ListingStatus, ENDS)
    ]
    drafts = [ListingFactory(organisation=supplier, category=category, status=ListingStatus.DRAFT, expires_at=None)
              for supplier in suppliers]  # fmt: skip
    return rows + drafts


def ids_where(model, condition):
    return set(db.session.scalars(select(model.id).where(condition)))


def test_verified_says_the_same_of_a_row_and_in_a_query(shelf):
    rows = {row.organisation for row in shelf}
    assert ids_where(Organisation, Organisation.is_verified) == {row.id for row in rows if row.is_verified}
    assert len({row.is_verified for row in rows}) == 2


@pytest.mark.parametrize("rule", ["is_public", "is_live"])
def test_a_rule_with_a_moment_says_the_same_of_a_row_and_in_a_query(shelf, rule):
    seen = {row.id for row in shelf if getattr(row, rule)(NOW)}
    assert ids_where(Listing, getattr(Listing, rule)(NOW)) == seen
    assert len(seen) == (2 if rule == "is_public" else 2 * len(OrganisationStatus))


def test_what_stands_on_the_shelf_is_what_everybody_finds(shelf):
    on_shelf = {row.id for row in shelf if row.is_on_shelf}
    assert ids_where(Listing, Listing.is_on_shelf) == on_shelf
    tree = read_category_tree()
    assert {row.id for row in shelf if "public" in document(row, tree).audiences} == on_shelf
    assert len(on_shelf) == len(ENDS)


def test_a_certificate_holds_on_its_last_day(app):
    today = NOW.date()
    days = [None, today - timedelta(days=1), today, today + timedelta(days=1)]
    listing = ListingFactory(certificates=[ListingCertificate(kind="FSC", valid_until=day) for day in days])
    valid = {row.id for row in listing.certificates if row.is_valid(today)}
    assert ids_where(ListingCertificate, ListingCertificate.is_valid(today)) == valid
    assert [row.valid_until for row in listing.certificates if row.id in valid] == [None, today, days[3]]
