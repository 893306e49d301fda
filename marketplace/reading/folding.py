"""One form for the many ways of typing the same letters, each letter staying in its place."""

import unicodedata

from opencc import OpenCC

KEPT = frozenset("，。、")
"""Marks that part words; as a plain comma or point they would run into numbers."""

LINES_AND_CELLS = "\n\t"
"""Blanks that part lines and the cells of a pasted table; all others are one."""
SAME_AS = {"〇": "零", "○": "零", "｡": "。", "﹑": "、", "–": "-", "—": "-", "−": "-", "～": "~", "∼": "~", "俩": "两"}
_to_simplified = OpenCC("t2s")


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
    return " " if folded.isspace() and folded not in LINES_AND_CELLS else folded


class _Folded(dict[int, str]):
    """What each letter folds to, by its code, found at its first use."""

    def __missing__(self, code: int) -> str:
        self[code] = fold_letter(chr(code))
        return self[code]


_folded = _Folded()


def fold(text: str) -> str:
    """`text` in half-width simplified letters; positions stay as they are."""
    return text.translate(_folded)
