"""Names by what they begin with: characters, pinyin, initials, letters, and mixtures of them."""

import pytest

from marketplace.search import Beginnings

NAMES = (
    "四川锦屹包装有限公司",
    "PE自封袋",
    "包装材料与印刷",
    "Packaging and labels",
    "重庆长安厂",
    "快递盒、飞机盒 现货",
    "绿色食品",
)
FIRM, BAG, PACKAGING, LABELS, CHONGQING, BOXES, GREEN = range(len(NAMES))


@pytest.fixture(scope="module")
def names():
    return Beginnings(enumerate(NAMES))


@pytest.mark.parametrize(("typed", "number"), [
    ("四", FIRM), ("sichuanjin", FIRM), ("scjy", FIRM), ("pe", BAG), ("PE自", BAG), ("ＰＥ自", BAG), ("pezfd", BAG),
    ("pezifeng", BAG), ("pezifeng袋", BAG), ("packaging and", LABELS), ("packagingand", LABELS), ("重庆", CHONGQING),
    ("重慶", CHONGQING), ("chongq", CHONGQING), ("cq", CHONGQING), ("kdh", BOXES), ("lvse", GREEN),
    ("bao zhuang cai", PACKAGING), ("bao'zhuang'cai", PACKAGING), ("包 装", PACKAGING),
    ("bao装c", PACKAGING), ("包zhuang材", PACKAGING),
])  # fmt: skip
def test_the_beginning_of_a_name(names, typed, number):
    assert names.find(typed)[0] == [number]


@pytest.mark.parametrize(("typed", "number"), [
    ("锦屹", FIRM), ("jinyib", FIRM), ("jybz", FIRM), ("自封", BAG), ("zfd", BAG), ("labels", LABELS), ("飞机", BOXES),
    ("fjh", BOXES), ("yinshua", PACKAGING),
])  # fmt: skip
def test_the_beginning_of_a_word_inside(names, typed, number):
    assert names.find(typed) == ([], [number])


def test_names_that_begin_so_stand_before_those_with_a_word_inside(names):
    assert names.find("包装") == ([PACKAGING], [FIRM])
    assert names.find("bz") == ([PACKAGING], [FIRM])


@pytest.mark.parametrize(
    "typed", ["", " ", "%", "_", "\0", "锦装", "bao印", "屹", "zhuang", "封", "\U0010ffff", "'", "a" * 5000]
)
def test_what_begins_nothing(names, typed):
    assert names.find(typed) == ([], [])


def test_a_thing_may_have_several_names():
    names = Beginnings([(7, "锦屹包装"), (7, "四川锦屹包装有限公司"), (9, "四川岷江造纸厂")])
    assert names.find("锦") == ([7], [])
    assert names.find("sc") == ([7, 9], [])
