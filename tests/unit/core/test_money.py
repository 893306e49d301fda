"""A total is rounded once, half up, from unit price times quantity."""

from decimal import Decimal

import pytest

from marketplace.core import money


@pytest.mark.parametrize(
    ("price", "quantity", "total"),
    [
        ("0.26", "20000", 520000),
        ("0.138", "20000", 276000),
        ("0.000001", "1", 0),
        ("0.005", "1", 1),
        ("0.0049", "1", 0),
        ("0.333333", "3", 100),
        ("1.005", "1", 101),
        ("45", "350", 1575000),
    ],
)
def test_total(price, quantity, total):
    assert money.total_fen(Decimal(price), Decimal(quantity)) == total


def test_fen_and_yuan_are_inverse():
    assert money.yuan(money.fen(Decimal("12.34"))) == Decimal("12.34")
