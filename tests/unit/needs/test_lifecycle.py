"""The step table and the clock of a need."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.core.clock import end_of_day
from marketplace.needs.lifecycle import (
    STEPS,
    LocalPreference,
    NeedStatus,
    allowed_preferences,
    first_closing_day,
    last_closing_day,
    open_long_enough,
    usual_closing_day,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY, MOST = timedelta(hours=24), timedelta(days=90)


def test_every_status_has_its_steps():
    assert set(STEPS) == set(NeedStatus)


@pytest.mark.parametrize(
    ("gap", "allowed"),
    [
        (DAY - timedelta(seconds=1), False),
        (DAY, True),
        (MOST, True),
        (MOST + timedelta(seconds=1), False),
        (-DAY, False),
    ],
)
def test_r4_a_need_is_open_between_a_day_and_ninety(gap, allowed):
    assert open_long_enough(NOW + gap, NOW, DAY, MOST) is allowed


@pytest.mark.parametrize("hour", [0, 2, 15, 16, 23])
def test_r4_first_and_last_closing_day_are_the_outermost_allowed(hour):
    now = NOW.replace(hour=hour)
    first, last = first_closing_day(now, DAY), last_closing_day(now, MOST)
    one = timedelta(days=1)
    assert open_long_enough(end_of_day(first), now, DAY, MOST)
    assert open_long_enough(end_of_day(last), now, DAY, MOST)
    assert not open_long_enough(end_of_day(first - one), now, DAY, MOST)
    assert not open_long_enough(end_of_day(last + one), now, DAY, MOST)


@pytest.mark.parametrize(
    ("deliver_by", "expected"),
    [
        (None, date(2026, 12, 7)),
        (date(2026, 12, 31), date(2026, 12, 7)),
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 11, 20), date(2026, 11, 24)),
    ],
)
def test_the_usual_closing_day_is_a_fortnight_away_or_the_delivery_day(deliver_by, expected):
    first, last = first_closing_day(NOW, DAY), last_closing_day(NOW, MOST)
    assert usual_closing_day(NOW, deliver_by, first, last) == expected


def test_r9_a_public_body_may_not_require_neighbours():
    assert LocalPreference.REQUIRE not in allowed_preferences(public_body=True)
    assert LocalPreference.REQUIRE in allowed_preferences(public_body=False)
