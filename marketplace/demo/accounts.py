"""Organisations and people of the demonstration park."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from marketplace.accounts import passwords, queries, services
from marketplace.accounts.lifecycle import Locality, MembershipRole, OrganisationKind, StaffRole
from marketplace.accounts.models import Organisation, Person
from marketplace.accounts.services import LicenceFacts, OrganisationFacts, Verdict
from marketplace.demo import seed
from marketplace.demo.seed import Dates

PASSWORD = "doorstep-demo"  # noqa: S105 - it is printed for everybody who tries the park
STAFF_ROLES = {
    "administrator": StaffRole.ADMINISTRATOR,
    "service_officer": StaffRole.SERVICE_OFFICER,
    "operator": StaffRole.OPERATOR,
}
REVIEWER = "P005"
#: Days before the reference day on which the first organisation came; the others follow, one a day.
FIRST_CAME = 320


def load_people(dates: Dates) -> Iterator[bool]:
    """Accounts of every role; one that exists stays as it is. Tells of each whether it is new, as all loaders do."""
    joined = dates.moment("2026-01-05T01:00:00Z")
    shared = passwords.hash_password(PASSWORD)
    for row in seed.rows("people"):
        is_new = queries.person_by_email(row["email"]) is None
        if is_new:
            services.create_person(
                email=row["email"],
                name=row["name"],
                password="",
                password_hash=shared,
                phone=row["phone"],
                title=row["title"],
                now=joined,
                staff_role=STAFF_ROLES.get(row["role"], StaffRole.NONE),
            )
        yield is_new


def person(id_: str) -> Person:
    """The account of a person of the files."""
    found = queries.person_by_email(seed.by_id("people")[id_]["email"])
    assert found is not None, f"{id_} has no account"
    return found


def organisation(id_: str) -> Organisation:
    """The row of an organisation of the files."""
    found = queries.organisation_by_credit_code(seed.by_id("organisations")[id_]["uscc"])
    assert found is not None, f"{id_} is not registered"
    return found


def people_of(organisation_id: str) -> list[dict[str, Any]]:
    """Who acts for an organisation of the files, owners first; park staff act for none."""
    members = [row for row in seed.rows("people") if row["org"] == organisation_id and row["role"] not in STAFF_ROLES]
    return sorted(members, key=lambda row: row["role"] != "owner")


def load_organisations(dates: Dates) -> Iterator[bool]:
    """Registered by their owners and verified by the park staff, with licences checked."""
    reviewer = person(REVIEWER)
    for number, row in enumerate(seed.rows("organisations")):
        is_new = queries.organisation_by_credit_code(row["uscc"]) is None
        if is_new:
            _load_organisation(row, number, reviewer, dates)
        yield is_new


def _load_organisation(row: dict[str, Any], number: int, reviewer: Person, dates: Dates) -> None:
    came = dates.moment("2026-11-23T01:30:00Z") - timedelta(days=FIRST_CAME - number)
    owner, *members = [person(each["id"]) for each in people_of(row["id"])]
    licences = [LicenceFacts(each["type"], each["number"], dates.day(each["valid_until"])) for each in row["licences"]]
    made = services.register_organisation(owner, _facts(row), licences, now=came)
    for member in members:
        services.add_member(made, member, MembershipRole.MEMBER, now=came)
    verdict = Verdict(
        Locality(row["locality"]), person(row["officer"]).id, frozenset(licence.id for licence in made.licences)
    )
    services.verify_organisation(made, verdict, actor=reviewer, now=came + timedelta(hours=3))
    made.answer_hours_median = row["answer_hours_median"]


def _facts(row: dict[str, Any]) -> OrganisationFacts:
    return OrganisationFacts(
        name=row["name"],
        kind=OrganisationKind(row["kind"]),
        credit_code=row["uscc"],
        short_name=row["short_name"],
        town=row["town"],
        address=row["address"],
        intro=row["intro"],
        founded=row["founded"],
        employees=row["employees"],
        contact_name=row["contact"]["name"],
        contact_phone=row["contact"]["phone"],
        contact_email=row["contact"]["email"],
        latitude=row["lat"],
        longitude=row["lon"],
    )
