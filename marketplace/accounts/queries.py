"""Every read of people and organisations."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from flask import abort
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from marketplace.accounts.lifecycle import MembershipRole, OrganisationStatus, StaffRole
from marketplace.accounts.models import Invitation, Membership, Organisation, OrganisationLicence, Person, SignIn
from marketplace.accounts.roles import roles_with
from marketplace.core.db import db

PORTION = 500
"""Organisations that are read at once for the index."""


def person_signed_in(token_hash: str, *, since: datetime) -> Person | None:
    """Who signed in with this token at `since` or later, with memberships and organisations.

    One query by a unique index: this runs at every request.
    """
    statement = (
        select(Person)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.token_hash == token_hash, SignIn.at >= since, Person.disabled_at.is_(None))
        .options(joinedload(Person.memberships).joinedload(Membership.organisation))
    )
    return db.session.scalars(statement).unique().first()


def person(person_id: int) -> Person | None:
    return db.session.get(Person, person_id)


def person_by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def organisation_or_404(organisation_id: int) -> Organisation:
    """The organisation with its licences and officer."""
    statement = (
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .options(selectinload(Organisation.licences), joinedload(Organisation.officer))
    )
    return db.session.scalars(statement).first() or abort(404)


def organisation_by_credit_code(code: str) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.credit_code == code))


def organisations_by_ids(ids: Iterable[int]) -> list[Organisation]:
    """The verified organisations of `ids`, in that order."""
    wanted = list(ids)
    statement = (
        select(Organisation)
        .where(Organisation.id.in_(wanted), Organisation.is_verified)
        .options(selectinload(Organisation.licences))
    )
    found = {row.id: row for row in db.session.scalars(statement)}
    return [found[id_] for id_ in wanted if id_ in found]


def organisation_name(organisation_id: int) -> str:
    """What a verified organisation is called; its number when there is none."""
    found = organisations_by_ids([organisation_id])
    return found[0].display_name if found else str(organisation_id)


def organisations_for_index(ids: Iterable[int] | None) -> Iterator[Organisation]:
    """Organisations of `ids`, or all, read in portions, with their licences."""
    last = 0
    wanted = None if ids is None else sorted(set(ids))
    while True:
        statement = (
            select(Organisation)
            .where(Organisation.id > last)
            .options(selectinload(Organisation.licences))
            .order_by(Organisation.id)
            .limit(PORTION)
        )
        if wanted is not None:
            statement = statement.where(Organisation.id.in_(wanted))
        rows = db.session.scalars(statement).all()
        if not rows:
            return
        for row in rows:
            last = row.id
            yield row
        db.session.expire_all()


def checked_licences() -> Select[int, str]:
    """The licences of each organisation that staff have compared with the paper."""
    return select(OrganisationLicence.organisation_id, OrganisationLicence.kind).where(
        OrganisationLicence.checked_at.is_not(None)
    )


def verified_organisations() -> Select[tuple[Organisation]]:
    """The organisations that everybody may see."""
    return select(Organisation).where(Organisation.is_verified)


def organisations_to_verify() -> Select[tuple[Organisation]]:
    """Organisations that wait for the park staff, longest waiting first."""
    return (
        select(Organisation)
        .where(Organisation.status == OrganisationStatus.PENDING)
        .options(selectinload(Organisation.licences))
        .order_by(Organisation.created_at, Organisation.id)
    )


def organisations_with_status(status: OrganisationStatus | None) -> Select[tuple[Organisation]]:
    """Organisations of one status, or all, newest first; for staff."""
    statement = select(Organisation).options(selectinload(Organisation.licences))
    if status is not None:
        statement = statement.where(Organisation.status == status)
    return statement.order_by(Organisation.created_at.desc(), Organisation.id.desc())


def organisations_looked_after_by(officer_id: int) -> Select[tuple[Organisation]]:
    """The organisations assigned to a service officer, by name."""
    return (
        select(Organisation).where(Organisation.officer_id == officer_id).order_by(Organisation.name, Organisation.id)
    )


def count_looked_after_by(officer_id: int) -> int:
    return db.session.scalar(select(func.count(Organisation.id)).where(Organisation.officer_id == officer_id)) or 0


def count_by_status() -> dict[OrganisationStatus, int]:
    rows = db.session.execute(select(Organisation.status, func.count().label("count")).group_by(Organisation.status))
    return {row.status: row.count for row in rows}


def members_of(organisation_id: int) -> list[Membership]:
    """Who acts for the organisation, owners first."""
    statement = (
        select(Membership)
        .where(Membership.organisation_id == organisation_id)
        .options(joinedload(Membership.person))
        .order_by(Membership.role != MembershipRole.OWNER, Membership.id)
    )
    return list(db.session.scalars(statement))


def _open_invitations(now: datetime) -> Select[Invitation]:
    """Invitations that can be accepted: in time, of an organisation and an inviter that are still in good standing."""
    return (
        select(Invitation)
        .join(Invitation.organisation)
        .join(Invitation.invited_by)
        .where(
            Invitation.expires_at > now,
            Organisation.status != OrganisationStatus.SUSPENDED,
            Person.disabled_at.is_(None),
        )
        .options(contains_eager(Invitation.organisation), contains_eager(Invitation.invited_by))
    )


def open_invitation(key: str, now: datetime) -> Invitation | None:
    """The invitation that a mailed link names."""
    return db.session.scalars(_open_invitations(now).where(Invitation.key == key)).first()


def open_invitations_of(organisation_id: int, now: datetime) -> list[Invitation]:
    """Who is invited and has not joined yet, the latest first."""
    statement = _open_invitations(now).where(Invitation.organisation_id == organisation_id)
    return list(db.session.scalars(statement.order_by(Invitation.sent_at.desc(), Invitation.id.desc())))


def invitation_to(organisation_id: int, email: str) -> Invitation | None:
    """The invitation of this address, open or not."""
    statement = select(Invitation).where(Invitation.organisation_id == organisation_id, Invitation.email == email)
    return db.session.scalar(statement)


def people_of(organisation_id: int) -> list[Person]:
    """Active people who act for the organisation."""
    statement = (
        select(Person)
        .join(Membership)
        .where(Membership.organisation_id == organisation_id, Person.disabled_at.is_(None))
        .order_by(Person.id)
    )
    return list(db.session.scalars(statement))


def staff_with(right: str) -> list[Person]:
    """Active park staff who have `right`, one of `roles.STAFF_RIGHTS`."""
    statement = (
        select(Person).where(Person.staff_role.in_(roles_with(right)), Person.disabled_at.is_(None)).order_by(Person.id)
    )
    return list(db.session.scalars(statement))


def service_officers() -> list[Person]:
    statement = (
        select(Person)
        .where(Person.staff_role == StaffRole.SERVICE_OFFICER, Person.disabled_at.is_(None))
        .order_by(Person.id)
    )
    return list(db.session.scalars(statement))


def has_administrator() -> bool:
    return db.session.scalar(select(Person.id).where(Person.staff_role == StaffRole.ADMINISTRATOR).limit(1)) is not None
