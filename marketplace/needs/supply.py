"""What the rows of needs tell beside the need: who can supply it, and how far away the buyer is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from marketplace.accounts.models import Organisation
from marketplace.core.places import distance_km

Counter = Callable[[Sequence[int], datetime], Mapping[int, tuple[int, int]]]
# Who counts the suppliers of needs: matching puts its function here. Need ids in; how many suppliers miss nothing,
# in the park and elsewhere, out. A need that was not matched yet is left out.
SUPPLY_COUNTERS: list[Counter] = []


def supply_counts(need_ids: Sequence[int], now: datetime) -> Mapping[int, tuple[int, int]]:
    """How many can supply each need, in the park and elsewhere, as far as somebody counts."""
    counts: dict[int, tuple[int, int]] = {}
    for counter in SUPPLY_COUNTERS:
        counts |= counter(need_ids, now)
    return counts


def kilometres(organisation: Organisation, origin: tuple[float, float] | None) -> float | None:
    """As the crow flies from `origin` to the buyer; None when one of them is unknown."""
    if origin is None or organisation.latitude is None or organisation.longitude is None:
        return None
    return distance_km(origin, (organisation.latitude, organisation.longitude))
