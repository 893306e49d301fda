"""Who looks after the working calendar."""

from typing import Any

from marketplace.core.policies import policy


@policy("calendar.keep")
def may_keep_calendar(person: Any, _subject: Any) -> bool:
    """Operators enter days off and worked weekends: every clock of the site counts by them."""
    return bool(person.may_as_staff("calendar.keep"))
