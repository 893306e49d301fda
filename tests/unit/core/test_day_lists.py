"""Lists of days as people paste them."""

from datetime import date

import pytest

from marketplace.core.day_lists import read_days

NOTICE = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。"""


def test_a_notice_is_read_whole():
    days, wrong = read_days(NOTICE, 2027)
    assert wrong == []
    off = {one.day for one in days if not one.worked}
    worked = {one.day for one in days if one.worked}
    assert len(off) == 3 + 7 + 3 + 7
    assert worked == {date(2027, 1, 31), date(2027, 2, 14), date(2027, 9, 26), date(2027, 10, 9)}
    assert {one.name for one in days} == {"元旦", "春节", "清明节", "国庆节"}


@pytest.mark.parametrize(
    ("line", "days", "worked", "name"),
    [
        ("2027-01-01", 1, False, ""),
        ("2027-02-05 至 2027-02-11 春节", 7, False, "春节"),
        ("2027/2/5", 1, False, ""),
        ("2027/2/5 - 2027/2/11", 7, False, ""),
        ("2月5日-11日", 7, False, ""),
        ("２月５日～１１日 放假", 7, False, ""),
        ("2027.10.01~2027.10.07 国庆节", 7, False, "国庆节"),
        ("2027-02-14 上班", 1, True, ""),
        ("2027-02-14 working day", 1, True, ""),
        ("2027-02-05 to 2027-02-11 off", 7, False, ""),
        ("1月31日，2月14日上班", 2, True, ""),
        ("补班：9月26日", 1, True, ""),
        ("- 2027-05-08 work", 1, True, ""),
        ("12月31日至2028年1月2日 元旦", 3, False, "元旦"),
    ],
)
def test_a_line(line, days, worked, name):
    read, wrong = read_days(line, 2027)
    assert wrong == []
    assert (len(read), {one.worked for one in read}, {one.name for one in read}) == (days, {worked}, {name})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("放假三天", "nothing"),
        ("12345", "nothing"),
        ("2月30日放假", "no_such_day"),
        ("13月1日", "no_such_day"),
        ("2027-02-11 至 2027-02-05", "backwards"),
        ("1月1日至2月1日", "too_long"),
    ],
)
def test_what_is_not_understood_is_said_with_its_line(line, reason):
    read, wrong = read_days(f"2027-01-01\n\n{line}", 2027)
    assert [(one.number, one.text, one.reason) for one in wrong] == [(3, line, reason)]
    assert len(read) == 1


def test_a_month_is_the_longest_range():
    assert len(read_days("2027-01-01 至 2027-01-31", 2027)[0]) == 31
