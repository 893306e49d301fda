"""Every change of people and organisations, one function a use case. All run inside a `transaction()`."""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from stdnum.cn import uscc

from marketplace.accounts import passwords, queries, signals
from marketplace.accounts.lifecycle import (
    Locality,
    MembershipRole,
    OrganisationKind,
    OrganisationStatus,
    StaffRole,
)
from marketplace.accounts.models import (
    Membership,
    Organisation,
    OrganisationLicence,
    Person,
    SignInAttempt,
    new_session_key,
)
from marketplace.core.db import db
from marketplace.core.errors import NotAllowed, RuleBroken, StepNotPossible, Throttled
from marketplace.core.timeline import record


@dataclass(frozen=True)
class OrganisationFacts:
    """What an organisation says of itself."""

    name: str
    kind: OrganisationKind
    credit_code: str
    short_name: str = ""
    town: str = ""
    address: str = ""
    intro: str = ""
    founded: int | None = None
    employees: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class LicenceFacts:
    kind: str
    number: str = ""
    valid_until: date | None = None


@dataclass(frozen=True)
class Verdict:
    """What staff set when they verify an organisation."""

    locality: Locality
    officer_id: int | None = None
    checked_licence_ids: frozenset[int] = field(default_factory=frozenset)


# ---- signing in


def account_key(email: str) -> str:
    """A keyed hash, so that the table of wrong tries holds no addresses."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, email.strip().lower().encode(), hashlib.sha256).hexdigest()[:32]


def network_of(address: str) -> str:
    """The address itself, for IPv6 its /64: one household has that many."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if parsed.version == 6 else str(parsed)


def ensure_may_try(email: str, address: str, *, now: datetime, known_device: bool = False) -> None:
    """Refuse a further try after too many wrong passwords for the account or from the address.

    A device on which this account signed in before is not locked out by strangers who try.

    Raises:
        Throttled: with the seconds to wait.
    """
    window = timedelta(minutes=current_app.config["SIGN_IN_WINDOW_MINUTES"])
    limits = [(SignInAttempt.address, network_of(address), current_app.config["SIGN_IN_TRIES_ADDRESS"])]
    if not known_device:
        limits.append((SignInAttempt.account, account_key(email), current_app.config["SIGN_IN_TRIES"]))
    for column, value, most in limits:
        count, oldest = db.session.execute(
            select(func.count(), func.min(SignInAttempt.at)).where(column == value, SignInAttempt.at > now - window)
        ).one()
        if count >= most:
            wait = int((oldest + window - now).total_seconds()) + 1
            raise Throttled(
                _("Too many wrong tries. Wait %(minutes)d minutes, then try again.", minutes=-(-wait // 60)),
                retry_after=wait,
            )


def note_wrong_try(email: str, address: str, *, now: datetime) -> None:
    db.session.add(SignInAttempt(account=account_key(email), address=network_of(address), at=now))


def forget_tries(email: str) -> None:
    """A right password clears the account's count."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.account == account_key(email)))


def drop_old_tries(now: datetime) -> None:
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - timedelta(days=1)))


def change_password(person: Person, password: str) -> None:
    """Set a new password and end every other session of this person."""
    passwords.ensure_good(password, person.email, person.name)
    person.password_hash = passwords.hash_password(password)
    person.session_key = new_session_key()


def edit_person(person: Person, *, name: str, phone: str, title: str) -> None:
    person.name, person.phone, person.title = name, phone, title


# ---- registering


def normal_credit_code(code: str) -> str:
    """The code in capitals without blanks.

    Raises:
        RuleBroken: its form or its check digit is wrong (GB 32100-2015).
    """
    compact = uscc.compact(code).upper()
    if not uscc.is_valid(compact):
        raise RuleBroken(
            _("This is no valid unified social credit code: 18 characters, the last one checks the others.")
        )
    return compact


def create_person(
    *,
    email: str,
    name: str,
    password: str,
    phone: str = "",
    title: str = "",
    now: datetime,
    staff_role: StaffRole = StaffRole.NONE,
    password_hash: str = "",
    language: str = "zh_Hans",
) -> Person:
    """A new account. `password_hash` takes the place of `password` where many are made at once.

    Raises:
        RuleBroken: the e-mail has an account, or the password is weak.
    """
    email = email.strip().lower()
    if queries.person_by_email(email) is not None:
        raise RuleBroken(_("This account exists. Sign in instead."))
    if not password_hash:
        passwords.ensure_good(password, email, name)
        password_hash = passwords.hash_password(password)
    person = Person(
        email=email,
        name=name,
        phone=phone,
        title=title,
        password_hash=password_hash,
        created_at=now,
        staff_role=staff_role,
        language=language,
    )
    db.session.add(person)
    db.session.flush()
    return person


def register_organisation(
    person: Person, facts: OrganisationFacts, licences: Iterable[LicenceFacts] = (), *, now: datetime
) -> Organisation:
    """A new organisation owned by `person`, waiting for verification.

    Raises:
        RuleBroken: the credit code is wrong or registered already.
    """
    code = normal_credit_code(facts.credit_code)
    if queries.organisation_by_credit_code(code) is not None:
        raise RuleBroken(_("An organisation with this credit code is registered. Ask its owner to invite you."))
    organisation = Organisation(
        **{**vars(facts), "credit_code": code}, created_at=now, status=OrganisationStatus.PENDING
    )
    organisation.licences = [OrganisationLicence(**vars(licence)) for licence in licences]
    db.session.add(organisation)
    db.session.flush()
    add_member(organisation, person, MembershipRole.OWNER, now=now)
    record(organisation, "registered", at=now, actor=person, organisation=organisation)
    signals.organisation_submitted.send(organisation)
    return organisation


def edit_organisation(
    organisation: Organisation,
    facts: OrganisationFacts,
    licences: Iterable[LicenceFacts],
    *,
    actor: Person,
    now: datetime,
) -> None:
    """Change what an organisation says of itself; a returned one goes back to staff.

    A verified name and credit code stand. A changed licence has to be checked again.

    Raises:
        RuleBroken: a verified name or code would change, or the new code is wrong or taken.
    """
    code = normal_credit_code(facts.credit_code)
    checked = organisation.verified_at is not None
    if checked and (code, facts.name) != (organisation.credit_code, organisation.name):
        raise RuleBroken(_("A verified name and credit code can only be changed by the park staff."))
    other = queries.organisation_by_credit_code(code)
    if other is not None and other.id != organisation.id:
        raise RuleBroken(_("An organisation with this credit code is registered. Ask its owner to invite you."))
    for name, value in {**vars(facts), "credit_code": code}.items():
        setattr(organisation, name, value)
    kept = {(own.kind, own.number, own.valid_until): own for own in organisation.licences}
    organisation.licences = [
        kept.get((new.kind, new.number, new.valid_until)) or OrganisationLicence(**vars(new)) for new in licences
    ]
    if organisation.status is OrganisationStatus.RETURNED:
        organisation.move_to(OrganisationStatus.PENDING)
        record(organisation, "resubmitted", at=now, actor=actor, organisation=organisation)
        signals.organisation_submitted.send(organisation)
    else:
        record(organisation, "edited", at=now, actor=actor, organisation=organisation)
    signals.organisation_changed.send(organisation)


# ---- staff


def _check_licences(organisation: Organisation, ids: frozenset[int], now: datetime) -> None:
    for licence in organisation.licences:
        if licence.id in ids:
            licence.checked_at = licence.checked_at or now
        else:
            licence.checked_at = None


def verify_organisation(organisation: Organisation, verdict: Verdict, *, actor: Person, now: datetime) -> None:
    """Staff found the organisation to be what it says; from now on it may publish and inquire."""
    organisation.move_to(OrganisationStatus.VERIFIED)
    organisation.locality = verdict.locality
    organisation.officer_id = verdict.officer_id
    organisation.status_reason = ""
    organisation.verified_at = now
    _check_licences(organisation, verdict.checked_licence_ids, now)
    record(organisation, "verified", at=now, actor=actor)
    signals.organisation_verified.send(organisation)


def update_verdict(organisation: Organisation, verdict: Verdict, *, actor: Person, now: datetime) -> None:
    """Staff correct locality, officer or checked licences of a verified organisation."""
    if not organisation.is_verified:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))
    organisation.locality = verdict.locality
    organisation.officer_id = verdict.officer_id
    _check_licences(organisation, verdict.checked_licence_ids, now)
    record(organisation, "checked", at=now, actor=actor)
    signals.organisation_changed.send(organisation)


def return_organisation(organisation: Organisation, reason: str, *, actor: Person, now: datetime) -> None:
    """Staff send it back with what is missing."""
    if not reason:
        raise RuleBroken(_("Write what is missing, so that it can be corrected."))
    organisation.move_to(OrganisationStatus.RETURNED)
    organisation.status_reason = reason
    record(organisation, "returned", at=now, actor=actor, note=reason)
    signals.organisation_returned.send(organisation)


def suspend_organisation(organisation: Organisation, reason: str, *, actor: Person, now: datetime) -> None:
    """Staff take an organisation and all it published off the site."""
    if not reason:
        raise RuleBroken(_("Write the reason."))
    organisation.move_to(OrganisationStatus.SUSPENDED)
    organisation.status_reason = reason
    record(organisation, "suspended", at=now, actor=actor, note=reason)
    signals.organisation_suspended.send(organisation)


def lift_suspension(organisation: Organisation, *, actor: Person, now: datetime) -> None:
    """A suspended organisation is verified again; one that waits has to be verified."""
    if organisation.status is not OrganisationStatus.SUSPENDED:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))
    organisation.move_to(OrganisationStatus.VERIFIED)
    organisation.status_reason = ""
    record(organisation, "reinstated", at=now, actor=actor)
    signals.organisation_verified.send(organisation)


# ---- members


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


def set_language(person: Any, language: str) -> None:
    person.language = language
