"""A text cut into tokens: figures with their units, spans of time, money, days, and the words that tell what for.

Units are read behind a figure or behind "a" and "each" alone, never as bare letters: 一次性 counts nothing. Each token
has a letter for its kind, so that a rule is a pattern over kinds (`offers`).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from marketplace.core.numerals import NUMBER, number_value
from marketplace.core.units import all_units
from marketplace.reading.cues import CLASSES, cue_names, cue_pattern
from marketplace.reading.folding import fold

NO_AMOUNTS = frozenset({"money", "time", "temperature", "grade", "pressure", "power", "transport", "surface density"})
"""Dimensions in which nothing is sold."""
NO_UNITS = frozenset(
    {"丝", "道", "寸", "百", "度", "分", "时", "a", "s", "h", "in", '"', "order", "test", "item", "copy"}
)
SPANS = {
    "工作日": Decimal(7) / 5, "个工作日": Decimal(7) / 5, "working days": Decimal(7) / 5,
    "working day": Decimal(7) / 5, "business days": Decimal(7) / 5, "天": Decimal(1),
    "日": Decimal(1), "days": Decimal(1), "day": Decimal(1), "周": Decimal(7),
    "个星期": Decimal(7), "星期": Decimal(7), "weeks": Decimal(7), "week": Decimal(7),
    "个月": Decimal(30), "months": Decimal(30), "小时": Decimal(1) / 24, "hours": Decimal(1) / 24,
    "年": Decimal(365), "个季度": Decimal(91),
}  # fmt: skip
"""Calendar days of a span of time."""
YUAN = {"万元": Decimal(10000), "元": Decimal(1), "块钱": Decimal(1), "块": Decimal(1), "yuan": Decimal(1),
        "rmb": Decimal(1), "cny": Decimal(1), "毛钱": Decimal("0.1"), "毛": Decimal("0.1"), "角": Decimal("0.1"),
        "分钱": Decimal("0.01")}  # fmt: skip
BETWEEN_CELLS = " |\t"
"""What parts the cells of a table says nothing: 月产 | 520万支."""
NUMBER_WORDS = {
    name: value for value, name in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=1)
}  # fmt: skip
LONGEST = 20_000
"""Letters of a text; what comes after is not read."""


@dataclass(frozen=True)
class Token:
    """Characters `start` to `end`, of a kind: `A` amount, `D` duration, `$` money, `N` bare number, `u` per unit, `t`
    day, `,` and `.` marks, `_` other words, and the letters of cues."""

    kind: str
    start: int
    end: int
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    unit: str = ""
    name: str = ""
    day: date | None = None


@lru_cache(maxsize=1)
def unit_pattern() -> str:
    """Every unit that things are sold in, the longest first."""
    names = {
        name.lower() for unit in all_units() if unit.dimension not in NO_AMOUNTS for name in (unit.name, *unit.aliases)
    }
    names = {name for name in names - NO_UNITS if name and not name.isspace()}
    words = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(re.escape(word) + (r"s?(?![a-z])" if word[-1].isascii() else "") for word in words)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    unit, spans = unit_pattern(), "|".join(sorted(SPANS, key=len, reverse=True))
    yuan = "|".join(sorted(YUAN, key=len, reverse=True))
    number = rf"(?<![\d.a-z#])(?:{NUMBER}|(?:{'|'.join(NUMBER_WORDS)})(?=\s))"
    return re.compile(
        rf"(?P<day>(?P<year>20\d\d)\s?(?:年|[-./])\s?(?P<month>1[0-2]|0?[1-9])"
        rf"(?:\s?(?:月|[-./])\s?(?P<of_month>3[01]|[12]\d|0?[1-9])(?!\d)日?|月|(?![-./\d])))"
        rf"|(?P<cue>{cue_pattern()})"
        rf"|(?:(?:/|每|一(?![万千百])|per\s|a\s)\s?(?P<each>{unit}))"
        rf"|(?P<figure>(?P<sign>[¥￥]\s?)?(?P<low>{number})(?:\s?(?:-|~|到|至|—|to)\s?(?P<high>{NUMBER}))?[多余来]?\s?"
        rf"(?:(?P<yuan>{yuan})(?P<more>[一二三四五六七八九](?![个只件支台公吨斤袋盒瓶箱桶]))?|(?P<span>{spans})(?![a-z])|"
        rf"(?P<unit>{unit})(?P<half>半(?![成自径透]))?)?)"
        rf"|(?P<strong>[。；;!?\n])|(?P<weak>[，,、])|(?P<colon>:)"
    )


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, left to right; positions are those of the text."""
    folded = fold(text[:LONGEST]).lower()
    found: list[Token] = []
    end = 0
    for match in _pattern().finditer(folded):
        if folded[end : match.start()].strip(BETWEEN_CELLS):
            found.append(Token("_", end, match.start()))
        token = _token(match)
        if token is None:
            found.append(Token("_", *match.span()))
        elif token.kind != ":":
            found.append(token)
        end = match.end()
    if folded[end:].strip():
        found.append(Token("_", end, len(folded)))
    return found


def _token(match: re.Match[str]) -> Token | None:
    start, end = match.span()
    if match["day"]:
        return _day(match)
    if match["cue"]:
        name = cue_names()[re.sub(r"\s+", " ", match["cue"])]
        return Token(CLASSES[name], start, end, name=name)
    if match["each"]:
        return Token("u", start, end, unit=match["each"])
    if match["figure"]:
        return _figure(match)
    return Token("." if match["strong"] else "," if match["weak"] else ":", start, end)


def _day(match: re.Match[str]) -> Token | None:
    year, month = int(match["year"]), int(match["month"])
    last = monthrange(year, month)[1]
    of_month = int(match["of_month"]) if match["of_month"] else last
    return Token("t", *match.span(), day=date(year, month, of_month)) if of_month <= last else None


def _figure(match: re.Match[str]) -> Token | None:
    low = Decimal(NUMBER_WORDS[match["low"]]) if match["low"] in NUMBER_WORDS else number_value(match["low"])
    high = number_value(match["high"]) if match["high"] else low
    if low is None or high is None:
        return None
    start, end = match.span()
    if match["yuan"]:
        factor = YUAN[match["yuan"]]
        tenths = number_value(match["more"]) if match["more"] else None
        more = factor * tenths / 10 if tenths else Decimal(0)
        return Token("$", start, end, low * factor + more, high * factor + more)
    if match["span"]:
        days = SPANS[match["span"]]
        return Token("D", start, end, low * days, high * days)
    if match["sign"]:
        return Token("$", start, match.end("low") if not match["unit"] else match.start("unit"), low, high)
    if match["unit"]:
        half = Decimal("0.5") if match["half"] else Decimal(0)
        return Token("A", start, end, low + half, high + half, unit=match["unit"])
    return Token("N", start, end, low, high)
