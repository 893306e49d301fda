"""Kinds, localities and the life of an organisation."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l


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
KIND_LABELS = {
    OrganisationKind.ENTERPRISE: _l("Enterprise"),
    OrganisationKind.GOVERNMENT: _l("Government office"),
    OrganisationKind.SCHOOL: _l("School"),
    OrganisationKind.ASSOCIATION: _l("Association"),
    OrganisationKind.INSTITUTE: _l("Institute"),
    OrganisationKind.MEDICAL: _l("Medical institution"),
}
LOCALITY_LABELS = {
    Locality.PARK: _l("Park"),
    Locality.CITY: _l("City"),
    Locality.REGION: _l("Region"),
    Locality.OUTSIDE: _l("Outside"),
}
STATUS_LABELS = {
    OrganisationStatus.PENDING: _l("Waiting for verification"),
    OrganisationStatus.RETURNED: _l("Returned"),
    OrganisationStatus.VERIFIED: _l("Verified"),
    OrganisationStatus.SUSPENDED: _l("Suspended"),
}
STAFF_LABELS = {
    StaffRole.NONE: "",
    StaffRole.OPERATOR: _l("Operator"),
    StaffRole.SERVICE_OFFICER: _l("Service officer"),
    StaffRole.ADMINISTRATOR: _l("Administrator"),
}
MEMBERSHIP_LABELS = {MembershipRole.OWNER: _l("Owner"), MembershipRole.MEMBER: _l("Member")}
STEP_LABELS = {
    "registered": _l("Registered"),
    "resubmitted": _l("Corrected and sent again"),
    "edited": _l("Changed"),
    "verified": _l("Verified"),
    "checked": _l("Licences and locality checked"),
    "returned": _l("Returned"),
    "suspended": _l("Suspended"),
    "reinstated": _l("Suspension lifted"),
    "member_joined": _l("Member joined"),
    "member_removed": _l("Member removed"),
    "role_changed": _l("Role changed"),
}
PUBLIC_BODY_PREFIXES = ("11", "12")


def is_public_body(credit_code: str) -> bool:
    """True for government offices and public institutions, by the first two digits of the code (GB 32100-2015)."""
    return credit_code.startswith(PUBLIC_BODY_PREFIXES)
