"""Every change of people and organisations, one function a use case. All run inside a `transaction()`."""

from marketplace.accounts.services.limits import (
    count_mail,
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
from marketplace.accounts.services.people import (
    change_password,
    create_person,
    edit_person,
    end_reset_links,
    set_language,
)
from marketplace.accounts.services.sign_ins import (
    drop_old_sign_ins,
    end_sign_in,
    end_sign_ins_of,
    ensure_password_stands,
    oldest_sign_in,
    start_sign_in,
    token_hash,
)

__all__ = [
    "LicenceFacts",
    "OrganisationFacts",
    "Verdict",
    "accept_invitation",
    "add_member",
    "change_password",
    "change_role",
    "count_mail",
    "count_password_try",
    "count_sign_in",
    "create_person",
    "drop_old_sign_ins",
    "edit_organisation",
    "edit_person",
    "end_reset_links",
    "end_sign_in",
    "end_sign_ins_of",
    "ensure_password_stands",
    "forget_password_tries",
    "forget_tries",
    "lift_suspension",
    "normal_credit_code",
    "oldest_sign_in",
    "register_organisation",
    "remove_member",
    "return_organisation",
    "set_language",
    "start_sign_in",
    "suspend_organisation",
    "token_hash",
    "update_verdict",
    "verify_organisation",
]
