"""Figures of a need."""

from decimal import Decimal

import pytest

from marketplace.needs.contents import LineContent
from tests.factories.needs import NeedFactory, line


@pytest.mark.parametrize(
    ("quantity", "unit", "price", "per", "fen"),
    [
        ("20000", "只", "0.3", "", 600_000),
        ("3", "只", "0.005", "", 2),
        ("2000", "斤", "45", "公斤", 4_500_000),
        ("10", "箱", "3", "袋", None),
        (None, "", "3", "只", None),
        ("10", "箱", None, "", None),
    ],
)
def test_a_line_costs_at_most_quantity_times_limit(quantity, unit, price, per, fen):
    known = LineContent(
        "x",
        Decimal(quantity) if quantity else None,
        unit,
        max_unit_price=Decimal(price) if price else None,
        price_per=per,
    )
    assert known.limit_fen == fen


def test_the_value_is_the_budget_or_the_sum_of_all_limits(app):
    two = [line(), line(number=2, quantity=Decimal(100), max_unit_price=Decimal(2))]
    assert NeedFactory(lines=two).value_fen == 620_000
    assert NeedFactory(budget_fen=500_000).value_fen == 500_000
    assert NeedFactory(lines=[line(), line(number=2, max_unit_price=None)]).value_fen is None
