"""Prices by quantity. A unit price is yuan with up to six places; packaging costs less than a fen a piece."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

MICRO_YUAN = 1_000_000
"""The index keeps a price as whole millionths of a yuan: six places, and never a float."""


class PriceTier(Protocol):
    """From `min_quantity` on, one unit costs `unit_price` yuan."""

    min_quantity: Decimal
    unit_price: Decimal


def price_for(tiers: Iterable[PriceTier], quantity: Decimal | None) -> Decimal | None:
    """The unit price in yuan at `quantity`: the tier with the largest minimum reached.

    Below the lowest minimum, and with no quantity said, the first tier counts; None when there are no tiers.
    """
    steps = sorted(tiers, key=lambda tier: tier.min_quantity)
    if not steps:
        return None
    reached = [tier for tier in steps if quantity is not None and tier.min_quantity <= quantity]
    return (reached[-1] if reached else steps[0]).unit_price


def micro_yuan(price: Decimal) -> int:
    """A unit price as whole millionths of a yuan, for the index."""
    return int(price * MICRO_YUAN)


BANDS = ((None, 1), (1, 10), (10, 100), (100, 1000), (1000, 10000), (10000, None))
"""Steps of the price filter in yuan for one unit, whatever the unit is: from (included) to (not included)."""


def band_name(low: int | None, high: int | None) -> str:
    """How a step stands in the index and in addresses, e.g. `1-10`."""
    return f"{low or 0}-{high or ''}"


def price_band(price: Decimal) -> str:
    """The step that a unit price falls in, e.g. `1-10`."""
    return band_name(*next(band for band in BANDS if band[1] is None or price < band[1]))
