"""Work of the worker for words."""

import pytest

from marketplace.core.jobs import JOBS


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("search.take_in_words", "words.take_in"),
        ("search.look_again", "words.look_again"),
        ("search.look_at_texts", "words.look_at_texts"),
    ],
)
def test_rows_that_wait_under_their_former_names_are_still_done(app, before, now):
    assert JOBS[before] is JOBS[now]
