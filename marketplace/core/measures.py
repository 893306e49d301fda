"""Measures in folded text (10ml, 60×80cm, 二百五十克, 零下18度): how they are written, and their base units."""

import re

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "半": 0.5}
TENS = {"十": 10, "百": 100, "千": 1000, "万": 10000, "亿": 100000000}
NUMERAL = "零一二三四五六七八九两〇十百千万亿点"

SCALES: dict[str, tuple[str, float]] = {
    "mg": ("g", 0.001), "毫克": ("g", 0.001), "g": ("g", 1), "克": ("g", 1), "kg": ("g", 1000), "千克": ("g", 1000),
    "公斤": ("g", 1000), "斤": ("g", 500), "吨": ("g", 1e6), "t": ("g", 1e6),
    "ml": ("ml", 1), "毫升": ("ml", 1), "l": ("ml", 1000), "升": ("ml", 1000), "m3": ("ml", 1e6), "立方米": ("ml", 1e6),
    "立方": ("ml", 1e6), "方": ("ml", 1e6),
    "um": ("mm", 0.001), "μm": ("mm", 0.001), "微米": ("mm", 0.001), "mm": ("mm", 1), "毫米": ("mm", 1),
    "cm": ("mm", 10), "厘米": ("mm", 10), "公分": ("mm", 10), "丝": ("mm", 0.01), "m": ("mm", 1000), "米": ("mm", 1000),
    "m2": ("m2", 1), "平方米": ("m2", 1), "平方": ("m2", 1), "平米": ("m2", 1),
    "°c": ("°c", 1), "摄氏度": ("°c", 1), "%": ("%", 1), "目": ("目", 1), "da": ("da", 1), "kda": ("da", 1000),
    "道尔顿": ("da", 1), "kw": ("kw", 1), "千瓦": ("kw", 1), "w": ("kw", 0.001), "mw": ("kw", 1000),
    "兆瓦": ("kw", 1000), "kva": ("kva", 1), "千伏安": ("kva", 1),
    "mpa": ("kpa", 1000), "兆帕": ("kpa", 1000), "kpa": ("kpa", 1), "千帕": ("kpa", 1), "kg/h": ("kg/h", 1),
    "t/h": ("kg/h", 1000), "层": ("层", 1), "寸": ("寸", 1), "英寸": ("寸", 1), "色": ("色", 1),
}  # fmt: skip
"""Spelling of a unit (folded): the base it is told in and its size. Only units of properties, not of trade amounts."""

UNIT = "|".join(sorted(map(re.escape, SCALES), key=len, reverse=True))
NUMBER = r"\d+(?:\.\d+)?"
TIMES_SIGN = re.compile("[x×*]")
TIMES = r"\s*[x×*]\s*"
LENGTH = "mm|cm|m|毫米|厘米|公分|米"
SIZE = re.compile(
    rf"(?<![\d.])({NUMBER})\s*({LENGTH})?{TIMES}({NUMBER})\s*({LENGTH})?(?:{TIMES}({NUMBER})\s*({LENGTH})?)?(?![a-z\d])"
)
MEASURE = re.compile(
    rf"(?<![\d.a-z])(-?{NUMBER})(?:\s*({UNIT})?\s*(?:-|~|至|到|–)\s*(-?{NUMBER}))?\s*({UNIT})(?![a-z])"
)
SPOKEN = re.compile(rf"(?<![{NUMERAL}])(负|零下)?([{NUMERAL}]+)(?:[到至]([{NUMERAL}]+))?({UNIT}|度)(?![{NUMERAL}])")
DEGREE_SPAN = re.compile(rf"(?<![\d.])(-?{NUMBER})\s*度?\s*(?:-|~|至|到)\s*(-?{NUMBER})\s*度")
DEGREES = re.compile(rf"(?<![\d.])(?:(零下|负|-)\s?)?(?<![\d.])({NUMBER})\s?度(?!\s*(?:-|~|至|到)?\s*\d)")


def spoken_number(text: str) -> float | None:
    """The number that Chinese numerals say (二百五十, 两万, 零点三), or None."""
    if text and text[0] == "百" or not text:
        return None
    whole, _, decimals = text.partition("点")
    if "点" in text and not decimals:
        return None
    total = section = 0.0
    digit: float | None = None
    for sign in whole:
        if sign in DIGITS:
            digit = digit * 10 + DIGITS[sign] if digit else float(DIGITS[sign])
        elif TENS[sign] >= 10000:
            total = (total + section + (digit or 0)) * TENS[sign]
            section, digit = 0.0, None
        else:
            section += (1 if digit is None else digit) * TENS[sign]
            digit = None
    value = total + section + (digit or 0)
    if decimals:
        if any(sign not in DIGITS for sign in decimals):
            return None
        value += float("0." + "".join(str(DIGITS[sign]) for sign in decimals))
    return value
