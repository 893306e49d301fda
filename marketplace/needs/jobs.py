"""The clock of needs."""

from datetime import datetime, timedelta

from marketplace.core.db import transaction
from marketplace.core.jobs import clock
from marketplace.needs import services


@clock("needs.close_due", every=timedelta(seconds=60))
def close_due(now: datetime) -> None:
    """Close the open needs whose closing moment has passed, each once."""
    with transaction():
        services.close_due(now)
