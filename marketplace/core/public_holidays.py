"""Days off of a year whose calendar nobody has published yet, by statute and by the sun and the moon.

Regulation on public holidays (全国年节及纪念日放假办法, as of 2025), articles 2 and 6: thirteen days,
and one that falls on a weekend is made up on a working day. How weekends are moved (调休) is decided each November and
cannot be computed.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from borax.calendars.lunardate import MAX_LUNAR_YEAR, MIN_LUNAR_YEAR, LunarDate, TermUtils

ONE_DAY = timedelta(days=1)
QINGMING = TermUtils.name2index("清明")


def _fixed(month: int, *days: int) -> Callable[[int], list[date]]:
    return lambda year: [date(year, month, day) for day in days]


def _lunar(month: int, day: int, *, before: int = 0, after: int = 0) -> Callable[[int], list[date]]:
    def days(year: int) -> list[date]:
        feast = LunarDate(year, month, day).to_solar_date()
        return [feast + ONE_DAY * number for number in range(-before, after + 1)]

    return days


def _qingming(year: int) -> list[date]:
    return [TermUtils.nth_term_day(year, QINGMING)]


HOLIDAYS: dict[str, Callable[[int], list[date]]] = {
    "元旦": _fixed(1, 1),
    "春节": _lunar(1, 1, before=1, after=2),
    "清明节": _qingming,
    "劳动节": _fixed(5, 1, 2),
    "端午节": _lunar(5, 5),
    "中秋节": _lunar(8, 15),
    "国庆节": _fixed(10, 1, 2, 3),
}
BY_THE_SKY = frozenset({"春节", "清明节", "端午节", "中秋节"})


@lru_cache(maxsize=64)
def statutory_days(year: int) -> dict[date, str]:
    """The statutory days off of `year` with the name of their holiday; fixed ones alone beyond the known sky."""
    known = MIN_LUNAR_YEAR < year < MAX_LUNAR_YEAR
    return {day: name for name, days_of in HOLIDAYS.items() if known or name not in BY_THE_SKY for day in days_of(year)}


@lru_cache(maxsize=64)
def days_off(year: int) -> frozenset[date]:
    """The statutory days of `year`, and for each that falls on a weekend the next working day after its holiday."""
    statutory = statutory_days(year)
    off = set(statutory)
    for name in HOLIDAYS:
        days = sorted(day for day, holiday in statutory.items() if holiday == name)
        next_day = days[-1] if days else None
        for _weekend_day in [day for day in days if day.weekday() >= 5]:
            while next_day is not None and (next_day in off or next_day.weekday() >= 5):
                next_day += ONE_DAY
            if next_day is not None:
                off.add(next_day)
    return frozenset(off)
