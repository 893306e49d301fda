"""Scoring, filters and counts over the postings of the index, read once into arrays.

A `Snapshot` never changes; `match_cache` swaps it for another when the index has moved on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from marketplace.core.garbage_and_caches import Kept
from marketplace.search.documents import WORD_FIELDS, Document
from marketplace.search.whoosh_engine.blocks import MISSING, Block, Floats, Ints, block_of_documents, idf
from marketplace.search.whoosh_engine.concepts import Alternative, Concept
from marketplace.search.whoosh_engine.vocabulary import Vocabulary

DRIFT = 0.01
"""The mean length of a field is renewed when it has moved by more than this share."""
MAIN_WEIGHT = 0.85
"""Alternatives from this weight on are the same word: their commonest form tells how rare the word is."""
MOST_AUDIENCES = 32
"""Who may see which rows is kept for so many groups of readers."""
MOST_KEPT = 65536
OTHER_CHANNEL = 0.6
"""How strongly a row holds what it has by sound or by pairs of characters alone."""
EVERYBODY = ("public",)
Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


@dataclass
class Scored:
    """Relevance and coverage (share of the query's weight that a row answers) of every row."""

    relevance: Floats
    coverage: Floats


@dataclass
class Narrowing:
    """Who is asking and what the rows must be like."""

    audiences: frozenset[str] = frozenset({"public"})
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)


class Snapshot:
    """All blocks of one commit, scored together."""

    def __init__(self, blocks: Sequence[Block], average: Floats | None = None):
        self.blocks = list(blocks)
        self.base = np.concatenate(([0], np.cumsum([block.size for block in self.blocks]))).astype(np.int64)
        self.size = int(self.base[-1])
        self.live: Bools = (
            np.concatenate([block.live for block in self.blocks]) if self.blocks else np.zeros(0, np.bool_)
        )
        self.count = int(self.live.sum())
        self.average = self._average(average)
        for block in self.blocks:
            block.words.scale(self.average)
        self._rows: dict[str, int] | None = None
        self._deepest: dict[str, list[str]] = {}
        self._visible: Kept[frozenset[str], Bools] = Kept(MOST_AUDIENCES)
        self._counts: Kept[tuple[str, str], int] = Kept(MOST_KEPT)
        self._rarities: Kept[str, tuple[Concept, float]] = Kept(MOST_KEPT)
        seen = self.visible(EVERYBODY)
        # Nothing here leads back to the snapshot: a state that has been overtaken is gone as soon as nobody holds it.
        self.vocabulary = Vocabulary(
            [
                (block, seen[base : base + block.size])
                for block, base in zip(self.blocks, self.base.tolist(), strict=False)
            ]
        )

    def _average(self, before: Floats | None) -> Floats:
        total = np.zeros(len(WORD_FIELDS), np.float32)
        for block in self.blocks:
            total += block.words.length.sum(axis=0)
        now: Floats = (total / max(1, self.size)).astype(np.float32)
        if before is None:
            return now
        return np.where(np.abs(now - before) <= DRIFT * np.maximum(before, 1e-6), before, now)

    def row(self, id_: str) -> int | None:
        """The live row of a document."""
        if self._rows is None:
            self._rows = {
                name: int(base) + number
                for block, base in zip(self.blocks, self.base, strict=False)
                for number, name in enumerate(block.ids)
                if block.live[number]
            }
        return self._rows.get(id_)

    @cached_property
    def ids(self) -> list[str]:
        """The document that stands in each row."""
        return [id_ for block in self.blocks for id_ in block.ids]

    def id_of(self, row: int) -> str:
        """The document that stands in a row."""
        return self.ids[row]

    def block_of(self, row: int) -> tuple[Block, int]:
        """The block of a row, and the row's number inside it."""
        number = int(np.searchsorted(self.base, row, side="right")) - 1
        return self.blocks[number], int(row - self.base[number])

    def digests(self) -> dict[str, str]:
        """Every live document and its fingerprint."""
        return {
            id_: block.digests[number]
            for block in self.blocks
            for number, id_ in enumerate(block.ids)
            if block.live[number]
        }

    def rows_with(self, channel: str, token: str) -> int:
        """How many rows hold a token. Kept."""
        known = self._counts.get((channel, token))
        if known is None:
            known = sum(getattr(block, channel).count(token) for block in self.blocks)
            self._counts[channel, token] = known
        return known

    def rarity(self, concept: Concept) -> float:
        """The inverse document frequency of a concept: its wordings are as common as the commonest. Kept."""
        known = self._rarities.get(concept.text)
        if known is None or known[0] is not concept:
            known = self._rarities[concept.text] = (concept, self._rarity(concept))
        return known[1]

    def _rarity(self, concept: Concept) -> float:
        counts = [
            (alternative.weight, min(self.rows_with(alternative.channel, token) for token in alternative.tokens))
            for alternative in concept.alternatives
            if alternative.whole
        ]
        main = max((count for weight, count in counts if weight >= MAIN_WEIGHT), default=0)
        return idf(main or max((count for _, count in counts), default=0), self.size)

    def score(self, concepts: Sequence[Concept]) -> Scored:
        """Relevance of every row: for each concept the best of its wordings, times its rarity and weight."""
        relevance = np.zeros(self.size, np.float32)
        coverage = np.zeros(self.size, np.float32)
        total = 0.0
        for concept in concepts:
            worth = concept.weight * self.rarity(concept)
            strength, cover = self.concept(concept)
            relevance += np.float32(worth) * strength
            if concept.counts:
                total += worth
                coverage += np.float32(worth) * cover
        if total:
            coverage /= np.float32(total)
        return Scored(relevance, coverage)

    def concept(self, concept: Concept) -> tuple[Floats, Floats]:
        """For every row how strongly it holds the concept, and how far it counts as answered (both 0 to 1)."""
        strengths, covers = [], []
        for block in self.blocks:
            strength = np.zeros(block.size, np.float32)
            cover = np.zeros(block.size, np.float32)
            for alternative in concept.alternatives:
                rows, values = _held(block, alternative)
                if len(rows):
                    strength[rows] = np.maximum(strength[rows], np.float32(alternative.weight) * values)
                    share = _covered(block, alternative, rows)
                    cover[rows] = np.maximum(cover[rows], np.float32(alternative.weight) * share)
            strengths.append(strength)
            covers.append(cover)
        if not strengths:
            return np.zeros(0, np.float32), np.zeros(0, np.float32)
        return (strengths[0], covers[0]) if len(strengths) == 1 else (np.concatenate(strengths), np.concatenate(covers))

    def worth_held(self, wanted: Sequence[tuple[Concept, float]]) -> Floats:
        """How strongly every row holds some concepts, each times its worth: those of one wording in one product."""
        held = np.zeros(self.size, np.float32)
        single = [(concept.alternatives[0], worth) for concept, worth in wanted if len(concept.alternatives) == 1]
        several = [(concept, worth) for concept, worth in wanted if len(concept.alternatives) > 1]
        for block, base in zip(self.blocks, self.base, strict=False):
            part = held[base : base + block.size]
            for alternative, worth in single:
                rows, values = _held(block, alternative)
                part[rows] += values * np.float32(worth * alternative.weight)
            for concept, worth in several:
                strength = np.zeros(block.size, np.float32)
                for alternative in concept.alternatives:
                    rows, values = _held(block, alternative)
                    strength[rows] = np.maximum(strength[rows], np.float32(alternative.weight) * values)
                part += np.float32(worth) * strength
        return held

    def pair_share(self, pairs: Sequence[str]) -> Floats:
        """Which share of the given character bigrams each row's title holds."""
        share = np.zeros(self.size, np.float32)
        if pairs:
            for block, base in zip(self.blocks, self.base, strict=False):
                for pair in pairs:
                    share[block.pairs.get(pair) + base] += np.float32(1 / len(pairs))
        return share

    def visible(self, audiences: Iterable[str]) -> Bools:
        """Live rows that one of the audiences may see. Kept, and not to be written to."""
        audiences = frozenset(audiences)
        seen = self._visible.get(audiences)
        if seen is None:
            seen = np.zeros(self.size, np.bool_)
            for block, base in zip(self.blocks, self.base, strict=False):
                for audience in audiences:
                    seen[block.audiences.get(audience) + base] = True
            seen &= self.live
            seen.flags.writeable = False
            self._visible[audiences] = seen
        return seen

    def rows_under(self, name: str, value: str) -> Iterator[Rows]:
        """Rows that hold a value under the facet `name`, block by block."""
        for block, base in zip(self.blocks, self.base, strict=False):
            rows = block.facets.get(name, {}).get(value)
            if rows is not None:
                yield rows + base

    def facet_mask(self, name: str, values: Iterable[str]) -> Bools:
        """Rows that hold one of `values` under the facet `name`."""
        held = np.zeros(self.size, np.bool_)
        for value in values:
            for rows in self.rows_under(name, value):
                held[rows] = True
        return held

    def deepest(self, facet: str) -> list[str]:
        """The longest value of a facet in each row: the leaf, for a facet that holds whole paths. Kept."""
        if facet not in self._deepest:
            leaf = [""] * self.size
            for block, base in zip(self.blocks, self.base.tolist(), strict=False):
                for value, rows in sorted(block.facets.get(facet, {}).items(), key=lambda item: len(item[0])):
                    for row in rows.tolist():
                        leaf[base + row] = value
            self._deepest[facet] = leaf
        return self._deepest[facet]

    def number(self, name: str) -> npt.NDArray[np.int64]:
        """A number of every row; `MISSING` where there is none."""
        parts = [block.number(name) for block in self.blocks]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def range_mask(self, name: str, low: int | None, high: int | None) -> Bools:
        """Rows whose number lies within the bounds; rows without it do not."""
        column = self.number(name)
        mask: Bools = column != MISSING
        if low is not None:
            mask &= column >= low
        if high is not None:
            mask &= column <= high
        return mask

    def narrow(self, matched: Bools, narrowing: Narrowing, facets: Sequence[str]) -> tuple[Bools, dict[str, Any]]:
        """The rows left by audience, filters and ranges, and true counts.

        The counts of one facet leave its own filter out, so that a reader sees what else he could choose.
        """
        common = matched & self.visible(narrowing.audiences)
        for name, (low, high) in narrowing.ranges.items():
            common &= self.range_mask(name, low, high)
        masks = {name: self.facet_mask(name, values) for name, values in narrowing.filters.items() if values}
        left = common.copy()
        for mask in masks.values():
            left &= mask
        counts = {}
        for facet in facets:
            seen = left
            if facet in masks:
                seen = common.copy()
                for name, mask in masks.items():
                    if name != facet:
                        seen &= mask
            counts[facet] = self.facet_counts(facet, seen)
        return left, counts

    def facet_counts(self, name: str, mask: Bools) -> dict[str, int]:
        """How many rows of `mask` hold each value of a facet, the most frequent first."""
        counts: dict[str, int] = {}
        for number, block in enumerate(self.blocks):
            part = mask[self.base[number] : self.base[number + 1]]
            for value, rows in block.facets.get(name, {}).items():
                count = int(np.count_nonzero(part[rows]))
                if count:
                    counts[value] = counts.get(value, 0) + count
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def best(self, score: Floats, mask: Bools, count: int) -> list[int]:
        """The first `count` rows of `mask`, best score first, equal scores by id."""
        rows = np.flatnonzero(mask)
        values = score[rows]
        if count < len(rows):
            near = values >= np.partition(values, len(rows) - count)[len(rows) - count]
            rows, values = rows[near], values[near]
        order = np.argsort(-values, kind="stable")
        found, values = rows[order].tolist(), values[order]
        starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1]))) if found else order
        ends = np.append(starts[1:], len(found))
        tied = ends - starts > 1
        for start, end in zip(starts[tied].tolist(), ends[tied].tolist(), strict=True):
            found[start:end] = sorted(found[start:end], key=lambda row: id_key(self.ids[row]))
        return found[:count]


def _held(block: Block, wording: Alternative) -> tuple[Ints, Floats]:
    """Rows of one block that hold a wording, and how strongly."""
    if wording.channel != "words":
        rows = getattr(block, wording.channel).get(wording.tokens[0])
        return rows, np.full(len(rows), OTHER_CHANNEL, np.float32)
    if len(wording.tokens) == 1:
        return block.words.weighted(wording.tokens[0])
    found = [block.words.weighted(token) for token in wording.tokens]
    if wording.whole:
        return _in_all(found, wording)
    values = np.zeros(block.size, np.float32)
    for place, (rows, weights) in enumerate(found):
        values[rows] += weights * np.float32(wording.share(place))
    held = np.flatnonzero(values > 0).astype(np.int32)
    return held, values[held]


def _in_all(found: Sequence[tuple[Ints, Floats]], wording: Alternative) -> tuple[Ints, Floats]:
    """The rows that hold all tokens of a wording, and how strongly."""
    held = min((rows for rows, _ in found), key=len)
    for rows, _ in found:
        if rows is not held and len(held):
            held = held[rows[np.minimum(np.searchsorted(rows, held), len(rows) - 1)] == held]
    values = np.zeros(len(held), np.float32)
    for place, (rows, weights) in enumerate(found if len(held) else ()):
        values += weights[np.searchsorted(rows, held)] * np.float32(wording.share(place))
    return held, values


def _covered(block: Block, wording: Alternative, rows: Ints) -> Floats | np.float32:
    """Which share of a wording rows that hold it hold."""
    if wording.whole or wording.channel != "words":
        return np.float32(1)
    cover = np.zeros(block.size, np.float32)
    for place, token in enumerate(wording.tokens):
        cover[block.words.get(token)] += np.float32(wording.share(place))
    return cover[rows]


def id_key(id_: str) -> tuple[int, int | str]:
    """Numbers in number order, other ids by letters."""
    return (0, int(id_)) if id_.isdigit() else (1, id_)


def snapshot_of_documents(documents: Iterable[Document]) -> Snapshot:
    """A snapshot in memory, for the batch commands and for tests."""
    return Snapshot([block_of_documents(documents)])
