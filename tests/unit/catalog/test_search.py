"""What the index knows of a listing, and the answer without an index."""

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace import search
from marketplace.accounts.lifecycle import Locality, OrganisationStatus
from marketplace.catalog import jobs, services
from marketplace.catalog.lifecycle import ListingKind, ListingStatus
from marketplace.catalog.models import ListingCertificate, ListingTier
from marketplace.catalog.search import KIND, PAGE, documents, find_in_database
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.search import Query
from tests.factories.accounts import OrganisationFactory, owner_of
from tests.factories.catalog import CategoryFactory, ListingFactory


def tier(price, start=1):
    return ListingTier(min_quantity=Decimal(start), unit_price=Decimal(price))


@pytest.fixture(autouse=True)
def lives_now(app):
    """The engine and the database both ask the real clock."""
    now = utc_now()
    return {"published_at": now - timedelta(days=1), "expires_at": now + timedelta(days=100)}


@pytest.fixture
def shelf(lives_now):
    """Two bags and a machine: one bag from outside, the machine without a price."""
    bags, machines = CategoryFactory(code="J0101"), CategoryFactory(code="M01", chain_stage="equipment")
    near = OrganisationFactory(name="近处包装厂")
    far = OrganisationFactory(name="远处包装厂", locality=Locality.OUTSIDE)
    return (
        ListingFactory(title="食品级PE自封袋", organisation=near, category=bags, tiers=[tier("0.26")], **lives_now),
        ListingFactory(
            title="牛皮纸自立袋",
            organisation=far,
            category=bags,
            tiers=[tier("1.2")],
            certificates=[],
            aliases=["食品自封袋"],
            **lives_now,
        ),
        ListingFactory(
            title="颗粒包装机",
            organisation=near,
            category=machines,
            kind=ListingKind.SERVICE,
            tiers=[],
            certificates=[],
            aliases=[],
            **lives_now,
        ),
    )


class TestDocument:
    def test_tells_what_can_be_found_counted_and_sorted(self, shelf):
        document = next(documents([shelf[0].id]))
        assert document.facets["category"] == ["J", "J01", "J0101"]
        assert document.facets["locality"] == ["park"]
        assert document.facets["price_band"] == ["0-1"]
        assert document.numbers["price"] == 260_000
        assert document.audiences == {"public"}
        assert "厚度" in document.specs

    @pytest.mark.parametrize("status", [ListingStatus.DRAFT, ListingStatus.IN_REVIEW, ListingStatus.PAUSED])
    def test_what_is_not_on_the_shelf_is_for_its_supplier_and_staff(self, status):
        listing = ListingFactory(status=status)
        assert next(documents([listing.id])).audiences == {f"org:{listing.organisation_id}", "staff"}

    def test_an_organisation_that_is_not_verified_shows_nothing(self, lives_now):
        listing = ListingFactory(organisation=OrganisationFactory(status=OrganisationStatus.SUSPENDED), **lives_now)
        assert "public" not in next(documents([listing.id])).audiences

    def test_withdrawn_ones_leave_the_index(self, shelf):
        person = owner_of()
        with transaction():
            services.withdraw_listing(shelf[0], person, utc_now())
        assert [document.id for document in documents(None)] == [str(shelf[1].id), str(shelf[2].id)]

    def test_a_certificate_that_ran_out_does_not_count(self, lives_now):
        listing = ListingFactory(
            certificates=[
                ListingCertificate(kind="ISO 9001", valid_until=(utc_now() - timedelta(days=3)).date()),
                ListingCertificate(kind="FSC"),
            ],
            **lives_now,
        )
        assert next(documents([listing.id])).facets["certificates"] == ["FSC"]

    def test_one_whose_certificate_ran_out_yesterday_is_indexed_again(self, lives_now, worker):
        ListingFactory(
            certificates=[ListingCertificate(kind="ISO 9001", valid_until=(utc_now() - timedelta(days=1)).date())],
            **lives_now,
        )
        worker()
        jobs.forget_old_certificates(utc_now())
        worker()
        assert search.find(KIND, Query(facets=("certificates",))).facets["certificates"] == {}


@pytest.mark.parametrize("degraded", [False, True], ids=["index", "database"])
class TestFind:
    @pytest.fixture(autouse=True)
    def ways(self, shelf, worker, degraded):
        """Ask the index, or the database as if the index were away."""
        for listing in shelf:
            with transaction():
                search.changed(KIND, listing.id)
        worker()
        self.find = find_in_database if degraded else lambda query: search.find(KIND, query)
        self.bag, self.paper, self.machine = (listing.id for listing in shelf)

    def test_words_find_title_and_other_names(self, degraded):
        hits = self.find(Query(text="自封袋"))
        assert set(hits.ids) == {self.bag, self.paper}
        assert hits.degraded is degraded

    def test_counts_are_true_and_leave_the_filter_of_their_own_out(self):
        hits = self.find(Query(filters={"locality": {"park"}, "category": {"J"}}, facets=PAGE.counted))
        assert hits.ids == [self.bag]
        assert hits.facets["locality"] == {"park": 1, "outside": 1}
        assert hits.facets["category"] == {"J": 1, "J01": 1, "J0101": 1, "M": 1, "M01": 1}
        assert hits.facets["kind"] == {"product": 1}
        assert hits.facets["certificates"] == {"食品相关产品生产许可证": 1}
        assert hits.facets["price_band"] == {"0-1": 1}

    def test_a_price_range_leaves_out_what_has_no_price(self):
        assert self.find(Query(ranges={"price": (None, 1_000_000)})).ids == [self.bag]
        assert self.find(Query(ranges={"price": (1_000_000, None)})).ids == [self.paper]

    @pytest.mark.parametrize(
        ("sort", "order"), [("price_up", "bag paper machine"), ("price_down", "paper bag machine")]
    )
    def test_sorts_by_price_with_the_unknown_last(self, sort, order):
        assert self.find(Query(sort=sort)).ids == [getattr(self, name) for name in order.split()]

    def test_pages_without_gaps(self):
        pages = [self.find(Query(offset=offset, limit=2)).ids for offset in (0, 2)]
        assert sorted(pages[0] + pages[1]) == sorted([self.bag, self.paper, self.machine])

    def test_a_percent_sign_is_no_wildcard(self):
        assert self.find(Query(text="%")).ids == []

    def test_shows_nothing_of_a_suspended_supplier(self, shelf, worker):
        with transaction() as session:
            supplier = session.merge(shelf[1].organisation)
            supplier.status = OrganisationStatus.SUSPENDED
            session.flush()
            jobs.on_organisation_changed(supplier)
        worker()
        assert self.find(Query()).total == 2
