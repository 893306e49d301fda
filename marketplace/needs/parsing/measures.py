"""The units of measure that a buyer's sentence may count in, as patterns."""

import csv
import re
from pathlib import Path

from marketplace.core.units import all_units, find_unit

NOT_UNITS_FILE = Path(__file__).parent / "data" / "not_units.csv"
"""Letters after which a unit is none: 三车间 counts no 车, 一次性 no 次."""

NOT_COUNTED_IN = {
    "money", "temperature", "grade", "pressure", "power", "surface density", "transport", "time",
}  # fmt: skip
"""Dimensions in which no line of a need is counted."""

NOT_AS_UNITS = {
    "丝", "丝米", "道", "寸", "市寸", "钱", "市钱", "平方厘米", "百", "时", "分", "度", "载", "席", "样品", "苗",
    "回", '"', "a", "s", "h", "can", "set", "in", "order", "course", "foot", "copy", "test", "item",
}  # fmt: skip
"""Names of the unit table that mean something else in a sentence, or are too short to tell."""

SPOKEN_UNITS = {
    "㎡", "㎥", "㎏", "副", "人份", "人次", "趟", "位", "名", "小瓶", "大桶", "大箱", "小包", "大袋", "小袋",
    "小盒", "大盒",
}  # fmt: skip
LATIN_UNIT_END = r"(?![A-Za-z])"


def _unit_names() -> list[str]:
    """The longest first, so that 公斤 is not read as 斤."""
    names = {
        name for unit in all_units() if unit.dimension not in NOT_COUNTED_IN for name in (unit.name, *unit.aliases)
    }
    return sorted((names - NOT_AS_UNITS) | SPOKEN_UNITS, key=lambda name: (-len(name), name))


def _not_units() -> dict[str, list[str]]:
    with NOT_UNITS_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["unit"]: row["followed_by"].split(";") for row in csv.DictReader(lines)}


def _unit_pattern(name: str, followed_by: dict[str, list[str]]) -> str:
    if name[-1].isascii():
        return re.escape(name) + LATIN_UNIT_END
    return re.escape(name) + (f"(?!{'|'.join(followed_by[name])})" if name in followed_by else "")


UNIT = "(?:" + "|".join(_unit_pattern(name, _not_units()) for name in _unit_names()) + ")"
"""A unit that a line can be counted in."""

TIME_UNIT = r"(?:个工作日|工作日|小时|分钟|个月|季度|天|日|周|月|年|晚|班)"
MULTIPLE_UNIT = rf"(?:(?:10|100|1000|十|百|千|万|十万|百万)\s?{UNIT}|(?:千|万|百)(?=以内|以下|不))"
PRICED_UNIT = rf"(?:{MULTIPLE_UNIT}|{UNIT}|人均|人|次|{TIME_UNIT})"
"""What a unit price may stand for: 只, 万粒, 公斤, 月."""


def dimension(unit: str) -> str:
    """The dimension of a unit as written; empty when nobody knows it."""
    found = find_unit(unit)
    return found.dimension if found else ""
