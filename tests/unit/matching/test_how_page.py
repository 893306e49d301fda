"""The page that explains the order names every sort of requirement that can be missed."""

from dataclasses import replace

from marketplace.matching.how_page import SORTS, missed_rows, small_rows, two_missed
from marketplace.matching.judge import Finding, State
from marketplace.matching.score import NEAR_MISS, cost_of, relevance_after
from marketplace.matching.weights import WEIGHTS


def test_every_sort_of_miss_has_its_words_and_its_weight(request_context):
    assert set(SORTS) == set(WEIGHTS.missed)
    told = ", ".join(row.words for row in missed_rows(WEIGHTS))
    assert sorted(told.split(", ")) == sorted(", ".join(map(str, SORTS.values())).split(", "))
    assert all(row.words and row.value for row in missed_rows(WEIGHTS) + small_rows(WEIGHTS))


def test_sorts_that_weigh_alike_stand_together_the_heaviest_first(request_context):
    weights = replace(WEIGHTS, missed={**dict.fromkeys(SORTS, 0.4), "kind": 0.2})
    assert [(row.words.split(", ")[0], row.value) for row in missed_rows(weights)] == [
        ("Product or service", "20%"),
        ("Minimum order", "40%"),
    ]


def test_the_example_is_what_the_score_does(request_context):
    """Price and delivery missed by far, by the formula of the order."""
    dear = Finding("price", State.MISSED, True, {"limit": 1.0, "over": 1.0 + NEAR_MISS})
    late = Finding("lead_time", State.MISSED, True, {"lead_min": 30, "days": 10})
    left = relevance_after(1.0, sorted(cost_of(finding, WEIGHTS) for finding in (dear, late)), WEIGHTS)
    assert two_missed(WEIGHTS).value == f"{left:.0%}"
