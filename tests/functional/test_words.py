"""Park staff link words: searches, matches and the index follow; what was searched in vain is listed for them."""

import re
from html import unescape

import pytest

from marketplace import search
from marketplace.core.clock import local_day, utc_now
from marketplace.core.db import db, transaction
from marketplace.search.query import Query
from marketplace.words import jobs
from marketplace.words.models import OtherName, SearchedText
from tests.factories.accounts import StaffFactory, owner_of
from tests.factories.catalog import CategoryFactory
from tests.factories.matching import open_need, shown_listing
from tests.factories.needs import line

PAIR = {"term": "自封袋", "variant": "骨条封口袋子", "kind": "alias", "note": "采购部门这样叫"}


@pytest.fixture
def staff(as_person):
    return as_person(StaffFactory(language="en"))


@pytest.fixture(autouse=True)
def at_each_tick(monkeypatch):
    """The worker counts searches at each tick, not every few seconds."""
    monkeypatch.setattr(jobs, "COUNT_EVERY", -1.0)


def page(client, path, status=200):
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    return re.sub(r"[ \n]+", " ", unescape(answer.get_data(as_text=True)))


def found(client, text, kind="listings"):
    """The addresses of what the search page shows."""
    return re.findall(rf'href="(/{kind}/\d+)"', client.get(f"/{kind}?q={text}").get_data(as_text=True))


def saved(client, **changes):
    answer = client.post("/staff/words/new", data={**PAIR, **changes})
    assert answer.status_code == 302, unescape(answer.get_data(as_text=True))
    return db.session.query(OtherName).order_by(OtherName.id.desc()).first().id


class TestLinking:
    def test_a_pair_widens_searches_both_ways_at_once(self, staff, browser, worker):
        here = shown_listing("自封袋 加厚", category=CategoryFactory(), description="防潮防尘。", aliases=[])
        there = shown_listing("骨条封口袋子 十号")
        worker()
        assert found(browser, "骨条封口袋子") == [f"/listings/{there.id}"]
        saved(staff)
        assert set(found(browser, "骨条封口袋子")) >= {f"/listings/{here.id}"}
        worker()
        both = {f"/listings/{here.id}", f"/listings/{there.id}"}
        assert set(found(browser, "骨条封口袋子")) == set(found(browser, "自封袋")) == both

    def test_the_form_counts_what_would_change_and_changes_nothing(self, staff, browser, worker):
        shown_listing("自封袋 加厚")
        worker()
        text = page(staff, "/staff/words/preview?term=自封袋&variant=骨条封口袋子&kind=alias")
        assert re.search(r"<b>骨条封口袋子</b>.*?0 → <b>1</b><br>.*?1 new", text, re.S)
        answer = staff.post("/staff/words/new", data={**PAIR, "preview": "1"})
        assert answer.status_code == 200
        assert re.search(r"0 →\s+<b>1</b>", answer.get_data(as_text=True))
        assert db.session.query(OtherName).count() == 0
        assert found(browser, "骨条封口袋子") == []

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"variant": "自封袋"}, "reads both words alike"),
            ({"variant": "自封 袋", "term": "自封  袋"}, "reads both words alike"),
            ({"kind": "cousin"}, "Choose how the two words stand"),
            ({"variant": "袋" * 41}, "at most 40 characters"),
            ({"variant": "的"}, "holds nothing to search for"),
            ({"variant": ""}, "Write the other name"),
            ({"term": "三七", "variant": "田七"}, "from its own lists"),
            ({"term": "骨条封口袋子", "variant": "自封袋"}, "linked already"),
            ({"kind": "near"}, "linked already"),
        ],
    )
    def test_refuses_what_makes_no_sense_and_says_why(self, staff, changes, sentence):
        saved(staff)
        answer = staff.post("/staff/words/new", data={**PAIR, **changes})
        assert answer.status_code == 422
        assert sentence in unescape(answer.get_data(as_text=True))
        assert db.session.query(OtherName).count() == 1

    def test_a_pair_is_taken_out_and_comes_back(self, staff, browser, worker):
        listing = shown_listing("自封袋 加厚")
        worker()
        name_id = saved(staff)
        assert found(browser, "骨条封口袋子") == [f"/listings/{listing.id}"]
        removal = {"data": {"version": "1"}, "follow_redirects": True}
        answer = staff.post(f"/staff/words/{name_id}/removal", **removal).get_data(as_text=True)
        assert "no longer linked" in answer
        assert found(browser, "骨条封口袋子") == []
        [undo] = re.findall(r'action="(/staff/words/\d+/restoration)"', answer)
        staff.post(undo, data={"version": "2"})
        assert found(browser, "骨条封口袋子") == [f"/listings/{listing.id}"]

    def test_a_pair_is_corrected_and_keeps_its_history(self, staff, browser, worker):
        listing = shown_listing("自封袋 加厚")
        worker()
        name_id = saved(staff)
        staff.post(f"/staff/words/{name_id}", data={**PAIR, "variant": "夹链密实袋", "version": "1"})
        assert found(browser, "骨条封口袋子") == []
        assert found(browser, "夹链密实袋") == [f"/listings/{listing.id}"]
        text = page(staff, f"/staff/words/{name_id}")
        assert "自封袋 · 骨条封口袋子" in text
        assert "Changed" in text

    def test_the_list_is_searched_filtered_sorted_and_paged(self, staff, count_queries):
        for number in range(23):
            saved(staff, variant=f"别名{'甲乙丙丁'[number % 4]}袋{number}", kind="near" if number else "alias")
        text = page(staff, "/staff/words")
        assert "23 pairs" in text
        assert text.count("word-pair__sign") == 20
        assert page(staff, "/staff/words?page=2").count("word-pair__sign") == 3
        assert page(staff, "/staff/words?kind=alias").count("word-pair__sign") == 1
        assert page(staff, "/staff/words?q=袋22").count("word-pair__sign") == 1
        first = re.findall(r"</span> <span>([^<]*)</span>", page(staff, "/staff/words?sort=variant"))
        assert first == sorted(first)
        few = count_queries(staff, "/staff/words?kind=alias")
        assert count_queries(staff, "/staff/words") <= few


class TestTheIndexFollows:
    def test_only_documents_that_hold_a_new_word_are_indexed_again(self, staff, worker):
        shown_listing("自封袋 加厚")
        there = shown_listing("进口骨条封口袋子 十号")
        worker()
        saved(staff)
        problems = search.check("listings")
        assert problems == [f"listings {there.id}: the index holds another version"]
        worker()
        assert search.check("listings") == []
        assert search.engine().snapshot("listings", now=True).vocabulary.holds("骨条封口袋子")

    def test_a_word_taken_out_is_cut_as_before(self, staff, worker):
        shown_listing("进口骨条封口袋子 十号")
        worker()
        name_id = saved(staff)
        worker()
        staff.post(f"/staff/words/{name_id}/removal", data={"version": "1"})
        worker()
        assert search.check("listings") == []
        assert not search.engine().snapshot("listings", now=True).vocabulary.holds("骨条封口袋子")

    def test_needs_that_say_the_word_find_their_suppliers(self, staff, as_person, worker):
        listing = shown_listing("自封袋 加厚")
        need = open_need("急需骨条封口袋子", lines=[line(item="骨条封口袋子")])
        worker()
        buyer = as_person(owner_of(need.organisation))
        saved(staff)
        worker()
        text = buyer.get(f"/needs/{need.id}/matches").get_data(as_text=True)
        assert f"/listings/{listing.id}" in text


class TestInVain:
    def test_a_search_in_vain_comes_to_staff_with_a_proposal_and_leaves_when_it_is_linked(self, staff, browser, worker):
        listing = shown_listing("自封袋 加厚", description="PE")
        worker()
        for _time in range(2):
            assert found(browser, "夹链自锁袋") == []
        worker()
        text = page(staff, "/staff/searches")
        assert "夹链自锁袋" in text
        assert "2 searches" in text
        assert "夹链自锁袋" not in page(staff, "/staff/searches?state=shown")
        address = next(iter(re.findall(r'href="(/staff/words/new\?[^"]*)"', text)))
        form = page(staff, address)
        came_from = re.search(r'name="came_from"[^>]*value="(\d+)"', form)
        assert 'value="夹链自锁袋"' in form
        answer = staff.post(
            "/staff/words/new", data={**PAIR, "variant": "夹链自锁袋", "came_from": came_from[1]}, follow_redirects=True
        )
        assert "夹链自锁袋</a>" not in answer.get_data(as_text=True)
        assert found(browser, "夹链自锁袋") == [f"/listings/{listing.id}"]

    def test_it_is_set_aside_and_taken_back(self, staff, browser, worker):
        worker()
        found(browser, "航空母舰")
        worker()
        [row] = db.session.query(SearchedText).all()
        text = staff.post(f"/staff/searches/{row.id}/dismissal", follow_redirects=True).get_data(as_text=True)
        assert "is set aside" in text
        assert "航空母舰</a>" not in page(staff, "/staff/searches")
        assert "航空母舰</a>" in page(staff, "/staff/searches?state=set_aside")
        staff.post(f"/staff/searches/{row.id}/return")
        assert "航空母舰</a>" in page(staff, "/staff/searches")

    def test_many_at_once_are_looked_at_in_turns(self, staff, browser, worker, monkeypatch):
        monkeypatch.setattr(jobs, "AT_A_TIME", 2)
        worker()
        for number in range(5):
            found(browser, f"航空母舰{number}")
        worker()
        assert page(staff, "/staff/searches").count("finds nothing now") == 5

    def test_nothing_in_vain_says_so(self, staff):
        assert "Nobody searches in vain" in page(staff, "/staff/searches")
        assert "You have not linked any words yet" in page(staff, "/staff/words")


class TestRelated:
    def test_what_others_searched_stands_below_the_results_and_below_none(self, app, browser, worker):
        shown_listing("食品级PE袋")
        worker()
        with transaction() as session:
            session.add(
                SearchedText(
                    kind="listings",
                    text="食品级pe袋",
                    times=3,
                    days=2,
                    unanswered=0,
                    last_on=local_day(utc_now()),
                    results=1,
                )
            )
        row = db.session.query(SearchedText).one()
        with transaction():
            search.changed("searches", row.id)
        worker()
        assert "Others also searched for" in page(browser, "/listings?q=PE袋")
        assert "食品级PE袋</a>" in page(browser, "/listings?q=PE袋")
        assert "Others also searched for" in page(browser, "/listings?q=PE袋&certificates=nothing")
        assert "Others also searched for" not in page(browser, "/listings?q=食品级PE袋")
        assert "Others also searched for" not in page(browser, "/listings?q=川芎")
        assert "Others also searched for" not in page(browser, "/needs?q=PE袋")
        assert search.find("listings", Query(text="PE袋")).total == 1
