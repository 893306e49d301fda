"""Days that staff enter win over the package and over what is computed, in every process at once."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from marketplace.core import calendar_days
from marketplace.core.calendar_days import DayGiven, days_of, enter_days, history_of, take_back_days, year_to_enter
from marketplace.core.db import db, transaction
from marketplace.core.refusals import RuleBroken
from marketplace.core.working_time import is_known, is_working_day, missing_days
from marketplace.needs.parsing.days import working_days_later
from tests.factories.accounts import NOW, StaffFactory
from tests.live import ROOT


def enter(*given, renewed=True):
    staff = StaffFactory()
    with transaction():
        count = enter_days(
            [DayGiven(date.fromisoformat(day), worked, name) for day, worked, name in given], actor=staff, now=NOW
        )
    if renewed:
        calendar_days.renew()
    return count


class TestEnteredDays:
    @pytest.mark.parametrize(
        ("day", "worked"),
        [
            ("2027-01-01", True),  # over what is computed
            ("2027-03-03", False),
            ("2027-02-14", True),  # a worked Sunday
            ("2026-10-01", True),  # over the package
            ("2026-11-30", False),
        ],
    )
    def test_win_in_both_directions_until_they_are_taken_back(self, app, day, worked):
        assert is_working_day(date.fromisoformat(day)) is not worked
        enter((day, worked, ""))
        assert is_working_day(date.fromisoformat(day)) is worked
        with transaction():
            assert take_back_days([days_of(int(day[:4]))[0].id], actor=StaffFactory.build(id=None), now=NOW) == 1
        calendar_days.renew()
        assert is_working_day(date.fromisoformat(day)) is not worked

    def test_count_for_readers_of_sentences_too(self, app):
        """There is one calendar: 三个工作日内 of a need counts by it."""
        assert working_days_later(date(2027, 2, 4), 1) == date(2027, 2, 11)
        enter(("2027-02-09", True, ""))
        assert working_days_later(date(2027, 2, 4), 1) == date(2027, 2, 9)

    def test_make_a_year_known_when_every_statutory_day_is_there(self, app):
        enter(*((day.isoformat(), False, name) for day, name in list(missing_days(2027).items())[1:]))
        assert calendar_days.missing_holidays(2027) == [("元旦", 1)]
        assert not is_working_day(date(2027, 2, 9))  # computed: made up
        enter(("2027-01-01", False, "元旦"))
        assert is_known(2027)
        assert is_working_day(date(2027, 2, 9))  # the announced list is whole, so nothing is added to it

    def test_are_seen_by_another_process_without_a_restart(self, app):
        code = (
            "import sys\nfrom datetime import date\nfrom marketplace import create_app\n"
            "from marketplace.core.working_time import is_working_day\napp = create_app()\n"
            "with app.app_context():\n"
            "    for line in sys.stdin:\n        print(is_working_day(date(2027, 3, 3)), flush=True)\n"
        )
        environment = {**os.environ, "DOORSTEP_INSTANCE": app.instance_path, "DOORSTEP_LOG_JSON": "0"}
        other = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, text=True, stdin=-1, stdout=-1
        )

        def ask():
            other.stdin.write("?\n")
            other.stdin.flush()
            return other.stdout.readline().strip()

        try:
            assert ask() == "True"
            enter(("2027-03-03", False, ""))
            assert ask() == "False"
        finally:
            other.stdin.close()
            other.wait(30)

    def test_a_process_killed_before_its_stamp_is_made_up_for(self, app):
        assert is_working_day(date(2027, 3, 3))
        enter(("2027-03-03", False, ""), renewed=False)
        calendar_days.renew_left_behind(NOW)
        assert not is_working_day(date(2027, 3, 3))

    def test_are_read_inside_a_transaction_without_ending_it(self, app):
        with transaction() as session:
            session.add(StaffFactory.build(email="within@example.com"))
            calendar_days._at_hand().forget()
            assert is_working_day(date(2027, 3, 3))
            assert session.new or session.dirty or session.info["in_transaction"]

    def test_cost_no_query_once_they_are_at_hand(self, app, count_queries, as_person):
        client = as_person(StaffFactory())
        count_queries(client, "/staff")
        before = count_queries(client, "/staff")
        enter(("2027-03-03", False, ""))
        count_queries(client, "/staff")
        assert count_queries(client, "/staff") == before


class TestEntering:
    def test_again_changes_what_differs_and_leaves_a_trace(self, app):
        assert enter(("2027-01-01", False, "元旦"), ("2027-01-02", False, "元旦")) == 2
        assert enter(("2027-01-01", False, "元旦"), ("2027-01-02", True, "")) == 1
        assert [(entry.step, entry.note) for entry in history_of(2027)] == [
            ("entered_worked", "2027-01-02"),
            ("entered_off", "2027-01-02 元旦"),
            ("entered_off", "2027-01-01 元旦"),
        ]

    def test_a_day_that_was_taken_back_can_be_entered_again(self, app):
        enter(("2027-01-02", True, ""))
        with transaction():
            take_back_days([days_of(2027)[0].id], actor=StaffFactory.build(id=None), now=NOW)
        assert days_of(2027) == []
        assert enter(("2027-01-02", True, "")) == 1
        assert len(days_of(2027)) == 1

    @pytest.mark.parametrize(
        "given",
        [
            [],
            [("2027-01-01", True, ""), ("2027-01-01", False, "")],
            [("2029-01-01", False, "")],
            [("2024-12-31", False, "")],
        ],
    )
    def test_refuses_nothing_contradictions_and_far_days(self, app, given):
        with pytest.raises(RuleBroken):
            enter(*given)
        assert db.session.query(calendar_days.CalendarDay).count() == 0

    def test_takes_the_first_and_the_last_day_that_can_be(self, app):
        assert enter(("2028-12-31", False, ""), ("2025-01-01", False, "")) == 2


class TestWarning:
    @pytest.mark.parametrize(
        ("day", "year"), [("2026-10-31", None), ("2026-11-01", 2027), ("2027-01-01", 2027), ("2026-12-31", 2027)]
    )
    def test_from_november_on_and_for_a_year_that_has_begun(self, app, day, year):
        now = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
        assert year_to_enter(now) == year

    def test_ends_when_the_year_is_entered(self, app):
        enter(*((day.isoformat(), False, name) for day, name in missing_days(2027).items()))
        assert year_to_enter(NOW) is None
