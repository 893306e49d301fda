"""The words of a typed text as they stand, those together that are one name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from marketplace.core.folding import fold
from marketplace.search.lexicon import lexicon
from marketplace.search.words import (
    HAN,
    HAN_RUN,
    LATIN_WORD,
    LEXICON_FILES,
    STOP_WORDS,
    part_numbers,
    segment,
    segmenter,
    until_words_change,
)

JOINED_PIECES = 5
LETTERS = re.compile(r"[A-Za-z]+")
FOLDED_SPACE = re.compile(r"[^㐀-鿿a-z0-9\-./+#%]+")


@dataclass(frozen=True)
class Piece:
    """One word of the query as it stands; `glued` when nothing stands between it and the piece before."""

    text: str
    glued: bool = False

    @property
    def is_han(self) -> bool:
        """True for a purely Chinese word."""
        return bool(HAN_RUN.fullmatch(self.text))


def pieces_of(folded: str) -> list[Piece]:
    """Words in order: Chinese ones by the segmenter, Latin ones and part numbers whole."""
    pieces: list[Piece] = []
    for chunk in FOLDED_SPACE.split(folded):
        glued = False
        if not HAN.search(chunk):
            pieces += [Piece(match[0]) for match in LATIN_WORD.finditer(chunk)]
            continue
        pending = ""
        for word in segmenter().cut(chunk, False):
            if not HAN.search(word):
                pending += word
                continue
            pieces += _latin_pieces(pending, glued)
            glued = glued or bool(pending)
            pending = ""
            pieces.append(Piece(word, glued))
            glued = True
        pieces += _latin_pieces(pending, glued)
    return pieces


def _latin_pieces(text: str, glued: bool) -> list[Piece]:
    return [Piece(match[0], glued) for match in LATIN_WORD.finditer(text)]


def join_phrases(pieces: list[Piece]) -> list[Piece]:
    """Neighbouring pieces that are one entry of the lexicon together become one piece."""
    book = lexicon()
    joined: list[Piece] = []
    start = 0
    while start < len(pieces):
        end = min(len(pieces), start + JOINED_PIECES)
        while end > start + 1:
            phrase = spelled(pieces[start:end])
            if phrase in book:
                break
            end -= 1
        joined.append(pieces[start] if end == start + 1 else Piece(spelled(pieces[start:end]), pieces[start].glued))
        start = end
    return joined


def spelled(pieces: Sequence[Piece]) -> str:
    """The pieces as they stood: a space where something stood between them."""
    text = pieces[0].text
    for piece in pieces[1:]:
        text += piece.text if piece.glued else " " + piece.text
    return text


@until_words_change(maxsize=32768)
def whole_tokens(text: str) -> tuple[str, ...]:
    """The tokens of a wording without their parts; all of them must be found."""
    found = [word for word in segment(text) if word not in STOP_WORDS]
    latin = [whole for whole, _ in part_numbers(text) if whole not in STOP_WORDS]
    found += [whole for whole in latin if not any(whole in word for word in found)]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, str]:
    """Abbreviations as the lexicon writes them, by their folded letters (pe: PE)."""
    found = (letters for path in LEXICON_FILES for letters in LETTERS.findall(path.read_text("utf-8")))
    return {fold(letters): letters for letters in found if len(letters) > 1 and letters.isupper()}


def as_written(folded: str) -> str:
    """Folded words with their abbreviations in capitals again (pe袋: PE袋)."""
    return LETTERS.sub(lambda match: abbreviations().get(match[0], match[0]), folded)
