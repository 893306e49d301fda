"""How people write a day in English; see `spellings_of_days` for the rules that both share."""

import re
from datetime import date, timedelta

from marketplace.needs.parsing import days
from marketplace.needs.parsing.english import WORD_NUMBERS
from marketplace.needs.parsing.spellings_of_days import LONGEST_DURATION, coming, reads

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
START = r"(?i)(?<![A-Za-z])(?:(?:no(?:t)? later than|before|by|until|till|on|due|from|starting)\s+)?(?:the\s+)?"
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?(?![A-Za-z])"
)
DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?!\d|\.\d)"
YEAR = r"(?:,?\s*(?P<year>20\d\d))?"
DAY_NAME = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
    r"(?![A-Za-z])"
)
FEASTS = {
    "christmas": "圣诞", "new year": "元旦", "national day": "国庆", "labou?r day": "五一", "lantern festival": "元宵",
    "mid-autumn(?: festival)?": "中秋", "dragon boat(?: festival)?": "端午", "qingming": "清明",
    "(?:the )?(?:spring festival|chinese new year|lunar new year)": "春节",
}  # fmt: skip
FEAST = "|".join(sorted(FEASTS, key=len, reverse=True))


def _month(match: re.Match[str]) -> int:
    return MONTHS.index(match["month"].lower()[:3]) + 1


@reads(rf"{START}{DAY}\s*(?:of\s+)?{MONTH}{YEAR}")
def day_then_month(match: re.Match[str], today: date) -> date | None:
    """before 20 December, 5th of Jan 2027."""
    return coming(int(match["year"]) if match["year"] else None, _month(match), int(match["day"]), today)


@reads(rf"{START}{MONTH}\s*{DAY}{YEAR}")
def month_then_day(match: re.Match[str], today: date) -> date | None:
    """by Dec 5, December 20, 2026."""
    return day_then_month(match, today)


@reads(
    r"(?i)\b(?:eta|by|before|due|delivery(?: date)?|deliver by|ship by)\s*:?\s*"
    r"(?P<month>1[0-2]|0?\d)/(?P<day>[0-3]?\d)(?![\d/])"
)
def month_slash_day(match: re.Match[str], today: date) -> date | None:
    """ETA 12/22: the month first, as is usual here."""
    return coming(None, int(match["month"]), int(match["day"]), today)


@reads(rf"{START}(?P<part>end|middle|mid|early|beginning|start)(?:\s+of|-)?\s*{MONTH}{YEAR}")
def part_of_month(match: re.Match[str], today: date) -> date | None:
    """by the end of January, mid-December, early March."""
    return _part(match, int(match["year"]) if match["year"] else None, today)


def _part(match: re.Match[str], year: int | None, today: date) -> date:
    month = _month(match)
    for candidate in [year] if year else [today.year, today.year + 1]:
        last = days.month_end(candidate, month)
        day = last if match["part"].lower() == "end" else last.replace(day=15 if "mid" in match["part"].lower() else 10)
        if day >= today:
            break
    return day


@reads(
    rf"{START}(?:(?P<end>end)\s+of\s+)?(?P<which>this|next|the)\s+(?P<unit>week|month|year)(?![A-Za-z])"
    r"|(?<![A-Za-z])(?:before |by )?(?:the )?year[- ]?end(?![A-Za-z])"
)
def named_span(match: re.Match[str], today: date) -> date | None:
    """next month, the end of this month, this week, by the end of the year: their last day."""
    which, unit = (match["which"] or "this").lower(), (match["unit"] or "year").lower()
    if which == "the" and not match["end"]:
        return None
    ahead = int(which == "next")
    if unit == "week":
        return today + timedelta(days=6 - today.weekday() + 7 * ahead)
    if unit == "month":
        return days.month_end(*days.month_after(today, ahead))
    return date(today.year + ahead, 12, 31)


@reads(rf"{START}(?:(?P<which>this|next|coming)\s+)?{DAY_NAME}")
def weekday(match: re.Match[str], today: date) -> date | None:
    """next Friday is that of next week, by Friday the next one to come."""
    ahead = WEEKDAYS.index(match["weekday"].lower()[:3]) - today.weekday()
    if (match["which"] or "").lower() == "next":
        return today + timedelta(days=ahead + 7)
    bare = not re.match(r"(?i)(?:before|by|until|till|on|due|this|coming|no|not)", match.group())
    return None if bare else today + timedelta(days=ahead if ahead > 0 else ahead + 7)


@reads(rf"{START}(?P<word>(?:the\s+)?day after tomorrow|tomorrow|tonight|today)(?![A-Za-z])")
def near_day(match: re.Match[str], today: date) -> date | None:
    """tomorrow, the day after tomorrow."""
    word = match["word"].lower()
    return today + timedelta(days=2 if "after" in word else int(word == "tomorrow"))


NUMBER = rf"(?P<n>\d{{1,3}}|{'|'.join(WORD_NUMBERS)})(?:\s?(?:-|to)\s?(?P<n2>\d{{1,3}}))?"


@reads(
    rf"(?i)(?<![A-Za-z])(?:(?:deliver(?:ed|y)?\s+)?(?:within|in)|in less than|after|lead time|delivery(?: time)?)[:\s]+"
    rf"(?:(?:of|is|at most|max(?:imum)?|about)\s+)?(?:the\s+next\s+)?{NUMBER}\s*(?P<work>working|business)?\s*"
    rf"(?P<unit>day|week|month)s?(?![A-Za-z])"
)
def within(match: re.Match[str], today: date) -> date | None:
    """within 10 days, in 3 weeks, within 5 working days, lead time 15 days."""
    told = match["n2"] or match["n"]
    number = WORD_NUMBERS.get(told.lower()) or int(told)
    unit = match["unit"].lower()
    if match["work"]:
        return days.working_days_later(today, number)
    if unit == "month":
        return days.months_later(today, number) if number * 30 < LONGEST_DURATION else None
    return today + timedelta(days=number * (7 if unit == "week" else 1))


@reads(rf"(?i)(?<![A-Za-z])(?:before|by)\s+(?P<feast>{FEAST})(?:'s day)?(?![A-Za-z])")
def before_feast(match: re.Match[str], today: date) -> date | None:
    """before Christmas, by the Spring Festival: the day before it."""
    name = next(name for spelled, name in FEASTS.items() if re.fullmatch(spelled, match["feast"], re.IGNORECASE))
    feast = days.feast_after(name, today)
    return feast - timedelta(days=1) if feast else None
