"""Every change of people and organisations, one function a use case. All run inside a `transaction()`."""

from marketplace.accounts.services.limits import (
    count_password_try,
    count_sign_in,
    forget_password_tries,
    forget_tries,
)
from marketplace.accounts.services.members import accept_invitation, add_member, change_role, remove_member
from marketplace.accounts.services.organisations import (
    LicenceFacts,
    OrganisationFacts,
    Verdict,
    edit_organisation,
    lift_suspension,
    normal_credit_code,
    register_organisation,
    return_organisation,
    suspend_organisation,
    update_verdict,
    verify_organisation,
)
from marketplace.accounts.services.people import change_password, create_person, edit_person, set_language

__all__ = [
    "LicenceFacts",
    "OrganisationFacts",
    "Verdict",
    "accept_invitation",
    "add_member",
    "change_password",
    "change_role",
    "count_password_try",
    "count_sign_in",
    "create_person",
    "edit_organisation",
    "edit_person",
    "forget_password_tries",
    "forget_tries",
    "lift_suspension",
    "normal_credit_code",
    "register_organisation",
    "remove_member",
    "return_organisation",
    "set_language",
    "suspend_organisation",
    "update_verdict",
    "verify_organisation",
]
