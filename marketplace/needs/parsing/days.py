"""Feasts and counting of days, by the calendars that people have in mind."""

import calendar
from collections.abc import Callable
from datetime import date, timedelta

from borax.calendars.lunardate import LunarDate

from marketplace.core.working_time import is_working_day


def lunar(month: int, day: int) -> Callable[[int], date]:
    """A feast of the lunar calendar, by the year of the common calendar in which it falls."""

    def in_year(year: int) -> date:
        lunar_year = year - 1 if month == 12 else year
        return LunarDate(lunar_year, month, day).to_solar_date()

    return in_year


def fixed(month: int, day: int) -> Callable[[int], date]:
    """A feast with a date of its own."""
    return lambda year: date(year, month, day)


def last_day_of_lunar_year(year: int) -> date:
    """除夕: the day before the Spring Festival."""
    return lunar(1, 1)(year) - timedelta(days=1)


def solar_term(month: int, constant: float) -> Callable[[int], date]:
    """清明 and 冬至 by the usual approximation for this century."""
    return lambda year: date(year, month, int((year % 100) * 0.2422 + constant) - (year % 100) // 4)


FEASTS: dict[str, Callable[[int], date]] = {
    "元旦": fixed(1, 1), "新年": fixed(1, 1), "腊八": lunar(12, 8), "小年": lunar(12, 23),
    "大年三十": last_day_of_lunar_year, "年三十": last_day_of_lunar_year, "除夕": last_day_of_lunar_year,
    "春节": lunar(1, 1), "大年初一": lunar(1, 1), "农历新年": lunar(1, 1), "过年": lunar(1, 1),
    "元宵": lunar(1, 15), "情人节": fixed(2, 14), "妇女节": fixed(3, 8), "三八节": fixed(3, 8),
    "清明": solar_term(4, 4.81), "五一": fixed(5, 1), "劳动节": fixed(5, 1), "青年节": fixed(5, 4),
    "护士节": fixed(5, 12), "儿童节": fixed(6, 1), "六一": fixed(6, 1), "端午": lunar(5, 5), "七一": fixed(7, 1),
    "七夕": lunar(7, 7), "八一": fixed(8, 1), "建军节": fixed(8, 1), "中元": lunar(7, 15),
    "教师节": fixed(9, 10), "中秋": lunar(8, 15), "国庆": fixed(10, 1), "十一": fixed(10, 1),
    "重阳": lunar(9, 9), "双十一": fixed(11, 11), "双11": fixed(11, 11), "双十二": fixed(12, 12),
    "双12": fixed(12, 12), "冬至": solar_term(12, 21.94), "平安夜": fixed(12, 24), "圣诞": fixed(12, 25),
    "618": fixed(6, 18),
}  # fmt: skip


def feast_after(name: str, today: date) -> date | None:
    """The next day of the feast after `today`."""
    for year in (today.year, today.year + 1, today.year + 2):
        day = feast_in(name, year)
        if day is not None and day > today:
            return day
    return None


def feast_in(name: str, year: int) -> date | None:
    """The day of the feast in `year`; None outside the calendar's range."""
    try:
        return FEASTS[name](year)
    except (ValueError, OverflowError, IndexError):
        return None


def lunar_day_after(month: int, day: int, today: date) -> date | None:
    """The next such day of the lunar calendar after `today`; None when there is none (a thirtieth of a short month)."""
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found = LunarDate(year, month, day).to_solar_date()
        except ValueError:
            continue
        if found > today:
            return found
    return None


def valid_day(year: int, month: int, day: int) -> date | None:
    """The day, or None when the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def month_after(today: date, months: int) -> tuple[int, int]:
    """Year and month that lie `months` after that of `today`."""
    count = today.year * 12 + today.month - 1 + months
    return count // 12, count % 12 + 1


def months_later(today: date, months: int) -> date:
    """The same day `months` later, or the last of that month when it is shorter."""
    year, month = month_after(today, months)
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def working_days_later(today: date, days: int) -> date:
    """The `days`-th working day after `today`, by the public calendar of `core.working_time`."""
    day = today
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            days -= 1
    return day
