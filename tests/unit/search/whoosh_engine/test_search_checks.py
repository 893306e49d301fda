"""What may have been meant by words that no row holds."""

import pytest

from marketplace.search import Document
from marketplace.search.whoosh_engine.postings import snapshot_of_documents
from marketplace.search.whoosh_engine.search_checks import Looker, Proposal, kind_of, same_end

TITLES = (
    "食品级自封袋 加厚",
    "三七饮片",
    "托盘吸塑泡壳",
    "清洗机 超声波",
    "不锈钢洗药机",
    "纯化水设备",
    "维保服务",
    "枳壳饮片",
    "Panax notoginseng",
    "高频淬火加工",
)


@pytest.fixture(scope="module")
def looker():
    rows = [Document(str(number), title) for number, title in enumerate(TITLES, 1)]
    rows.append(Document("99", "草稿里的骨条袋", audiences=frozenset({"org:1"})))
    return Looker(snapshot_of_documents(rows))


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("洗瓶机", Proposal("洗药机", "alias")),
        ("纯净水", Proposal("纯化水", "alias")),
        ("电梯维保", Proposal("维保", "near")),
    ],
)
def test_the_nearest_known_word_is_proposed(looker, text, proposal):
    found = looker.look_for(text)
    assert found.in_vain
    assert found.unknown == text
    assert found.proposals[0] == proposal


@pytest.mark.parametrize("text", ["航空母舰", "泡茶", "zzzzqq"])
def test_nothing_is_proposed_where_nothing_is_near(looker, text):
    assert looker.look_for(text).in_vain
    assert looker.look_for(text).proposals == ()


def test_letters_are_read_as_a_name_or_as_sounds(looker):
    assert looker.proposals("notoginsenc") == [Proposal("notoginseng", "typo")]
    assert looker.proposals("chunhuashuui")[0] == Proposal("纯化水", "typo")


def test_what_is_found_whole_is_not_in_vain(looker):
    for text in ("自封袋", "三七", "田七", "sanqi", "自峰袋"):
        assert not looker.look_for(text).in_vain, text


def test_a_word_of_a_draft_is_never_proposed(looker):
    assert [one.word for one in looker.look_for("骨条代").proposals if "骨条" in one.word] == []


def test_at_most_three(looker):
    assert all(len(looker.look_for(text).proposals) <= 3 for text in ("洗瓶机", "清洗", "水机", "袋"))


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("洗瓶机", "洗药机", 1),
        ("泡壳", "吸塑泡壳", 2),
        ("袋", "盒", 0),
        ("袋", "袋", 1),
    ],
)
def test_how_far_words_end_alike(one, other, count):
    assert same_end(one, other) == same_end(other, one) == count


@pytest.mark.parametrize(
    ("unknown", "word", "kind"),
    [
        ("三期", "三七", "typo"),
        ("notogin", "notoginseng", "typo"),
        ("托盘泡壳", "泡壳", "near"),
        ("洗瓶机", "洗药机", "alias"),
    ],
)
def test_the_kind_is_guessed(unknown, word, kind):
    assert kind_of(unknown, word) == kind
