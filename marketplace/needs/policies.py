"""Who may do what to needs."""

from typing import Any

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.core.policies import policy
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need


@policy("needs.create")
def may_create(person: Any, _subject: Any) -> bool:
    """Members of an organisation that is not suspended; one that waits for verification keeps drafts."""
    return person.organisation is not None and person.organisation.status is not OrganisationStatus.SUSPENDED


@policy("needs.read")
def may_read(person: Any, need: Need) -> bool:
    """Posted needs are public; drafts are the buyer's alone, withdrawn ones the buyer's and the staff's."""
    if need.is_public or person.belongs_to(need.organisation_id):
        return True
    return bool(person.may_as_staff("needs.withdrawn")) and need.status is not NeedStatus.DRAFT


@policy("needs.edit")
def may_edit(person: Any, need: Need) -> bool:
    """The buyer, unless the organisation is suspended; he may still close and withdraw what he posted."""
    return (
        bool(person.belongs_to(need.organisation_id)) and need.organisation.status is not OrganisationStatus.SUSPENDED
    )


@policy("needs.publish")
def may_publish(person: Any, need: Need) -> bool:
    """Publish, close, open again, note as unmet: the buyer's steps."""
    return bool(person.belongs_to(need.organisation_id))


@policy("needs.withdraw")
def may_withdraw(person: Any, need: Need) -> bool:
    """The buyer; operators may take a posted need down."""
    own = bool(person.belongs_to(need.organisation_id))
    return own or (bool(person.may_as_staff("needs.suspend")) and need.status is not NeedStatus.DRAFT)


@policy("needs.history")
def may_read_history(person: Any, need: Need) -> bool:
    """Timeline and earlier versions: the buyer and staff."""
    return bool(person.belongs_to(need.organisation_id) or person.may_as_staff("needs.withdrawn"))


@policy("needs.mine")
def may_list_own(person: Any, _subject: Any) -> bool:
    return person.organisation is not None
