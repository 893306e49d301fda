"""The order of matches: one score for one pair, whichever side asks.

How far a pair is about the same thing comes from the words (over the postings of the listings' index) and the
category.
What the facts say scales it: a missed requirement halves it at least, an unknown one costs little, then come small
things (distance, freshness, answering record). The local lift of R8 acts last and only among equals.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from marketplace.matching.delivery import distance_of
from marketplace.matching.documents import category_codes
from marketplace.matching.facts import ListingFacts, NeedFacts
from marketplace.matching.judge import Finding, JudgingContext, State, is_shown, judging
from marketplace.matching.need_concepts import FULL_STRENGTH, NeedView, NeedViews
from marketplace.matching.score import findings_for, most_possible, pair_scores, rounded
from marketplace.matching.weights import WEIGHTS, Weights
from marketplace.search import Bools, Candidates, Floats, Holder

CANDIDATES = 200
CANDIDATE_NEEDS = 120
CONTEXT_HALF = 12.0
"""Worth of matched context words that counts half."""
CATEGORY_CALL = 10.0
"""What the same category is worth when candidates among needs are called up."""
NEAR_LINE = 0.7
"""A pair is judged by the lines of the need that are so near at least beside the nearest one."""


class Match(NamedTuple):
    """One pair: its score (0 to 100), the line it answers, how far it is about it, and the findings."""

    need_id: str
    listing_id: str
    score: float
    plain_score: float
    """The score without the local lift (R8)."""
    line: int
    relevance: float
    findings: tuple[Finding, ...] = ()
    km: float | None = None
    words: tuple[str, ...] = ()

    def of(self, state: State) -> list[Finding]:
        """The findings of one state."""
        return [finding for finding in self.findings if finding.state is state]


ListingSource = Callable[[Sequence[str]], Mapping[str, ListingFacts]]
NeedSource = Callable[[Sequence[str]], Mapping[str, NeedFacts]]


@dataclass
class MatchIndex:
    """Both sides: postings to find by, facts to judge by, and the ground on which they are judged.

    `listings_of` and `needs_of` give the facts of ids (those that do not exist or must not be shown are left out).
    """

    listings: Candidates
    needs: Candidates
    listings_of: ListingSource
    needs_of: NeedSource
    judging_context: JudgingContext
    weights: Weights = WEIGHTS
    local_lift: bool = True
    audiences: frozenset[str] = frozenset({"public"})
    views: NeedViews = field(default_factory=NeedViews)

    def view(self, need: NeedFacts) -> NeedView:
        """The need made ready; kept while the facts stay the same."""
        return self.views.of(need, self.listings, self.weights)


def match_need(need: NeedFacts, index: MatchIndex, top: int = 50) -> list[Match]:
    """The listings that fit a need, best first; never those of its own organisation, nor what only asks."""
    view = index.view(need)
    return best_listings(view, relevance_by_line(view, index.listings, index.weights), index, top)


def may_answer(need: NeedFacts, relevance: Floats, index: MatchIndex, least: float) -> Bools:
    """The listings that may answer a need: to be seen, near enough, and not its own organisation's."""
    mask: Bools = index.listings.visible(index.audiences) & (relevance >= least)
    if need.organisation:
        mask &= ~index.listings.facet_mask("organisation", [need.organisation])
    return mask


def best_listings(view: NeedView, by_line: Floats, index: MatchIndex, top: int) -> list[Match]:
    """The best of all listings, whose relevance by line of the need is told: the nearest are judged."""
    relevance = np.max(by_line, axis=0)
    mask = may_answer(view.need, relevance, index, index.weights.least_relevance)
    rows = index.listings.best(relevance, mask, max(CANDIDATES, top))
    found = Best[Match](top, index.weights)
    ids = {index.listings.ids[row]: row for row in rows}
    facts = index.listings_of(list(ids))
    for id_, row in ids.items():
        if found.cannot_hold(float(relevance[row])):
            break
        if id_ in facts:
            found.take(match_pair(view, facts[id_], by_line[:, row].tolist(), index, found.least))
    return best_of(found.matches, top)


def match_listing(listing: ListingFacts, index: MatchIndex, top: int = 50) -> list[Match]:
    """The needs that a listing fits, best first; none when it only asks, is not shown or not yet in the index."""
    row = index.listings.row(listing.id)
    if row is None or not is_shown(listing, index.judging_context.today):
        return []
    held = index.listings.one(row)
    ids = candidate_needs(listing, index, max(CANDIDATE_NEEDS, top))
    facts = index.needs_of(ids)
    near: list[tuple[NeedView, list[float]]] = []
    for need in facts.values():
        if need.status == "open":
            view = index.view(need)
            near.append((view, relevance_of_row(view, held, listing.category, index.weights)))
    near.sort(key=lambda entry: (-max(entry[1]), entry[0].need.id))
    found = Best[Match](top, index.weights)
    for view, relevances in near:
        if max(relevances) < index.weights.least_relevance or found.cannot_hold(max(relevances)):
            break
        found.take(match_pair(view, listing, relevances, index, found.least))
    return best_of(found.matches, top)


class HasScore(Protocol):
    """What is ordered by its score."""

    @property
    def score(self) -> float: ...


Judged = TypeVar("Judged", bound=HasScore)


class Best(Generic[Judged]):
    """The best `top` scores so far of pairs that come nearest first: tells when no later pair can be among them."""

    def __init__(self, top: int, weights: Weights):
        self.top, self.weights = top, weights
        self.matches: list[Judged] = []
        self._scores: list[float] = []

    def take(self, match: Judged | None) -> None:
        """Take in a pair; None is no match."""
        if match is None:
            return
        self.matches.append(match)
        if len(self._scores) < self.top:
            heapq.heappush(self._scores, match.score)
        else:
            heapq.heappushpop(self._scores, match.score)

    @property
    def least(self) -> float:
        """The score that a further pair must reach to be among them; 0 while there is room."""
        return self._scores[0] if len(self._scores) == self.top else 0.0

    def cannot_hold(self, relevance: float) -> bool:
        """True when a pair no more about each other than this stays below all of them, whatever it meets."""
        return most_possible(relevance, self.weights) < self.least


def match_pair(
    view: NeedView, listing: ListingFacts, relevances: Sequence[float], index: MatchIndex, least: float = 0.0
) -> Match | None:
    """Score one pair by the line that it answers best; None when it must not be proposed, or cannot reach `least`."""
    need = view.need
    if not is_shown(listing, index.judging_context.today):
        return None
    if need.organisation and need.organisation == listing.organisation:
        return None
    km = distance_of(need, listing, index.judging_context.gazetteer)
    best: Match | None = None
    near = max(relevances) * NEAR_LINE
    for line, relevance in zip(view.lines, relevances, strict=True):
        if relevance < near:
            continue
        relevance = rounded(relevance, 4)
        judged = judging(need, line.line, line.demands, listing, index.judging_context, km)
        findings = findings_for(least, relevance, judged, index.weights)
        if findings is None:
            continue
        score, plain = pair_scores(
            relevance, findings, km, listing, index.weights, index.judging_context.today, index.local_lift
        )
        if best is None or score > best.score:
            best = Match(need.id, listing.id, score, plain, line.line.number, relevance, tuple(findings), km)
    return best


def best_of(matches: Iterable[Match], top: int) -> list[Match]:
    """The best `top`, equal scores by id."""
    return sorted(matches, key=lambda match: (-match.score, match.need_id, match.listing_id))[:top]


def relevance_by_line(view: NeedView, listings: Candidates, weights: Weights) -> Floats:
    """How far every listing is about each line of the need: one row of numbers for each line.

    What has nothing of the thing itself and too few of the other words to be a match at all stays at 0.
    """
    reading = view.words_read
    context = listings.context(reading)
    relevance = np.zeros((len(view.lines), listings.size), np.float32)
    by_context = context >= least_context(weights)
    for number, line in enumerate(view.lines):
        item = listings.held(reading, number) / np.float32(reading.worth[number])
        pairs = listings.pairs(reading, number)
        nearness_of_category = category_nearness_of_all(line.category, listings, weights)
        touched = np.flatnonzero(
            ((item + pairs if nearness_of_category is None else item + pairs + nearness_of_category) > 0) | by_context
        )
        near = None if nearness_of_category is None else nearness_of_category[touched]
        relevance[number, touched] = blend(item[touched], pairs[touched], context[touched], near, weights)
    if view.most_held:
        relevance = np.maximum(relevance, by_whole_text(listings.whole(reading), view, weights))
    return relevance


def relevance_of_row(view: NeedView, listing: Holder, category: str, weights: Weights) -> list[float]:
    """The same for one listing: the same numbers in the same formula."""
    reading = view.words_read
    context = listing.context(reading)
    found = []
    for number, line in enumerate(view.lines):
        item = listing.held(reading, number) / reading.worth[number]
        nearness_of_category = category_nearness(line.category, category, weights)
        found.append(float(blend(item, listing.pairs(reading, number), context, nearness_of_category, weights)))
    if view.most_held:
        whole = float(by_whole_text(listing.whole(reading), view, weights))
        found = [max(relevance, whole) for relevance in found]
    return found


def by_whole_text(held: Any, view: NeedView, weights: Weights) -> Any:
    """Relevance by all the words of a need that nobody put into lines, beside the listing that holds most of them."""
    sure = view.most_held / (view.most_held + CONTEXT_HALF)
    return weights.whole_text * sure * (held / view.most_held)


def blend(item: Any, pairs: Any, context: Any, nearness_of_category: Any, weights: Weights) -> Any:
    """Relevance from its parts, for numbers and for arrays; `None` stands for a category not known."""
    item = np.minimum(1.0, item / FULL_STRENGTH)
    item = (item + weights.bigrams * pairs * (1 - item)) ** weights.whole_item
    context = context / (context + CONTEXT_HALF)
    if nearness_of_category is None:
        return (weights.item * item + weights.context * context) / (weights.item + weights.context)
    return weights.item * item + weights.category * nearness_of_category + weights.context * context


def least_context(weights: Weights) -> float:
    """Context words of less worth leave a line that has nothing else below any by which a match could be judged."""
    least = 0.99 * NEAR_LINE * weights.least_relevance * min(1.0, weights.item + weights.context)
    return CONTEXT_HALF * least / (weights.context - least) if weights.context > least else float("inf")


def category_nearness(wanted: str, offered: str, weights: Weights) -> float | None:
    """How near two categories are: 1 for the same or one inside the other's, less for cousins; None when not told."""
    if not wanted:
        return None
    mine, theirs = category_codes(wanted), category_codes(offered) if offered else ()
    shared = sum(1 for a, b in zip(mine, theirs, strict=False) if a == b)
    return shared_worth(shared, len(mine), weights)


def shared_worth(shared: int, depth: int, weights: Weights) -> float:
    """What it is worth to share so many steps of a category path of so many."""
    if shared == 0:
        return 0.0
    if shared == depth:
        return 1.0
    return weights.same_top if shared == 1 else weights.same_branch


def category_nearness_of_all(wanted: str, listings: Candidates, weights: Weights) -> Floats | None:
    """`category_nearness` for every listing at once, by the facet of category codes."""
    if not wanted:
        return None
    codes = category_codes(wanted)
    near = np.zeros(listings.size, np.float32)
    for shared, code in enumerate(codes, start=1):
        for rows in listings.rows_under("category", code):
            near[rows] = shared_worth(shared, len(codes), weights)
    return near


def candidate_needs(listing: ListingFacts, index: MatchIndex, count: int) -> list[str]:
    """Needs that may be about a listing: by its title, other names and category, over the needs' index."""
    needs = index.needs
    mask = needs.visible(index.audiences)
    if listing.organisation:
        mask = mask & ~needs.facet_mask("organisation", [listing.organisation])
    if int(mask.sum()) > count:
        text = " ".join((listing.title, *listing.keywords))
        score = needs.relevance(text)
        if listing.category:
            near = category_nearness_of_all(listing.category, needs, index.weights)
            score = score if near is None else score + near * np.float32(CATEGORY_CALL)
        mask = mask & (score > 0)
    else:
        score = np.zeros(needs.size, np.float32)
    return [needs.ids[row] for row in needs.best(score, mask, count)]
