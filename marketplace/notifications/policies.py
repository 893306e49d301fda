"""Who may read a notice: the person it was written to."""

from typing import Any

from marketplace.core.policies import policy
from marketplace.notifications.models import Notice


@policy("notices.read")
def may_read(person: Any, notice: Notice) -> bool:
    return bool(person.is_authenticated) and notice.person_id == person.id
