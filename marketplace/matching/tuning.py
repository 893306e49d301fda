"""What other weights would be worth on judged needs, by cross-validation; nothing is written.

One weight is moved at a time: few weights, small steps, each to be argued for. A folder holds `needs.jsonl`,
`needs-qrels.tsv` (need, listing, grade) and, where there are any, `constraint-needs.jsonl`,
`constraint-listings.jsonl` and `constraint-pairs.jsonl`. What people made of pairs on this site may be judged beside
them: `JudgedSet`.
"""

import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from marketplace.core.places import load_gazetteer
from marketplace.matching.facts import ListingFacts, NeedFacts, need_facts_from_json
from marketplace.matching.file_index import index_of_files
from marketplace.matching.find_matches import MatchIndex, match_need
from marketplace.matching.need_concepts import NeedViews
from marketplace.matching.told import listing_from_json
from marketplace.matching.weights import WEIGHTS, Weights

STEPS: dict[str, tuple[float, ...]] = {
    "category": (0.3, 0.35, 0.45, 0.5), "context": (0.14, 0.18, 0.26, 0.3), "title_in_context": (2, 3, 6),
    "whole_item": (1.25, 1.75, 2.0), "bigrams": (0.0, 0.2), "same_branch": (0.25, 0.45, 0.55),
    "same_top": (0.05, 0.1, 0.2), "offers": (0.5, 0.7), "related_missed": (0.7, 0.9), "missed_again": (0.75, 0.95),
    "near_miss": (0.0, 0.4), "soft": (0.75, 0.95), "unknown": (0.94, 1.0), "unknown_hard": (0.7, 0.9),
    "distance": (0.0, 0.08), "fresh": (0.0, 0.03),
}  # fmt: skip
"""Values to try beside the one in force. Category and context take from or give to the words of the thing."""
FOLDS = 5
DEPTH = 10
RESAMPLES = 2000
SEED = 20261123


@dataclass(frozen=True)
class Trial:
    """One weight moved: nDCG@10 of each need, and the share of constraint pairs in the right order."""

    name: str
    value: float
    by_need: Mapping[str, float]
    pairs: float | None


@dataclass(frozen=True)
class JudgedSet:
    """Needs with graded listings, indexed once; `name` stands before the ids of needs, so that sets can be joined."""

    index: MatchIndex
    needs: list[NeedFacts]
    grades: Mapping[str, Mapping[str, int]]
    name: str = ""


def judged_set(
    listings: Sequence[ListingFacts],
    needs: Sequence[NeedFacts],
    grades: Mapping[str, Mapping[str, int]],
    today: date,
    name: str = "",
) -> JudgedSet:
    """The needs that have a good listing among `listings`: without one no order is better than another."""
    offered = {listing.id for listing in listings}
    kept = {need: {listing: grade for listing, grade in graded.items() if listing in offered}
            for need, graded in grades.items()}  # fmt: skip
    chosen = [need for need in needs if any(kept.get(need.id, {}).values())]
    return JudgedSet(index_of_files(listings, chosen, today), chosen, kept, name)


@dataclass
class Bench:
    """The judged material, indexed once."""

    sets: list[JudgedSet]
    pair_index: MatchIndex | None
    pair_needs: list[NeedFacts]
    pairs: list[tuple[str, str, str]]

    def trial(self, name: str, value: float, weights: Weights) -> Trial:
        """Match everything with these weights."""
        by_need = {}
        for part in self.sets:
            for need, matches in _matched(part.index, part.needs, weights):
                by_need[part.name + need] = ndcg(list(matches), part.grades[need])
        right = None
        if self.pair_index and self.pairs:
            scores = dict(_matched(self.pair_index, self.pair_needs, weights))
            right = sum(scores[n].get(a, 0) > scores[n].get(b, 0) for n, a, b in self.pairs) / len(self.pairs)
        return Trial(name, value, by_need, right)


def _matched(index: MatchIndex, needs: Sequence[NeedFacts], weights: Weights) -> Iterator[tuple[str, dict[str, float]]]:
    other = replace(index, weights=weights, views=NeedViews())
    for need in needs:
        yield need.id, {match.listing_id: match.score for match in match_need(need, other)}


def read_bench(folder: Path, listings: Path, today: date) -> Bench:
    """The judged needs of a folder against a file of listings.

    Raises:
        OSError: a file is missing.
    """
    grades: dict[str, dict[str, int]] = {}
    for line in (folder / "needs-qrels.tsv").read_text("utf-8").splitlines():
        need, listing, grade = line.split("\t")
        grades.setdefault(need, {})[listing] = int(grade)
    index, needs = _indexed(listings, folder / "needs.jsonl", today)
    folder_set = JudgedSet(index, [need for need in needs if need.id in grades], grades)
    bench = Bench([folder_set], None, [], [])
    if (folder / "constraint-pairs.jsonl").exists():
        files = folder / "constraint-listings.jsonl", folder / "constraint-needs.jsonl"
        bench.pair_index, bench.pair_needs = _indexed(*files, today)
        rows = _rows(folder / "constraint-pairs.jsonl")
        bench.pairs = [(row["query"], row["better"], row["worse"]) for row in rows]
    return bench


def _indexed(listings: Path, needs: Path, today: date) -> tuple[MatchIndex, list[NeedFacts]]:
    gazetteer = load_gazetteer()
    wanted = [need_facts_from_json(row, today=today, gazetteer=gazetteer) for row in _rows(needs)]
    return index_of_files([listing_from_json(row, today) for row in _rows(listings)], wanted, today), wanted


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def ndcg(order: Sequence[str], grades: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten, gains 2^grade - 1."""
    ideal = _gain(sorted(grades.values(), reverse=True))
    return _gain([grades.get(id_, 0) for id_ in order]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:DEPTH]))


def steps(names: Sequence[str]) -> list[tuple[str, float]]:
    """Every weight with every value to try; those of `names` alone when there are any."""
    return [(name, value) for name, values in STEPS.items() if name in names or not names for value in values]


def moved(name: str, value: float) -> Weights:
    """The weights in force with one of them at another value; the three shares of relevance still make 1."""
    weights = replace(WEIGHTS, **{name: value})  # type: ignore[arg-type]
    return replace(weights, item=1 - weights.category - weights.context)


def interval(gains: Sequence[float]) -> tuple[float, float, float]:
    """Mean gain and its 95 % bootstrap interval over needs; the same every time."""
    chance = random.Random(SEED)  # noqa: S311 - statistics, no secret
    means = sorted(sum(chance.choices(gains, k=len(gains))) / len(gains) for _ in range(RESAMPLES))
    return sum(gains) / len(gains), means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def cross_validated(base: Trial, trials: Sequence[Trial]) -> tuple[list[float], list[str]]:
    """For each fold the move that was best outside it, and the gains that it brings inside."""
    ids = sorted(base.by_need)
    gains: list[float] = []
    chosen = []
    for fold in range(FOLDS):
        inside = ids[fold::FOLDS]
        outside = [id_ for id_ in ids if id_ not in set(inside)]
        best = max((base, *trials), key=lambda trial: sum(trial.by_need[id_] for id_ in outside))
        chosen.append(f"{best.name}={best.value:g}" if best is not base else "-")
        gains += [best.by_need[id_] - base.by_need[id_] for id_ in inside]
    return gains, chosen
