"""Working time in the park: working days by the Chinese public calendar, 09:00 to 17:30 in Asia/Shanghai.

The clocks of DESIGN 5 (R1 and its reminder) count in it. A working day has eight and a half hours, with lunch.
Days that staff entered win over the published calendar of the package, and that wins over what is computed.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import chinese_calendar

from marketplace.core.clock import LOCAL, local_day
from marketplace.core.public_holidays import days_off, statutory_days

OPENS, CLOSES = time(9), time(17, 30)
Days = Mapping[date, bool]
"""Whether a day is worked."""
_entered: Callable[[], Days] = dict


def ask_for_entered_days(source: Callable[[], Days]) -> None:
    """Let `source` say which days staff entered; it is asked each time and must be cheap."""
    global _entered  # noqa: PLW0603 - this module knows no database
    _entered = source


@cache
def is_published(year: int) -> bool:
    """True when the package has the State Council's calendar of `year`."""
    try:
        chinese_calendar.is_workday(date(year, 6, 1))
    except NotImplementedError:
        return False
    return True


def missing_days(year: int) -> dict[date, str]:
    """Statutory days of `year` that neither the package nor staff have as days off, with their holidays' names."""
    if is_published(year):
        return {}
    entered = _entered()
    return {day: name for day, name in statutory_days(year).items() if entered.get(day) is not False}


def is_known(year: int) -> bool:
    """True when the calendar of `year` is published, or staff have entered every statutory day of it."""
    return not missing_days(year)


def is_working_day(day: date) -> bool:
    """True for a working day or a worked weekend (调休)."""
    worked = _entered().get(day)
    if worked is not None:
        return worked
    if is_published(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and (is_known(day.year) or day not in days_off(day.year))


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
