"""What texts say is or is not in a thing, and of which sort it is."""

import csv
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from marketplace.core.folding import fold
from marketplace.search import other_names, until_lexicon_changes

WITHOUT = (
    r"(?:不含|无添加|未添加|不添加|不加|未加|不使用|不用|不掺|没有|零添加|免|无|非|零|去|脱|(?<![\d.])0(?!\s?[%.])|"
    r"拒绝|杜绝|"
    r"不得含|不得有|不得|严禁|禁止|不|未|没|代替|替代)"
)
WITHOUT_SEVERAL = re.compile(
    r"(?:不含有?|无添加|未添加|不添加|不加|未加|不使用|不用|不掺|没有|零添加|不得(?:含有?|有|添加|使用|检出)|严禁|禁止)"
    r"[^，。；;,:\n]{1,20}(?:、|和|及|与|或)[^，。；;,、\n]{0,3}\Z"
)
"""不添加香精、色素和防腐剂 denies each of the three."""
PROPERTY_WORDS = re.compile(
    r"^(?:无菌|无纺|无水|无缝|无尘|无线|无创|无刷|无氧|无极|非标|非遗|非处方|免洗|免熨|免安装|不锈钢|不干胶|不粘)"
)
"""Words that begin like a refusal and name a property."""
REFUSING = re.compile(
    r"^(?:(?:不得|不能|不可|不许|禁止|严禁)(?:添加|使用|含有?|有|加|用|掺)?|"
    r"不含有?|不要有?|不加|不用|不使用|不添加|不掺|未添加|未使用|无添加|零添加|拒绝|谢绝|杜绝|禁用|无|非|免|零|不)(?P<what>.+)$"
)
IN_ENGLISH = re.compile(
    r"^(?:(?:must be |must not contain |no |without |free (?:of|from) (?:any )?|non-?)(?P<what>[a-z][a-z ]+)|"
    r"(?P<free>[a-z][a-z ]+?)[- ]free)$"
)
DENIED_IN_ENGLISH = re.compile(r"(?:free (?:of|from)|\bno|without|\bnon|not contain(?:ing)?)[\s-]+(?:any |added )?\Z")
REFUSED_AFTER = re.compile(r"^(?P<what>.+?)(?:的)?(?:不要|不行|除外|免谈|不收)$")
NOT_FOUND_AFTER = re.compile(
    r"^(?:[- ]?free\b|[^，。；;,\n]{0,4}(?:一[滴点粒克丝]也?都?[不没未]|未检出|未添加|不添加|不得检出|为零|为0|≤|<|"
    r"低于|合格(?!证)|符合|达标|残留符合|限量))"
)
ENDINGS = re.compile(r"(?:的|成分|添加|物质|类|味|型|货|品|产品|工艺|处理|熏制|熏蒸|漂白|加工|染色)+$")
BOILER = ("使用", "采用", "含有", "含", "添加", "任何", "人工", "化学", "额外")
SIGNS_BEFORE = 6
SCOPE_BEFORE = 32
SAME_THING = 0.8
"""Other names that count so much at least say the same thing."""
LONG_NAME = 6
IN_A_DICTIONARY = 0.75
"""So much counts the name in the other language that a dictionary gives first."""
INGREDIENTS_FILE = Path(__file__).parent / "data" / "ingredients.csv"
SORTS_FILE = INGREDIENTS_FILE.with_name("sorts.csv")
BETWEEN_WORDS = " | "


@lru_cache(maxsize=2)
def _giveaways(says: str) -> dict[str, tuple[str, ...]]:
    """For each thing the words that give away, beside its names, that it is `present` or `absent`."""
    with INGREDIENTS_FILE.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["says"] == says]
    return {row["thing"]: tuple(row["words"].split(BETWEEN_WORDS)) for row in rows}


@lru_cache(maxsize=1)
def _sorts() -> tuple[frozenset[str], ...]:
    """Groups of words of which a thing is mostly one: naming another and not the one wanted says no."""
    with SORTS_FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(frozenset(row["words"].split(BETWEEN_WORDS)) for row in csv.DictReader(lines))


def is_another_sort(word: str, text: str) -> bool:
    """True when the text names another word of the group that `word` belongs to."""
    wanted = fold(word)
    groups = [group for group in _sorts() if any(name in wanted for name in group)]
    others = [other for group in groups for other in sorted(group) if other not in wanted]
    return any(presence(other, text) == "yes" for other in others)


SERIES = re.compile(r"([a-z]{1,4})-?(\d{1,5})")


CODE = r"[a-z]{1,2}\d{0,2}|\d{1,2}"
CODED = re.compile(rf"(?P<name>[一-鿿a-z]*[一-鿿]{{2}})\s?(?:为|是|:)?\s?(?P<code>{CODE})(?=$|[级类型等])")


def _coded(word: str, text: str) -> bool | None:
    """Whether a text gives the code of a word such as 登记状态A to the same name; None when it gives none."""
    wanted = CODED.match(fold(word).strip())
    if not wanted:
        return None
    said = re.findall(rf"{wanted['name'][-2:]}\s?(?:为|是|:|达到?)?\s?({CODE})(?![a-z\d])", fold(text))
    return wanted["code"] in said if said else None


def in_series(word: str, text: str) -> bool | None:
    """Whether a size of a series (DN65) is among those that a text names, spans (DN15-DN100) included, or a code
    (状态A) is the one it gives; None when it names none of the series or `word` is no such size."""
    wanted = SERIES.fullmatch(fold(word).strip())
    if not wanted:
        return _coded(word, text)
    prefix, number = wanted[1], int(wanted[2])
    spans = rf"(?<![a-z]){prefix}-?(\d{{1,5}})(?![\d.])(?:\s*[-~至到]\s*(?:{prefix})?-?(\d{{1,5}})(?![\d.]))?"
    named = [(int(match[1]), int(match[2] or match[1])) for match in re.finditer(spans, fold(text))]
    return any(low <= number <= high for low, high in named) if named else None


def refused_thing(words: str) -> str:
    """What a demand such as 不含蔗糖 or 304的不要 refuses; empty when it refuses nothing."""
    folded = fold(words).strip()
    english = IN_ENGLISH.match(folded)
    if english:
        return (english["what"] or english["free"]).strip()
    match = REFUSED_AFTER.match(folded) or REFUSING.match(folded)
    if not match or PROPERTY_WORDS.match(folded):
        return ""
    what = ENDINGS.sub("", match["what"].strip())
    for word in BOILER:
        what = what.removeprefix(word)
    return what


@until_lexicon_changes(maxsize=4096)
def names_of(thing: str) -> tuple[str, ...]:
    """A thing and its other names, Chinese and Latin."""
    abroad = (name for name in other_names(thing, IN_A_DICTIONARY) if name.isascii() != thing.isascii())
    return tuple(
        dict.fromkeys((thing, *_giveaways("present").get(thing, ()), *other_names(thing, SAME_THING), *abroad))
    )


@lru_cache(maxsize=8192)
def _name_pattern(name: str) -> re.Pattern[str]:
    """A name in a text; one of Latin letters as a whole word, a long one also behind others (methylparaben)."""
    pattern = re.escape(name)
    if not (name.isascii() and name.isalpha()):
        return re.compile(pattern)
    return re.compile(("" if len(name) >= LONG_NAME else "(?<![a-z])") + pattern + "s?(?![a-z])")


def presence(thing: str, text: str) -> str:
    """Whether a text says that `thing` is in it: `yes`, `no` or `` when it does not say."""
    folded = fold(text)
    said_free = any(word in folded for word in _giveaways("absent").get(thing, ()))
    found_without = found_with = False
    for name in names_of(fold(thing)):
        for match in _name_pattern(name).finditer(folded):
            before = folded[max(0, match.start() - SIGNS_BEFORE) : match.start()]
            after = folded[match.end() : match.end() + 10]
            scope = folded[max(0, match.start() - SCOPE_BEFORE) : match.start()]
            denied = (
                DENIED_IN_ENGLISH.search(scope)
                or re.search(WITHOUT + r"[^，。；;,、\n]{0,3}\Z", before)
                or WITHOUT_SEVERAL.search(scope)
            )
            if denied or NOT_FOUND_AFTER.match(after):
                found_without = True
            else:
                found_with = True
    if found_with and not (said_free or found_without):
        return "yes"
    if said_free or found_without:
        return "no"
    return ""


def mentions(words: Iterable[str], text: str) -> bool:
    """True when the text holds one of the words or another name of it, not denied."""
    return any(presence(word, text) == "yes" for word in words)
