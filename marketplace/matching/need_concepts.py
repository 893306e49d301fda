"""What a need wants, in concepts of the listings' index: ready to be held against every listing or against one."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from weakref import ref

import numpy as np

from marketplace.core.garbage_and_caches import Kept
from marketplace.matching.facts import NeedFacts, NeedLineFacts
from marketplace.matching.judge import Demands, demands_of
from marketplace.matching.weights import WEIGHTS, Weights
from marketplace.search.lexicon import lexicon_state
from marketplace.search.whoosh_engine.blocks import Floats
from marketplace.search.whoosh_engine.concepts import Concept
from marketplace.search.whoosh_engine.postings import DRIFT, OTHER_CHANNEL, Snapshot
from marketplace.search.whoosh_engine.understanding import Understanding, understand
from marketplace.search.words import read_words

CONTEXT_WORDS = 60
FULL_STRENGTH = 0.7
"""A word in a title is this strong at least: repeating it earns no more."""
LIKELY_ROWS = 5
LIKELY_SHARE = 0.6
LIKELY_MAJORITY = 0.5
"""A category is likely when more than half of the best five listings, which hold most of the words, have it."""
LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z0-9+-]+")
"""PE of PE袋: a part of a word that a title may have apart."""
NEED_TALK = read_words("need_talk.txt")
"""Words with which needs are talked about; none of them says what is wanted."""
MOST_NEEDS = 8192
"""Needs that are kept ready at once, some 20 KB each."""


class Wanted:
    """Concepts with their worth in the listings' index, ready to be held against every row or against one."""

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

    def in_all(self, listings: Snapshot) -> Floats:
        """What every row holds of it, by worth."""
        return listings.worth_held(self.concepts)

    def in_row(self, row: "RowWords") -> float:
        """What one row holds of it, by worth; concepts of which it has no token are passed over."""
        touched = set(self._by_other_channel)
        for token in self._by_token.keys() & row.words.keys():
            touched.update(self._by_token[token])
        return sum(worth * row.strength(concept) for concept, worth in (self.concepts[number] for number in touched))


@dataclass
class LineView:
    """One wanted thing in concepts."""

    line: NeedLineFacts
    demands: Demands
    wanted: Wanted
    pairs: list[str]
    category: str = ""
    """Told by the buyer, or else the likely one."""

    @property
    def concepts(self) -> list[tuple[Concept, float]]:
        """Each concept with its worth."""
        return self.wanted.concepts

    @cached_property
    def words(self) -> list[str]:
        """What may be marked where an offer names the thing: its words, their parts and other names."""
        words = Understanding("", [concept for concept, _worth in self.concepts]).words()
        return words + LATIN_RUN.findall(self.line.item)


@dataclass
class NeedView:
    """A need made ready for scoring against one state of the listings' index."""

    need: NeedFacts
    lines: list[LineView]
    context: Wanted


def need_view(need: NeedFacts, listings: Snapshot, weights: Weights = WEIGHTS) -> NeedView:
    """Understand the words of a need by the listings' index."""
    lines = [line_view(need, line, listings) for line in wanted_lines(need)]
    told = {concept.text for line in lines for concept, _ in line.concepts}
    context: dict[str, tuple[Concept, float]] = {}
    for text, times in ((need.title, weights.title_in_context), (need.description, 1.0)):
        for concept in understand(text, listings.vocabulary, spelling=False).concepts:
            if concept.text in told or concept.text in NEED_TALK or concept.text in context:
                continue
            context[concept.text] = (concept, times * concept.weight * listings.rarity(concept))
    return NeedView(need, lines, Wanted(list(context.values())[:CONTEXT_WORDS]))


def judged_view(need: NeedFacts) -> NeedView:
    """A need made ready for judging alone: its words are not looked at."""
    nothing = Wanted([])
    return NeedView(need, [LineView(line, demands_of(need, line), nothing, []) for line in wanted_lines(need)], nothing)


def wanted_lines(need: NeedFacts) -> list[NeedLineFacts]:
    """The lines of a need; a title that nobody put into lines is one thing more that may be wanted."""
    lines = list(need.lines) or [NeedLineFacts(need.title)]
    if need.is_understood and all(line.item != need.title for line in lines):
        lines.append(replace(lines[0], item=need.title))
    return lines


def line_view(need: NeedFacts, line: NeedLineFacts, listings: Snapshot) -> LineView:
    """One wanted thing in concepts; without a category of its own it takes that of the listings which say it best."""
    understanding = understand(line.item, listings.vocabulary)
    concepts = [concept for concept in understanding.concepts if concept.text not in NEED_TALK]
    wanted = Wanted([(c, c.weight * listings.rarity(c)) for c in concepts or understanding.concepts])
    category = line.category or likely_category(wanted, listings)
    return LineView(line, demands_of(need, line), wanted, understanding.pairs, category)


def likely_category(wanted: Wanted, listings: Snapshot) -> str:
    """The category that most of the listings have which say all the words best; empty when they are of all sorts."""
    if not wanted.concepts or not listings.size:
        return ""
    score = wanted.in_all(listings)
    least = LIKELY_SHARE * wanted.worth * FULL_STRENGTH
    rows = listings.best(score, listings.live & (score >= least), LIKELY_ROWS)
    leaves = listings.deepest("category")
    votes: dict[str, float] = {}
    for row in rows:
        votes[leaves[row]] = votes.get(leaves[row], 0.0) + float(score[row]) ** 2
    best = max(votes, key=lambda code: (votes[code], code), default="")
    return best if best and votes[best] > LIKELY_MAJORITY * sum(votes.values()) else ""


class RowWords:
    """What one listing's row holds, for scoring it against many needs."""

    def __init__(self, listings: Snapshot, row: int):
        self.block, self.row = listings.block_of(row)
        self.words = self.block.words.of_row(self.row)
        self._held: dict[tuple[str, str], bool] = {}

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


@dataclass
class KnownView:
    """A need made ready, and by what: it serves later states of the index as long as nothing it hangs on has moved."""

    view: NeedView
    words: Hashable
    size: int
    snapshot: "ref[Snapshot]"
    unheld: frozenset[str] | None
    """Words of it that no listing held; None where the need's own words were among them, which may have been read as
    others therefore."""

    def serves(self, need: NeedFacts, listings: Snapshot) -> bool:
        """True when it would be made the same again, but for the rarity of words in less than `DRIFT` more listings."""
        if self.view.need is not need or self.words != lexicon_state():
            return False
        if self.snapshot() is listings:
            return True
        if self.unheld is None or abs(listings.size - self.size) > DRIFT * self.size:
            return False
        if any(map(listings.vocabulary.holds, self.unheld)):
            return False
        self.snapshot = ref(listings)
        return True


class NeedViews:
    """Needs made ready, kept over small changes of the index: after each save many are held against one listing."""

    def __init__(self) -> None:
        self._known: Kept[str, KnownView] = Kept(MOST_NEEDS)

    def of(self, need: NeedFacts, listings: Snapshot, weights: Weights) -> NeedView:
        """The need made ready for these listings."""
        known = self._known.get(need.id)
        if known is None or not known.serves(need, listings):
            view = need_view(need, listings, weights)
            known = KnownView(view, lexicon_state(), listings.size, ref(listings), unheld_words(view, listings))
            self._known[need.id] = known
        return known.view

    def same_facts(self, facts: NeedFacts) -> NeedFacts:
        """The facts under which a need was made ready, when they are still the same: then that serves on."""
        known = self._known.get(facts.id)
        return known.view.need if known is not None and known.view.need == facts else facts


def unheld_words(view: NeedView, listings: Snapshot) -> frozenset[str] | None:
    """The words of a need that no listing holds; None when one of a line is among them."""
    holds = listings.vocabulary.holds
    for line in view.lines:
        for concept, _worth in line.concepts:
            own = concept.alternatives[0]
            if own.channel != "words" or concept.corrected or not all(map(holds, own.tokens)):
                return None
    concepts = [concept for wanted in (view.context, *(line.wanted for line in view.lines))
                for concept, _worth in wanted.concepts]  # fmt: skip
    return frozenset(token for concept in concepts for wording in concept.alternatives if wording.channel == "words"
                     for token in wording.tokens if not holds(token))  # fmt: skip
