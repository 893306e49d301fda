"""Who may do what to organisations and accounts."""

from typing import Any

from marketplace.accounts.models import Organisation
from marketplace.core.policies import policy


@policy("accounts.use")
def may_use(person: Any, _subject: Any) -> bool:
    """Pages of one's own: account, workbench, notices."""
    return bool(person.is_authenticated)


@policy("organisations.register")
def may_register(person: Any, _subject: Any) -> bool:
    """Somebody without an organisation may register one."""
    return bool(person.is_authenticated) and not person.memberships and not person.is_staff


@policy("organisations.read")
def may_read(person: Any, organisation: Organisation) -> bool:
    """Everybody reads verified ones; the others only their members and staff."""
    return organisation.is_verified or person.belongs_to(organisation.id) or may_read_file(person, organisation)


@policy("organisations.edit")
def may_edit(person: Any, organisation: Organisation) -> bool:
    return bool(person.owns(organisation.id))


@policy("organisations.history")
def may_read_history(person: Any, organisation: Organisation) -> bool:
    """Timeline and credit code: its members and staff."""
    return person.belongs_to(organisation.id) or may_read_file(person, organisation)


@policy("organisations.papers")
def may_read_papers(person: Any, organisation_id: int) -> bool:
    """Licence files: owners and staff."""
    return person.owns(organisation_id) or may_read_file(person, None)


@policy("organisations.file")
def may_read_file(person: Any, _subject: Any) -> bool:
    """What an organisation said and handed in, and the list of those that wait."""
    return bool(person.may_as_staff("organisations.file"))


@policy("organisations.verify")
def may_verify(person: Any, _subject: Any) -> bool:
    """Verify, return, and correct what was set at verification."""
    return bool(person.may_as_staff("organisations.verify"))


@policy("organisations.suspend")
def may_suspend(person: Any, _subject: Any) -> bool:
    """Suspend, and lift the suspension."""
    return bool(person.may_as_staff("organisations.suspend"))


@policy("staff.board")
def may_see_board(person: Any, _subject: Any) -> bool:
    return bool(person.may_as_staff("staff.board"))


def acts_for_verified(person: Any) -> bool:
    """True when the person's organisation is verified: needed to publish and to inquire."""
    return person.organisation is not None and person.organisation.is_verified
