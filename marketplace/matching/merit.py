"""From aboutness and findings to the score of a pair: what is missed, unknown, small things, and the lift (R8)."""

import math
from collections.abc import Iterable, Sequence
from datetime import date

from marketplace.matching.facts import ListingFacts
from marketplace.matching.verdicts import Finding, State
from marketplace.matching.weights import Weights

MISSED_OTHERS = 0.7
"""The factor of a missed requirement that the table of weights does not name."""
NEAR_MISS = 0.5
"""Missed by this share or more is missed by far."""
STEP = 0.03
"""Merits within one step count as equal: there what is met decides, then whether the offer is local."""
LOG_STEP = math.log(1 + STEP)
LEVELS = 20
"""Inside a step: one level down for each unknown, two for each missed requirement; the lift is half a level."""
LEAST_MERIT = 0.1
LARGEST_INSIDE = 1.02
MISSED, UNKNOWN = State.MISSED, State.UNKNOWN
LOCAL = frozenset({"park", "city"})
STRICT = frozenset({"certificate", "licence", "refused", "wanted", "steel", "measure", "size"})


def pair_scores(about: float, findings: Sequence[Finding], km: float | None, listing: ListingFacts, weights: Weights,
                today: date, lift: bool) -> tuple[float, float]:  # fmt: skip
    """The score of a pair (0 to 100) and the same without the local lift (R8).

    A missed requirement halves the merit at least, so among offers of the very thing (aboutness from one half on) it
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
    left = left_of(about, hard, unknown, strict, weights)
    if perhaps_late:  # late perhaps is never worse than late for certain
        least_late = weights.missed.get("lead_time", MISSED_OTHERS) * (1 + weights.near_miss)
        left = max(left, left_of(about, [*hard, least_late], unknown - 1, strict - 1, weights))
    inside *= weights.soft ** min(3, soft) * left
    if km is not None:
        inside *= 1 - weights.distance * min(km / 100, 2)
    if listing.published_on is not None:
        age = max(0, (today - listing.published_on).days)
        inside *= 1 + weights.fresh * max(0.0, 1 - age / 180)
    if listing.answer_hours is not None:
        inside *= 1 + weights.answers * max(0.0, 1 - listing.answer_hours / 24)
    return stepped(100 * min(1.0, inside / LARGEST_INSIDE), len(hard), unknown, lift and listing.locality in LOCAL)


def left_of(about: float, missed: Sequence[float], unknown: int, strict: int, weights: Weights) -> float:
    """Aboutness as it counts after what is missed, told by its factors, and what is unknown."""
    doubt = weights.unknown ** min(4, unknown) * weights.unknown_hard ** min(2, strict)
    return doubt * about_after(about, sorted(missed), weights)


def findings_for(least: float, about: float, findings: Iterable[Finding], weights: Weights) -> list[Finding] | None:
    """All findings of a pair; None as soon as what is missed leaves it no score from `least` on, whatever follows."""
    found: list[Finding] = []
    missed: list[float] = []
    for finding in findings:
        found.append(finding)
        if finding.state is MISSED and finding.hard and least:
            missed.append(cost_of(finding, weights))
            if most_possible(about_after(about, sorted(missed), weights), weights) < least:
                return None
    return found


def most_possible(about: float, weights: Weights) -> float:
    """What the score of no pair so far about each other exceeds: everything met and best, at the top of its step."""
    return 100 * (1 + STEP) * about * (1 + weights.fresh) * (1 + weights.answers) / LARGEST_INSIDE


def cost_of(finding: Finding, weights: Weights) -> float:
    """The factor of a missed requirement; what is missed by little costs a little less than what is missed by far."""
    figures = finding.figures
    beyond = 1.0
    if finding.code == "price":
        beyond = float(figures["over"] / figures["limit"]) if figures["limit"] else 1.0
    elif finding.code == "budget":
        beyond = figures["total_fen"] / figures["budget_fen"] - 1 if figures["budget_fen"] else 1.0
    elif finding.code == "quantity":
        beyond = figures["takes"] / figures["days"] - 1
    elif finding.code == "lead_time":
        beyond = figures["lead_min"] / max(figures["days"], 1) - 1
    factor = weights.missed.get(finding.code, MISSED_OTHERS)
    return factor * (1 + weights.near_miss * max(0.0, 1 - beyond / NEAR_MISS))


def about_after(about: float, missed: Sequence[float], weights: Weights) -> float:
    """Aboutness as it counts after missed requirements, told by their factors, the heaviest first.

    What is only related was never on offer, so it cannot fall as far as an offer of the very thing that misses
    something: below `offers` the loss is a fixed share, and more aboutness never counts less.
    """
    if not missed:
        return about
    factor = missed[0] * weights.missed_again ** (len(missed) - 1)
    return min(about * weights.related_missed, max(about, weights.offers) * factor)


def stepped(merit: float, missed: int, unknown: int, lifted: bool) -> tuple[float, float]:
    """Merit as a score in steps of `STEP`, with and without the local lift.

    Inside a step first what is missed and unknown decides, then the lift, then the rest of the merit: so the lift never
    carries an offer over one of clearly more merit (a step at most) nor over one that meets more (R8).
    """
    if merit < LEAST_MERIT:
        return round(merit, 4), round(merit, 4)
    step = math.floor(math.log(merit / LEAST_MERIT) / LOG_STEP)
    low = LEAST_MERIT * (1 + STEP) ** step
    high = low * (1 + STEP)
    rest = (merit - low) / (high - low)
    level = LEVELS - 1 - min(2 * missed + unknown, LEVELS - 1)
    plain = (level + 0.49 * rest) / LEVELS
    lift = 0.5 / LEVELS if lifted else 0.0
    return round(low + (high - low) * (plain + lift), 5), round(low + (high - low) * plain, 5)
