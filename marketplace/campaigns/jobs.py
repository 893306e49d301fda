"""The clock of the rota."""

from datetime import datetime, timedelta

from marketplace.campaigns import services
from marketplace.core.db import transaction
from marketplace.core.jobs import clock


@clock("campaigns.plan_turns", every=timedelta(minutes=1))
def plan_turns(now: datetime) -> None:
    """Write turns a week ahead, so that the home page goes on without the worker."""
    with transaction():
        services.plan_turns(now)
