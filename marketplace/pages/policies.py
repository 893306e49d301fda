"""Who looks after the words of the search and the working calendar."""

from typing import Any

from marketplace.accounts.lifecycle import StaffRole
from marketplace.core.policies import policy


@policy("words.keep")
def may_keep_words(person: Any, _subject: Any) -> bool:
    """Park staff link words, and see what is searched in vain; neither names a person."""
    return bool(person.is_staff)


@policy("calendar.keep")
def may_keep_calendar(person: Any, _subject: Any) -> bool:
    """Administrators and operators enter days off and worked weekends: every clock of the site counts by them."""
    return bool(person.is_staff) and person.staff_role in {StaffRole.ADMINISTRATOR, StaffRole.OPERATOR}
