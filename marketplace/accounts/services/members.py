"""Who acts for an organisation."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete

from marketplace.accounts import queries
from marketplace.accounts.lifecycle import MembershipRole
from marketplace.accounts.models import Invitation, Membership, Organisation, Person
from marketplace.core.db import db
from marketplace.core.refusals import RuleBroken
from marketplace.core.timeline import record


def ensure_free(person: Person) -> None:
    """Raise `RuleBroken` unless `person` may begin to act for an organisation: nobody acts for two, staff for none."""
    if person.is_staff:
        raise RuleBroken(_("Park staff act for no organisation."))
    if person.memberships:
        raise RuleBroken(_("This person acts for an organisation already."))


def add_member(organisation: Organisation, person: Person, role: MembershipRole, *, now: datetime) -> Membership:
    """`person` acts for `organisation` from now on.

    Raises:
        RuleBroken: the person acts for an organisation already, or is park staff.
    """
    ensure_free(person)
    membership = Membership(person=person, organisation=organisation, role=role, created_at=now)
    db.session.add(membership)
    return membership


def _ensure_owner_stays(organisation: Organisation, leaving: Membership) -> None:
    owners = [m for m in queries.members_of(organisation.id) if m.role is MembershipRole.OWNER]
    if owners == [leaving]:
        raise RuleBroken(_("An organisation needs an owner. Make somebody else owner first."))


def _end_invitations(organisation_id: int, *which: ColumnElement[bool]) -> None:
    db.session.execute(delete(Invitation).where(Invitation.organisation_id == organisation_id, *which))


def end_invitations_of(organisation: Organisation) -> None:
    """Every invitation to act for `organisation` works no longer."""
    _end_invitations(organisation.id)


def remove_member(membership: Membership, *, actor: Person, now: datetime) -> None:
    """End a membership, and the invitations that this person got or sent; the last owner stays."""
    _ensure_owner_stays(membership.organisation, membership)
    record(
        membership.organisation,
        "member_removed",
        at=now,
        actor=actor,
        organisation=membership.organisation,
        note=membership.person.name,
    )
    sent_or_got = (Invitation.invited_by_id == membership.person_id) | (Invitation.email == membership.person.email)
    _end_invitations(membership.organisation_id, sent_or_got)
    db.session.delete(membership)


def change_role(membership: Membership, role: MembershipRole, *, actor: Person, now: datetime) -> None:
    """Make a member owner or an owner member, whose invitations end; the last owner stays."""
    if role is not MembershipRole.OWNER:
        _ensure_owner_stays(membership.organisation, membership)
        _end_invitations(membership.organisation_id, Invitation.invited_by_id == membership.person_id)
    membership.role = role
    record(
        membership.organisation,
        "role_changed",
        at=now,
        actor=actor,
        organisation=membership.organisation,
        note=membership.person.name,
    )
