"""Matching needs the port alone: an engine that knows no more than whole words serves it, too."""

from datetime import date

import numpy as np
import pytest

from marketplace.core.places import load_gazetteer
from marketplace.matching.facts import ListingFacts, NeedFacts, NeedLineFacts
from marketplace.matching.find_matches import MatchIndex, match_listing, match_need
from marketplace.matching.judge import JudgingContext
from marketplace.search import Wish

TODAY = date(2026, 11, 23)
LISTINGS = {
    "L1": ListingFacts("L1", "steel shelf", organisation="7", kind="product"),
    "L2": ListingFacts("L2", "steel table", organisation="8", kind="product"),
    "L3": ListingFacts("L3", "paper box", organisation="9", kind="product"),
}
NEEDS = {
    "N1": NeedFacts("N1", "shelf", lines=(NeedLineFacts("steel shelf"),), organisation="8"),
    "N2": NeedFacts("N2", "box", lines=(NeedLineFacts("paper box"),)),
}


class WordReading:
    """The words of a wish; each is worth one."""

    def __init__(self, wish: Wish):
        self.lines = [line.split() for line in wish.lines]
        self.around = [word for text, _times in wish.context for word in text.split()]
        self.worth = [float(len(line)) for line in self.lines]

    def words(self, line):
        return self.lines[line]


class OneRow:
    """The words of one row."""

    def __init__(self, words):
        self.said = words

    def held(self, reading, line):
        return float(sum(word in self.said for word in reading.lines[line]))

    def pairs(self, reading, line):
        return 0.0

    def context(self, reading):
        return float(sum(word in self.said for word in reading.around))

    def whole(self, reading):
        return self.context(reading)


class WordCandidates:
    """Rows of whole words, without an index."""

    def __init__(self, facts):
        self.ids, self.facts = list(facts), list(facts.values())
        self.rows = [OneRow(set(one.title.split())) for one in self.facts]
        self.size, self.live = len(self.ids), np.ones(len(self.ids), np.bool_)

    def row(self, id_):
        return self.ids.index(id_) if id_ in self.ids else None

    def one(self, row):
        return self.rows[row]

    def visible(self, audiences):
        return self.live

    def facet_mask(self, name, values):
        return np.array([getattr(one, name) in set(values) for one in self.facts])

    def rows_under(self, name, value):
        return iter(())

    def deepest(self, facet):
        return [one.category for one in self.facts] if facet == "category" and self.is_listings() else [""] * self.size

    def is_listings(self):
        return isinstance(self.facts[0], ListingFacts)

    def best(self, score, mask, count):
        return sorted(np.flatnonzero(mask).tolist(), key=lambda row: (-score[row], self.ids[row]))[:count]

    def read(self, wish):
        return WordReading(wish)

    def serves(self, reading):
        return True

    def held(self, reading, line):
        return np.array([row.held(reading, line) for row in self.rows], np.float32)

    def pairs(self, reading, line):
        return np.zeros(self.size, np.float32)

    def context(self, reading):
        return np.array([row.context(reading) for row in self.rows], np.float32)

    def whole(self, reading):
        return self.context(reading)

    def relevance(self, text):
        return self.held(WordReading(Wish((text,))), 0)


@pytest.fixture
def index():
    return MatchIndex(
        listings=WordCandidates(LISTINGS),
        needs=WordCandidates(NEEDS),
        listings_of=lambda ids: {id_: LISTINGS[id_] for id_ in ids},
        needs_of=lambda ids: {id_: NEEDS[id_] for id_ in ids},
        judging_context=JudgingContext(TODAY, load_gazetteer()),
    )


def test_both_directions_give_the_same_pairs(index):
    by_need = {(m.need_id, m.listing_id): m.score for need in NEEDS.values() for m in match_need(need, index)}
    by_listing = {(m.need_id, m.listing_id): m.score for one in LISTINGS.values() for m in match_listing(one, index)}
    assert by_need == by_listing
    assert max(by_need, key=lambda pair: by_need[pair]) in {("N1", "L1"), ("N2", "L3")}
    assert ("N2", "L3") in by_need
    assert ("N1", "L2") not in by_need, "its own organisation's"
