"""Lists of days as people paste them: the State Council's notice, or a day or range a line.

`元旦：1月1日至3日放假，共3天。1月10日（周日）上班。` · `2027-02-05 至 2027-02-11 春节` · `2027-02-14 上班`
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MOST_DAYS = 31
"""Of one range: a longer one is a slip."""
DAY = r"(?:(?:(?P<{0}y>\d{{4}})[-./年])?(?P<{0}m>\d{{1,2}})[-./月])?(?P<{0}d>\d{{1,2}})(?P<{0}sign>日|号)?"
BETWEEN = r"\s*(?:至|到|~|～|—+|–|--|(?<=[\s日号])-|\bto\b)\s*"
RANGE = re.compile(rf"(?<!\d){DAY.format('a')}(?!\d|天)(?:{BETWEEN}{DAY.format('b')}(?!\d|天))?")
ASIDE = re.compile(r"[(（][^)）]*[)）]|共\s*\d+\s*天")
NUMBERING = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|\d{1,2}[、)）]|[-*•·]\s)\s*")
NAME = re.compile(r"^\s*([^\d:：]{1,20})[:：]")
CLAUSE = re.compile(r"[。；;，,]")
WORKED, OFF = re.compile(r"上班|补班|班|\bwork", re.I), re.compile(r"放假|休|\boff\b|holiday", re.I)
REST = re.compile(
    r"[\s、和及与.:：-]|(?:周|星期)[一二三四五六日天]|(?:正常|照常)?上班|补班|放假|调休|公休|休息|休|"
    r"\boff\b|\bholiday\b|\bworking day\b|\bwork(?:ed|ing)?\b",
    re.I,
)
"""What is no name of a holiday."""


@dataclass(frozen=True)
class DayRead:
    """One day of a list."""

    day: date
    worked: bool
    name: str


@dataclass(frozen=True)
class LineNotRead:
    """A line that says no day, or one that is not there. `reason`: nothing, no_such_day, backwards or too_long."""

    number: int
    text: str
    reason: str


class _Wrong(Exception):
    pass


def _day(match: re.Match[str], side: str, year: int, month: int | None) -> date:
    """One end of a range; what it leaves out is as before. Raises `_Wrong`."""
    day, said_month, said_year = match[f"{side}d"], match[f"{side}m"], match[f"{side}y"]
    if said_month is None and (month is None or match[f"{side}sign"] is None):
        raise _Wrong("nothing")
    try:
        return date(int(said_year or year), int(said_month or month or 0), int(day))
    except ValueError:
        raise _Wrong("no_such_day") from None


def _ranges(clause: str, year: int, month: int | None) -> Iterator[tuple[date, date]]:
    for match in RANGE.finditer(clause):
        first = _day(match, "a", year, month)
        year, month = first.year, first.month
        last = first if match["bd"] is None else _day(match, "b", year, month)
        if last < first:
            raise _Wrong("backwards")
        if (last - first).days >= MOST_DAYS:
            raise _Wrong("too_long")
        yield first, last


def _read_line(line: str, year: int) -> list[DayRead]:
    line = NUMBERING.sub("", ASIDE.sub(" ", line), count=1)
    heading = NAME.match(line)
    name = heading[1].strip() if heading else ""
    by_heading = bool(WORKED.search(name))
    name = REST.sub("", name)
    clauses = [clause for clause in CLAUSE.split(line[heading.end() :] if heading else line) if clause.strip()]
    worked: list[bool] = []
    for clause in reversed(clauses):  # 「1月31日，2月14日上班」: the word stands behind the last day
        said = True if WORKED.search(clause) else False if OFF.search(clause) else None
        worked.append(said if said is not None else worked[-1] if worked else by_heading)
    found: list[DayRead] = []
    month = None
    for clause, is_worked in zip(clauses, reversed(worked), strict=True):
        own_name = name or REST.sub("", RANGE.sub("", clause))[:20]
        for first, last in _ranges(clause, year, month):
            month = last.month
            days = (first + timedelta(days=number) for number in range((last - first).days + 1))
            found += [DayRead(day, is_worked, own_name) for day in days]
    if not found:
        raise _Wrong("nothing")
    return found


def read_days(text: str, year: int) -> tuple[list[DayRead], list[LineNotRead]]:
    """The days of a pasted list, and its lines that were not understood. `year` is meant where a day names none."""
    found: list[DayRead] = []
    wrong: list[LineNotRead] = []
    for number, line in enumerate(unicodedata.normalize("NFKC", text).splitlines(), 1):
        if not line.strip():
            continue
        try:
            found += _read_line(line, year)
        except _Wrong as reason:
            wrong.append(LineNotRead(number, line.strip(), str(reason)))
    return found, wrong
