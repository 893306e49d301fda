"""Who acts for an organisation."""

from datetime import datetime

from flask_babel import gettext as _

from marketplace.accounts import queries
from marketplace.accounts.lifecycle import MembershipRole
from marketplace.accounts.models import Membership, Organisation, Person
from marketplace.core.db import db
from marketplace.core.errors import NotAllowed, RuleBroken
from marketplace.core.timeline import record


def add_member(organisation: Organisation, person: Person, role: MembershipRole, *, now: datetime) -> Membership:
    """`person` acts for `organisation` from now on.

    Raises:
        RuleBroken: the person acts for an organisation already, or is park staff.
    """
    if person.memberships or person.is_staff:
        raise RuleBroken(_("This person acts for an organisation already."))
    membership = Membership(person=person, organisation=organisation, role=role, created_at=now)
    db.session.add(membership)
    return membership


def _ensure_owner_stays(organisation: Organisation, leaving: Membership) -> None:
    owners = [m for m in queries.members_of(organisation.id) if m.role is MembershipRole.OWNER]
    if owners == [leaving]:
        raise RuleBroken(_("An organisation needs an owner. Make somebody else owner first."))


def remove_member(membership: Membership, *, actor: Person, now: datetime) -> None:
    """End a membership; the last owner stays."""
    _ensure_owner_stays(membership.organisation, membership)
    record(
        membership.organisation,
        "member_removed",
        at=now,
        actor=actor,
        organisation=membership.organisation,
        note=membership.person.name,
    )
    db.session.delete(membership)


def change_role(membership: Membership, role: MembershipRole, *, actor: Person, now: datetime) -> None:
    """Make a member owner or an owner member; the last owner stays."""
    if role is not MembershipRole.OWNER:
        _ensure_owner_stays(membership.organisation, membership)
    membership.role = role
    record(
        membership.organisation,
        "role_changed",
        at=now,
        actor=actor,
        organisation=membership.organisation,
        note=membership.person.name,
    )


def accept_invitation(person: Person, organisation: Organisation, *, email: str, now: datetime) -> Membership:
    """The invited person joins as a member.

    Raises:
        NotAllowed: the invitation went to another e-mail.
    """
    if person.email != email:
        raise NotAllowed(_("This invitation is for another e-mail address."))
    record(organisation, "member_joined", at=now, actor=person, organisation=organisation, note=person.name)
    return add_member(organisation, person, MembershipRole.MEMBER, now=now)
