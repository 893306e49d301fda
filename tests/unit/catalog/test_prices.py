"""Unit prices by quantity."""

from decimal import Decimal

import pytest

from marketplace.catalog.content import Tier
from marketplace.catalog.prices import micro_yuan, price_band, price_for

TIERS = (Tier(Decimal(20000), Decimal("0.26")), Tier(Decimal(5000), Decimal("0.28")))


class TestPriceFor:
    @pytest.mark.parametrize(
        ("quantity", "price"),
        [
            (None, "0.28"),
            ("100", "0.28"),
            ("5000", "0.28"),
            ("19999.999", "0.28"),
            ("20000", "0.26"),
            ("99999", "0.26"),
        ],
    )
    def test_picks_the_step_that_the_quantity_reaches(self, quantity, price):
        assert price_for(TIERS, None if quantity is None else Decimal(quantity)) == Decimal(price)

    def test_knows_none_without_steps(self):
        assert price_for((), Decimal(5)) is None


def test_a_price_below_a_fen_keeps_its_six_places_in_the_index():
    assert micro_yuan(Decimal("0.004215")) == 4215


@pytest.mark.parametrize(
    ("price", "band"),
    [("0.004", "0-1"), ("1", "1-10"), ("9.99", "1-10"), ("46", "10-100"), ("9999", "1000-10000"), ("58000", "10000-")],
)
def test_every_price_has_its_band(price, band):
    assert price_band(Decimal(price)) == band
