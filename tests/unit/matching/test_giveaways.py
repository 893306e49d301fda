"""Every row of the files of ingredients and sorts does what it says."""

import csv

import pytest

from marketplace.matching.ingredients import BETWEEN_WORDS, INGREDIENTS_FILE, SORTS_FILE, is_another_sort, presence

ROWS = list(csv.DictReader(INGREDIENTS_FILE.open(encoding="utf-8", newline="")))
GROUPS = [row["words"].split(BETWEEN_WORDS) for row in csv.DictReader(SORTS_FILE.open(encoding="utf-8", newline=""))]


def test_every_thing_stands_once_for_each_side() -> None:
    keys = [(row["thing"], row["says"]) for row in ROWS]
    assert len(keys) == len(set(keys))
    assert {says for _thing, says in keys} == {"present", "absent"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['thing']}-{row['says']}")
def test_its_words_give_it_away(row: dict[str, str]) -> None:
    wanted = {"present": "yes", "absent": "no"}[row["says"]]
    told = {word: presence(row["thing"], f"本品：{word}，欢迎来样。") for word in row["words"].split(BETWEEN_WORDS)}
    assert {word: said for word, said in told.items() if said != wanted} == {}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0])
def test_one_of_a_group_is_not_another(group: list[str]) -> None:
    apart = [(one, other) for one in group for other in group if one not in other and other not in one]
    assert [pair for pair in apart if not is_another_sort(pair[0], f"本品为{pair[1]}。")] == []
