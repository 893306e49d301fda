"""From text to words: the one analysis that index, queries and marks share.

Text is folded (NFKC, lower case, simplified characters), then gives Chinese words with their parts, part numbers whole
and split, and numbers with units as facts in base units (`10毫升` and `10 ML` are both `=10ml`). A word found by one
side is found by the other because both come through here. `ANALYSIS` goes into the index's schema hash: raise it when
tokens change, and every index is rebuilt. Words that park staff add are learned while the process runs (`learn`):
the fingerprint of a document names those that stand in it, so that only their documents have to be indexed again.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial, update_wrapper
from pathlib import Path
from typing import Generic, TypeVar, TypeVarTuple, cast

import rjieba
from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict

from marketplace.core.folding import fold
from marketplace.core.measures import (
    DEGREE_SPAN,
    DEGREES,
    MEASURE,
    NUMERAL,
    SCALES,
    SIZE,
    SPOKEN,
    TIMES_SIGN,
    spoken_number,
)

ANALYSIS = 11
DATA = Path(__file__).parent / "data"
TERMS_FILE = DATA / "terms.txt"
TRADE_TERMS_FILE = DATA / "trade_terms.txt"
LEXICON_FILES = (DATA / "synonyms.csv", DATA / "trade.csv")
LEXICON_FREQUENCY = 300
"""Segmenter weight of a lexicon word that the word list does not name."""
NOT_CUT_OUT = frozenset({"typo", "traditional"})
"""Kinds of pairs whose variant the segmenter need not know: a wrong form, other characters."""
Asked = TypeVarTuple("Asked")
Answer = TypeVar("Answer")


def read_words(name: str) -> frozenset[str]:
    """The words of a list in `data/`, without its remarks."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


STOP_WORDS = read_words("stop_words.txt")
QUERY_TALK = read_words("query_talk.txt")

load_single_dict({ord("芎"): "xiōng"})
load_phrases_dict(
    {
        "阿胶": [["ē"], ["jiāo"]], "白术": [["bái"], ["zhú"]], "苍术": [["cāng"], ["zhú"]], "莪术": [["é"], ["zhú"]],
        "黄柏": [["huáng"], ["bǎi"]], "重楼": [["chóng"], ["lóu"]], "车前子": [["chē"], ["qián"], ["zǐ"]],
    }
)  # fmt: skip

HAN = re.compile(r"[㐀-鿿]")
HAN_RUN = re.compile(r"[㐀-鿿]+")
LATIN_WORD = re.compile(r"[a-z0-9]+(?:[-./+#][a-z0-9]+)*#?")
PIECES = re.compile(r"[a-z]+|\d+(?:\.\d+)?[a-z]?(?![a-z])")
STANDARD = re.compile(r"(?<![a-z])(gb|yy|yb|hg|jb|qb|iso|iec|astm|din|jis)\s*(?:/\s*t)?\s*-?\s*(\d+(?:\.\d+)?)")

SPOKEN_NUMBER = re.compile(rf"(?:百分之|千分之)?[{NUMERAL}]{{2,}}$|百分之?$|千分之$")
BARE_NUMBER = re.compile(r"\d{1,2}|\d+\.\d+|\d+(?:[-/.]\d+)+|\d{5,}")
SPOKEN_PERCENT = re.compile(rf"百分之([{NUMERAL}]+)")


def plain(number: float) -> str:
    """A number as a token carries it: no trailing zeros, at most six digits."""
    return f"{number:.6g}"


def fact(number: float, unit: str) -> str:
    """The token of a measured fact, in base units: `fact(0.25, "升")` is `=250ml`."""
    base, size = SCALES[unit]
    return f"={plain(number * size)}{base}"


def facts(folded: str) -> Iterator[str]:
    """Sizes, measures and standards in folded text, as tokens in base units.

    Sorts of facts that show by a sign are looked for only where it stands: most texts have none of them.
    """
    for match in SIZE.finditer(folded) if TIMES_SIGN.search(folded) else ():
        third = match[5] if match[6] or not match[4] else None  # 7cm×10cm×6: six of them, no third side
        numbers = [side for side in (match[1], match[3], third) if side]
        units = [unit for unit in match.group(6, 4, 2) if unit]
        scale = SCALES[units[0]][1] if units else 1.0
        yield "=" + "x".join(plain(float(number) * scale) for number in numbers) + ("mm" if units else "")
    for match in MEASURE.finditer(folded):
        low, low_unit, high, unit = match.groups()
        if high is not None:
            yield fact(float(low), low_unit or unit)
            yield fact(abs(float(high)), unit)
        else:
            yield fact(float(low), unit)
    for match in SPOKEN.finditer(folded):
        unit = "°c" if match[4] == "度" else match[4]
        for value in (spoken_number(match[2]), spoken_number(match[3] or "")):
            if value is not None:
                yield fact(-value if match[1] else value, unit)
    if "度" in folded:
        yield from _degrees(folded)
    for match in SPOKEN_PERCENT.finditer(folded) if "百分之" in folded else ():
        value = spoken_number(match[1])
        if value is not None:
            yield fact(value, "%")
    for match in STANDARD.finditer(folded):
        yield match[1] + match[2]


def _degrees(folded: str) -> Iterator[str]:
    """Temperatures told without a letter (零下18度, 2至8度)."""
    for match in DEGREE_SPAN.finditer(folded):
        yield from (fact(float(number), "°c") for number in match.groups())
    for match in DEGREES.finditer(folded):
        yield fact(-float(match[2]) if match[1] else float(match[2]), "°c")


def part_numbers(folded: str) -> Iterator[tuple[str, list[str]]]:
    """Latin words and part numbers: the whole, and its pieces (`sus316l`: `sus`, `316l`)."""
    for match in LATIN_WORD.finditer(folded):
        whole = match[0]
        yield whole, latin_pieces(whole)


def singular(word: str) -> str:
    """An English word without the ending of the plural: capsules, boxes, batteries."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("xes", "ches", "shes", "sses")) else word[:-1]


@lru_cache(maxsize=65536)
def latin_pieces(whole: str) -> list[str]:
    """The pieces of a part number worth finding alone: two letters or three digits at least."""
    pieces: list[str] = []
    for part in re.split(r"[-./+#]", whole):
        found = PIECES.findall(part)
        if part != whole and len(part) > 1 and not part.isdigit():
            pieces.append(part)
        if part.isalpha() and (one := singular(part)) != part:
            pieces.append(one)
        if 1 < len(found) <= 3:
            pieces += [piece for piece in found if len(piece) >= (2 if piece.isalpha() else 3)]
    return list(dict.fromkeys(piece for piece in pieces if piece != whole and piece not in SCALES))


def lexicon_words() -> Iterator[str]:
    """Chinese words of the lexicon that the segmenter should know whole (typing errors excepted)."""
    for path in LEXICON_FILES:
        if not path.exists():
            continue
        for line in path.read_text("utf-8").splitlines()[1:]:
            parts = line.split(",")
            if len(parts) < 3 or '"' in line:
                continue
            names = parts[:1] if parts[2] in NOT_CUT_OUT else parts[:2]
            yield from (fold(name) for name in names if HAN.search(name))


def trade_terms() -> Iterator[str]:
    """Words of the own list, which general dictionaries cut apart."""
    for line in TRADE_TERMS_FILE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield from map(fold, line.split())


@lru_cache(maxsize=1)
def own_words() -> dict[str, int]:
    """Every word that the segmenter learns from the project's data, with its frequency."""
    words: dict[str, int] = {}
    for word in lexicon_words():
        if " " not in word:
            words.setdefault(word, LEXICON_FREQUENCY)
    for line in TERMS_FILE.read_text("utf-8").splitlines():
        word, _, frequency = line.rpartition(" ")
        if word and " " not in word and frequency.isdigit():
            words[fold(word)] = int(frequency)
    for word in trade_terms():
        words.setdefault(word, LEXICON_FREQUENCY)
    return words


@dataclass(frozen=True)
class Learned:
    """A segmenter and the words it knows beyond the files; `number` grows with each change of words."""

    number: int
    words: tuple[str, ...]
    segmenter: rjieba.Jieba


_learned: Learned | None = None


def learned() -> Learned:
    """What this process cuts words with."""
    return _learned or learn()


def learn(words: Iterable[str] = ()) -> Learned:
    """Let the process know the words of the files and these, and no others.

    Words go in in sorted order, so that every process cuts alike; one that is cut out whole as it is stays as common
    as it was. A fresh segmenter takes the place of the one before: other threads may be cutting with it.
    """
    global _learned  # noqa: PLW0603 - one pointer, swapped whole
    jieba = rjieba.Jieba()
    for word, frequency in sorted(own_words().items()):
        if len(word) > 1:
            jieba.add_word(word, frequency * 10, "n")
    fresh = [word for word in sorted(set(words)) if HAN.search(word) and " " not in word]
    fresh = [word for word in fresh if jieba.cut(word, False) != [word]]
    for word in fresh:
        jieba.add_word(word, LEXICON_FREQUENCY * 10, "n")
    _learned = Learned(_learned.number + 1 if _learned else 0, tuple(fresh), jieba)
    return _learned


class KeptWhile(Generic[*Asked, Answer]):
    """`lru_cache` for what hangs on a state of this process: an answer is good while that is the same."""

    def __init__(self, function: Callable[[*Asked], Answer], state: Callable[[], Hashable], maxsize: int):
        def known(_state: Hashable, *asked: *Asked) -> Answer:
            return function(*asked)

        update_wrapper(self, function)
        self._known, self._state = lru_cache(maxsize=maxsize)(known), state

    def __call__(self, *asked: *Asked) -> Answer:
        return self._known(self._state(), *asked)

    def for_now(self) -> Callable[[*Asked], Answer]:
        """The same by the state of this moment: for many questions in a row."""
        return cast(Callable[[*Asked], Answer], partial(self._known, self._state()))


def kept_while(
    state: Callable[[], Hashable], maxsize: int
) -> Callable[[Callable[[*Asked], Answer]], KeptWhile[*Asked, Answer]]:
    """Keep what hangs on `state`."""
    return lambda function: KeptWhile(function, state, maxsize)


def until_words_change(maxsize: int) -> Callable[[Callable[[*Asked], Answer]], KeptWhile[*Asked, Answer]]:
    """Keep what hangs on the segmenter."""
    return kept_while(lambda: learned().number, maxsize)


def has_words(folded: str) -> bool:
    """True when there is a word in a folded text, of characters, letters or digits."""
    return bool(HAN.search(folded) or LATIN_WORD.search(folded))


def segmenter() -> rjieba.Jieba:
    """The segmenter with the trade's words and those of park staff."""
    return learned().segmenter


def tagged(folded: str) -> list[tuple[str, str]]:
    """The words of folded text with their parts of speech, as the segmenter knows them."""
    return segmenter().tag(folded)


@until_words_change(maxsize=65536)
def in_trade_use(word: str) -> bool:
    """True for words of the trade: those of the files and those that park staff added."""
    return word in own_words() or word in learned().words


@until_words_change(maxsize=65536)
def says_nothing(word: str) -> bool:
    """True for stop words and for numbers in words (三十万), which facts tell better; 三七 is a herb."""
    if word in STOP_WORDS:
        return True
    return bool(SPOKEN_NUMBER.match(word)) and word not in own_words() and word not in learned().words


def segment(folded: str) -> list[str]:
    """Chinese words of folded text in order, each once where it stands, without parts."""
    return [word for word in segmenter().cut(folded, False) if HAN.search(word)]


@until_words_change(maxsize=65536)
def word_parts(word: str) -> tuple[str, ...]:
    """The shorter words inside one Chinese word (小包装饮片: 小包, 包装, 小包装, 饮片)."""
    parts = segmenter().cut_for_search(word, False)
    return tuple(part for part in dict.fromkeys(parts) if part != word and len(part) > 1)


@until_words_change(maxsize=65536)
def tokens_of_word(word: str) -> tuple[str, ...]:
    """A Chinese word and the shorter ones inside it; nothing for one that says nothing."""
    if says_nothing(word):
        return ()
    return (word, *word_parts(word)) if len(word) > 2 else (word,)


def tokens(text: str) -> list[str]:
    """Every token of `text` that the index holds, with repetitions."""
    folded = fold(text)
    found: list[str] = []
    of_word = tokens_of_word.for_now()
    for word in segment(folded):
        found += of_word(word)
    for whole, pieces in part_numbers(folded):
        if whole not in STOP_WORDS and not BARE_NUMBER.fullmatch(whole) and whole not in SCALES:
            found.append(whole)
            found += pieces
    found += facts(folded)
    return found


@until_words_change(maxsize=4096)
def tokens_of_path(names: str) -> list[str]:
    """`tokens` of the names of a category and of those above it, which many documents share. Not to be written to."""
    return tokens(names)


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring Chinese characters: what finds a word that no dictionary has."""
    pairs: list[str] = []
    for run in HAN_RUN.findall(fold(text)):
        pairs += [run[i : i + 2] for i in range(len(run) - 1)]
    return pairs


@lru_cache(maxsize=65536)
def pinyin(word: str) -> str:
    """The toneless pinyin of a Chinese word, run together (艾条: aitiao)."""
    return "".join(lazy_pinyin(word, errors="ignore")).replace("ü", "v")


@lru_cache(maxsize=65536)
def initials(word: str) -> str:
    """The first letters of a word's pinyin (川芎: cx)."""
    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER, errors="ignore"))


def pinyin_tokens(text: str) -> list[str]:
    """Pinyin of the words of a title: in full (`aitiao`) and as initials (`.at`); initials need two characters."""
    found: list[str] = []
    for word in segment(fold(text)):
        for part in (word, *word_parts(word)):
            if not HAN_RUN.fullmatch(part):
                continue
            found.append(pinyin(part))
            if len(part) > 1:
                found.append("." + initials(part))
    return found
