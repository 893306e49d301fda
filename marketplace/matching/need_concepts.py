"""What a need wants, read by the listings' index: ready to be held against every listing or against one."""

import re
from dataclasses import dataclass, replace

from marketplace.core.garbage_and_caches import Kept
from marketplace.matching.facts import NeedFacts, NeedLineFacts
from marketplace.matching.judge import Demands, demands_of
from marketplace.matching.weights import WEIGHTS, Weights
from marketplace.search import Candidates, Reading, Wish

FULL_STRENGTH = 0.7
"""A word in a title is this strong at least: repeating it earns no more."""
LIKELY_ROWS = 5
LIKELY_SHARE = 0.6
LIKELY_MAJORITY = 0.5
"""A category is likely when more than half of the best five listings, which hold most of the words, have it."""
LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z0-9+-]+")
"""PE of PE袋: a part of a word that a title may have apart."""
MOST_NEEDS = 8192
"""Needs that are kept ready at once, some 20 KB each."""


@dataclass
class LineView:
    """One wanted thing, with what is demanded of it."""

    line: NeedLineFacts
    demands: Demands
    category: str = ""
    """Told by the buyer, or else the likely one."""


@dataclass
class NeedView:
    """A need made ready for scoring against one state of the listings; without a reading for judging alone."""

    need: NeedFacts
    lines: list[LineView]
    reading: Reading | None = None
    most_held: float = 0.0
    """What the listing that holds most of all its words holds; 0 where nobody asked."""

    @property
    def words_read(self) -> Reading:
        """How the listings' index reads its words."""
        assert self.reading is not None, "made ready for judging alone"
        return self.reading

    def words(self, line: int) -> list[str]:
        """What may be marked where an offer names the thing of a line: its words, their parts and other names."""
        return self.words_read.words(line) + LATIN_RUN.findall(self.lines[line].line.item)


def need_view(need: NeedFacts, listings: Candidates, weights: Weights = WEIGHTS, *, keep: bool = False) -> NeedView:
    """Understand the words of a need by the listings' index; `keep` when it is to serve later states of it."""
    lines = wanted_lines(need)
    context = ((need.title, weights.title_in_context), (need.description, 1.0))
    reading = listings.read(Wish(tuple(line.item for line in lines), context, keep, need.is_understood))
    held = listings.whole(reading)[listings.live] if need.is_understood else ()
    return NeedView(
        need,
        [
            LineView(line, demands_of(need, line), line.category or likely_category(reading, number, listings))
            for number, line in enumerate(lines)
        ],
        reading,
        float(max(held, default=0.0)),
    )


def judged_view(need: NeedFacts) -> NeedView:
    """A need made ready for judging alone: its words are not looked at."""
    return NeedView(need, [LineView(line, demands_of(need, line)) for line in wanted_lines(need)])


def wanted_lines(need: NeedFacts) -> list[NeedLineFacts]:
    """The lines of a need; a title that nobody put into lines is one thing more that may be wanted."""
    lines = list(need.lines) or [NeedLineFacts(need.title)]
    if need.is_understood and all(line.item != need.title for line in lines):
        lines.append(replace(lines[0], item=need.title))
    return lines


def likely_category(reading: Reading, line: int, listings: Candidates) -> str:
    """The category that most of the listings have which say all the words of a line best; empty when they are of all
    sorts."""
    if not listings.size:
        return ""
    score = listings.held(reading, line)
    least = LIKELY_SHARE * reading.worth[line] * FULL_STRENGTH
    rows = listings.best(score, listings.live & (score >= least), LIKELY_ROWS)
    leaves = listings.deepest("category")
    votes: dict[str, float] = {}
    for row in rows:
        votes[leaves[row]] = votes.get(leaves[row], 0.0) + float(score[row]) ** 2
    best = max(votes, key=lambda code: (votes[code], code), default="")
    return best if best and votes[best] > LIKELY_MAJORITY * sum(votes.values()) else ""


class NeedViews:
    """Needs made ready, kept over small changes of the index: after each save many are held against one listing."""

    def __init__(self) -> None:
        self._known: Kept[str, NeedView] = Kept(MOST_NEEDS)

    def of(self, need: NeedFacts, listings: Candidates, weights: Weights) -> NeedView:
        """The need made ready for these listings."""
        known = self._known.get(need.id)
        if known is None or known.need is not need or not listings.serves(known.words_read):
            known = self._known[need.id] = need_view(need, listings, weights, keep=True)
        return known

    def same_facts(self, facts: NeedFacts) -> NeedFacts:
        """The facts under which a need was made ready, when they are still the same: then that serves on."""
        known = self._known.get(facts.id)
        return known.need if known is not None and known.need == facts else facts
