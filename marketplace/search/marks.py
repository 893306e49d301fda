"""Marking the found words in a text, safely."""

import re
from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape

from marketplace.core.folding import fold

OPEN, CLOSE = "<mark>", "</mark>"
LETTERS = 8192
"""Letters that are at hand in their folded form: more than a park's texts are written with."""


def mark(text: str, words: Iterable[str]) -> Markup:
    """`text` escaped, with every occurrence of `words` in `<mark>`; width, case and character form do not matter."""
    found = spans(text, tuple(words))
    if not found:
        return escape(text)
    parts: list[str] = []
    last = 0
    for start, end in found:
        parts += [escape(text[last:start]), OPEN, escape(text[start:end]), CLOSE]
        last = end
    parts.append(escape(text[last:]))
    return Markup("".join(parts))  # noqa: S704 - each part of the text was escaped


def spans(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where words stand in `text`, as merged, ordered character ranges."""
    pattern = _pattern(words)
    if pattern is None or not text:
        return []
    folded, origin = _fold_with_origin(text)
    found: list[tuple[int, int]] = []
    for match in pattern.finditer(folded):
        start, end = origin[match.start()], origin[match.end() - 1] + 1
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def standing_in(text: str, words: Iterable[str]) -> list[str]:
    """Those of `words` that `text` holds, each looked for by itself."""
    folded = _fold_with_origin(text)[0]
    return [word for word in words if fold(word) in folded and spans(text, (word,))]


def excerpt(text: str, words: Iterable[str], length: int = 90) -> str:
    """The part of a long text that holds the first found word, with dots where something was left out."""
    found = spans(text, tuple(words))
    if len(text) <= length:
        return text
    start = max(0, found[0][0] - length // 3) if found else 0
    start = min(start, len(text) - length)
    cut = text[start : start + length]
    return ("…" if start else "") + cut + ("…" if start + length < len(text) else "")


@lru_cache(maxsize=4096)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Longest words first; Latin words only where they stand alone, so that `pe` does not mark `type`."""
    folded = sorted({fold(word) for word in words if word.strip()}, key=lambda word: (-len(word), word))
    alternatives = []
    for word in folded:
        alternatives.append(_edge(word[0], r"(?<![a-z])", r"(?<![\d.])") + re.escape(word)
                            + _edge(word[-1], r"(?![a-z])", r"(?!\d)"))  # fmt: skip
    return re.compile("|".join(alternatives)) if alternatives else None


def _edge(sign: str, for_letter: str, for_digit: str) -> str:
    if sign.isascii() and sign.isalpha():
        return for_letter
    return for_digit if sign.isdigit() else ""


def _fold_with_origin(text: str) -> tuple[str, list[int]]:
    """Folded text, and for each of its characters the place it came from."""
    folded: list[str] = []
    origin: list[int] = []
    for number, sign in enumerate(text):
        for letter in _folded(sign):
            folded.append(letter)
            origin.append(number)
    return "".join(folded), origin


@lru_cache(maxsize=LETTERS)
def _folded(sign: str) -> str:
    return fold(sign)
