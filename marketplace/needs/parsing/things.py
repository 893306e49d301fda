"""Which words name a thing: chosen by what speaks for it (nouns, words of the trade), not as what is left over.

A text is cut into words with their part of speech; a phrase is a run of words that may stand inside a name. Words that
are only talk (老师, 那种, 数量) are no evidence, whatever their part of speech.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from marketplace.reading.talk import TALK
from marketplace.search import in_trade_use, tagged

NOUNS = frozenset({"n", "nz", "nt", "ng", "l", "j", "vn", "z", "zg", "an", "i"})
BEFORE_NOUNS = frozenset({"b", "a", "v", "vd", "ag", "vg", "nr", "ns", "q", "k", "h", "g", "f"})
TRADE_WORD = 2.0
"""What a letter of a word of the trade counts beside one of another noun."""
ATTRIBUTE = 0.25
"""What a phrase before 的 counts beside one that stands alone: 泡药酒的坛子."""
ASKERS = (
    "科", "处", "部", "局", "公司", "医院", "中心", "集团", "超市", "酒店", "食堂", "车间", "学院", "馆", "客栈",
    "民宿", "饭店", "宾馆", "餐馆", "药店", "门店", "学校", "幼儿园", "合作社", "通知", "函",
)  # fmt: skip
WHO_ASKS = 0.25
"""What a phrase that ends like the name of a place or a body counts: 安全科通知."""
ABOUT_AS_LIKELY = 0.7
SORTS = ("级", "式", "型", "性")
ATTRIBUTES = ("用", "装", "色")
"""Endings of words that only say of which sort a thing is: 食品级, 剪叉式, 医用."""
OTHER_WORD = 0.4
"""What a letter of a longer word of another part of speech counts."""
OTHERS = frozenset({"v", "b", "ns", "m", "nr", "a", "nrt", "nrfg", "s", "vi", "x"})
NUMERAL = re.compile(r"[\d一二三四五六七八九十百千万两几]")
NAME = 0.75
"""What a letter of a word in Latin letters or of a proper name counts."""
LEAST_EVIDENCE = 0.8
"""One letter of which nothing is known names no thing."""
TALKATIVE = frozenset({"r", "y", "e"})
"""Pronouns and particles of speech."""
LONGEST = 200


class Word(NamedTuple):
    """One word of a text, with its place and part of speech."""

    text: str
    start: int
    end: int
    part: str


@dataclass(frozen=True)
class Phrase:
    """Characters `start` to `end` may name a thing; `evidence` is 0 where nothing speaks for it."""

    text: str
    start: int
    end: int
    evidence: float


def evidence_of(text: str) -> float:
    """What speaks for some words being a thing."""
    evidence = sum(map(_evidence, words_of(text[:LONGEST]))) * (WHO_ASKS if text.endswith(ASKERS) else 1)
    return evidence if evidence >= LEAST_EVIDENCE or len(text) == 1 else 0.0


def phrases_of(text: str) -> list[Phrase]:
    """The phrases of a clause that may name a thing, left to right; before 的 one counts less than behind it."""
    found = []
    for run, is_attribute in _runs(words_of(text[:LONGEST])):
        evidence = sum(map(_evidence, run))
        if evidence:
            start, end = run[0].start, run[-1].end
            share = (ATTRIBUTE if is_attribute else 1) * (WHO_ASKS if text[start:end].endswith(ASKERS) else 1)
            found.append(Phrase(text[start:end], start, end, evidence * share))
    return found


def is_clean(text: str) -> bool:
    """True when no word of talk stands inside: such a phrase may be a name as it is."""
    return all(word.part not in TALKATIVE for word in words_of(text[:LONGEST]))


def thing_in(text: str, *, last: bool = False) -> Phrase | None:
    """The phrase of a clause that names the thing; of several about as likely the first, or the `last`."""
    phrases = [phrase for phrase in phrases_of(text) if phrase.evidence >= LEAST_EVIDENCE]
    if not phrases:
        return None
    least = max(phrase.evidence for phrase in phrases) * ABOUT_AS_LIKELY
    likely = [phrase for phrase in phrases if phrase.evidence >= least]
    return likely[-1 if last else 0]


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text, left to right."""
    found, at = [], 0
    for word, part in tagged(text):
        start = text.find(word, at)
        if start >= 0:
            at = start + len(word)
            found.append(Word(word, start, at, part))
    return tuple(found)


def _runs(words: tuple[Word, ...]) -> Iterator[tuple[list[Word], bool]]:
    """Runs of words that may stand in one name, and whether 的 or 用 makes an attribute of it."""
    run: list[Word] = []
    for word in words:
        if _may_stand_inside(word):
            run.append(word)
            continue
        if run:
            yield _without_talk(run), word.text in ("的", "用")
        run = []
    if run:
        yield _without_talk(run), False


def _without_talk(run: list[Word]) -> list[Word]:
    """Words at either end that say nothing left off; the last one stays, so that there is always one."""
    while len(run) > 1 and not _evidence(run[0]) and (run[0].part != "b" or run[0].text in TALK):
        run = run[1:]
    while len(run) > 1 and not _evidence(run[-1]) and run[-1].part != "q":
        run = run[:-1]
    return run


def _may_stand_inside(word: Word) -> bool:
    return in_trade_use(word.text) or (
        word.text not in TALK
        and (word.part in NOUNS or word.part in BEFORE_NOUNS or word.part == "eng" or _evidence(word) > 0)
    )


def _evidence(word: Word) -> float:
    """What a word says for a thing: dictionaries call many a thing a verb, a place or a number (碘伏, 河沙, 大米)."""
    text, part = word.text, word.part
    if text in TALK or _is_attribute(word):
        return 0.0
    if len(text) > 1 and in_trade_use(text):
        return (1.0 if part == "v" else TRADE_WORD) * len(text)
    if part in NOUNS:
        return float(len(text))
    if len(text.strip()) < 2 or NUMERAL.search(text):
        return 0.0
    return NAME * len(text) if part == "eng" else OTHER_WORD * len(text) if part in OTHERS else 0.0


def _is_attribute(word: Word) -> bool:
    if len(word.text) < 2 or in_trade_use(word.text):
        return False
    return word.text.endswith(SORTS) or (word.part not in NOUNS and word.text.endswith(ATTRIBUTES))
