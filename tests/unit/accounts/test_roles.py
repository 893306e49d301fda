"""What each role of the park staff may do."""

import pytest

from marketplace.accounts.lifecycle import StaffRole
from marketplace.accounts.models import Visitor
from marketplace.accounts.queries import staff_with
from marketplace.accounts.roles import STAFF_RIGHTS, has_right
from tests.factories.accounts import NOW, PersonFactory, StaffFactory

READ_BY_OFFICERS = {"staff.board", "organisations.file", "listings.terms", "listings.unpublished", "needs.withdrawn"}


class TestStaffRights:
    def test_service_officers_read_and_decide_nothing(self):
        assert {right for right in STAFF_RIGHTS if has_right(StaffRole.SERVICE_OFFICER, right)} == READ_BY_OFFICERS

    @pytest.mark.parametrize("role", [StaffRole.OPERATOR, StaffRole.ADMINISTRATOR])
    def test_operators_and_administrators_do_all_that_there_is(self, role):
        assert all(has_right(role, right) for right in STAFF_RIGHTS)

    def test_who_is_not_staff_has_no_right(self, app):
        for right in STAFF_RIGHTS:
            assert not has_right(StaffRole.NONE, right)
            assert not Visitor().may_as_staff(right)
            assert not PersonFactory().may_as_staff(right)

    def test_a_misspelt_right_is_noticed(self):
        with pytest.raises(KeyError):
            has_right(StaffRole.ADMINISTRATOR, "organisations.verfy")


class TestStaffWith:
    def test_only_who_can_act_is_named(self, app):
        operator, officer = StaffFactory(), StaffFactory(staff_role=StaffRole.SERVICE_OFFICER)
        administrator = StaffFactory(staff_role=StaffRole.ADMINISTRATOR)
        StaffFactory(disabled_at=NOW)
        PersonFactory()
        assert [row.id for row in staff_with("organisations.verify")] == [operator.id, administrator.id]
        assert [row.id for row in staff_with("staff.board")] == [operator.id, officer.id, administrator.id]
