"""Slips of Chinese typing: stretches that no dictionary knows, tried as words of the same sound or nearly the same
shape."""

from functools import lru_cache

from marketplace.search.lexicon import Expansion, lexicon
from marketplace.search.pieces import JOINED_PIECES, Piece, spelled, whole_tokens
from marketplace.search.whoosh_engine.vocabulary import Vocabulary
from marketplace.search.words import pinyin, says_nothing, segmenter

SAME_SOUND_TYPO = 0.8
SAME_LOOK_TYPO = 0.7
CONTRACTION = 0.7
CONTRACTED_LENGTHS = (2, 3)
MOST_PHRASES = 4
SURE_LENGTH = 4
"""So many characters say enough around them to take an everyday word for a slip of another (蜂窝纸版)."""


def correct(pieces: list[Piece], vocabulary: Vocabulary) -> list[tuple[Piece, tuple[Expansion, ...]]]:
    """Stretches of Chinese that no dictionary knows, tried as words of the same sound or nearly the same shape."""
    result: list[tuple[Piece, tuple[Expansion, ...]]] = []
    start = 0
    while start < len(pieces):
        end, corrections = _best_window(pieces, start, vocabulary)
        if corrections:
            result.append((Piece(spelled(pieces[start:end]), pieces[start].glued), corrections))
            start = end
        else:
            result.append((pieces[start], ()))
            start += 1
    return result


def join_sounds(pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    """Syllables with spaces between them that are one word together (`jin yin hua`), as one piece."""
    joined: list[Piece] = []
    start = 0
    while start < len(pieces):
        end = min(len(pieces), start + JOINED_PIECES)
        while end > start + 1 and not _one_word_in_pinyin(pieces[start:end], vocabulary):
            end -= 1
        together = "".join(piece.text for piece in pieces[start:end])
        joined.append(pieces[start] if end == start + 1 else Piece(together, pieces[start].glued))
        start = end
    return joined


def _one_word_in_pinyin(pieces: list[Piece], vocabulary: Vocabulary) -> bool:
    """True for letters that together sound like a word of a title, where one at least is no word by itself."""
    texts = [piece.text for piece in pieces]
    return (
        all(text.isascii() and text.isalpha() for text in texts)
        and bool(vocabulary.sounding_nearly_like("".join(texts)))
        and not all(map(vocabulary.holds, texts))
    )


def _doubtful(piece: Piece, vocabulary: Vocabulary) -> bool:
    """True for a piece that no dictionary has; a word of everyday language is no slip, only of another trade."""
    if not piece.is_han or says_nothing(piece.text):
        return False
    if len(piece.text) == 1:
        return True
    return not (vocabulary.knows(piece.text) or piece.text in lexicon() or segmenter().has_word(piece.text))


def _absent(piece: Piece, vocabulary: Vocabulary) -> bool:
    """True for a word of everyday language that neither the index nor the lexicon has (纸版)."""
    return piece.is_han and not says_nothing(piece.text) and not vocabulary.knows(piece.text)


def _best_window(pieces: list[Piece], start: int, vocabulary: Vocabulary) -> tuple[int, tuple[Expansion, ...]]:
    """The longest stretch from `start` that sounds or looks like a known word."""
    longest = start
    while longest < len(pieces) and longest < start + JOINED_PIECES and pieces[longest].is_han:
        if longest > start and not pieces[longest].glued:
            break
        longest += 1
    for end in range(longest, start, -1):
        window = pieces[start:end]
        text = spelled(window)
        if not 2 <= len(text) <= 8 or vocabulary.knows(text) or text in lexicon():
            continue
        corrections: tuple[Expansion, ...] = ()
        if any(_doubtful(piece, vocabulary) for piece in window):
            known_before = len(window) > 1 and not any(_doubtful(piece, vocabulary) for piece in window[:-1])
            has_head = known_before and len(window[-1].text) == 1
            corrections = known_words_like(text, vocabulary, has_head=has_head)
        elif len(text) >= SURE_LENGTH and any(_absent(piece, vocabulary) for piece in window):
            corrections = spelled_in_titles(text, vocabulary)
        if corrections := corrections or contracted(window, vocabulary):
            return end, corrections
    return start + 1, ()


def known_words_like(text: str, vocabulary: Vocabulary, *, has_head: bool = False) -> tuple[Expansion, ...]:
    """Known words that a mistyped Chinese word may have meant: the same sound before the same shape."""
    from_sound = [
        Expansion(word, SAME_SOUND_TYPO, True)
        for word in vocabulary.sounding_like(sound_of(text))
        if word != text and len(word) == len(text) and is_found(word, vocabulary)
    ]
    if from_sound:
        return tuple(from_sound[:3])
    from_titles = spelled_in_titles(text, vocabulary)
    if from_titles:
        return from_titles
    from_shape = [
        Expansion(word, SAME_LOOK_TYPO, True)
        for word in vocabulary.looking_like(text, has_head=has_head)
        if is_found(word, vocabulary)
    ]
    return tuple(from_shape[:2])


def contracted(window: list[Piece], vocabulary: Vocabulary) -> tuple[Expansion, ...]:
    """What a contraction stands for: neighbouring words of a title by their first characters (危废: 危险废物)."""
    text = spelled(window)
    if len(text) not in CONTRACTED_LENGTHS or max(len(piece.text) for piece in window) > 1:
        return ()
    phrases = [""]
    for sign in text:
        words = vocabulary.by_first_sign.get(sign, ())
        phrases = [
            before + word for before in phrases for word in words
            if not before or vocabulary.holds_pair(before[-1] + word[0])
        ]  # fmt: skip
    return tuple(Expansion(phrase, CONTRACTION) for phrase in phrases[:MOST_PHRASES])


def spelled_in_titles(text: str, vocabulary: Vocabulary) -> tuple[Expansion, ...]:
    """The words as titles spell them, where one character was taken for another of the same sound."""
    return tuple(Expansion(words, SAME_SOUND_TYPO, True) for words in vocabulary.spelled_in_titles(text)[:2])


@lru_cache(maxsize=4096)
def sound_of(text: str) -> str:
    """Pinyin by single characters: a wrong character belongs to no phrase that would tell its reading."""
    return "".join(pinyin(sign) for sign in text)


def is_found(word: str, vocabulary: Vocabulary) -> bool:
    """True when the index holds the word or another name of it."""
    return vocabulary.holds(word) or any(
        all(vocabulary.holds(token) for token in whole_tokens(expansion.text)) for expansion in lexicon().expand(word)
    )
