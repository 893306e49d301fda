"""Which texts are shown to others, which to staff, and which to nobody."""

from itertools import product

import pytest

from marketplace import search
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.search import outbox
from marketplace.search.port import Found
from marketplace.words import queries
from marketplace.words.models import SearchedText
from marketplace.words.search import MOST_RELATED
from marketplace.words.services import searched_texts
from tests.factories.accounts import StaffFactory
from tests.factories.words import SearchedTextFactory


def shown(worker, text, kind="listings"):
    with transaction():
        for row in db.session.query(SearchedText):
            outbox.put("searches", row.id)
    worker()
    return search.related(kind, text)


def test_both_ways_to_say_what_may_be_shown_agree(app):
    values = product((2, 3), (1, 2), (0, 4), (False, True), (None, utc_now()))
    for number, (times, days, results, in_vain, aside) in enumerate(values):
        SearchedTextFactory(
            text=str(number), times=times, days=days, results=results, in_vain=in_vain, set_aside_at=aside
        )
    rows = db.session.query(SearchedText).all()
    by_query = {row.id for row in db.session.scalars(queries.texts("shown"))}
    assert by_query == {row.id for row in rows if row.may_be_shown}
    assert len(by_query) == 1


@pytest.mark.parametrize(
    "hidden",
    [
        {"times": 2},
        {"days": 1},
        {"results": 0},
        {"in_vain": True},
        {"set_aside_at": utc_now()},
        {"kind": "needs"},
    ],
)
def test_what_one_person_typed_or_what_was_in_vain_is_not_shown(worker, hidden):
    SearchedTextFactory(**hidden)
    assert shown(worker, "PE袋") == []


def test_shares_a_word_another_name_or_a_sound(worker):
    for text in ("食品级pe袋", "pe袋 定做", "三七粉", "自封袋", "艾条"):
        SearchedTextFactory(text=text)
    assert set(shown(worker, "PE袋")) == {"食品级PE袋", "PE袋 定做"}
    assert "三七粉" in shown(worker, "田七")
    assert shown(worker, "叉车") == []
    assert shown(worker, "") == []


def test_the_same_words_are_not_shown_again_and_the_frequent_come_first(worker):
    SearchedTextFactory(text="pe袋")
    SearchedTextFactory(text="食品级pe袋", times=4)
    SearchedTextFactory(text="食品级 pe袋", times=3)
    SearchedTextFactory(text="pe袋 印刷", times=9)
    assert shown(worker, "PE袋") == ["PE袋 印刷", "食品级PE袋"]


def test_at_most_six(worker):
    for number in range(12):
        SearchedTextFactory(text=f"pe袋 {'甲乙丙丁戊己庚辛壬癸子丑'[number]}型")
    assert len(shown(worker, "PE袋")) == MOST_RELATED == 6


def test_one_that_finds_nothing_any_more_is_shown_no_more(worker):
    row = SearchedTextFactory()
    assert shown(worker, "PE袋") == ["食品级PE袋"]
    with transaction():
        searched_texts.note_look(row, Found(0, True))
    worker()
    assert search.related("listings", "PE袋") == []


def test_one_set_aside_by_staff_is_shown_no_more_at_once(worker):
    row, staff = SearchedTextFactory(), StaffFactory()
    assert shown(worker, "PE袋") == ["食品级PE袋"]
    with transaction():
        searched_texts.set_aside(row, actor=staff, now=utc_now())
    assert search.related("listings", "PE袋") == []
    with transaction():
        searched_texts.take_back(row)
    worker()
    assert search.related("listings", "PE袋") == ["食品级PE袋"]


def test_without_an_index_none_are_shown(app):
    SearchedTextFactory()
    assert search.related("listings", "PE袋") == []
