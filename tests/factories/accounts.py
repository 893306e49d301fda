"""People and organisations."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import factory
from stdnum.cn import uscc

from marketplace.accounts import services
from marketplace.accounts.lifecycle import (
    Locality,
    MembershipRole,
    OrganisationKind,
    OrganisationStatus,
    StaffRole,
)
from marketplace.accounts.models import Invitation, Membership, Organisation, Person
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from tests.factories.base import RowFactory

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def credit_code(number: int, prefix: str = "91") -> str:
    """A valid unified social credit code of a place that does not exist."""
    body = f"{prefix}990000MA{number:07d}"
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return next(body + last for last in alphabet if uscc.is_valid(body + last))


class PersonFactory(RowFactory):
    class Meta:
        model = Person

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"测试人{n}")
    created_at = NOW


class StaffFactory(PersonFactory):
    staff_role = StaffRole.OPERATOR


@dataclass(frozen=True)
class SessionOf:
    """A device on which a person is signed in; it outlives the person's row in the session of the database."""

    token: str


def session_of(person: Person) -> SessionOf:
    """Sign `person` in on one more device."""
    person_id = person.id
    with transaction() as session:
        row = session.get(Person, person_id)
        assert row is not None
        return SessionOf(services.start_sign_in(row, now=utc_now()))


class OrganisationFactory(RowFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"测试企业{n}有限公司")
    kind = OrganisationKind.ENTERPRISE
    credit_code = factory.Sequence(lambda n: credit_code(n))
    status = OrganisationStatus.VERIFIED
    locality = Locality.PARK
    town = "天府中药城"
    latitude = 30.965
    longitude = 103.985
    contact_name = "联系人"
    contact_phone = "028-00000000"
    contact_email = "contact@example.com"
    created_at = NOW
    verified_at = NOW


class MembershipFactory(RowFactory):
    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = MembershipRole.OWNER
    created_at = NOW


class InvitationFactory(RowFactory):
    class Meta:
        model = Invitation

    organisation = factory.SubFactory(OrganisationFactory)
    email = "guest@example.com"
    invited_by = factory.LazyAttribute(lambda row: owner_of(row.organisation))
    sent_at = factory.LazyFunction(utc_now)
    expires_at = factory.LazyAttribute(lambda row: row.sent_at + timedelta(days=7))


def owner_of(organisation: Organisation | None = None, **person: object) -> Person:
    """A person who owns `organisation`, or a fresh verified one."""
    extra = {"organisation": organisation} if organisation is not None else {}
    return MembershipFactory(person=PersonFactory(**person), **extra).person
