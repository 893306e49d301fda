"""From what somebody typed to concepts: other names, typing errors, pinyin, part numbers and measures."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from marketplace.search.concepts import Alternative, Concept
from marketplace.search.lexicon import Expansion, lexicon
from marketplace.search.vocabulary import Vocabulary
from marketplace.search.words import (
    HAN,
    HAN_RUN,
    LATIN_WORD,
    MEASURE,
    SIZE,
    SPOKEN,
    STOP_WORDS,
    bigrams,
    facts,
    fold,
    latin_pieces,
    part_numbers,
    pinyin,
    says_nothing,
    segment,
    segmenter,
    word_parts,
)

LONGEST_TEXT = 200
MOST_TERMS = 100
JOINED_PIECES = 5
PART_WEIGHT = 0.6
SOUND_WEIGHT = 0.85
INITIALS_WEIGHT = 0.6
SAME_SOUND_TYPO = 0.8
SAME_LOOK_TYPO = 0.7
LATIN_TYPO = 0.7
FACT_WEIGHT = 0.8
SINGLE_SIGN_WEIGHT = 0.5
FOLDED_SPACE = re.compile(r"[^㐀-鿿a-z0-9\-./+#%]+")
DEGREES = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*度")


@dataclass
class Understanding:
    """A query in concepts, with the pairs of its characters and what was taken for a typing error."""

    text: str
    concepts: list[Concept] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)
    corrections: dict[str, str] = field(default_factory=dict)
    measured: list[str] = field(default_factory=list)
    """Measures as they were typed, for marking."""

    def words(self) -> list[str]:
        """What may be marked in a found text: the words themselves, their parts and other names."""
        found: dict[str, None] = {}
        for concept in self.concepts:
            if concept.text and not concept.text.startswith("="):
                found.setdefault(concept.text)
            for alternative in concept.alternatives:
                if alternative.channel == "words":
                    for token in alternative.tokens:
                        if not token.startswith("=") and (len(token) > 1 or alternative.weight == 1):
                            found.setdefault(token)
        found.update(dict.fromkeys(self.measured))
        return list(found)[:MOST_TERMS]


@dataclass(frozen=True)
class Piece:
    """One word of the query as it stands; `glued` when nothing stands between it and the piece before."""

    text: str
    glued: bool = False

    @property
    def is_han(self) -> bool:
        """True for a purely Chinese word."""
        return bool(HAN_RUN.fullmatch(self.text))


def understand(text: str, vocabulary: Vocabulary, *, spelling: bool = True) -> Understanding:
    """Concepts of a short text. With `spelling` unknown words are looked up by sound and shape."""
    folded = fold(text[:LONGEST_TEXT])
    found = Understanding(folded, pairs=list(dict.fromkeys(bigrams(folded))))
    rest, measures = take_measures(folded, found)
    pieces = join_phrases(pieces_of(rest))
    if spelling:
        pieces_and_corrections = correct(pieces, vocabulary)
    else:
        pieces_and_corrections = [(piece, ()) for piece in pieces]
    for piece, corrections in pieces_and_corrections:
        concepts = concepts_of(piece.text, corrections, vocabulary if spelling else None)
        found.concepts += concepts
        found.corrections.update({c.text: c.corrected for c in concepts if c.corrected})
    found.concepts += measures
    found.concepts = [with_shares(concept, vocabulary) for concept in merged(found.concepts)[:MOST_TERMS]]
    return found


def with_shares(concept: Concept, vocabulary: Vocabulary) -> Concept:
    """Let the rare part of a compound count more than the common one (黄连 in 黄连药材)."""
    if all(alternative.whole for alternative in concept.alternatives):
        return concept
    weighed = []
    for alternative in concept.alternatives:
        if not alternative.whole:
            rarities = [vocabulary.rarity(token) for token in alternative.tokens]
            total = sum(rarities) or 1.0
            alternative = replace(alternative, shares=tuple(rarity / total for rarity in rarities))
        weighed.append(alternative)
    return replace(concept, alternatives=tuple(weighed))


def take_measures(folded: str, found: Understanding) -> tuple[str, list[Concept]]:
    """Sizes and measures of a text as concepts, and the text without them."""
    concepts = []

    def take(match: re.Match[str]) -> str:
        spelled = match[0]
        found.measured.append(spelled.replace(" ", ""))
        sides = 1 if SIZE.fullmatch(spelled) else 2
        tokens = [token for token in facts(spelled) if token.startswith("=")][:sides]
        for token in tokens:
            concepts.append(Concept(token, (Alternative((token,)),), FACT_WEIGHT / len(tokens)))
        return " "

    rest = SIZE.sub(take, folded)
    rest = MEASURE.sub(take, rest)
    rest = DEGREES.sub(lambda match: _degrees(match, concepts), rest)
    spoken = [token for token in facts(rest) if token.startswith("=")] if SPOKEN.search(rest) else []
    for token in dict.fromkeys(spoken):
        concepts.append(Concept(token, (Alternative((token,)),), FACT_WEIGHT / 2, counts=False))
    return rest, concepts


def _degrees(match: re.Match[str], concepts: list[Concept]) -> str:
    """`95度` may be degrees Celsius or the strength of alcohol."""
    number = f"{float(match[1]):g}"
    readings = (Alternative((f"={number}%",)), Alternative((f"={number}°c",)))
    concepts.append(Concept(f"={number}°c", readings, FACT_WEIGHT))
    return " "


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


def _doubtful(piece: Piece, vocabulary: Vocabulary) -> bool:
    """True for a piece that no dictionary has; a word of everyday language is no slip, only of another trade."""
    if not piece.is_han or says_nothing(piece.text):
        return False
    if len(piece.text) == 1:
        return True
    return not (vocabulary.knows(piece.text) or piece.text in lexicon() or segmenter().has_word(piece.text))


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
        if not 2 <= len(text) <= 8 or not any(_doubtful(piece, vocabulary) for piece in window):
            continue
        if vocabulary.knows(text) or text in lexicon():
            continue
        corrections = known_words_like(text, vocabulary)
        if corrections:
            return end, corrections
    return start + 1, ()


def known_words_like(text: str, vocabulary: Vocabulary) -> tuple[Expansion, ...]:
    """Known words that a mistyped Chinese word may have meant: the same sound before the same shape."""
    from_sound = [
        Expansion(word, SAME_SOUND_TYPO, True)
        for word in vocabulary.sounding_like(sound_of(text))
        if word != text and len(word) == len(text) and _found(word, vocabulary)
    ]
    if from_sound:
        return tuple(from_sound[:3])
    from_shape = [
        Expansion(word, SAME_LOOK_TYPO, True)
        for word in vocabulary.looking_like(text)
        if _found(word, vocabulary)
    ]
    return tuple(from_shape[:2])


@lru_cache(maxsize=4096)
def sound_of(text: str) -> str:
    """Pinyin by single characters: a wrong character belongs to no phrase that would tell its reading."""
    return "".join(pinyin(sign) for sign in text)


def _found(word: str, vocabulary: Vocabulary) -> bool:
    """True when the index holds the word or another name of it."""
    return vocabulary.holds(word) or any(
        all(vocabulary.holds(token) for token in whole_tokens(expansion.text)) for expansion in lexicon().expand(word)
    )


@lru_cache(maxsize=32768)
def whole_tokens(text: str) -> tuple[str, ...]:
    """The tokens of a wording without their parts; all of them must be found."""
    found = [word for word in segment(text) if word not in STOP_WORDS]
    latin = [whole for whole, _ in part_numbers(text) if whole not in STOP_WORDS]
    found += [whole for whole in latin if not any(whole in word for word in found)]
    return tuple(dict.fromkeys(found))


def concepts_of(word: str, corrections: Iterable[Expansion], vocabulary: Vocabulary | None) -> list[Concept]:
    """One piece as a concept with all its wordings; several when it is pinyin run together."""
    if says_nothing(word) or not whole_tokens(word):
        return []
    book = lexicon()
    corrections = tuple(corrections)
    alternatives = [Alternative(whole_tokens(word), 0.3 if book.is_typing_error(word) else 1.0)]
    corrected = corrections[0].text if corrections else ""
    for meant in corrections:
        alternatives += wordings(meant.text, meant.weight)
    for expansion in book.expand(word):
        alternatives.append(Alternative(whole_tokens(expansion.text), expansion.weight))
        alternatives += parts_of(expansion.text, expansion.weight * PART_WEIGHT) if expansion.weight > 0.8 else []
        if expansion.corrects and not corrected:
            corrected = expansion.text
    alternatives += parts_of(word, PART_WEIGHT)
    weight = SINGLE_SIGN_WEIGHT if len(word) == 1 and HAN.match(word) else 1.0
    if vocabulary is not None and word.isascii():
        if word.isalpha() and (len(word) > 3 or not vocabulary.holds(word)):
            sounds = sound_concepts(word, vocabulary)
            if len(sounds) > 1 and not vocabulary.holds(word):
                return sounds
            if len(sounds) == 1:
                alternatives += sounds[0].alternatives
            corrected = corrected or (sounds[0].corrected if sounds else "")
        if len(alternatives) < 2 and not vocabulary.holds(alternatives[0].tokens[0]):
            for near in vocabulary.latin_like(word):
                alternatives += wordings(near, LATIN_TYPO)
                corrected = corrected or near
    return [Concept(word, tuple(unique(alternatives)), weight, corrected=corrected)]


def wordings(word: str, weight: float) -> list[Alternative]:
    """A word with its other names, all of them weighed by `weight`."""
    found = [Alternative(whole_tokens(word), weight)]
    for expansion in lexicon().expand(word):
        found.append(Alternative(whole_tokens(expansion.text), round(weight * expansion.weight, 4)))
    return found + parts_of(word, weight * PART_WEIGHT)


def parts_of(word: str, weight: float) -> list[Alternative]:
    """The parts of a word, the more the better; what they leave of it uncovered makes them count less."""
    if HAN.search(word):
        parts = [part for whole in whole_tokens(word) for part in (word_parts(whole) or (whole,))]
    else:
        parts = [piece for whole in whole_tokens(word) for piece in latin_pieces(whole)]
    parts = [part for part in dict.fromkeys(parts) if part != word]
    return [Alternative(tuple(parts), round(weight * covered(word, parts), 4), whole=False)] if parts else []


def covered(word: str, parts: Sequence[str]) -> float:
    """Which share of the characters of a word its parts cover."""
    marked = [False] * len(word)
    for part in parts:
        start = word.find(part)
        while start >= 0:
            marked[start : start + len(part)] = [True] * len(part)
            start = word.find(part, start + 1)
    return sum(marked) / max(1, len(word.replace(" ", "")))


def sound_concepts(letters: str, vocabulary: Vocabulary) -> list[Concept]:
    """Latin letters read as pinyin: one word, initials, or several words run together."""
    words = [word for word in vocabulary.sounding_like(letters) if _found(word, vocabulary)]
    if words:
        alternatives = [Alternative((letters,), SOUND_WEIGHT, "sounds")]
        for word in words[:4]:
            alternatives += wordings(word, SOUND_WEIGHT)
        return [Concept(letters, tuple(alternatives), corrected=words[0])]
    split = split_sounds(letters, vocabulary)
    if len(split) > 1:
        return [concept for sound in split for concept in sound_concepts(sound, vocabulary)]
    if 2 <= len(letters) <= 6:
        short = vocabulary.beginning_like(letters)
        if short:
            alternatives = [Alternative(("." + letters,), INITIALS_WEIGHT, "sounds")]
            for word in short[:6]:
                alternatives.append(Alternative(whole_tokens(word), INITIALS_WEIGHT))
            return [Concept(letters, tuple(alternatives), corrected=short[0])]
    return []


def split_sounds(letters: str, vocabulary: Vocabulary) -> list[str]:
    """Pinyin run together cut into known words, as few as possible; empty when it cannot be."""
    best: list[list[str] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 24), end):
            before = best[start]
            sound = letters[start:end]
            if before is None or len(sound) < 2 or not vocabulary.by_sound.get(sound):
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = [*before, sound]
    return best[-1] or []


def unique(alternatives: Iterable[Alternative]) -> list[Alternative]:
    """Each wording once, with its best weight; wordings without tokens are left out."""
    found: dict[tuple[tuple[str, ...], str, bool], Alternative] = {}
    for alternative in alternatives:
        if alternative.tokens:
            key = (alternative.tokens, alternative.channel, alternative.whole)
            known = found.get(key)
            if known is None or known.weight < alternative.weight:
                found[key] = alternative
    return list(found.values())


def merged(concepts: list[Concept]) -> list[Concept]:
    """Concepts said twice count once, with their greater weight."""
    found: dict[str, Concept] = {}
    for concept in concepts:
        known = found.get(concept.text)
        if known is None or known.weight < concept.weight:
            found[concept.text] = concept if known is None else replace(concept, alternatives=known.alternatives)
    return list(found.values())
