"""Figures, and what waits for whom."""

from datetime import timedelta

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.core.db import transaction
from marketplace.core.jobs import Job
from marketplace.needs.lifecycle import NeedStatus
from marketplace.pages import queries
from tests.factories.accounts import NOW, OrganisationFactory, StaffFactory
from tests.factories.catalog import ListingFactory, load_categories
from tests.factories.needs import DraftFactory, NeedFactory


class TestFigures:
    def test_they_count_what_everybody_may_see(self, app):
        ListingFactory()
        ListingFactory(status=ListingStatus.PAUSED)
        ListingFactory(expires_at=NOW - timedelta(days=1))
        NeedFactory()
        NeedFactory(closes_at=NOW - timedelta(hours=1), posted_at=NOW - timedelta(days=3))
        DraftFactory()
        OrganisationFactory(status=OrganisationStatus.PENDING)
        assert queries.figures(NOW) == queries.Figures(listings=1, needs=1, organisations=6)

    def test_an_installation_is_set_up_with_an_administrator_and_categories(self, app):
        assert not queries.is_set_up()
        StaffFactory(staff_role="administrator")
        assert not queries.is_set_up()
        load_categories()
        assert queries.is_set_up()


class TestWorkbench:
    def test_a_new_organisation_has_nothing_waiting(self, app):
        assert queries.workbench(OrganisationFactory().id, NOW).is_new

    def test_drafts_returned_listings_and_renewals_wait(self, app):
        own = OrganisationFactory()
        draft = ListingFactory(organisation=own, status=ListingStatus.DRAFT)
        returned = ListingFactory(organisation=own, status=ListingStatus.RETURNED, status_reason="缺图片")
        soon = ListingFactory(organisation=own, expires_at=NOW + timedelta(days=5))
        ListingFactory(organisation=own)
        need = NeedFactory(organisation=own)
        need_draft = DraftFactory(organisation=own)
        NeedFactory()
        work = queries.workbench(own.id, NOW)
        assert {listing.id for listing in work.listing_drafts} == {draft.id, returned.id}
        assert [listing.id for listing in work.expiring] == [soon.id]
        assert [row.id for row in work.open_needs] == [need.id]
        assert [row.id for row in work.need_drafts] == [need_draft.id]
        assert work.needs[NeedStatus.OPEN] == 1
        assert not work.is_new


class TestBoard:
    def test_staff_see_what_waits_and_what_failed(self, app):
        waiting = OrganisationFactory(status=OrganisationStatus.PENDING)
        listing = ListingFactory(status=ListingStatus.IN_REVIEW)
        with transaction() as session:
            session.add(Job(name="needs.close", arguments={}, run_at=NOW, dead_at=NOW, error="ValueError: x"))
        board = queries.board(NOW)
        assert [row.id for row in board.to_verify] == [waiting.id]
        assert board.to_verify_count == 1
        assert [row.id for row in board.to_review] == [listing.id]
        assert [job.name for job in board.dead_jobs] == ["needs.close"]
