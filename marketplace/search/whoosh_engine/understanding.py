"""From what somebody typed to concepts: other names, typing errors, pinyin, part numbers and measures."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from marketplace.core.folding import fold
from marketplace.core.measures import DEGREES, MEASURE, SIZE, SPOKEN
from marketplace.search.lexicon import Expansion, lexicon, until_lexicon_changes
from marketplace.search.pieces import Piece, join_phrases, pieces_of, whole_tokens
from marketplace.search.whoosh_engine.concepts import Alternative, Concept
from marketplace.search.whoosh_engine.spelling import correct, is_found, join_sounds
from marketplace.search.whoosh_engine.vocabulary import Vocabulary
from marketplace.search.words import HAN, QUERY_TALK, bigrams, facts, latin_pieces, says_nothing, word_parts

LONGEST_TEXT = 200
MOST_TERMS = 100
PART_WEIGHT = 0.6
SOUND_WEIGHT = 0.85
INITIALS_WEIGHT = 0.6
LATIN_TYPO = 0.7
FACT_WEIGHT = 0.8
UNKNOWN_WEIGHT = 0.4
"""A word that no row holds in any wording says less about what was meant than one that is found."""
SINGLE_SIGN_WEIGHT = 0.5
TALK_WEIGHT = 0.2


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
class Cut:
    """A folded text cut into pieces, its measures taken out. Nothing of it hangs on an index."""

    pieces: tuple[Piece, ...]
    pairs: tuple[str, ...]
    measures: tuple[Concept, ...]
    measured: tuple[str, ...]
    compounded: frozenset[str]


@until_lexicon_changes(maxsize=16384)
def cut(folded: str) -> Cut:
    """Cut up a folded text."""
    rest, measures, measured = take_measures(folded)
    pieces = tuple(join_phrases(pieces_of(rest)))
    return Cut(pieces, tuple(dict.fromkeys(bigrams(folded))), measures, measured, frozenset(compounded(pieces)))


def understand(text: str, vocabulary: Vocabulary, *, spelling: bool = True) -> Understanding:
    """Concepts of a short text. With `spelling` unknown words are looked up by sound and shape."""
    folded = fold(text[:LONGEST_TEXT])
    parts = cut(folded)
    found = Understanding(folded, pairs=list(parts.pairs), measured=list(parts.measured))
    standing_alone: set[str] = set()
    if spelling:
        for piece, corrections in correct(join_sounds(list(parts.pieces), vocabulary), vocabulary):
            concepts = concepts_of(piece.text, corrections, vocabulary)
            found.concepts += concepts
            found.corrections.update({c.text: c.corrected for c in concepts if c.corrected})
            standing_alone.add(piece.text)
    else:
        for piece in parts.pieces:
            found.concepts += plain_concepts(piece.text)
            standing_alone.add(piece.text)
    found.concepts += parts.measures
    standing_alone -= parts.compounded
    weigh = weighed if spelling else weighed_once
    found.concepts = [
        weigh(concept, concept.text in standing_alone, vocabulary) for concept in merged(found.concepts)[:MOST_TERMS]
    ]
    return found


def weighed(concept: Concept, stands_alone: bool, vocabulary: Vocabulary) -> Concept:
    """A concept as it counts by what the rows hold."""
    return with_shares(known_or_light(concept, vocabulary) if stands_alone else concept, vocabulary)


def weighed_once(concept: Concept, stands_alone: bool, vocabulary: Vocabulary) -> Concept:
    """The same for concepts that are kept themselves: needs that come near one listing share most of their words."""
    known = vocabulary.weighed.get((concept.text, stands_alone))
    if known is None or known[0] is not concept:
        known = (concept, weighed(concept, stands_alone, vocabulary))
        vocabulary.weighed[concept.text, stands_alone] = known
    return known[1]


def compounded(pieces: Sequence[Piece]) -> set[str]:
    """Words that are written together with others: 手机 in 手机维修 says what is meant, even when nobody has it."""
    found: set[str] = set()
    for before, piece in zip(pieces, pieces[1:], strict=False):
        if piece.glued and piece.is_han and before.is_han:
            found |= {before.text, piece.text}
    return found


def known_or_light(concept: Concept, vocabulary: Vocabulary) -> Concept:
    """The concept, lighter when no row can hold it."""
    if any(
        alternative.channel != "words" or any(map(vocabulary.holds, alternative.tokens))
        for alternative in concept.alternatives
    ):
        return concept
    return replace(concept, weight=concept.weight * UNKNOWN_WEIGHT)


def with_shares(concept: Concept, vocabulary: Vocabulary) -> Concept:
    """Let the rare part of a compound count more than the common one (黄连 in 黄连药材)."""
    if all(alternative.whole for alternative in concept.alternatives):
        return concept
    weighed = tuple(
        a if a.whole else Alternative(a.tokens, a.weight, a.channel, a.whole, vocabulary.shares(a.tokens))
        for a in concept.alternatives
    )
    return Concept(concept.text, weighed, concept.weight, concept.counts, concept.corrected)


def take_measures(folded: str) -> tuple[str, tuple[Concept, ...], tuple[str, ...]]:
    """A text without its sizes and measures, these as concepts, and as they were typed."""
    concepts: list[Concept] = []
    measured: list[str] = []

    def take(match: re.Match[str]) -> str:
        spelled = match[0]
        measured.append(spelled.replace(" ", ""))
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
    return rest, tuple(concepts), tuple(measured)


def _degrees(match: re.Match[str], concepts: list[Concept]) -> str:
    """`95度` may be degrees Celsius or the strength of alcohol."""
    number = f"{float(match[2]):g}"
    if match[1]:
        concepts.append(Concept(f"=-{number}°c", (Alternative((f"=-{number}°c",)),), FACT_WEIGHT))
        return " "
    readings = (Alternative((f"={number}%",)), Alternative((f"={number}°c",)))
    concepts.append(Concept(f"={number}°c", readings, FACT_WEIGHT))
    return " "


@until_lexicon_changes(maxsize=65536)
def known_wordings(word: str, mended: bool) -> tuple[tuple[Alternative, ...], str]:
    """A word with its other names and its parts, and what it is a known mistake for; none `mended` when it stands."""
    book = lexicon()
    corrected = ""
    alternatives = [Alternative(whole_tokens(word), 0.3 if book.is_typing_error(word) else 1.0)]
    for expansion in book.expand(word):
        if expansion.corrects and not mended:
            continue
        alternatives.append(Alternative(whole_tokens(expansion.text), expansion.weight))
        alternatives += parts_of(expansion.text, expansion.weight * PART_WEIGHT) if expansion.weight > 0.8 else []
        if expansion.corrects:
            corrected = corrected or expansion.text
    return (*alternatives, *parts_of(word, PART_WEIGHT)), corrected


@until_lexicon_changes(maxsize=65536)
def plain_concepts(word: str) -> tuple[Concept, ...]:
    """One piece as a concept with all its wordings, as it stands; none when it says nothing."""
    if says_nothing(word) or not whole_tokens(word):
        return ()
    alternatives, _corrected = known_wordings(word, False)
    return (Concept(word, tuple(unique(alternatives)), weight_of(word)),)


def weight_of(word: str) -> float:
    """What a piece counts: a single sign says less than a word."""
    return SINGLE_SIGN_WEIGHT if len(word) == 1 and HAN.match(word) else 1.0


def concepts_of(word: str, corrections: Sequence[Expansion], vocabulary: Vocabulary) -> list[Concept]:
    """One piece as a concept with all its wordings, mistakes mended; several when it is pinyin run together."""
    if says_nothing(word) or not whole_tokens(word):
        return []
    (own, *others), mended = known_wordings(word, True)
    corrected = corrections[0].text if corrections else mended
    alternatives = [own]
    for meant in corrections:
        alternatives += wordings(meant.text, meant.weight)
    alternatives += others
    if word in QUERY_TALK:
        return [Concept(word, tuple(unique(alternatives)), TALK_WEIGHT, counts=False)]
    if word.isascii():
        if word.isalpha() and (len(word) > 3 or not vocabulary.holds(word)):
            sounds = sound_concepts(word, vocabulary)
            if len(sounds) > 1 and not vocabulary.holds(word):
                return sounds
            if len(sounds) == 1:
                alternatives += sounds[0].alternatives
            if sounds and not vocabulary.holds(word):
                corrected = corrected or sounds[0].corrected
        if len(alternatives) < 2 and not vocabulary.holds(alternatives[0].tokens[0]):
            for near in vocabulary.latin_like(word):
                alternatives += wordings(near, LATIN_TYPO)
                corrected = corrected or near
    return [Concept(word, tuple(unique(alternatives)), weight_of(word), corrected=corrected)]


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
    words = [word for word in vocabulary.sounding_like(letters) if is_found(word, vocabulary)]
    words = words or vocabulary.sounding_nearly_like(letters)
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
