"""A wish is held against all rows at once and against one, with the same figures."""

import pytest

from marketplace.search import Document, Wish, candidates_of_parts, index_part

ROWS = [
    Document("1", "食品级PE袋", aliases=("聚乙烯袋",), body="每月供二百万只，要检测报告"),
    Document("2", "透明塑料袋 加厚", facets={"category": ["J", "J01"]}),
    Document("3", "川芎饮片", aliases=("芎藭",), specs="规格:2mm"),
    Document("4", "三七粉 250g", audiences=frozenset({"staff"})),
    Document("5", "瓦楞纸箱", body="装PE袋和三七粉的箱子"),
]
WISH = Wish(("PE袋", "田七 250克", "川穹饮片"), (("求购包装", 2.0), ("送到天彭，要检测报告", 1.0)))


@pytest.fixture(scope="module")
def candidates():
    return candidates_of_parts([index_part(ROWS[:2]), index_part(ROWS[2:])])


def test_one_row_holds_what_the_arrays_say(candidates):
    reading = candidates.read(WISH)
    assert len(reading.worth) == len(WISH.lines)
    for row in range(candidates.size):
        one = candidates.one(row)
        assert one.context(reading) == pytest.approx(float(candidates.context(reading)[row]), rel=1e-5)
        for line in range(len(WISH.lines)):
            assert one.held(reading, line) == pytest.approx(float(candidates.held(reading, line)[row]), rel=1e-5)
            assert one.pairs(reading, line) == pytest.approx(float(candidates.pairs(reading, line)[row]), rel=1e-5)


def test_a_line_finds_its_thing_by_other_names_and_mended_errors(candidates):
    reading = candidates.read(WISH)
    best = [candidates.best(candidates.held(reading, line), candidates.live, 1) for line in range(len(WISH.lines))]
    assert [[candidates.ids[row] for row in rows] for rows in best] == [["1"], ["4"], ["3"]]
    assert {"PE袋", "pe袋"} & set(reading.words(0))


def test_what_only_talks_about_a_need_is_no_context(candidates):
    talk = candidates.context(candidates.read(Wish(("川芎",), (("求购 采购", 1.0),))))
    assert not talk.any()


def test_rows_are_those_of_all_parts_in_their_order(candidates):
    assert candidates.ids == [row.id for row in ROWS]
    assert [candidates.row(row.id) for row in ROWS] == list(range(5))
    assert candidates.row("6") is None
    assert candidates.visible({"public"}).tolist() == [True, True, True, False, True]
    assert candidates.facet_mask("category", ["J01"]).tolist() == [False, True, False, False, False]
    assert candidates.deepest("category") == ["", "J01", "", "", ""]


def test_a_long_text_counts_to_its_end_in_plain_relevance(candidates):
    text = "无关的话" * 100 + "川芎饮片"
    assert candidates.plain_relevance(text)[2] > 0
    assert candidates.relevance(text)[2] == 0
