"""One form for the many ways of typing the same letters, each letter staying in its place."""

import unicodedata
from functools import lru_cache

from opencc import OpenCC

KEPT = frozenset("，。、")
"""Marks that part words; as a plain comma or point they would run into numbers."""

SAME_AS = {"〇": "零", "○": "零", "｡": "。", "﹑": "、", "–": "-", "—": "-", "−": "-", "～": "~", "∼": "~", "俩": "两"}
_to_simplified = OpenCC("t2s")


@lru_cache(maxsize=16384)
def fold_letter(letter: str) -> str:
    """Half-width, simplified; always one letter for one letter."""
    if letter in KEPT:
        return letter
    folded = unicodedata.normalize("NFKC", letter)
    if len(folded) != 1 or (letter.isdigit() and not letter.isdecimal() and letter not in "²³"):
        folded = letter
    folded = SAME_AS.get(folded, folded)
    if folded >= "\u2e80":
        simplified = _to_simplified.convert(folded)
        folded = simplified if len(simplified) == 1 else folded
    return " " if folded.isspace() and folded != "\n" else folded


def fold(text: str) -> str:
    """`text` in half-width simplified letters; positions stay as they are."""
    return "".join(map(fold_letter, text))
