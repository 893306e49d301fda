"""Numbers as people write them: 2万, 3.6万, 两千, 一万二, 3万5千, 一千二百五, 半."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import cn2an

from marketplace.core.units import find_unit

ARABIC = r"(?:\d{1,3}(?:,\d{3}){1,5}(?!\d)|\d{1,15})(?:\.\d{1,9})?"
THOUSAND = r"千(?![克米])"
"""千 as a number; in 50千克 it belongs to the unit."""
SCALE = rf"(?:万亿|千万|百万|十万|亿|万|萬|{THOUSAND}|百|[kKwW](?![A-Za-z]))"
CHINESE_INTEGER = r"(?:(?:[一二三四五六七八九十百千万亿零壹贰叁肆伍陆柒捌玖拾佰仟]|两(?=[百千万亿点三])){1,16}|两)"
ROUGH = r"(?:[百千万]把(?![手刀剪伞])|[一二三四五六七八九两]?十来(?=[万千])[万千])"
"""万把个, 千把斤, 十来万: about so many."""
NUMBER = (
    rf"(?:{ROUGH}|{ARABIC}(?:\s?{SCALE}(?:\d千|\d百|[一二三四五六七八九]千|\d(?=[，,。；;、\s左以上内元块到至~\-]|$))?)?"
    rf"|[一二三四五六七八九两](?=千[克米])|{CHINESE_INTEGER}(?:点[零一二三四五六七八九]{{1,6}})?|半)"
)
"""A pattern without groups; whether it is a number at all, `number_value` decides."""

SCALES = {
    "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000, "万": 10**4, "萬": 10**4, "w": 10**4, "十万": 10**5,
    "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12,
}  # fmt: skip
DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {"两": 2}
FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
LARGEST = Decimal(10) ** 15
MONEY_BEFORE = re.compile(r"(?:¥|RMB|CNY|人民币)\s*", re.IGNORECASE)
MONEY_BEHIND = re.compile(r"\s*(?:元|圆|块钱|块|RMB|CNY|yuan)整?", re.IGNORECASE)
PER = re.compile(r"\s*(?:/|每|一)\s*")
FIGURES = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class TypedNumber:
    """A number with what stands beside it: ￥12, 12元/个, 1000个, 15天. `unit` is as it was written."""

    value: Decimal
    is_money: bool = False
    unit: str = ""


def number_value(text: str) -> Decimal | None:
    """The value of a number in figures or Chinese numerals; None when it is none (百 alone, 三七) or absurd."""
    text = re.sub(r"[\s,]", "", text)
    if re.fullmatch(ROUGH, text):
        text = f"一{text[0]}" if text.endswith("把") else text.replace("来", "")
    value = _arabic(text) if text[:1].isdigit() else _chinese(text.translate(FORMAL))
    return value if value is not None and value < LARGEST else None


def _arabic(text: str) -> Decimal | None:
    match = re.fullmatch(rf"(\d+(?:\.\d+)?)({SCALE})?(?:([\d一二三四五六七八九])([千百])?)?", text)
    if match is None:
        return None
    figures, scale, digit, lower = match.groups()
    try:
        value = Decimal(figures)
    except InvalidOperation:
        return None
    if scale:
        value *= SCALES[scale.lower()]
    if digit and scale:
        step = SCALES[lower] if lower else SCALES[scale.lower()] // 10
        value += Decimal(DIGITS.get(digit) or int(digit)) * step
    return value


def _chinese(text: str) -> Decimal | None:
    if text == "半":
        return Decimal("0.5")
    whole, _, fraction = text.partition("点")
    if not whole or not re.search(r"[零一二三四五六七八九两十]", whole):
        return None
    value = _chinese_integer(whole)
    if value is None or not fraction:
        return value
    return value + Decimal("0." + "".join(str(DIGITS[letter]) for letter in fraction))


def _chinese_integer(text: str) -> Decimal | None:
    told = _larger_of_two(text)
    if told is None:
        return None
    text = told
    tail = re.search(r"([百千万亿])([一二三四五六七八九])$", text)
    if tail:  # 一万二 is 一万二千
        text += {"百": "十", "千": "百", "万": "千", "亿": "千万"}[tail.group(1)]
    if text.startswith("十"):
        text = "一" + text
    text = re.sub(r"(?<=[百零千万亿])十", "一十", text)
    try:
        return Decimal(str(cn2an.cn2an(text, "normal")))
    except (ValueError, KeyError):  # cn2an looks letters up in a table: 万十一 is no number to it
        return None


def _larger_of_two(text: str) -> str | None:
    """三四百 is "some three or four hundred": the larger counts. Other digits in a row are no number (三七)."""
    pairs = list(re.finditer(r"[一二三四五六七八九两]{2,}", text))
    for pair in reversed(pairs):
        first, second = (DIGITS[letter] for letter in pair.group()[:2])
        if len(pair.group()) > 2 or not (second == first + 1 or (first, second) == (3, 5)):
            return None
        text = text[: pair.start()] + text[pair.start() + 1 :]
    return text


def read_typed(text: str) -> TypedNumber | None:
    """The one number that `text` writes, as a Chinese keyboard does: １２３．５, 1，200, 2万, 两千, ￥1000, 12元/个."""
    text = unicodedata.normalize("NFKC", text).strip()
    text = re.sub(r"(?<=\d)。(?=\d)", ".", re.sub(r"(?<=\d)[,\s](?=\d{3})", "", text))
    text = re.sub(r"(?<=\d)[,\s](?=\d)", "", text)
    sign = MONEY_BEFORE.match(text)
    text = text[sign.end() :] if sign else text
    try:
        return TypedNumber(Decimal(text), is_money=sign is not None)
    except InvalidOperation:
        pass
    number = re.match(NUMBER, text)
    figures = FIGURES.match(text)
    if figures and _is_plain_unit(text[figures.end() :].strip()):
        number = figures  # 100千克 is 100 of 千克, not 100千 of 克
    value = number_value(number.group()) if number else None
    if number is None or value is None:
        return None
    rest = text[number.end() :]
    money = MONEY_BEHIND.match(rest)
    rest = rest[money.end() :] if money else rest
    per = PER.match(rest) if money or sign else None
    rest = (rest[per.end() :] if per else rest).strip()
    if rest and ((money or sign) and not per):
        return None
    return TypedNumber(value, is_money=bool(money or sign), unit=rest)


def _is_plain_unit(text: str) -> bool:
    """True for 千克 and 个; 万只 is a number and a unit, and k behind figures a thousand."""
    if not text or text[0] in "万萬亿" or text.lower() in SCALES:
        return False
    unit = find_unit(text)
    return unit is not None and not unit.counted
