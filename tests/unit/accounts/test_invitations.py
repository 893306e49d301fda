"""Invitations work once, and end with what they rest on."""

from datetime import timedelta

import pytest

from marketplace.accounts import drop_old_invitations, queries, services
from marketplace.accounts.lifecycle import MembershipRole, OrganisationStatus
from marketplace.accounts.models import Invitation
from marketplace.core.db import db, transaction
from marketplace.core.refusals import NotAllowed, RuleBroken
from tests.factories.accounts import NOW, MembershipFactory, OrganisationFactory, PersonFactory, StaffFactory, owner_of

pytestmark = pytest.mark.usefixtures("request_context")


@pytest.fixture
def organisation():
    return OrganisationFactory()


@pytest.fixture
def owner(organisation):
    return owner_of(organisation)


def invite(organisation, inviter, email="guest@example.com", now=NOW):
    with transaction():
        return services.invite(organisation, email, inviter=inviter, now=now).key


def is_open(key, now=NOW):
    return queries.open_invitation(key, now) is not None


def accept(key, person, now=NOW):
    with transaction():
        services.accept_invitation(person, services.claim_invitation(key, now=now), now=now)


def test_is_used_up_when_it_is_accepted(organisation, owner):
    key = invite(organisation, owner)
    accept(key, PersonFactory(email="guest@example.com"))
    assert len(queries.members_of(organisation.id)) == 2
    assert not is_open(key)


def test_is_for_its_address_only(organisation, owner):
    key = invite(organisation, owner)
    with pytest.raises(NotAllowed):
        accept(key, PersonFactory())
    assert is_open(key)


def test_stays_open_for_seven_days(organisation, owner):
    key = invite(organisation, owner)
    assert is_open(key, NOW + timedelta(days=7, seconds=-1))
    assert not is_open(key, NOW + timedelta(days=7))


def test_a_new_one_to_the_same_address_ends_the_earlier(organisation, owner):
    earlier = invite(organisation, owner)
    later = invite(organisation, owner, now=NOW + timedelta(hours=1))
    assert (is_open(earlier), is_open(later)) == (False, True)
    assert [row.key for row in queries.open_invitations_of(organisation.id, NOW)] == [later]


def test_a_link_never_stands_for_the_next_row(organisation, owner):
    key = invite(organisation, owner)
    with transaction():
        services.withdraw_invitation(queries.invitation_to(organisation.id, "guest@example.com"))
    other = invite(organisation, owner, "other@example.com")
    assert (is_open(key), is_open(other)) == (False, True)


def test_a_removed_member_does_not_come_back_with_an_old_one(organisation, owner):
    member = MembershipFactory(organisation=organisation, role=MembershipRole.MEMBER, person__email="m@example.com")
    with transaction() as session:
        old = Invitation(
            organisation_id=organisation.id,
            email="m@example.com",
            invited_by_id=owner.id,
            sent_at=NOW,
            expires_at=NOW + timedelta(days=7),
        )
        session.add(old)
    key, to_others = old.key, invite(organisation, owner)
    with transaction():
        services.remove_member(member, actor=owner, now=NOW)
    assert (is_open(key), is_open(to_others)) == (False, True)


@pytest.mark.parametrize("end", ["removed", "made member", "disabled"])
def test_ends_with_the_rights_of_who_sent_it(organisation, owner, end):
    other = MembershipFactory(organisation=organisation, role=MembershipRole.OWNER)
    key, kept = invite(organisation, other.person), invite(organisation, owner, "kept@example.com")
    with transaction():
        if end == "removed":
            services.remove_member(other, actor=owner, now=NOW)
        elif end == "made member":
            services.change_role(other, MembershipRole.MEMBER, actor=owner, now=NOW)
        else:
            other.person.disabled_at = NOW
    assert (is_open(key), is_open(kept)) == (False, True)


def test_ends_with_a_suspension_and_does_not_come_back_when_it_is_lifted(organisation, owner):
    key, staff = invite(organisation, owner), StaffFactory()
    with transaction():
        services.suspend_organisation(organisation, "停", actor=staff, now=NOW)
    assert not is_open(key)
    with pytest.raises(RuleBroken, match="suspended"):
        invite(organisation, owner)
    with transaction():
        services.lift_suspension(organisation, actor=staff, now=NOW)
    assert not is_open(key)


def test_is_not_open_while_the_organisation_is_suspended(organisation, owner):
    key = invite(organisation, owner)
    with transaction():
        organisation.status = OrganisationStatus.SUSPENDED
    assert not is_open(key)


def test_members_are_not_invited(organisation, owner):
    with pytest.raises(RuleBroken, match="member already"):
        invite(organisation, owner, owner.email)


@pytest.mark.parametrize(("days", "left"), [(7, 1), (8, 0)])
def test_old_rows_are_forgotten(organisation, owner, days, left):
    invite(organisation, owner)
    drop_old_invitations(NOW + timedelta(days=days))
    assert db.session.query(Invitation).count() == left
