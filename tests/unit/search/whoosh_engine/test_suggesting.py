"""Suggestions while typing: which words, in which order, for whom, and after a change of the index."""

import pytest

from marketplace import search
from marketplace.search.documents import Document
from marketplace.search.whoosh_engine.index import IndexStore
from marketplace.search.whoosh_engine.match_cache import MatchCache
from marketplace.search.whoosh_engine.postings import snapshot_of_documents
from marketplace.search.whoosh_engine.suggesting import LONGEST_TYPED, as_written, named_in, suggest_in
from marketplace.search.whoosh_engine.title_words import TITLES

STAFF = frozenset({"staff", "org:7"})


def shelf(*titles, **more):
    return snapshot_of_documents(
        Document(id=str(number), title=title, **more) for number, title in enumerate(titles, start=1)
    )


def suggested(snapshot, typed, limit=8):
    return suggest_in(snapshot, typed, limit)


class TestWords:
    @pytest.mark.parametrize("typed", ["川", "川芎", "chuanx", "cx", "川xiong", "ＣＸ", " 川"])
    def test_by_characters_pinyin_initials_and_mixtures(self, typed):
        assert "川芎" in suggested(shelf("川芎饮片"), typed)

    def test_those_of_most_titles_stand_first(self):
        snapshot = shelf("纸箱 大", "纸箱 小", "纸箱 中", "纸盒")
        assert suggested(snapshot, "纸") == ["纸箱", "纸盒"]
        assert suggested(snapshot, "zh", limit=1) == ["纸箱"]

    def test_what_was_typed_stands_first_when_it_is_a_word(self):
        snapshot = shelf("PE 袋", "配送 一", "配送 二", "配送 三", "配送 四")
        assert suggested(snapshot, "pe") == ["PE", "配送"]

    def test_names_of_things_stand_before_other_words(self):
        snapshot = shelf("合作", "合作", "川芎", "合作 长期")
        assert suggested(snapshot, "h") == ["合作"]
        assert suggested(shelf("长期", "长期", "川芎"), "c") == ["川芎", "长期"]

    def test_a_word_that_only_begins_a_longer_one_is_left_out(self):
        assert suggested(shelf("一次性手套"), "一") == ["一次性"]
        assert suggested(shelf("一次性手套", "一次"), "一次") == ["一次", "一次性"]

    @pytest.mark.parametrize(
        "typed", ["", " ", "的", "1", "10", "=", "袋", "多少", "x" * (LONGEST_TYPED + 1), "%", "\0"]
    )
    def test_nothing_for_what_names_nothing(self, typed):
        assert suggested(shelf("10ml 的 多少钱 PE袋 304 100个装"), typed) == []

    def test_words_of_texts_are_not_suggested(self):
        assert suggested(shelf("纸箱", body="川芎饮片", specs="黄连"), "c") == []
        assert suggested(shelf("纸箱", aliases=("川芎",)), "c") == ["川芎"]

    def test_an_empty_shelf_suggests_nothing(self):
        assert suggested(shelf(), "c") == []


class TestLastWord:
    def test_the_last_word_is_completed_from_titles_with_the_words_before_it(self):
        snapshot = shelf("川芎 饮片", "黄连 饮料")
        assert suggested(snapshot, "川芎饮") == ["川芎饮片"]
        assert suggested(snapshot, "川芎 yin") == ["川芎 饮片"]
        assert suggested(snapshot, "黄连饮") == ["黄连饮料"]

    def test_a_word_is_not_said_twice(self):
        assert suggested(shelf("川芎 饮片"), "川芎 川") == []

    def test_foreign_words_do_not_follow_characters_without_a_space(self):
        snapshot = shelf("黄柏 phellodendri", "黄柏 PE袋", "黄柏 PE")
        assert suggested(snapshot, "黄柏p") == ["黄柏PE", "黄柏PE袋"]
        assert "黄柏 phellodendri" in suggested(snapshot, "黄柏 p")


class TestSpelling:
    @pytest.mark.parametrize(("folded", "written"), [("pe袋", "PE袋"), ("vial", "vial"), ("pvc", "PVC"),
                                                     ("川芎", "川芎")])  # fmt: skip
    def test_abbreviations_are_written_in_capitals(self, folded, written):
        assert as_written(folded) == written


class TestForWhom:
    def test_only_words_that_everybody_may_see(self):
        snapshot = snapshot_of_documents(
            [
                Document(id="1", title="川芎"),
                Document(id="2", title="川贝母", audiences=STAFF),
                Document(id="3", title="川芎 川乌", audiences=STAFF),
            ]
        )
        assert suggested(snapshot, "川") == ["川芎"]

    def test_drafts_do_not_change_the_order(self):
        drafts = [Document(id=str(number), title="纸盒", audiences=STAFF) for number in range(3, 9)]
        snapshot = snapshot_of_documents(
            [Document(id="1", title="纸箱"), Document(id="2", title="纸箱"), *drafts, Document(id="10", title="纸盒")]
        )
        assert suggested(snapshot, "zh") == ["纸箱", "纸盒"]


class TestNames:
    def test_things_are_found_by_the_beginning_of_a_name_before_a_word_inside(self):
        snapshot = snapshot_of_documents(
            Document(id=str(number), title=name, names=(short, name))
            for number, short, name in (
                (3, "岷江纸业", "成都岷江纸业有限公司"),
                (5, "成都包装", "成都市包装厂"),
                (9, "锦屹包装", "四川锦屹包装有限公司"),
            )
        )
        assert named_in(snapshot, "成都", 8) == [3, 5]
        assert named_in(snapshot, "jybz", 8) == [9]
        assert named_in(snapshot, "bz", 8) == [5, 9]
        assert named_in(snapshot, "bz", 1) == [5]
        assert named_in(snapshot, "x" * (LONGEST_TYPED + 1), 8) == []

    def test_only_those_that_everybody_may_see(self):
        snapshot = snapshot_of_documents([Document(id="1", title="锦屹", names=("锦屹",), audiences=STAFF)])
        assert named_in(snapshot, "锦", 8) == []


class TestAfterAChange:
    @pytest.fixture
    def cache(self, tmp_path):
        store = IndexStore(tmp_path / "index", "listings")
        generation = store.begin()
        generation.fill([Document(id="1", title="川芎"), Document(id="2", title="川乌", names=("川乌厂",))])
        store.use(generation)
        return MatchCache(store)

    def test_new_words_come_and_old_ones_go(self, cache):
        assert suggested(cache.snapshot(), "c") == ["川乌", "川芎"]
        cache.store.current().write([Document(id=str(number), title="苍术") for number in range(3, 9)], ["2"])
        assert suggested(cache.snapshot(now=True), "c") == ["苍术", "川芎"]
        assert named_in(cache.snapshot(), "川", 8) == []

    def test_a_row_that_is_hidden_takes_its_words_along(self, cache):
        suggested(cache.snapshot(), "c")
        cache.store.current().write([Document(id="2", title="川乌", audiences=STAFF)])
        assert suggested(cache.snapshot(now=True), "c") == ["川芎"]

    def test_what_was_put_in_order_is_kept(self, cache):
        suggested(cache.snapshot(), "c")
        (block,) = cache.snapshot().blocks
        kept = TITLES[block.words]
        cache.store.current().write([Document(id="3", title="苍术")])
        suggested(cache.snapshot(now=True), "c")
        blocks = cache.snapshot().blocks
        assert [TITLES[block.words] is kept for block in blocks].count(True) == 1
        assert len(blocks) == 2


def test_a_sick_index_suggests_nothing(app):
    with app.test_request_context():
        search.engine().caches.clear()
        assert search.suggest("listings", "川") == []
        assert search.named("organisations", "川") == []
