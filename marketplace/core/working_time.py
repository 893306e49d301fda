"""Working time in the park: working days by the Chinese public calendar, 09:00 to 17:30 in Asia/Shanghai.

The clocks of DESIGN 5 (R1 and its reminder) count in it. A working day has eight and a half hours, with lunch.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import chinese_calendar
import structlog

from marketplace.core.clock import LOCAL, local_day

log = structlog.get_logger()
OPENS, CLOSES = time(9), time(17, 30)


@cache
def _calendar_knows(year: int) -> bool:
    """True when the calendar of `year` is published; says so once in the log when it is not."""
    try:
        chinese_calendar.is_workday(date(year, 6, 1))
    except NotImplementedError:
        log.warning("public_calendar_unknown", year=year, fallback="Monday to Friday")
        return False
    return True


def is_working_day(day: date) -> bool:
    """True for a working day or a worked weekend (调休); Monday to Friday in a year not yet published."""
    if _calendar_knows(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def _spans_from(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of working time that end after `start`, in order, in UTC."""
    day = local_day(start)
    while True:
        if is_working_day(day):
            opens = datetime.combine(day, OPENS, LOCAL).astimezone(UTC)
            closes = datetime.combine(day, CLOSES, LOCAL).astimezone(UTC)
            if closes > start:
                yield max(opens, start), closes
        day += timedelta(days=1)


def working_hours(start: datetime, end: datetime) -> float:
    """Hours of working time between two moments; 0.0 when `end` does not come after `start`."""
    total = timedelta()
    for opens, closes in _spans_from(start):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total / timedelta(hours=1)


def after_working_hours(start: datetime, hours: float) -> datetime:
    """The moment, in UTC, at which `hours` of working time have passed since `start`."""
    left = timedelta(hours=hours)
    for opens, closes in _spans_from(start):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise AssertionError("Working time never ends.")
