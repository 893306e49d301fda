"""`flask match tune` tells what other weights would be worth, and writes nothing."""

import pytest

from marketplace.matching.tuning import Trial, cross_validated, interval, moved, ndcg


def test_the_shares_of_aboutness_still_make_one():
    weights = moved("category", 0.5)
    assert weights.item + weights.category + weights.context == pytest.approx(1)


def test_a_perfect_order_is_one_and_a_late_hit_less():
    grades = {"a": 3, "b": 1}
    assert ndcg(["a", "b"], grades) == 1
    assert 0 < ndcg(["x", "a"], grades) < 1
    assert ndcg([], grades) == 0


def test_the_interval_holds_the_mean_and_is_the_same_every_time():
    gains = [0.0, 0.1, -0.05, 0.02]
    mean, low, high = interval(gains)
    assert low <= mean <= high
    assert interval(gains) == (mean, low, high)


def test_a_move_is_chosen_outside_the_fold_where_it_counts():
    """A move that helps one need alone is never credited with that need."""
    needs = [f"N{number}" for number in range(10)]
    base = Trial("in force", 0.0, dict.fromkeys(needs, 0.5), None)
    lucky = Trial("fresh", 0.1, dict.fromkeys(needs, 0.49) | {"N0": 0.9}, None)
    gains, chosen = cross_validated(base, [lucky])
    assert sum(gains) < 0.4
    assert "-" in chosen


def test_the_command_prints_gains_with_intervals(app):
    told = app.test_cli_runner().invoke(args=["match", "tune", "--weight", "bigrams"])
    assert told.exit_code == 0, told.output
    assert "constraint pairs 1.00" in told.output
    assert told.output.count("bigrams") >= 2
    assert "Chosen outside each fold" in told.output
