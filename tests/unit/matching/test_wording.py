"""The page that explains the order names every sort of requirement that can be missed."""
from marketplace.matching.weights import WEIGHTS
from marketplace.matching.wording import SORTS, missed_rows, small_rows


def test_every_sort_of_miss_has_its_words_and_its_weight(request_context):
    assert set(SORTS) == set(WEIGHTS.missed)
    assert len(missed_rows(WEIGHTS)) == len(WEIGHTS.missed)
    assert all(row.words and row.value for row in missed_rows(WEIGHTS) + small_rows(WEIGHTS))
