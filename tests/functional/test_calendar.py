"""Park staff enter the days that the State Council announces; every clock counts by them at once."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest

from marketplace.accounts.lifecycle import StaffRole
from marketplace.core import calendar_days
from marketplace.core.calendar_days import days_of
from marketplace.core.working_time import is_known, is_working_day
from tests.factories.accounts import StaffFactory
from tests.unit.core.test_day_lists import NOTICE

NOW = datetime(2026, 11, 29, 4, 0, tzinfo=UTC)
WHOLE = (
    NOTICE
    + """
五、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
六、端午节：6月9日（周三）放假，共1天。
七、中秋节：9月15日（周三）放假，共1天。"""
)


@pytest.fixture(autouse=True)
def in_november(monkeypatch):
    monkeypatch.setattr("marketplace.pages.calendar_views.utc_now", lambda: NOW)
    monkeypatch.setattr("marketplace.pages.views.utc_now", lambda: NOW)


@pytest.fixture
def operator(as_person):
    return as_person(StaffFactory(language="en", name="录入人"))


def page(client, path, status=200, **form):
    answer = client.post(path, data=form, follow_redirects=True) if form else client.get(path)
    assert answer.status_code == status
    return unescape(answer.get_data(as_text=True))


def test_the_board_warns_and_leads_to_the_form_until_the_notice_is_entered(operator):
    board = page(operator, "/staff")
    assert "Nobody has entered the days off of 2027 yet" in board
    (path,) = re.findall(r'href="(/staff/calendar\?year=2027)"', board)
    assert "Still missing" in page(operator, path)
    after = page(operator, path, days=WHOLE)
    assert "32 days entered" in after
    assert "All statutory holidays of this year are entered" in after
    assert "录入人" in after
    assert is_known(2027)
    assert not is_working_day(date(2027, 2, 11))
    assert is_working_day(date(2027, 2, 14))
    assert "Nobody has entered" not in page(operator, "/staff")


def test_the_warnings_tell_nothing_entered_from_a_part(operator):
    path = "/staff/calendar?year=2027"
    nothing, part = "Nobody has entered the days off of 2027 yet", "Not all statutory holidays of 2027 are entered yet"
    assert "Until they are entered, the statutory days count" in page(operator, path)
    calendar = page(operator, path, days="2027-01-01 至 2027-01-03 元旦\n2027-02-14 上班 春节")
    assert "The entered days count already" in calendar
    assert "Until they are entered" not in calendar
    board = page(operator, "/staff")
    assert part in board
    assert nothing not in board
    rows = [str(row.id) for row in days_of(2027)]
    page(operator, "/staff/calendar/removal", day=rows, year="2027")
    board = page(operator, "/staff")
    assert nothing in board
    assert part not in board


def test_the_history_tells_what_was_entered_at_once_in_one_entry(operator):
    path = "/staff/calendar?year=2027"
    calendar = page(operator, path, days="2027-01-01 至 2027-01-03 元旦\n2027-02-14 上班 春节\n2027-02-15 春节")
    assert calendar.count('class="timeline__entry ') == 1
    assert "Days entered" in calendar
    for line in ("Day off: 2027-01-01 – 2027-01-03 元旦", "Working day: 2027-02-14 春节", "Day off: 2027-02-15 春节"):
        assert line in calendar
    rows = [str(row.id) for row in days_of(2027)[:2]]
    calendar = page(operator, "/staff/calendar/removal", day=rows, year="2027")
    assert calendar.count('class="timeline__entry ') == 2
    assert "2027-01-01 – 2027-01-02 元旦" in calendar.split("Days taken back")[1]


def test_a_sentence_left_by_several_presses_is_shown_once(operator):
    for _ in range(3):
        operator.post("/staff/calendar/removal", data={"day": "x", "year": "2027"})
    assert page(operator, "/staff/calendar?year=2027").count("Tick the days") == 1


def test_a_line_that_is_not_understood_is_named_and_nothing_is_kept(operator):
    text = "2027-01-01 元旦\n2月30日放假\n明天"
    answer = page(operator, "/staff/calendar?year=2027", status=422, days=text)
    assert "Line 2 names a day that does not exist: “2月30日放假”" in answer
    assert "Line 3 says no day: “明天”" in answer
    assert "2027-01-01 元旦" in answer
    assert days_of(2027) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write at least one day"),
        ("2027-01-01 放假\n1月1日上班", "both as a day off"),
        ("2031-01-01", "too far away"),
    ],
)
def test_what_cannot_be_is_refused(operator, text, words):
    assert words in page(operator, "/staff/calendar?year=2027", status=422, days=text)
    assert days_of(2027) == []


def test_ticked_days_are_taken_back_and_the_history_tells_who(operator):
    page(operator, "/staff/calendar?year=2027", days="2027-03-03 至 2027-03-04")
    assert not is_working_day(date(2027, 3, 3))
    first, second = days_of(2027)
    after = page(operator, "/staff/calendar/removal", day=[str(first.id)], year="2027")
    assert "1 day taken back" in after
    assert "Taken back" in after
    assert [row.id for row in days_of(2027)] == [second.id]
    assert is_working_day(date(2027, 3, 3))
    assert "Tick the days" in page(operator, "/staff/calendar/removal", day="x", year="2027")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (StaffRole.OPERATOR, 200),
        (StaffRole.ADMINISTRATOR, 200),
        (StaffRole.SERVICE_OFFICER, 403),
        (StaffRole.NONE, 403),
    ],
)
def test_operators_and_administrators_keep_it(as_person, role, status):
    client = as_person(StaffFactory(staff_role=role))
    assert client.get("/staff/calendar").status_code == status
    assert client.post("/staff/calendar/removal", data={"year": "2027"}).status_code == (302 if status == 200 else 403)
    if role is StaffRole.SERVICE_OFFICER:
        assert "/staff/calendar" not in page(client, "/staff")


def test_the_page_and_the_board_ask_as_much_with_many_days(operator, count_queries):
    few = count_queries(operator, "/staff/calendar?year=2027")
    page(operator, "/staff/calendar?year=2027", days=WHOLE)
    count_queries(operator, "/staff/calendar?year=2027")
    assert count_queries(operator, "/staff/calendar?year=2027") <= few + 1
    assert calendar_days.entered_days()
