"""Who looks after the words of the search and the working calendar."""

from typing import Any

from marketplace.core.policies import policy


@policy("words.keep")
def may_keep_words(person: Any, _subject: Any) -> bool:
    """Operators link words, and see what is searched in vain; neither names a person."""
    return bool(person.may_as_staff("words.keep"))


@policy("calendar.keep")
def may_keep_calendar(person: Any, _subject: Any) -> bool:
    """Operators enter days off and worked weekends: every clock of the site counts by them."""
    return bool(person.may_as_staff("calendar.keep"))
