"""Whose turn it is on the home page: one queue, no database, no chance (R7).

Listings stand in a queue. A turn shows the first few of it, who then go to its end; a newcomer joins at the end, one
that leaves steps out. The order of those who stay is never changed, so between two turns of one listing each other
listing has exactly one: over any stretch of time the most and the least shown of those who stood in the queue
throughout differ by at most one turn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Midnight in China: turns of a whole part of a day begin at the same hours every day.
GRID_START = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """A listing in the queue, behind all that were shown, or joined, before `since`."""

    listing_id: int
    since: datetime
    place: int = 0
    """The place it had in the turn that began at `since`; 0 when it never had one."""


def turn_start(moment: datetime, length: timedelta) -> datetime:
    """When the turn that runs at `moment` began, in UTC."""
    return GRID_START + (moment - GRID_START) // length * length


def queue_of(waiting: Iterable[Waiting]) -> list[int]:
    """The listings in the order of waiting, the longest waiting first."""
    return [each.listing_id for each in sorted(waiting, key=lambda each: (each.since, each.place, each.listing_id))]


def take_turns(queue: Sequence[int], *, slots: int, turns: int) -> list[tuple[int, ...]]:
    """Who is shown in each of the next `turns` turns of `slots` places, when the queue stays as it is."""
    line = list(queue)
    rota = []
    for _turn in range(turns):
        shown, line = line[:slots], line[slots:]
        line += shown
        rota.append(tuple(shown))
    return rota
