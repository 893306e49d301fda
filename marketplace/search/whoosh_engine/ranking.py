"""The order of a user's query: what counts as found, and how relevance is told from coverage.

One place for the numbers of free-text search; matching has its own (`matching.weights`).
"""

from dataclasses import dataclass

import numpy as np

from marketplace.search.whoosh_engine.blocks import Floats
from marketplace.search.whoosh_engine.postings import Bools, Snapshot
from marketplace.search.whoosh_engine.understanding import Understanding, understand

BASE = 0.3
"""Share of the relevance that a row keeps which covers next to nothing of the query."""
PAIR_LIFT = 0.3
PAIR_ALONE = 0.5
PAIR_COVER = 0.6
LEAST_PAIRS = 0.5
"""A word that no dictionary has is found when this share of its character pairs stands in a title."""
FOUND_AT_ALL = 0.43
"""The best row must cover this share of the query, else what is found answers a part of it only."""
FOUND_PARTLY = 0.2
"""Words that were typed apart may be found apart: below this share nothing is found at all."""
NEAR_BEST = 0.6
"""Rows that cover at least this share of what the best row covers are hits."""
FEW = 10
RELAXED = 0.15
"""With fewer hits than `FEW`, rows that cover this share of the query follow them."""


@dataclass
class Ranked:
    """Every row's score and which rows are hits."""

    understanding: Understanding
    score: Floats
    coverage: Floats
    hits: Bools
    is_partial: bool = False
    """True when no row answers the query: the hits hold a part of its words."""


def rank(snapshot: Snapshot, text: str, *, spelling: bool = True) -> Ranked:
    """Score every row for what somebody typed; without `spelling` for nothing but that."""
    understanding = understand(text, snapshot.vocabulary, spelling=spelling)
    scored = snapshot.score(understanding.concepts)
    pairs = snapshot.pair_share(understanding.pairs)
    by_pairs = np.where(pairs >= LEAST_PAIRS, np.float32(PAIR_COVER) * pairs, np.float32(0))
    coverage = np.maximum(scored.coverage, by_pairs)
    score = scored.relevance * (BASE + (1 - BASE) * coverage) * (1 + PAIR_LIFT * pairs) + PAIR_ALONE * pairs
    hits = hits_of(coverage, snapshot.live, FOUND_PARTLY if len(text.split()) > 1 else FOUND_AT_ALL)
    partial = bool(hits.any()) and float(coverage[hits].max()) < FOUND_AT_ALL
    return Ranked(understanding, score.astype(np.float32), coverage, hits, partial)


def hits_of(coverage: Floats, live: Bools, least: float = FOUND_AT_ALL) -> Bools:
    """Which rows answer the query; few good ones are followed by those that answer a part of it. None are, where the
    best covers less than `least`."""
    best = float(coverage[live].max()) if live.any() else 0.0
    if best < least:
        return np.zeros(len(coverage), np.bool_)
    hits: Bools = (coverage >= NEAR_BEST * best) & live
    if int(hits.sum()) < FEW:
        hits = (coverage >= min(RELAXED, best)) & live
    return hits


def plain_rank(snapshot: Snapshot, text: str) -> Ranked:
    """BM25 over the same words and nothing else, to compare with: no other names, no spelling, no coverage."""
    understanding = understand(text, snapshot.vocabulary, spelling=False)
    understanding.concepts = [
        plain for concept in understanding.concepts if (plain := concept.first_wording()) is not None
    ]
    scored = snapshot.score(understanding.concepts)
    return Ranked(understanding, scored.relevance, scored.coverage, (scored.relevance > 0) & snapshot.live)
