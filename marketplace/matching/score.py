"""From relevance and findings to the score of a pair: what is missed, unknown, small things, and the lift (R8)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from marketplace.matching.facts import ListingFacts
from marketplace.matching.finding import Finding, State
from marketplace.matching.weights import Weights

MISSED_OTHERS = 0.7
"""The factor of a missed requirement that the table of weights does not name."""
NEAR_MISS = 0.5
"""Missed by this share or more is missed by far."""
STEP = 0.03
"""Merits within one step count as equal: there what is met decides, then whether the offer is local."""
LEVELS = 20
"""Inside a step: one level down for each unknown, two for each missed requirement; the lift is half a level."""
LEAST_MERIT = 0.1
LOWS = [LEAST_MERIT * (1 + STEP) ** number for number in range(240)]
"""Where each step begins, up to beyond 100."""
LARGEST_INSIDE = 1.02
MISSED, UNKNOWN = State.MISSED, State.UNKNOWN
LOCAL = frozenset({"park", "city"})
STRICT = frozenset({"certificate", "licence", "refused", "wanted", "steel", "measure", "size", "invoice"})
Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int8]
Marks = npt.NDArray[np.bool_]


def pair_scores(
    relevance: float,
    findings: Sequence[Finding],
    km: float | None,
    listing: ListingFacts,
    weights: Weights,
    today: date,
    lift: bool,
) -> tuple[float, float]:
    """The score of a pair (0 to 100) and the same without the local lift (R8).

    A missed requirement halves the merit at least, so among offers of the very thing (relevance from one half on) it
    stands below every one that misses nothing; what is unknown costs little.
    """
    hard: list[float] = []
    soft = unknown = strict = 0
    perhaps_late = False
    inside = 1.0
    for finding in findings:
        state = finding.state
        if state is MISSED:
            if finding.hard:
                hard.append(cost_of(finding, weights))
            else:
                soft += 1
        elif state is UNKNOWN and finding.hard:
            unknown += 1
            late = "lead_max" in finding.figures
            strict += finding.code in STRICT or late
            perhaps_late = perhaps_late or late
            if "not_shown" in finding.figures:
                inside = weights.licence_not_shown
    left = left_of(relevance, hard, unknown, strict, weights)
    if perhaps_late:  # late perhaps is never worse than late for certain
        left = max(left, left_of(relevance, [*hard, least_late(weights)], unknown - 1, strict - 1, weights))
    inside *= weights.soft ** min(3, soft) * left
    if km is not None:
        inside *= 1 - weights.distance * min(km / 100, 2)
    inside *= freshness(listing, weights, today)
    inside *= readiness(listing, weights)
    return stepped(100 * min(1.0, inside / LARGEST_INSIDE), len(hard), unknown, lift and listing.locality in LOCAL)


def freshness(listing: ListingFacts, weights: Weights, today: date) -> float:
    """The factor for how lately an offer was published."""
    if listing.published_on is None:
        return 1.0
    return 1 + weights.fresh * max(0.0, 1 - max(0, (today - listing.published_on).days) / 180)


def readiness(listing: ListingFacts, weights: Weights) -> float:
    """The factor for how soon the supplier answers."""
    if listing.answer_hours is None:
        return 1.0
    return 1 + weights.answers * max(0.0, 1 - listing.answer_hours / 24)


def least_late(weights: Weights) -> float:
    """The factor of a lead time missed by next to nothing."""
    return weights.missed.get("lead_time", MISSED_OTHERS) * (1 + weights.near_miss)


def left_of(relevance: float, missed: Sequence[float], unknown: int, strict: int, weights: Weights) -> float:
    """Relevance as it counts after what is missed, told by its factors, and what is unknown."""
    doubt = weights.unknown ** min(4, unknown) * weights.unknown_hard ** min(2, strict)
    return doubt * relevance_after(relevance, sorted(missed), weights)


def findings_for(least: float, relevance: float, findings: Iterable[Finding], weights: Weights) -> list[Finding] | None:
    """All findings of a pair; None as soon as what is missed leaves it no score from `least` on, whatever follows."""
    found: list[Finding] = []
    missed: list[float] = []
    for finding in findings:
        found.append(finding)
        if finding.state is MISSED and finding.hard and least:
            missed.append(cost_of(finding, weights))
            if most_possible(relevance_after(relevance, sorted(missed), weights), weights) < least:
                return None
    return found


def most_possible(relevance: float, weights: Weights) -> float:
    """What the score of no pair so far about each other exceeds: everything met and best, at the top of its step."""
    return 100 * (1 + STEP) * relevance * (1 + weights.fresh) * (1 + weights.answers) / LARGEST_INSIDE


def cost_of(finding: Finding, weights: Weights) -> float:
    """The factor of a missed requirement; what is missed by little costs a little less than what is missed by far."""
    figures = finding.figures
    beyond = 1.0
    if finding.code == "price":
        beyond = float(figures["over"] / figures["limit"]) if figures["limit"] else 1.0
    elif finding.code == "budget":
        beyond = figures["total_fen"] / figures["budget_fen"] - 1 if figures["budget_fen"] else 1.0
    elif finding.code == "quantity":
        beyond = figures["takes"] / figures["days"] - 1 if "takes" in figures else float(figures["over"])
    elif finding.code == "lead_time":
        beyond = figures["lead_min"] / max(figures["days"], 1) - 1
    factor = weights.missed.get(finding.code, MISSED_OTHERS)
    return factor * (1 + weights.near_miss * max(0.0, 1 - beyond / NEAR_MISS))


def costs_of(code: str, beyond: Numbers | float, weights: Weights) -> Numbers:
    """`cost_of` for many pairs that miss a requirement by these shares."""
    factor = weights.missed.get(code, MISSED_OTHERS)
    return np.asarray(factor * (1 + weights.near_miss * np.maximum(0.0, 1 - beyond / NEAR_MISS)))


def relevance_after(relevance: float, missed: Sequence[float], weights: Weights) -> float:
    """Relevance as it counts after missed requirements, told by their factors, the heaviest first.

    What is only related was never on offer, so it cannot fall as far as an offer of the very thing that misses
    something: below `offers` the loss is a fixed share, and more relevance never counts less.
    """
    if not missed:
        return relevance
    factor = missed[0] * weights.missed_again ** (len(missed) - 1)
    return min(relevance * weights.related_missed, max(relevance, weights.offers) * factor)


def stepped(merit: float, missed: int, unknown: int, lifted: bool) -> tuple[float, float]:
    """Merit as a score in steps of `STEP`, with and without the local lift.

    Inside a step first what is missed and unknown decides, then the lift, then the rest of the merit: so the lift never
    carries an offer over one of clearly more merit (a step at most) nor over one that meets more (R8).
    """
    if merit < LEAST_MERIT:
        return rounded(merit), rounded(merit)
    low = LOWS[bisect_right(LOWS, merit) - 1]
    high = low * (1 + STEP)
    rest = (merit - low) / (high - low)
    level = LEVELS - 1 - min(2 * missed + unknown, LEVELS - 1)
    plain = (level + 0.49 * rest) / LEVELS
    lift = 0.5 / LEVELS if lifted else 0.0
    return rounded(low + (high - low) * (plain + lift)), rounded(low + (high - low) * plain)


def rounded(score: float, places: int = 5) -> float:
    """To so many places, the way arrays are rounded too."""
    return round(score * 10**places) / 10**places


@dataclass
class Tally:
    """What many pairs miss and leave open, one entry for each."""

    heaviest: Numbers
    """The factor of the heaviest requirement that is missed; 1 where none is."""
    missed: Counts
    unknown: Counts
    strict: Counts
    perhaps_late: Marks

    @classmethod
    def of(cls, size: int) -> Self:
        """Nothing missed and nothing unknown in so many pairs."""
        missed, unknown, strict = np.zeros((3, size), np.int8)
        return cls(np.ones(size), missed, unknown, strict, np.zeros(size, np.bool_))

    def miss(self, where: Marks, factor: Any) -> None:
        """One requirement more is missed there."""
        self.missed += where
        self.heaviest = np.where(where, np.minimum(self.heaviest, factor), self.heaviest)

    def leave_open(self, where: Marks, *, strict: bool = False) -> None:
        """One requirement more is unknown there."""
        self.unknown += where
        if strict:
            self.strict += where

    def add(self, other: "Tally", rows: npt.NDArray[np.int64]) -> None:
        """What the `rows` of another tally miss and leave open, too."""
        self.missed += other.missed[rows]
        self.unknown += other.unknown[rows]
        self.strict += other.strict[rows]
        self.heaviest = np.minimum(self.heaviest, other.heaviest[rows])


def scores_of(
    relevance: Numbers, tally: Tally, inside: Numbers, small: Sequence[Numbers], lifted: Marks, weights: Weights
) -> Numbers:
    """`pair_scores` of many pairs that miss no wish: the scores with the local lift.

    `inside` is what else is a factor of each, `small` the factors of distance, freshness and readiness.
    """
    left = _lefts_of(relevance, tally.heaviest, tally.missed, tally.unknown, tally.strict, weights)
    if tally.perhaps_late.any():
        heaviest = np.minimum(tally.heaviest, least_late(weights))
        late = _lefts_of(relevance, heaviest, tally.missed + 1, tally.unknown - 1, tally.strict - 1, weights)
        left = np.where(tally.perhaps_late, np.maximum(left, late), left)
    inside = inside * left
    for factor in small:
        inside = inside * factor
    merit = 100 * np.minimum(1.0, inside / LARGEST_INSIDE)
    low = np.array(LOWS)[np.searchsorted(LOWS, merit, side="right") - 1]
    high = low * (1 + STEP)
    rest = (merit - low) / (high - low)
    level = LEVELS - 1 - np.minimum(2 * tally.missed + tally.unknown, LEVELS - 1)
    plain = (level + 0.49 * rest) / LEVELS
    score = low + (high - low) * (plain + np.where(lifted, 0.5 / LEVELS, 0.0))
    return np.asarray(np.rint(np.where(merit < LEAST_MERIT, merit, score) * 10**5) / 10**5)


def _lefts_of(
    relevance: Numbers, heaviest: Numbers, missed: Counts, unknown: Counts, strict: Counts, weights: Weights
) -> Numbers:
    """`left_of` for many pairs."""
    doubts = np.array([[weights.unknown**few * weights.unknown_hard**hard for hard in range(3)] for few in range(5)])
    again = np.array([weights.missed_again ** max(0, times - 1) for times in range(128)])
    after = np.minimum(
        relevance * weights.related_missed, np.maximum(relevance, weights.offers) * (heaviest * again[missed])
    )
    doubt = doubts[np.clip(unknown, 0, 4), np.clip(strict, 0, 2)]
    return np.asarray(doubt * np.where(missed > 0, after, relevance))
