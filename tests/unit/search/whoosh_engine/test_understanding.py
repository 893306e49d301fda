"""What a typed query asks for, against a small shelf."""

import pytest

from marketplace.search.documents import Document
from marketplace.search.lexicon import WordPair, lexicon, lexicon_of_files, trial
from marketplace.search.whoosh_engine.postings import snapshot_of_documents
from marketplace.search.whoosh_engine.ranking import plain_rank, rank
from marketplace.search.whoosh_engine.understanding import understand

SHELF = {
    "1": ("三七超细粉 200目", ("田七粉",)),
    "2": ("瓦楞纸箱 五层 定制", ("纸箱",)),
    "3": ("高效液相色谱仪 四元泵", ("HPLC",)),
    "4": ("食品级PE自封袋", ()),
    "5": ("黄连药材 统货", ("味连",)),
    "6": ("口服液瓶 10ml 棕色", ()),
    "7": ("不锈钢储罐 5m³ SUS316L", ()),
    "8": ("艾条 三年陈", ()),
    "9": ("面膜代加工", ("OEM",)),
    "10": ("黄原胶 食品级", ("xanthan gum",)),
}


@pytest.fixture(scope="module")
def shelf():
    return snapshot_of_documents(
        Document(id=id_, title=title, aliases=aliases) for id_, (title, aliases) in SHELF.items()
    )


def found(shelf, text):
    ranked = rank(shelf, text)
    return [shelf.id_of(row) for row in shelf.best(ranked.score, ranked.hits, 10)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("参三七", "1"),
        ("Panax notoginseng", "1"),
        ("sanqi", "1"),
        ("sanqifen", "1"),
        ("瓦愣纸箱", "2"),
        ("zhixiang", "2"),
        ("紙箱", "2"),
        ("外箱", "2"),
        ("高效夜相色谱", "3"),
        ("液相", "3"),
        ("hplc", "3"),
        ("自封代", "4"),
        ("ＰＥ 袋", "4"),
        ("黄莲", "5"),
        ("黃連", "5"),
        ("huanglian", "5"),
        ("huang lian", "5"),
        ("huanlian", "5"),
        ("zi xiang", "2"),
        ("zixiang", "2"),
        ("Coptis chinensis", "5"),
        ("10毫升 瓶", "6"),
        ("316L 储罐", "7"),
        ("5立方 储罐", "7"),
        ("aitiao", "8"),
        ("at", "8"),
        ("面摸", "9"),
        ("贴牌", "9"),
        ("xantham gum", "10"),
    ],
)
def test_a_thing_is_found_by_its_other_names_sounds_slips_and_facts(shelf, typed, expected):
    assert found(shelf, typed)[:1] == [expected]


@pytest.mark.parametrize("typed", ["挖掘机", "汽车轮胎", "zzzz", "钢琴培训班", "!!!", "的", ""])
def test_words_of_other_trades_find_nothing(shelf, typed):
    assert found(shelf, typed) == []


def test_a_typing_error_is_named_with_what_was_meant(shelf):
    assert understand("自封代", shelf.vocabulary).corrections == {"自封代": "自封袋"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("huang lian", {"huanglian": "黄连"}), ("zixiang 定制", {"zixiang": "纸箱"}), ("kraft bag", {})],
)
def test_pinyin_is_read_with_spaces_and_as_it_is_spoken_here(shelf, typed, meant):
    assert understand(typed, shelf.vocabulary).corrections == meant


def test_of_words_that_sound_alike_the_most_frequent_is_meant():
    titles = ("质像 仪", "纸箱 甲", "纸箱 乙")
    shelf = snapshot_of_documents(Document(id=str(number), title=title) for number, title in enumerate(titles))
    assert understand("zx", shelf.vocabulary).corrections == {"zx": "纸箱"}


@pytest.mark.parametrize("typed", ["自封代", "huanglian", "xantham", "黄莲", "at"])
def test_words_as_typed_are_neither_put_right_nor_read_as_pinyin(shelf, typed):
    found = understand(typed, shelf.vocabulary, spelling=False)
    assert found.corrections == {}
    assert not rank(shelf, typed, spelling=False).hits.any()


def test_a_query_is_bounded(shelf):
    assert len(understand("黄连" * 500, shelf.vocabulary).text) <= 200


def test_plain_ranking_knows_no_other_names(shelf):
    assert not plain_rank(shelf, "参三七").hits.any()


@pytest.mark.parametrize("spelling", [True, False])
def test_what_is_kept_of_other_names_is_not_that_of_a_lexicon_on_trial(shelf, spelling):
    def finds(typed="骨条口袋子"):
        return rank(shelf, typed, spelling=spelling).hits[shelf.row("4")]

    assert not finds()
    with trial(lexicon_of_files().widened([WordPair("食品级PE自封袋", "骨条口袋子", "alias")])):
        assert finds()
    assert not finds()


class TestLexicon:
    def test_a_broader_word_finds_the_narrower_and_not_the_reverse(self):
        assert "松贝" in {expansion.text for expansion in lexicon().expand("川贝母")}
        assert "川贝母" not in {expansion.text for expansion in lexicon().expand("松贝")}

    def test_an_alias_weighs_below_the_word_itself(self):
        assert all(expansion.weight < 1 for expansion in lexicon().expand("田七"))
