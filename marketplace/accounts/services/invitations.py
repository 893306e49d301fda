"""Invitations to act for an organisation: they work once, and end with what they rest on."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from marketplace.accounts import queries
from marketplace.accounts.lifecycle import MembershipRole, OrganisationStatus
from marketplace.accounts.models import Invitation, Membership, Organisation, Person, new_invitation_key
from marketplace.accounts.services.members import add_member, ensure_free
from marketplace.core.db import db, hold
from marketplace.core.refusals import NotAllowed, RuleBroken
from marketplace.core.timeline import record

INVITATION_LIFE = timedelta(days=7)


def invite(organisation: Organisation, email: str, *, inviter: Person, now: datetime) -> Invitation:
    """Invite whoever reads `email`; the link of an earlier invitation of that address ends.

    Raises:
        RuleBroken: the organisation is suspended, or the person is a member already.
    """
    if organisation.status is OrganisationStatus.SUSPENDED:
        raise RuleBroken(_("Your organisation is suspended: it cannot invite anybody."))
    if any(member.person.email == email for member in queries.members_of(organisation.id)):
        raise RuleBroken(_("This person is a member already."))
    hold(f"invitations {organisation.id} {email}")
    invitation = queries.invitation_to(organisation.id, email)
    if invitation is None:
        invitation = Invitation(organisation_id=organisation.id, email=email)
        db.session.add(invitation)
    invitation.key = new_invitation_key()
    invitation.invited_by_id = inviter.id
    invitation.sent_at, invitation.expires_at = now, now + INVITATION_LIFE
    db.session.flush()
    return invitation


def claim_invitation(key: str, *, now: datetime) -> Invitation | None:
    """The open invitation that a link names, held until the end of the transaction: nobody else can accept it."""
    hold(f"invitation {key}")
    return queries.open_invitation(key, now)


def ensure_may_join(person: Person, invitation: Invitation) -> None:
    """Whether the invitation is this person's to accept.

    Raises:
        NotAllowed: the invitation went to another e-mail.
        RuleBroken: the person acts for an organisation already, or is park staff.
    """
    if person.email != invitation.email:
        raise NotAllowed(_("This invitation is for another e-mail address."))
    ensure_free(person)


def accept_invitation(person: Person, invitation: Invitation, *, now: datetime) -> Membership:
    """The invited person joins as a member; the invitation is used up.

    Raises:
        NotAllowed: the invitation went to another e-mail.
        RuleBroken: the person acts for an organisation already, or is park staff.
    """
    ensure_may_join(person, invitation)
    organisation = invitation.organisation
    db.session.delete(invitation)
    record(organisation, "member_joined", at=now, actor=person, organisation=organisation, note=person.name)
    return add_member(organisation, person, MembershipRole.MEMBER, now=now)


def withdraw_invitation(invitation: Invitation) -> None:
    """The link that was mailed works no longer."""
    db.session.delete(invitation)


def drop_old_invitations(now: datetime) -> None:
    db.session.execute(delete(Invitation).where(Invitation.expires_at < now))
