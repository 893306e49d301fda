"""What texts say of a thing's properties: steels, measures and sizes.

Measures are told in the base units of `search.words` (g, ml, mm, °c …). Everything here is read from one text at a time
and kept, since one listing is judged against many needs and one need against many listings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from marketplace.core.folding import fold
from marketplace.core.measures import DEGREE_SPAN, DEGREES, MEASURE, NUMERAL, SCALES, SIZE, SPOKEN, spoken_number

STEEL = re.compile(
    r"(?<![\d.a-z])(?:sus|aisi|s)?\s?(304l?|316l?|321|310s|201|202|2205|904l)"
    r"(?![\d.]|\s*(?:ml|mm|kg|g|l|元|个|只|台)|[a-z])"
)
STEEL_NAMES = {"06cr19ni10": "304", "0cr18ni9": "304", "022cr17ni12mo2": "316l", "06cr17ni12mo2": "316"}
BETTER_STEEL = {"304": {"304l"}, "316": {"316l"}}
"""A low-carbon steel serves where the plain one is asked for."""

AT_LEAST = re.compile(
    r"(?:不低于|不少于|不小于|不得低于|不得少于|不得小于|至少|大于等于|(?<![不得])(?:大于|高于|超过|多于)|≥|>=|>|≧)\s*$"
)
AT_MOST = re.compile(
    r"(?:不高于|不大于|不超过?|不得超过|不得高于|不得大于|不多于|小于等于|(?<![不得])(?:小于|低于|少于)|最多|至多|≤|<=|<|≦)\s*$"
)
AND_MORE = re.compile(r"^\s*(?:及以上|以上|或以上|起|往上|\+)")
NOT_OFFERED = re.compile(r"[^,，。；;\n]{0,10}(?:不做|不生产|没有|无货|缺货|不接|做不了|不供|不卖|停产)")
"""小于5毫升的不做 offers nothing below 5 ml."""
REFUSED = "not offered"
AND_LESS = re.compile(r"^\s*(?:及以下|以下|或以下|以内|之内|内|不到)")
CONTEXT = 8


@dataclass(frozen=True)
class Measure:
    """A property in base units: from `low` to `high`; `bound` is `>=` or `<=` when only one side is promised."""

    base: str
    low: float
    high: float
    bound: str = ""
    name: str = ""
    said: str = ""


@dataclass(frozen=True)
class Size:
    """Sides in mm (or in nothing told), each from low to high."""

    sides: tuple[tuple[float, float], ...]
    said: str = ""


@lru_cache(maxsize=400_000)
def steels(text: str) -> frozenset[str]:
    """Grades of stainless steel that a text names."""
    folded = fold(text)
    found = {match[1] for match in STEEL.finditer(folded)}
    found |= {grade for name, grade in STEEL_NAMES.items() if name in folded}
    return frozenset(found)


PER_UNIT = {
    "分钟": "分", "min": "分", "小时": "时", "h": "时", "s": "秒", "日": "天", "克": "g", "千克": "kg", "毫升": "ml",
    "升": "l", "平方米": "m2", "立方米": "m3",
}  # fmt: skip
COUNTS: dict[str, tuple[str, float]] = {
    "年": ("年", 1), "个月": ("年", 1 / 12), "天": ("年", 1 / 365), "小时": ("时", 1), "分钟": ("时", 1 / 60),
    "孔": ("孔", 1), "头": ("头", 1),
    "档": ("档", 1), "道": ("道", 1), "通道": ("道", 1), "转": ("转", 1), "rpm": ("转", 1), "级": ("级", 1),
    "v": ("v", 1), "伏": ("v", 1), "hz": ("hz", 1), "赫兹": ("hz", 1), "db": ("db", 1), "分贝": ("db", 1),
    "ppm": ("ppm", 1), "克重": ("克重", 1), "码": ("码", 1), "gsm": ("gsm", 1), "克每平方米": ("gsm", 1),
    "克每平米": ("gsm", 1), "克/平": ("gsm", 1), "兆欧": ("兆欧", 1), "mω": ("兆欧", 1), "倍": ("比", 1),
    "x": ("比", 1),
}  # fmt: skip
"""Units that no index token is made of: a demand in words is held against them all the same."""
COUNTED = "|".join(sorted(COUNTS, key=len, reverse=True))
SAME_RATES = {"克/m2": "gsm", "g/m2": "gsm"}
"""Rates that have a name of their own."""
WORDED = (
    (re.compile(r"每平方?米\s?(\d+(?:\.\d+)?)\s?(?:克|g)"), "gsm", 1.0),
    (re.compile(r"克重[一-鿿:]{0,3}?\s?(\d+(?:\.\d+)?)\s?(?:克|g)(?![一-鿿]*/)"), "gsm", 1.0),
    (re.compile(r"(?<![\d.:])(\d+(?:\.\d+)?)\s?:\s?1(?![\d.])"), "比", 1.0),
    (re.compile(r"(?<![\d.])(\d{1,2})\s?(?:号|#)(?![楼院线门库车仓路街文店厂令])"), "号", 1.0),
    (re.compile(r"\bsizes? (\d{1,2})(?![\d.])"), "号", 1.0),
    (re.compile(r"(?<![\d.a-z])(\d+(?:\.\d+)?)\s?(?:英寸|inch(?:es)?|\"|″|”)(?![\da-z])"), "mm", 25.4),
)
"""Measures whose unit stands apart from the figure, or has no spelling of its own: pattern, base, size."""
LATEST_YEAR = 200
"""More years than this are a date."""
PER = "分钟|分|min|小时|时|h|秒|s|天|日|kg|g|千克|克|ml|l|毫升|升|m2|平方米|m3|立方米"
MANY = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
OTHER_MEASURE = re.compile(
    rf"(?<![\d.a-z{NUMERAL}])(?P<low>\d+(?:\.\d+)?|[{NUMERAL}]+)(?:\s*[-~至到]\s*(?P<high>\d+(?:\.\d+)?))?"
    rf"\s*(?P<many>[百千万亿])?"
    rf"(?:(?P<piece>(?!元)[一-鿿]{{1,2}}|m3|[a-z]{{1,3}})\s*/\s*(?P<time>{PER})(?![a-z])|(?P<unit>{COUNTED})(?![a-z]))"
)


def _other_measures(folded: str, name: str) -> Iterator["Measure"]:
    """Rates (60袋/分) and counts (五年, 六孔), in units of their own."""
    for match in OTHER_MEASURE.finditer(folded):
        low = number_of(match["low"])
        high = number_of(match["high"] or match["low"])
        if low is None or high is None:
            continue
        if match["unit"]:
            base, scale = COUNTS[match["unit"]]
            if base == "年" and high > LATEST_YEAR:
                continue
        else:
            base, scale = f"{match['piece']}/{PER_UNIT.get(match['time'], match['time'])}", 1.0
            base = SAME_RATES.get(base, base)
            if base in ("kg/时", "t/时"):
                continue
        scale *= MANY.get(match["many"] or "", 1.0)
        yield _measure(folded, match.span(), base, (low * scale, high * scale), name)


def _worded_measures(folded: str, name: str) -> Iterator["Measure"]:
    """每平方米50克, 200:1, 0号, 2英寸."""
    for pattern, base, scale in WORDED:
        for match in pattern.finditer(folded):
            value = float(match[1]) * scale
            yield _measure(folded, match.span(), base, (value, value), name)


def number_of(text: str) -> float | None:
    """A number in digits or in words."""
    return float(text) if text[0].isdigit() else spoken_number(text)


SPIRIT = re.compile(r"酒|乙醇|alcohol")
"""Degrees in such a text tell the strength."""
UNIT_IN_NAME = {"目数": "目", "层数": "层", "尺码": "码", "鞋码": "码", "码数": "码", "克重": "gsm", "浓缩比": "倍"}
"""Lines of a specification table whose name tells the unit of a bare number."""


@lru_cache(maxsize=200_000)
def listed_measures(name: str, value: str) -> tuple[Measure, ...]:
    """The measures of one line of a specification table."""
    unit = UNIT_IN_NAME.get(name, "")
    if unit and unit not in value:
        value = re.sub(r"(\d+(?:\.\d+)?)(?![\d.]|\s*(?:[-~至到:]\s*\d|g|克))", rf"\1{unit}", value)
    return measures(value, name)


@lru_cache(maxsize=200_000)
def measures(text: str, name: str = "") -> tuple[Measure, ...]:
    """Every measure of a text, with the words before it as its name when `name` is not given."""
    folded = SIZE.sub(lambda match: " " * len(match[0]), fold(text))
    found = []
    for match in MEASURE.finditer(folded):
        low, low_unit, high, unit = match.groups()
        base, scale = SCALES[unit]
        first = float(low) * SCALES[low_unit or unit][1]
        last = first if high is None else abs(float(high)) * scale
        found.append(_measure(folded, match.span(), base, (first, last), name))
    for match in DEGREE_SPAN.finditer(folded):
        low, high = (float(number) for number in match.groups())
        found.append(_measure(folded, match.span(), "°c", (low, high), name))
    if not SPIRIT.search(folded):
        for match in DEGREES.finditer(folded):
            degrees = float(match[2]) * (-1 if match[1] else 1)
            found.append(_measure(folded, match.span(), "°c", (degrees, degrees), name))
    for match in SPOKEN.finditer(folded):
        values = [value for value in (spoken_number(match[2]), spoken_number(match[3] or "")) if value is not None]
        if values:
            base, scale = ("°c", 1.0) if match[4] == "度" else SCALES[match[4]]
            sign = -1 if match[1] else 1
            first, last = (sign * value * scale for value in (values[0], values[-1]))
            found.append(_measure(folded, match.span(), base, (first, last), name))
    found += _other_measures(folded, name)
    found += _worded_measures(folded, name)
    return tuple(measure for measure in found if measure.bound != REFUSED)


def _measure(text: str, place: tuple[int, int], base: str, span: tuple[float, float], name: str) -> Measure:
    """The measure that stands at `place`, with the bound that the words around it say."""
    start, end = place
    before, after = text[max(0, start - 12) : start], text[end : end + 5]
    bound = ""
    if NOT_OFFERED.match(text, end):
        bound = REFUSED
    elif AT_LEAST.search(before) or AND_MORE.search(after):
        bound = ">="
    elif AT_MOST.search(before) or AND_LESS.search(after):
        bound = "<="
    if not name:
        stripped = AT_MOST.sub("", AT_LEAST.sub("", before))
        named = NAME_BEFORE.search(stripped[-CONTEXT:])
        name = named[1] if named else ""
    return Measure(base, min(span), max(span), bound, name, text[start:end].strip())


NAME_BEFORE = re.compile(r"([一-鿿]+)[\s:≥≤<>=约]*$")
NAMED_NUMBER = re.compile(
    r"([一-鿿]{2,8})\s*(?:[≤≥<>]=?|不低于|不少于|不高于|不大于|不超过|不小于)?\s*(\d+(?:\.\d+)?)(?!\d)"
)


@lru_cache(maxsize=100_000)
def named_limits(text: str) -> tuple[Measure, ...]:
    """Limits told by name and number alone (水蒸气透过率0.5以下); the name says what is measured."""
    folded = fold(text)
    found = []
    for match in NAMED_NUMBER.finditer(folded):
        number = float(match[2])
        measure = _measure(folded, match.span(2), "", (number, number), match[1])
        if measure.bound and not MEASURE.match(folded, match.start(2)):
            found.append(measure)
    return tuple(found)


@lru_cache(maxsize=200_000)
def first_number(value: str, name: str) -> Measure | None:
    """The number that a line of a specification table promises under `name`."""
    folded = fold(value)
    match = re.search(r"\d+(?:\.\d+)?", folded)
    if match is None:
        return None
    return _measure(folded, match.span(), "", (float(match[0]), float(match[0])), name)


@lru_cache(maxsize=200_000)
def sizes(text: str) -> tuple[Size, ...]:
    """Sizes of a text: `0.25x25mm`, and spans such as `0.18-0.40x13-75mm` or `10x15cm至40x60cm`."""
    folded = fold(text)
    found = []
    for match in SPANNING_SIZE.finditer(folded):
        scale = SCALES[match["unit"]][1] if match["unit"] else 1.0
        first = (float(match["a"]) * scale, float(match["b"] or match["a"]) * scale)
        second = (float(match["c"]) * scale, float(match["d"] or match["c"]) * scale)
        found.append(Size((first, second), match[0]))
    plain = []
    for match in SIZE.finditer(folded):
        units = [unit for unit in match.group(6, 4, 2) if unit]
        scale = SCALES[units[0]][1] if units else 1.0
        numbers = [float(side) * scale for side in match.group(1, 3, 5) if side]
        plain.append((match, numbers))
        found.append(Size(tuple((number, number) for number in numbers), match[0].strip()))
    for (before, low), (after, high) in zip(plain, plain[1:], strict=False):
        if len(low) == len(high) and re.fullmatch(r"\s*(?:至|到|-|~)\s*", folded[before.end() : after.start()]):
            found.append(Size(tuple(zip(low, high, strict=True)), f"{before[0]}-{after[0]}"))
    return tuple(found)


SPANNING_SIZE = re.compile(
    r"(?<![x×*\d.])(?P<a>\d+(?:\.\d+)?)(?:\s*[-~至到]\s*(?P<b>\d+(?:\.\d+)?))?\s*[x×*]\s*(?P<c>\d+(?:\.\d+)?)"
    r"(?:\s*[-~至到]\s*(?P<d>\d+(?:\.\d+)?))?\s*(?P<unit>mm|cm|m|毫米|厘米|公分|米)?(?!\s*[x×*]|[\d.])"
)


def size_fits(wanted: Size, offered: Size) -> bool:
    """True when every side that is wanted lies within the side offered, lying or standing; a third side may be left
    open by the need, never by the offer."""
    if len(wanted.sides) > len(offered.sides):
        return False
    return any(
        all(
            low * 0.98 <= want_low and want_high <= high * 1.02
            for (want_low, want_high), (low, high) in zip(sides, offered.sides, strict=False)
        )
        for sides in (wanted.sides, wanted.sides[1::-1] + wanted.sides[2:])
    )
