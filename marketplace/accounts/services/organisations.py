"""What organisations say of themselves, and what park staff find."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified
from stdnum.cn import uscc

from marketplace.accounts import queries, signals
from marketplace.accounts.lifecycle import Locality, MembershipRole, OrganisationKind, OrganisationStatus
from marketplace.accounts.models import Organisation, OrganisationLicence, Person
from marketplace.accounts.services.members import add_member, end_invitations_of
from marketplace.core.db import db
from marketplace.core.lifecycle import ensure_opened, ensure_seen
from marketplace.core.refusals import RuleBroken, StepNotPossible
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


def _count_edit(organisation: Organisation) -> None:
    """Give the organisation its next version, also when only its licences changed."""
    flag_modified(organisation, "name")


def edit_organisation(
    organisation: Organisation,
    facts: OrganisationFacts,
    licences: Iterable[LicenceFacts],
    *,
    actor: Person,
    now: datetime,
    version: int | None = None,
) -> None:
    """Change what an organisation says of itself; a returned one goes back to staff.

    A verified name and credit code stand. A changed licence has to be checked again. `version` is the one the edit
    began with, 0 when it does not say.

    Raises:
        LostEdit: somebody saved since then.
        RuleBroken: a verified name or code would change, or the new code is wrong or taken.
    """
    ensure_opened(version, organisation.version)
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
    _count_edit(organisation)
    if organisation.status is OrganisationStatus.RETURNED:
        organisation.move_to(OrganisationStatus.PENDING)
        record(organisation, "resubmitted", at=now, actor=actor, organisation=organisation)
        signals.organisation_submitted.send(organisation)
    else:
        record(organisation, "edited", at=now, actor=actor, organisation=organisation)
    signals.organisation_changed.send(organisation)


def _check_licences(organisation: Organisation, ids: frozenset[int], now: datetime) -> None:
    for licence in organisation.licences:
        if licence.id in ids:
            licence.checked_at = licence.checked_at or now
        else:
            licence.checked_at = None


def verify_organisation(
    organisation: Organisation, verdict: Verdict, *, actor: Person, now: datetime, version: int | None = None
) -> None:
    """Staff found the organisation to be what it says; from now on it may publish and inquire.

    `version` is the one that staff read, 0 when the form does not say.

    Raises:
        StepNotPossible: it does not wait to be verified.
        LostEdit: somebody changed it since then.
    """
    organisation.move_to(OrganisationStatus.VERIFIED)
    ensure_seen(version, organisation.version)
    organisation.locality = verdict.locality
    organisation.officer_id = verdict.officer_id
    organisation.status_reason = ""
    organisation.verified_at = now
    _check_licences(organisation, verdict.checked_licence_ids, now)
    record(organisation, "verified", at=now, actor=actor)
    signals.organisation_verified.send(organisation)


def update_verdict(
    organisation: Organisation, verdict: Verdict, *, actor: Person, now: datetime, version: int | None = None
) -> None:
    """Staff correct locality, officer or checked licences of a verified organisation.

    `version` is the one that staff read, 0 when the form does not say.

    Raises:
        StepNotPossible: it is not verified.
        LostEdit: somebody changed it since then.
    """
    if not organisation.is_verified:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))
    ensure_seen(version, organisation.version)
    organisation.locality = verdict.locality
    organisation.officer_id = verdict.officer_id
    _check_licences(organisation, verdict.checked_licence_ids, now)
    _count_edit(organisation)
    record(organisation, "checked", at=now, actor=actor)
    signals.organisation_changed.send(organisation)


def return_organisation(
    organisation: Organisation, reason: str, *, actor: Person, now: datetime, version: int | None = None
) -> None:
    """Staff send it back with what is missing.

    `version` is the one that staff read, 0 when the form does not say.

    Raises:
        RuleBroken: no reason was given.
        StepNotPossible: it does not wait to be verified.
        LostEdit: somebody changed it since then.
    """
    if not reason:
        raise RuleBroken(_("Write what is missing, so that it can be corrected."))
    organisation.move_to(OrganisationStatus.RETURNED)
    ensure_seen(version, organisation.version)
    organisation.status_reason = reason
    record(organisation, "returned", at=now, actor=actor, note=reason)
    signals.organisation_returned.send(organisation)


def suspend_organisation(
    organisation: Organisation, reason: str, *, actor: Person, now: datetime, version: int | None = None
) -> None:
    """Staff take an organisation and all it published off the site; its invitations end.

    `version` is the one that staff read, 0 when the form does not say.

    Raises:
        RuleBroken: no reason was given.
        StepNotPossible: it is not verified.
        LostEdit: somebody changed it since then.
    """
    if not reason:
        raise RuleBroken(_("Write the reason."))
    organisation.move_to(OrganisationStatus.SUSPENDED)
    ensure_seen(version, organisation.version)
    end_invitations_of(organisation)
    organisation.status_reason = reason
    record(organisation, "suspended", at=now, actor=actor, note=reason)
    signals.organisation_suspended.send(organisation)


def lift_suspension(organisation: Organisation, *, actor: Person, now: datetime, version: int | None = None) -> None:
    """A suspended organisation is verified again; one that waits has to be verified.

    `version` is the one that staff read, 0 when the form does not say.

    Raises:
        StepNotPossible: it is not suspended.
        LostEdit: somebody changed it since then.
    """
    if organisation.status is not OrganisationStatus.SUSPENDED:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))
    ensure_seen(version, organisation.version)
    organisation.move_to(OrganisationStatus.VERIFIED)
    organisation.status_reason = ""
    record(organisation, "reinstated", at=now, actor=actor)
    signals.organisation_verified.send(organisation)
