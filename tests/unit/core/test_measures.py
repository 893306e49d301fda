"""Measures as people write and say them."""

import pytest

from marketplace.core.measures import spoken_number


@pytest.mark.parametrize(
    ("said", "number"),
    [("二百五十", 250), ("两万", 20000), ("零点三", 0.3), ("十", 10), ("一百二十万", 1200000), ("点", None)],
)
def test_spoken_numbers_are_understood(said, number):
    assert spoken_number(said) == number
