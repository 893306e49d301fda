"""Who looks after the words of the search."""

from typing import Any

from marketplace.core.policies import policy


@policy("words.keep")
def may_keep_words(person: Any, _subject: Any) -> bool:
    """Park staff link words, and see what is searched in vain; neither names a person."""
    return bool(person.is_staff)
