"""A wish in concepts of one index, ready to be held against every row or against one."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import ref

import numpy as np

from marketplace.search.lexicon import lexicon_state
from marketplace.search.port import Floats, Wish
from marketplace.search.whoosh_engine.concepts import Concept
from marketplace.search.whoosh_engine.postings import DRIFT, OTHER_CHANNEL, Snapshot
from marketplace.search.whoosh_engine.understanding import Understanding, understand
from marketplace.search.words import read_words

CONTEXT_WORDS = 60
NEED_TALK = read_words("need_talk.txt")
"""Words with which needs are talked about; none of them says what is wanted."""
PART_OF_A_TEXT = 180
"""Characters of a long text that are understood at once."""


class Wanted:
    """Concepts with their worth in an index, ready to be held against every row or against one."""

    def __init__(self, concepts: Sequence[tuple[Concept, float]]):
        self.concepts = list(concepts)
        self.worth = max(sum(worth for _, worth in self.concepts), 1e-6)
        self._by_token: dict[str, list[int]] = {}
        self._by_other_channel: list[int] = []
        for number, (concept, _) in enumerate(self.concepts):
            for alternative in concept.alternatives:
                if alternative.channel != "words":
                    self._by_other_channel.append(number)
                else:
                    for token in alternative.tokens:
                        self._by_token.setdefault(token, []).append(number)

    def in_all(self, snapshot: Snapshot) -> Floats:
        """What every row holds of it, by worth."""
        return snapshot.worth_held(self.concepts)

    def in_row(self, row: "RowWords") -> float:
        """What one row holds of it, by worth; concepts of which it has no token are passed over."""
        touched = set(self._by_other_channel)
        for token in self._by_token.keys() & row.words.keys():
            touched.update(self._by_token[token])
        return sum(worth * row.strength(concept) for concept, worth in (self.concepts[number] for number in touched))


@dataclass
class WordReading:
    """A wish in concepts, and by what it was read: it serves later states as long as nothing it hangs on has moved."""

    lines: list[Wanted]
    line_pairs: list[list[str]]
    around: Wanted
    whole: Wanted
    lexicon: Hashable
    size: int
    snapshot: "ref[Snapshot]"
    unheld: frozenset[str] | None = None
    """Words of it that no row held; None where the own words of a line were among them, which may have been read as
    others therefore, and when it is not kept."""

    @property
    def worth(self) -> list[float]:
        """What all words of each line are worth together."""
        return [wanted.worth for wanted in self.lines]

    def words(self, line: int) -> list[str]:
        """What may be marked where the thing of a line is named."""
        return Understanding("", [concept for concept, _worth in self.lines[line].concepts]).words()

    def serves(self, snapshot: Snapshot) -> bool:
        """True when it would be made the same again, but for the rarity of words in less than `DRIFT` more rows."""
        if self.lexicon != lexicon_state():
            return False
        if self.snapshot() is snapshot:
            return True
        if self.unheld is None or abs(snapshot.size - self.size) > DRIFT * self.size:
            return False
        if any(map(snapshot.vocabulary.holds, self.unheld)):
            return False
        self.snapshot = ref(snapshot)
        return True


def read(wish: Wish, snapshot: Snapshot) -> WordReading:
    """Understand the words of a wish by an index: lines with their typing errors mended, the rest as it stands."""
    understood = [understand(text, snapshot.vocabulary) for text in wish.lines]
    lines = [_of_line(line, snapshot) for line in understood]
    told = {concept.text for wanted in lines for concept, _ in wanted.concepts}
    around: dict[str, tuple[Concept, float]] = {}
    for text, times in wish.context:
        for concept in understand(text, snapshot.vocabulary, spelling=False).concepts:
            if concept.text in told or concept.text in NEED_TALK or concept.text in around:
                continue
            around[concept.text] = (concept, times * concept.weight * snapshot.rarity(concept))
    whole = {concept.text: (concept, worth) for wanted in lines for concept, worth in wanted.concepts} | around
    reading = WordReading(
        lines,
        [line.pairs for line in understood],
        Wanted(list(around.values())[:CONTEXT_WORDS]),
        Wanted(list(whole.values())[:CONTEXT_WORDS] if wish.whole else ()),
        lexicon_state(),
        snapshot.size,
        ref(snapshot),
    )
    if wish.keep:
        reading.unheld = unheld_words(reading, snapshot)
    return reading


def _of_line(line: Understanding, snapshot: Snapshot) -> Wanted:
    concepts = [concept for concept in line.concepts if concept.text not in NEED_TALK]
    return Wanted([(c, c.weight * snapshot.rarity(c)) for c in concepts or line.concepts])


def unheld_words(reading: WordReading, snapshot: Snapshot) -> frozenset[str] | None:
    """The words of a reading that no row holds; None when one of a line is among them."""
    holds = snapshot.vocabulary.holds
    for wanted in reading.lines:
        for concept, _worth in wanted.concepts:
            own = concept.alternatives[0]
            if own.channel != "words" or concept.corrected or not all(map(holds, own.tokens)):
                return None
    concepts = [concept for wanted in (reading.around, *reading.lines) for concept, _worth in wanted.concepts]
    return frozenset(token for concept in concepts for wording in concept.alternatives if wording.channel == "words"
                     for token in wording.tokens if not holds(token))  # fmt: skip


class RowWords:
    """What one row holds, for holding it against many wishes."""

    def __init__(self, snapshot: Snapshot, row: int):
        self.block, self.row = snapshot.block_of(row)
        self.words = self.block.words.of_row(self.row)
        self._held: dict[tuple[str, str], bool] = {}

    def held(self, reading: Any, line: int) -> float:
        """What it holds of a line, by worth."""
        wanted: Wanted = reading.lines[line]
        return wanted.in_row(self)

    def pairs(self, reading: Any, line: int) -> float:
        """Which share of the character pairs of a line its title holds."""
        return self.pair_share(reading.line_pairs[line])

    def context(self, reading: Any) -> float:
        """What it holds of the texts around, by worth."""
        around: Wanted = reading.around
        return around.in_row(self)

    def whole(self, reading: Any) -> float:
        """What it holds of all the words together, by worth."""
        whole: Wanted = reading.whole
        return whole.in_row(self)

    def strength(self, concept: Concept) -> float:
        """How strongly the row holds a concept, as `Snapshot.concept` has it."""
        best = 0.0
        for alternative in concept.alternatives:
            if alternative.channel != "words":
                value = OTHER_CHANNEL if self.holds(alternative.channel, alternative.tokens[0]) else 0.0
            elif len(alternative.tokens) == 1:
                value = self.words.get(alternative.tokens[0], 0.0)
            else:
                found = [self.words.get(token, 0.0) for token in alternative.tokens]
                hits = sum(value > 0 for value in found)
                if not hits or (alternative.whole and hits < len(found)):
                    continue
                value = sum(number * alternative.share(place) for place, number in enumerate(found))
            best = max(best, alternative.weight * value)
        return best

    def holds(self, channel: str, token: str) -> bool:
        """True when the row stands in the postings of a token."""
        if (channel, token) not in self._held:
            rows = getattr(self.block, channel).get(token)
            place = int(np.searchsorted(rows, self.row))
            self._held[channel, token] = place < len(rows) and int(rows[place]) == self.row
        return self._held[channel, token]

    def pair_share(self, pairs: Sequence[str]) -> float:
        """Which share of the character pairs the row's title holds."""
        return sum(self.holds("pairs", pair) for pair in pairs) / len(pairs) if pairs else 0.0


class SnapshotCandidates:
    """A snapshot as the port shows it (`port.Candidates`)."""

    def __init__(self, snapshot: Snapshot):
        self.snapshot = snapshot
        self.size, self.live = snapshot.size, snapshot.live
        self.row, self.visible, self.best = snapshot.row, snapshot.visible, snapshot.best
        self.facet_mask, self.rows_under, self.deepest = snapshot.facet_mask, snapshot.rows_under, snapshot.deepest
        self.one = partial(RowWords, snapshot)

    @property
    def ids(self) -> list[str]:
        """The id that stands in each row."""
        return self.snapshot.ids

    def read(self, wish: Wish) -> WordReading:
        """Understand a wish by the words that these rows hold."""
        return read(wish, self.snapshot)

    def serves(self, reading: Any) -> bool:
        """True when a kept reading would be made the same again, but for a hair of rarity."""
        known: WordReading = reading
        return known.serves(self.snapshot)

    def held(self, reading: Any, line: int) -> Floats:
        """What every row holds of a line, by worth."""
        wanted: Wanted = reading.lines[line]
        return wanted.in_all(self.snapshot)

    def pairs(self, reading: Any, line: int) -> Floats:
        """Which share of the character pairs of a line each row's title holds."""
        return self.snapshot.pair_share(reading.line_pairs[line])

    def context(self, reading: Any) -> Floats:
        """What every row holds of the texts around, by worth."""
        around: Wanted = reading.around
        return around.in_all(self.snapshot)

    def whole(self, reading: Any) -> Floats:
        """What every row holds of all the words together, by worth."""
        whole: Wanted = reading.whole
        return whole.in_all(self.snapshot)

    def relevance(self, text: str) -> Floats:
        """The relevance of every row for the words of a text as they stand."""
        return self.snapshot.score(understand(text, self.snapshot.vocabulary, spelling=False).concepts).relevance

    def plain_relevance(self, text: str) -> Floats:
        """Plain BM25 for every word of a text of any length, to compare with."""
        unique: dict[str, Concept] = {}
        for start in range(0, len(text), PART_OF_A_TEXT):
            part = text[start : start + PART_OF_A_TEXT]
            for concept in understand(part, self.snapshot.vocabulary, spelling=False).concepts:
                typed = concept.first_wording()
                if typed is not None:
                    unique[typed.text] = typed
        return self.snapshot.score(list(unique.values())).relevance
