"""Kinds, localities and the life of an organisation."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """政企校协院, and hospitals."""

    ENTERPRISE = "enterprise"
    GOVERNMENT = "government"
    SCHOOL = "school"
    ASSOCIATION = "association"
    INSTITUTE = "institute"
    MEDICAL = "medical"


class Locality(StrEnum):
    """How near an organisation is; staff set it at verification, nearest first."""

    PARK = "park"
    CITY = "city"
    REGION = "region"
    OUTSIDE = "outside"


class OrganisationStatus(StrEnum):
    PENDING = "pending"
    RETURNED = "returned"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class MembershipRole(StrEnum):
    OWNER = "owner"
    MEMBER = "member"


class StaffRole(StrEnum):
    """What a person is to the park; `NONE` for everybody who is not park staff."""

    NONE = "none"
    OPERATOR = "operator"
    SERVICE_OFFICER = "service_officer"
    ADMINISTRATOR = "administrator"


STEPS = {
    OrganisationStatus.PENDING: {OrganisationStatus.VERIFIED, OrganisationStatus.RETURNED},
    OrganisationStatus.RETURNED: {OrganisationStatus.PENDING},
    OrganisationStatus.VERIFIED: {OrganisationStatus.SUSPENDED},
    OrganisationStatus.SUSPENDED: {OrganisationStatus.VERIFIED},
}
PUBLIC_BODY_PREFIXES = ("11", "12")


def is_public_body(credit_code: str) -> bool:
    """True for government offices and public institutions, by the first two digits of the code (GB 32100-2015)."""
    return credit_code.startswith(PUBLIC_BODY_PREFIXES)
