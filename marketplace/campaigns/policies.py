"""Who may promote."""

from typing import Any

from marketplace.core.policies import policy


@policy("featured.manage")
def may_manage_featured(person: Any, _subject: Any) -> bool:
    """Operators decide which listings stand on the rota; whose turn it is, the rota alone decides."""
    return bool(person.may_as_staff("featured.manage"))
