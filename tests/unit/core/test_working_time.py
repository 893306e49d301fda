"""Working time by the Chinese public calendar; every expected figure was counted by hand on the wall calendar."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from marketplace.core import working_time
from marketplace.core.working_time import after_working_hours, is_working_day, working_hours

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """`2026-11-23 10:00` on the park's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-23", True),
        ("2026-11-21", False),
        ("2026-11-22", False),
        ("2026-01-01", False),
        ("2026-01-04", True),  # Sunday worked for New Year
        ("2026-02-14", True),
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-28", True),  # Spring Festival
        ("2026-04-06", False),
        ("2026-05-09", True),
        ("2026-06-19", False),
        ("2026-09-20", True),
        ("2026-09-25", False),
        ("2026-10-05", False),
        ("2026-10-10", True),  # worked weekends
    ],
)
def test_working_days_follow_the_public_calendar(day, works):
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-23 09:00", "2026-11-23 17:30", 8.5),
        ("2026-11-23 10:00", "2026-11-23 11:30", 1.5),
        ("2026-11-23 06:00", "2026-11-23 09:30", 0.5),
        ("2026-11-23 17:00", "2026-11-24 09:30", 1.0),
        ("2026-11-20 17:00", "2026-11-23 09:15", 0.75),  # Friday evening to Monday morning
        ("2026-11-21 10:00", "2026-11-22 16:00", 0.0),
        ("2026-09-30 16:30", "2026-10-08 10:00", 2.0),  # the whole of National Day lies between
        ("2026-10-09 17:00", "2026-10-12 10:00", 10.0),  # Saturday 10 October is worked: 0.5 + 8.5 + 1
        ("2026-02-13 17:00", "2026-02-24 09:30", 9.5),  # 0.5 + worked Saturday 8.5 + 0.5
        ("2026-11-23 12:00", "2026-11-23 11:00", 0.0),
    ],
)
def test_working_hours_between_two_moments(start, end, hours):
    assert working_hours(at(start), at(end)) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 10:00", 8, "2026-11-24 09:30"),  # 7.5 today, half an hour tomorrow
        ("2026-11-23 10:00", 16, "2026-11-24 17:30"),  # 7.5 + 8.5: the last minute of Tuesday
        ("2026-11-20 15:00", 16, "2026-11-24 14:00"),  # 2.5 + 8.5 + 5
        ("2026-11-21 23:00", 8, "2026-11-23 17:00"),  # asked on a Saturday night
        ("2026-09-30 12:00", 16, "2026-10-09 11:00"),  # 5.5, then 8.5 on the 8th, 2 on the 9th
        ("2026-10-09 12:00", 16, "2026-10-12 11:00"),  # 5.5, 8.5 on the worked Saturday, 2 on Monday
        ("2026-02-14 09:00", 16, "2026-02-24 16:30"),  # worked Saturday, then nine days of Spring Festival
    ],
)
def test_the_moment_after_so_many_working_hours(start, hours, end):
    assert after_working_hours(at(start), hours) == at(end)
    assert working_hours(at(start), at(end)) == pytest.approx(hours)


def test_an_unpublished_year_counts_monday_to_friday_and_says_so_once(monkeypatch):
    warnings = []
    working_time._calendar_knows.cache_clear()
    monkeypatch.setattr(
        working_time.log, "warning", lambda event, **facts: warnings.append((event, facts["year"])), raising=False
    )
    assert is_working_day(date(2101, 1, 3))  # a Monday
    assert not is_working_day(date(2101, 1, 2))  # a Sunday
    assert after_working_hours(at("2101-01-03 10:00"), 8) == at("2101-01-04 09:30")
    assert warnings == [("public_calendar_unknown", 2101)]
    working_time._calendar_knows.cache_clear()
