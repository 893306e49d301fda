"""What an organisation is, stands at and went through, worded."""

from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.accounts.lifecycle import Locality, MembershipRole, OrganisationKind, OrganisationStatus, StaffRole

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
OF_AN_ORGANISATION = _l("Only an organisation's own people do this: ask its owner.")
WHOM_STAFF_ASK = {
    StaffRole.SERVICE_OFFICER: _l(
        "Operators and administrators decide here: ask one of them. What an organisation does itself, its owner does."
    ),
    StaffRole.OPERATOR: OF_AN_ORGANISATION,
    StaffRole.ADMINISTRATOR: OF_AN_ORGANISATION,
}
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


def whom_to_ask(person: Any) -> object:
    """Who can help `person`, a visitor too, with what they may not do."""
    if not person.is_authenticated:
        return _l("Sign in first.")
    if person.staff_role in WHOM_STAFF_ASK:
        return WHOM_STAFF_ASK[person.staff_role]
    if person.organisation is None:
        return _l("You act for no organisation yet. Register yours, or ask its owner to invite you.")
    if person.owns(person.organisation.id):
        return _l("Ask the park staff.")
    return _l("Ask the owner of your organisation or the park staff.")
