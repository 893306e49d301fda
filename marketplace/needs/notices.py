"""What the news of needs means for people: the buyer hears that his need ran out or was taken down."""

from datetime import datetime
from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need
from marketplace.needs.signals import need_closed
from marketplace.notifications.messages import N_
from marketplace.notifications.services import path_to, tell

RAN_OUT = N_("The closing day of “%(need)s” has passed. Open it again, or say why it was not met.")
TAKEN_DOWN = N_("The park staff took “%(need)s” down.")


def on_closed(need: Need, *, by_clock: bool, now: datetime, actor: Any = None, note: str = "", **_news: Any) -> None:
    """Tell the buyer's people when it was not one of them who closed the need."""
    taken_down = (
        need.status is NeedStatus.WITHDRAWN and actor is not None and not actor.belongs_to(need.organisation_id)
    )
    if not by_clock and not taken_down:
        return
    tell(
        accounts.people_of(need.organisation_id),
        "need_closed" if by_clock else "need_withdrawn",
        RAN_OUT if by_clock else TAKEN_DOWN,
        {"need": need.title},
        path_to("needs.show", need_id=need.id),
        now,
        subject=need,
        quote=note,
    )


def init_app() -> None:
    need_closed.connect(on_closed)
