"""Money: totals are integer fen, a unit price is a Decimal in yuan with up to six places."""

from decimal import ROUND_HALF_UP, Decimal

FEN_PER_YUAN = 100


def fen(yuan: Decimal) -> int:
    """`yuan` as whole fen, rounded half up."""
    return int((yuan * FEN_PER_YUAN).to_integral_value(ROUND_HALF_UP))


def yuan(amount: int) -> Decimal:
    """`amount` fen as yuan with two places."""
    return Decimal(amount) / FEN_PER_YUAN


def total_fen(unit_price: Decimal, quantity: Decimal) -> int:
    """The total for `quantity` at `unit_price` yuan, rounded once, half up."""
    return fen(unit_price * quantity)
