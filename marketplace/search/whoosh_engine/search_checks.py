"""What may have been meant by words that a search did not find: the nearest known word by sound and by shape."""

from collections.abc import Iterable
from functools import cached_property

from rapidfuzz import fuzz, process

from marketplace.core.folding import fold
from marketplace.search.lexicon import lexicon
from marketplace.search.port import Found, Proposal
from marketplace.search.whoosh_engine.concepts import Concept
from marketplace.search.whoosh_engine.engine import Engine
from marketplace.search.whoosh_engine.postings import EVERYBODY, Snapshot
from marketplace.search.whoosh_engine.ranking import rank
from marketplace.search.whoosh_engine.spelling import sound_of
from marketplace.search.whoosh_engine.vocabulary import Vocabulary
from marketplace.search.words import HAN, HAN_RUN, initials, pinyin, segmenter

LEAST_PART = 0.5
"""Results of which none answers half of what was asked are as good as none."""
PROPOSALS = 3
LEAST_ALIKE = 61
"""Of 100: words of which more than half is the same; two that only end alike are not near."""
LEAST_ALIKE_EVERYDAY = 66
"""A word of everyday language is seldom a slip: most of it must be the same."""
LEAST_SOUND = 85
"""Of 100: sounds with one slip in two syllables (zhi for zi, lan for nan)."""
FOR_EACH_LAST_SIGN, MOST_FOR_LAST_SIGNS = 10, 20
"""The end of a Chinese word says what it is, the beginning of which sort: 泡壳 counts more in 托盘泡壳."""
LETTERS_TELL, SAME_LETTERS = 3, 61.0
"""From so many characters on the first letters of their sounds tell a word: who types letters may pick another."""
LOOKED_AT = 40


class Looker:
    """Searches one state of an index as everybody does, and says of what was in vain what may have been meant."""

    def __init__(self, snapshot: Snapshot):
        self.snapshot = snapshot
        self.vocabulary = snapshot.vocabulary
        self.seen = snapshot.visible(EVERYBODY)

    def look_for(self, text: str) -> Found:
        """What a search for the text finds now."""
        ranked = rank(self.snapshot, text)
        hits = ranked.hits & self.seen
        results = int(hits.sum())
        if results and float(ranked.coverage[hits].max()) >= LEAST_PART:
            return Found(results, False)
        folded, concepts = " ".join(fold(text).split()), ranked.understanding.concepts
        unknown = unknown_part(folded, concepts, self.vocabulary)
        proposals = self.proposals(unknown)
        if not proposals and unknown != folded:
            unknown, proposals = folded, self.parts(concepts)
        return Found(results, True, unknown, tuple(proposals))

    def parts(self, concepts: Iterable[Concept]) -> list[Proposal]:
        """The words of a text that rows do hold, the rarest first: the whole is a sort of one of them."""
        known = [
            concept
            for concept in concepts
            if concept.counts and len(concept.text) > 1 and is_held(concept, self.vocabulary)
        ]
        known.sort(key=lambda concept: -self.snapshot.rarity(concept))
        words = dict.fromkeys(word for concept in known if (word := self.as_held(concept.text)))
        return [Proposal(word, "near") for word in words][:PROPOSALS]

    @cached_property
    def known_words(self) -> list[str]:
        """Chinese words of titles and of the lexicon, of two characters and more."""
        known = self.vocabulary.title_words | {word for words in lexicon().by_pinyin.values() for word in words}
        return sorted(word for word in known if len(word) > 1 and HAN.search(word))

    @cached_property
    def sounds(self) -> dict[str, str]:
        """The sounds of these words, by word."""
        return {word: pinyin(word) for word in self.known_words if HAN_RUN.fullmatch(word)}

    def proposals(self, unknown: str) -> list[Proposal]:
        """The known words nearest to an unknown one, those of most rows first among equals; none when none is near."""
        if len(unknown) < 2:
            return []
        scored = self.heard_alike(unknown)
        for word, score in self.written_alike(unknown).items():
            scored[word] = max(score, scored.get(word, 0.0))
        scored.pop(unknown, None)
        held = {word: known for word in scored if (known := self.as_held(word)) and known != unknown}
        order = sorted(held, key=lambda word: (-scored[word], -self.snapshot.rows_with("words", held[word]), word))
        found = {held[word]: Proposal(held[word], kind_of(unknown, word)) for word in reversed(order)}
        return list(reversed(found.values()))[:PROPOSALS]

    def written_alike(self, unknown: str) -> dict[str, float]:
        """Words of nearly the same letters; the same end counts more than the same beginning."""
        if not HAN.search(unknown):
            near = process.extract(
                unknown, self.vocabulary.latin, scorer=fuzz.ratio, score_cutoff=LEAST_SOUND, limit=LOOKED_AT
            )
            return {word: score for word, score, _ in near}
        least = LEAST_ALIKE_EVERYDAY if segmenter().has_word(unknown) else LEAST_ALIKE
        near = process.extract(
            unknown, self.known_words, scorer=fuzz.ratio, score_cutoff=least - MOST_FOR_LAST_SIGNS, limit=LOOKED_AT
        )
        scored = {
            word: score + min(MOST_FOR_LAST_SIGNS, FOR_EACH_LAST_SIGN * same_end(unknown, word))
            for word, score, _ in near
        }
        return {word: score for word, score in scored.items() if score >= least}

    def heard_alike(self, unknown: str) -> dict[str, float]:
        """Words that sound nearly the same, as many characters; a word of everyday language was not misheard."""
        letters = unknown.isascii() and unknown.isalpha()
        if not letters and (not HAN_RUN.fullmatch(unknown) or segmenter().has_word(unknown)):
            return {}
        near = process.extract(
            unknown if letters else sound_of(unknown),
            self.sounds,
            scorer=fuzz.ratio,
            score_cutoff=LEAST_SOUND,
            limit=LOOKED_AT,
        )
        found = {word: score for _, score, word in near if letters or len(word) == len(unknown)}
        if not letters and len(unknown) >= LETTERS_TELL:
            found |= {
                word: SAME_LETTERS for word in self.vocabulary.beginning_like(initials(unknown)) if word not in found
            }
        return found

    def as_held(self, word: str) -> str:
        """The word, or that other name of it which rows hold; empty when they hold neither."""
        if self.vocabulary.holds(word):
            return word
        return next((other.text for other in lexicon().expand(word) if self.vocabulary.holds(other.text)), "")


def look_for(engine: Engine, kind: str, texts: Iterable[str]) -> dict[str, Found]:
    """What searches for these texts find now, by text; nothing while the index is sick."""
    try:
        looker = Looker(engine.snapshot(kind))
        return {text: looker.look_for(text) for text in texts}
    except Exception as error:  # whatever a sick index throws
        engine.complain(kind, error)
        return {}


def same_end(one: str, other: str) -> int:
    """How many characters two words end alike with."""
    return next(
        (number for number, (a, b) in enumerate(zip(reversed(one), reversed(other), strict=False)) if a != b),
        min(len(one), len(other)),
    )


def kind_of(unknown: str, word: str) -> str:
    """How an unknown word may stand to a known one: a slip of the keyboard, more or less of it, or another name."""
    if not HAN.search(unknown) or sound_of(unknown) == sound_of(word):
        return "typo"
    return "near" if word in unknown or unknown in word else "alias"


def unknown_part(text: str, concepts: Iterable[Concept], vocabulary: Vocabulary) -> str:
    """The longest stretch of a folded text whose words no row holds in any whole wording; all of it when each is held.

    A single character says nothing alone: it belongs to the unknown word that it stands beside (自锁 in 自锁袋).
    """
    covered, single = [False] * len(text), [False] * len(text)
    for concept in concepts:
        place = text.find(concept.text)
        if not concept.counts or place < 0:
            continue
        if not is_held(concept, vocabulary):
            covered[place : place + len(concept.text)] = [True] * len(concept.text)
        elif len(concept.text) == 1:
            single[place] = True
    for around in (range(1, len(text)), range(len(text) - 2, -1, -1)):
        for place in around:
            before = place - around.step
            covered[place] = covered[place] or (single[place] and covered[before])
    runs = "".join(sign if inside else "\0" for sign, inside in zip(text, covered, strict=True)).split("\0")
    longest = max((run.strip() for run in runs), key=len, default="")
    if len(longest) > 1:
        return longest
    return next((word for word in text.split() if longest and longest in word), text)


def is_held(concept: Concept, vocabulary: Vocabulary) -> bool:
    """True when some row holds one of the whole wordings of a word that was not taken for another."""
    if concept.corrected:
        return False
    whole = [alternative for alternative in concept.alternatives if alternative.whole]
    return any(one.channel != "words" or all(map(vocabulary.holds, one.tokens)) for one in whole)
