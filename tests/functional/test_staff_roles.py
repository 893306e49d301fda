"""What the three roles of the park staff find on their pages: no button that ends at a wall."""

import pytest

from marketplace.accounts.lifecycle import OrganisationStatus, StaffRole
from marketplace.catalog.lifecycle import ListingStatus
from tests.factories.accounts import OrganisationFactory, StaffFactory, owner_of
from tests.factories.catalog import ListingFactory


@pytest.fixture
def officer(app):
    return StaffFactory(staff_role=StaffRole.SERVICE_OFFICER)


@pytest.fixture(params=[StaffRole.OPERATOR, StaffRole.ADMINISTRATOR])
def decider(app, request):
    return StaffFactory(staff_role=request.param)


class TestBoard:
    def test_an_officer_finds_the_organisations_assigned_to_them(self, officer, as_person):
        own = OrganisationFactory(name="甲有限公司", officer_id=officer.id)
        OrganisationFactory(name="乙有限公司")
        page = as_person(officer).get("/staff").text
        assert f'href="/staff/organisations/{own.id}"' in page
        assert "乙有限公司" not in page
        assert "包片服务专员" in page

    def test_an_officer_without_organisations_is_told_so(self, officer, as_person):
        assert "还没有分给您的单位" in as_person(officer).get("/staff").text

    def test_an_officer_sees_no_tile_of_what_others_decide(self, officer, as_person):
        page = as_person(officer).get("/staff").text
        for path in ("/staff/listings", "/staff/featured", "/staff/words", "/staff/searches"):
            assert f'href="{path}' not in page

    def test_who_decides_finds_every_tile(self, decider, as_person):
        page = as_person(decider).get("/staff").text
        for path in ("/staff/organisations", "/staff/listings", "/staff/featured", "/staff/words", "/staff/searches"):
            assert f'href="{path}"' in page
        assert "还没有分给您的单位" not in page


class TestList:
    def test_an_officer_lists_only_what_is_assigned(self, officer, as_person):
        OrganisationFactory(name="甲有限公司", officer_id=officer.id, status=OrganisationStatus.SUSPENDED)
        OrganisationFactory(name="乙有限公司", status=OrganisationStatus.SUSPENDED)
        page = as_person(officer).get("/staff/organisations?status=mine").text
        assert "甲有限公司" in page
        assert "乙有限公司" not in page


class TestFile:
    @pytest.mark.parametrize("status", list(OrganisationStatus))
    def test_an_officer_reads_it_and_finds_no_step(self, officer, as_person, status):
        row = OrganisationFactory(status=status, officer_id=officer.id, status_reason="缺公章")
        page = as_person(officer).get(f"/staff/organisations/{row.id}").text
        assert row.credit_code in page
        assert officer.name in page
        assert f'action="/staff/organisations/{row.id}' not in page

    @pytest.mark.parametrize(
        ("status", "steps"),
        [
            (OrganisationStatus.PENDING, {"verification", "return"}),
            (OrganisationStatus.VERIFIED, {"verification", "suspension"}),
            (OrganisationStatus.SUSPENDED, {"reinstatement"}),
            (OrganisationStatus.RETURNED, set()),
        ],
    )
    def test_who_decides_finds_the_steps_of_its_status(self, decider, as_person, status, steps):
        row = OrganisationFactory(status=status)
        page = as_person(decider).get(f"/staff/organisations/{row.id}").text
        offered = {
            step
            for step in ("verification", "return", "suspension", "reinstatement")
            if f'action="/staff/organisations/{row.id}/{step}"' in page
        }
        assert offered == steps


class TestListing:
    @pytest.mark.parametrize("status", [ListingStatus.IN_REVIEW, ListingStatus.PUBLISHED])
    def test_only_who_decides_is_offered_a_step(self, officer, decider, as_person, status):
        listing = ListingFactory(status=status)
        path = f"/listings/{listing.id}"
        assert 'action="/staff/listings/' not in as_person(officer).get(path).text
        assert "/suspension" in as_person(decider).get(path).text


class TestEveryPage:
    @pytest.mark.parametrize("role", [StaffRole.SERVICE_OFFICER, StaffRole.OPERATOR, StaffRole.ADMINISTRATOR])
    def test_staff_are_offered_nothing_that_only_organisations_do(self, app, as_person, role):
        page = as_person(StaffFactory(staff_role=role)).get("/about").text
        assert 'href="/publish"' not in page
        assert 'href="/inquiries"' not in page
        assert 'href="/staff"' in page

    def test_members_and_visitors_are(self, app, as_person, browser):
        assert 'href="/publish"' in browser.get("/about").text
        page = as_person(owner_of()).get("/about").text
        assert 'href="/publish"' in page
        assert 'href="/inquiries"' in page
