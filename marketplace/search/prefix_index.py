"""Names by what they begin with: as they are written, in full pinyin, and in initials.

People type 包装, `baozhuang`, `bz` or, half through the input method, `bao装`: all of them are beginnings of one name.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pypinyin import Style, lazy_pinyin

from marketplace.core.folding import fold
from marketplace.search.words import HAN, segmenter, word_parts

LAST_SIGN = "\U0010ffff"
BETWEEN = re.compile(r"[^\w]+")
"""Spaces and signs, which people put between syllables and words or leave out."""
NAMED = re.compile(r"[^\W_]")


@lru_cache(maxsize=1 << 17)
def readings(word: str) -> tuple[str, str]:
    """A folded word in full pinyin and in initials; letters and digits stay as they are (`pe袋`: `pedai`, `ped`)."""
    full, short = ("".join(lazy_pinyin(word, style=style)) for style in (Style.NORMAL, Style.FIRST_LETTER))
    return full.replace("ü", "v"), short


def pieces_of(folded: str) -> list[tuple[int, str]]:
    """A folded name cut where a word begins, also inside a compound (锦屹 包装 有限公司), each piece with its place."""
    cuts, place = set(), 0
    for word in segmenter().cut(folded, False):
        cuts |= {place, *(place + word.find(part) for part in word_parts(word))}
        place += len(word)
    bounds = [*sorted(cuts), len(folded)]
    return [(start, folded[start:end]) for start, end in pairwise(bounds)]


def keys_of(folded: str) -> Iterator[tuple[str, bool]]:
    """What a name can be found by, and whether that is a word inside it, not its beginning."""
    pieces = pieces_of(folded)
    spoken = [readings(BETWEEN.sub("", piece)) for _place, piece in pieces]
    for number, (place, piece) in enumerate(pieces):
        if NAMED.match(piece):
            rest = folded[place:]
            full, short = ("".join(parts) for parts in zip(*spoken[number:], strict=True))
            for key in {rest, BETWEEN.sub("", rest), full, short}:
                yield key, number > 0


class Beginnings:
    """Numbered names, found by how they or the words in them begin. Never changes once made."""

    def __init__(self, names: Iterable[tuple[int, str]]):
        self.names: dict[int, str] = {}
        found = set()
        for number, name in names:
            folded = fold(name).strip()
            self.names[number] = self.names.get(number, "") + folded
            found |= {(key, inside, number) for key, inside in keys_of(folded)}
        entries = sorted(found)
        self.keys = [key for key, _inside, _number in entries]
        self.inside = np.array([inside for _key, inside, _number in entries], np.bool_)
        self.numbers: npt.NDArray[np.int32] = np.array([number for _key, _inside, number in entries], np.int32)

    def find(self, typed: str) -> tuple[list[int], list[int]]:
        """Names that begin like what was typed, and those in which a later word does."""
        start = fold(typed).strip()
        close = BETWEEN.sub("", start)
        first, inside = self._find({start, close})
        if HAN.search(close) and any(sign.isascii() and sign.isalpha() for sign in close):  # bao装, zhixie袋
            signs = set(HAN.findall(close))
            by_sound = self._find({readings(close)[0]})
            first, inside = (was + [number for number in more if number not in was and signs <= set(self.names[number])]
                             for was, more in zip((first, inside), by_sound, strict=True))  # fmt: skip
        return first, inside

    def _find(self, starts: set[str]) -> tuple[list[int], list[int]]:
        spans = [np.arange(bisect_left(self.keys, start), bisect_left(self.keys, start + LAST_SIGN))
                 for start in starts if start]  # fmt: skip
        places = np.concatenate(spans) if spans else np.zeros(0, np.int64)
        first = np.unique(self.numbers[places[~self.inside[places]]])
        return first.tolist(), np.setdiff1d(self.numbers[places], first).tolist()
