"""Who looks after words."""

from typing import Any

from marketplace.core.policies import policy


@policy("words.keep")
def may_keep_words(person: Any, _subject: Any) -> bool:
    """Operators link words, and see what is searched in vain; neither names a person."""
    return bool(person.may_as_staff("words.keep"))
