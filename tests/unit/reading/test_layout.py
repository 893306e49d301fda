"""Tables, forms, enumerations and remarks: read as they are laid out, before any sentence."""

import csv

import pytest

from marketplace.reading.layout import COLUMNS_FILE, Column, asides, find_items, find_labels, find_tables, headings
from marketplace.reading.talk import TALK

CELLS = [["托盘", "1210×1010", "12", "个"], ["缠绕膜", "500mm", "60", "卷"]]
HEAD = ["品名", "规格", "数量", "单位"]


@pytest.mark.parametrize("mark", [" | ", "  ", ",", "，", " ", "\t"])
def test_a_table_reads_the_same_whatever_parts_its_cells(mark):
    text = "请报价：\n" + "\n".join(mark.join(row) for row in [HEAD, *CELLS]) + "\n送：温江"
    [table] = find_tables(text)
    assert [[cell.text for cell in row.values()] for row in table.rows] == CELLS
    for row in table.rows:
        assert all(text[cell.start : cell.end] == cell.text for cell in row.values())


def test_the_unit_in_a_heading_is_kept_and_the_row_of_sums_left_out():
    [table] = find_tables("物料|数量（公斤）|预算金额（万元）\n甘油|850|1.2\n合计|850|1.2")
    assert table.unit_of(Column.AMOUNT) == "公斤"
    assert table.unit_of(Column.TOTAL) == "万元"
    assert [row[Column.ITEM].text for row in table.rows] == ["甘油"]


@pytest.mark.parametrize("text", ["品名很多，数量也多", "名称 好\n数量 多", "", "|||\n|||", "序号,单位\n1,个"])
def test_words_of_headings_in_a_sentence_make_no_table(text):
    assert find_tables(text) == []


def test_labels_are_known_headings_with_their_values():
    found = find_labels("货名:磁力搅拌子\n数量:60个\n颜色:白")
    assert [(heading.column, cell.text) for heading, cell in found] == [
        (Column.ITEM, "磁力搅拌子"),
        (Column.AMOUNT, "60个"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1、棉签 5包\n2、碘伏 6瓶",
        "- 棉签 5包\n- 碘伏 6瓶",
        "①棉签 5包\n②碘伏 6瓶",
        "一是棉签 5包;二是碘伏 6瓶",
        "要:1. 棉签 5包 2. 碘伏 6瓶",
    ],
)
def test_items_of_an_enumeration(text):
    assert [text[start:end].strip(" ;") for start, end in find_items(text)] == ["棉签 5包", "碘伏 6瓶"]


@pytest.mark.parametrize("text", ["1.5米长", "2、3天内", "只有一条：\n1、棉签 5包"])
def test_one_mark_is_no_enumeration(text):
    assert find_items(text) == []


def test_remarks_in_brackets():
    text = "鱼腥草（干品，全草）300公斤"
    assert [text[start:end] for start, end in asides(text)] == ["（干品，全草）"]


def test_each_heading_stands_once_with_an_example_that_holds_it():
    with COLUMNS_FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len(headings())
    assert [row["heading"] for row in rows if row["heading"] not in row["example"].lower()] == []


def test_no_heading_of_things_is_a_thing_of_its_own():
    assert {"数量", "规格", "单价", "名称"} <= TALK
