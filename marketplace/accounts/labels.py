"""What an organisation is, stands at and went through, worded."""

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
