"""Every change of people and organisations, one function a use case. All run inside a `transaction()`."""

from marketplace.accounts.services.limits import (
    account_key,
    drop_old_tries,
    ensure_may_try,
    forget_tries,
    note_wrong_try,
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
    "account_key",
    "add_member",
    "change_password",
    "change_role",
    "create_person",
    "drop_old_tries",
    "edit_organisation",
    "edit_person",
    "ensure_may_try",
    "forget_tries",
    "lift_suspension",
    "normal_credit_code",
    "note_wrong_try",
    "register_organisation",
    "remove_member",
    "return_organisation",
    "set_language",
    "suspend_organisation",
    "update_verdict",
    "verify_organisation",
]
