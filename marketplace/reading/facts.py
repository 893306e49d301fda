"""What reading yields: values with the words that say them. Plain values; nothing here knows a rule."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Fact(Generic[Value]):
    """A value, and the words of the text that say it."""

    value: Value
    said: str


@dataclass(frozen=True)
class Rate:
    """So much of `unit` as written; `per` is day, week, month, quarter or year, empty for an amount in one go."""

    quantity: Decimal
    unit: str
    per: str = ""


@dataclass(frozen=True)
class Duration:
    """From `shortest` to `longest` calendar days; working days are told in calendar days, five of them in seven."""

    shortest: int
    longest: int


@dataclass(frozen=True)
class ReadPrice:
    """`yuan` for one `unit` (empty: none is said) when buying `from_quantity` or more."""

    yuan: Decimal
    unit: str = ""
    from_quantity: Decimal = Decimal(0)


class PaperState(StrEnum):
    """How a text speaks of a paper. Only `held` counts as held; `mentioned` says nothing either way."""

    HELD = "held"
    DENIED = "denied"
    EXPIRED = "expired"
    APPLIED = "applied"
    MENTIONED = "mentioned"


@dataclass(frozen=True)
class ReadPaper:
    """A paper under its canonical name. `valid_until` is None when no day is said."""

    name: str
    state: PaperState
    valid_until: date | None = None
