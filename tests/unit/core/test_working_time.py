"""Working time by the Chinese public calendar; every expected figure was counted by hand on the wall calendar."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from marketplace.core.public_holidays import days_off, statutory_days
from marketplace.core.working_time import after_working_hours, is_known, is_working_day, missing_days, working_hours

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


class TestYearsThatNobodyHasPublished:
    """The package ends with 2026. Weekdays and feasts of 2027 were read off a printed calendar."""

    @pytest.mark.parametrize(
        ("day", "works"),
        [
            ("2027-01-01", False),  # Friday
            ("2027-01-04", True),
            ("2027-02-04", True),  # Thursday, the day before the eve
            ("2027-02-05", False),  # the eve
            ("2027-02-06", False),  # 初一, Saturday
            ("2027-02-07", False),
            ("2027-02-08", False),  # 初三, Monday
            ("2027-02-09", False),  # made up for 初一, a Saturday
            ("2027-02-10", False),  # made up for 初二, a Sunday
            ("2027-02-11", True),
            ("2027-04-05", False),  # 清明
            ("2027-04-06", True),
            ("2027-05-01", False),  # Saturday
            ("2027-05-02", False),
            ("2027-05-04", False),  # both made up
            ("2027-05-05", True),
            ("2027-06-09", False),  # 端午
            ("2027-06-10", True),
            ("2027-09-15", False),  # 中秋
            ("2027-10-01", False),
            ("2027-10-03", False),
            ("2027-10-06", True),
            ("2028-01-26", False),  # 初一 of 2028
            ("2028-04-04", False),  # 清明 in a leap year
            ("2101-01-05", True),
            ("2101-10-03", False),
        ],
    )
    def test_count_by_statute_sun_and_moon(self, day, works):
        assert is_working_day(date.fromisoformat(day)) is works

    def test_an_inquiry_before_the_festival_is_not_due_in_it(self):
        """R1: 7.5 hours on Thursday 4 February, the rest on the first working day after the festival."""
        assert after_working_hours(at("2027-02-04 10:00"), 16) == at("2027-02-11 17:30")

    def test_thirteen_days_a_year_and_those_on_weekends_made_up(self):
        for year in range(2027, 2100):
            days = statutory_days(year)
            assert len(days) == 13 or {"中秋节", "国庆节"} & set(days.values())
            assert len([day for day in days_off(year) if day.weekday() < 5]) >= len(days) - 1

    def test_are_not_known(self):
        assert is_known(2026)
        assert not is_known(2027)
        assert missing_days(2027)[date(2027, 2, 5)] == "春节"

    def test_cost_nearly_nothing(self, app):
        started = time.process_time()
        for _ in range(100):
            after_working_hours(at("2027-02-04 10:00"), 16)
        assert (time.process_time() - started) / 100 < 0.005
