"""Searches are counted by text and day, by nobody's name, and never in the way of a page."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.core.clock import local_day, utc_now
from marketplace.core.db import db, transaction
from marketplace.search import Hits
from marketplace.words.models import SearchCount, SearchedText
from marketplace.words.services import search_counts
from tests.factories.words import SearchCountFactory, SearchedTextFactory

SOME, NONE = Hits(ids=[1], total=3), Hits(ids=[], total=0)


@pytest.fixture
def spool(app):
    return Path(app.instance_path) / "searches.log"


def ask(app, path="/listings?q=三七", *, hits=SOME, kind="listings", method="GET", **headers):
    """A search page that notes what was asked."""
    with app.test_request_context(path, method=method, headers=headers) as context:
        search_counts.note(kind, context.request.args.get("q", ""), hits)


def lines(spool):
    return [json.loads(line) for line in spool.read_text("utf-8").splitlines()] if spool.exists() else []


@pytest.mark.parametrize(
    "text",
    [
        "李li@example.com",
        "li＠qq.com",
        "1234567",
        "51018219900101123X",
        "6222021234567890123",
        "138 1234 5678",
        "138-1234-5678",
        "138.1234.5678",
        "+86 138 1234 5678",
        "028 8371 0000",
        "028-8371-0000",
        "028—8371—0000",
        "(028) 8371 0000",
        "（028）8371-0000",
        "0816 223 4567",
        "电话028 8371 0000找张三",
        "510182 1990 0101 1234",
        "510182-1990-0101-123X",
        "6222 0212 3456 7890",
        "6222-0212-3456-7890-123",
        "6222 0212 3456 78",
    ],
)
def test_no_way_of_writing_the_number_of_a_person_is_kept(text):
    """One way at least for each part of the pattern, such that no other part finds it."""
    assert search_counts.kept_text(f"三七 {text}") == ""


def test_every_part_of_the_pattern_is_needed():
    """Each finds something that all the others together would keep."""
    parts = search_counts.PERSONAL.pattern.split("|")
    only = ["a@b", "1234567", "138 1234 5678", "028 8371 0000", "510182 1990 0101 1234", "6222 8212 3456 7890"]
    assert len(parts) == len(only)
    for number, text in enumerate(only):
        found = [bool(re.search(part, text)) for part in parts]
        assert found == [place == number for place in range(len(parts))], text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("三七 ", "三七"),
        ("ＰＥ袋", "pe袋"),
        ("三七  粉", "三七 粉"),
        ("SUS304", "sus304"),
        ("6205-2RS", "6205-2rs"),
        ("GB/T 19001-2016", "gb/t 19001-2016"),
        ("500*300*80", "500*300*80"),
        ("GB 2760-2014", "gb 2760-2014"),
        ("304 316 2205", "304 316 2205"),
        ("1200 1000 2000", "1200 1000 2000"),
        ("0.06 1000 2000", "0.06 1000 2000"),
        ("M10 100-200-300", "m10 100-200-300"),
        ("13812345678", ""),
        ("138 1234 5678", ""),
        ("138-1234-5678 找张三", ""),
        ("028-83710000", ""),
        ("0288371 0000", ""),
        ("li@example.com", ""),
        ("微信zhang@qq", ""),
        ("510182199001011234", ""),
        ("51018219900101123X", ""),
        ("QQ12345678", ""),
        ("三" * 41, ""),
        ("？！", ""),
        ("", ""),
    ],
)
def test_only_texts_without_a_person_are_kept(text, kept):
    assert search_counts.kept_text(text) == kept


def test_a_line_says_day_kind_text_and_results_and_nothing_else(app, spool):
    ask(app)
    assert lines(spool) == [[local_day(utc_now()).isoformat(), "listings", "三七", 3]]
    assert spool.stat().st_mode & 0o777 == 0o600


def test_no_table_of_searches_knows_who_searched():
    kept = {column.name for table in (SearchCount, SearchedText) for column in table.__table__.columns}
    assert kept == {
        "id",
        "kind",
        "text",
        "day",
        "times",
        "unanswered",
        "results",
        "days",
        "last_on",
        "in_vain",
        "unknown",
        "proposals",
        "set_aside_at",
        "set_aside_by_id",
    }


@pytest.mark.parametrize(
    "request_of",
    [
        {"path": "/listings?q=三七&page=2"},
        {"path": "/listings?q=三七&sort=newest"},
        {"path": "/listings?q=三七&category=A01"},
        {"path": "/listings?page=3"},
        {"method": "HEAD"},
        {"hits": Hits(ids=[], total=0, degraded=True)},
        {"HX-Trigger-Name": "q"},
        {"HX-History-Restore-Request": "true"},
        {"Sec-Purpose": "prefetch"},
        {"User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"},
        {"User-Agent": "bingbot/2.0"},
    ],
)
def test_what_is_no_search_of_a_person_is_not_counted(app, spool, request_of):
    ask(app, **request_of)
    assert lines(spool) == []


@pytest.mark.parametrize(
    "request_of",
    [
        {"path": "/listings?q=三七&sort=&price_from="},
        {"HX-Request": "true"},
        {"User-Agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"},
    ],
)
def test_a_search_of_a_person_is_counted(app, spool, request_of):
    ask(app, **request_of)
    assert len(lines(spool)) == 1


def test_the_file_stops_growing(app, spool, monkeypatch):
    monkeypatch.setattr(search_counts, "MOST_BYTES", 100)
    for _time in range(20):
        ask(app)
    assert len(lines(spool)) == 3


def test_an_instance_that_cannot_be_written_stops_no_page(app, spool):
    spool.mkdir()
    ask(app)
    spool.rmdir()


def test_searches_are_added_up_by_day_and_in_all(app, spool):
    for hits in (SOME, NONE, SOME):
        ask(app, hits=hits)
    ask(app, kind="needs")
    search_counts.take()
    assert not spool.exists()
    ask(app, hits=NONE)
    search_counts.take()
    [count] = db.session.query(SearchCount).filter_by(kind="listings").all()
    assert (count.text, count.times, count.unanswered, count.results) == ("三七", 4, 2, 0)
    whole = db.session.query(SearchedText).filter_by(kind="listings").one()
    assert (whole.times, whole.days, whole.unanswered, whole.last_on) == (4, 1, 2, local_day(utc_now()))
    assert db.session.query(SearchedText).filter_by(kind="needs").one().times == 1


def test_a_crash_before_the_commit_loses_nothing(app, spool, monkeypatch):
    ask(app)
    with monkeypatch.context() as broken:
        broken.setattr(search_counts, "count", lambda _counts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            search_counts.take()
    ask(app)
    search_counts.take()
    search_counts.take()
    assert db.session.query(SearchCount).one().times == 2


def test_a_machine_that_makes_up_texts_fills_no_disk(app, monkeypatch):
    monkeypatch.setattr(search_counts, "MOST_TEXTS", 3)
    for text in ("三七", "川芎", "三七", "艾条", "黄连", "白芷"):
        ask(app, f"/listings?q={text}")
    search_counts.take()
    for text in ("三七", "当归"):
        ask(app, f"/listings?q={text}")
    search_counts.take()
    assert {row.text: row.times for row in db.session.query(SearchCount)} == {"三七": 3, "川芎": 1, "艾条": 1}
    assert db.session.query(SearchedText).count() == 3


def test_a_line_that_was_cut_off_is_passed_over(app, spool):
    ask(app)
    with spool.open("a") as file:
        file.write('["2026-11-2')
    search_counts.take()
    assert db.session.query(SearchCount).one().times == 1


def test_days_that_are_kept_no_longer_go_with_their_texts(app):
    today = local_day(utc_now())
    for days_ago, times in ((100, 5), (91, 2), (10, 4)):
        SearchCountFactory(day=today - timedelta(days=days_ago), times=times, unanswered=1)
    whole = SearchedTextFactory(times=11, days=3, unanswered=3)
    SearchCountFactory(day=today - timedelta(days=100), text="灵芝")
    gone = SearchedTextFactory(text="灵芝", times=1, days=1, last_on=today - timedelta(days=100))
    with transaction():
        changed = search_counts.forget(utc_now())
    assert set(changed) == {whole.id, gone.id}
    assert [row.text for row in db.session.query(SearchedText)] == ["食品级pe袋"]
    whole = db.session.query(SearchedText).one()
    assert (whole.times, whole.days, whole.unanswered) == (4, 1, 1)
    assert db.session.query(SearchCount).count() == 1
