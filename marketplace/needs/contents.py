"""What a need says, as one value: what forms hand to services and what earlier versions keep."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.money import total_fen
from marketplace.core.units import convert
from marketplace.needs.lifecycle import LocalPreference


@dataclass(frozen=True)
class LineContent:
    """One line; `max_unit_price` in yuan per `price_per` (empty: per `unit`)."""

    item: str
    quantity: Decimal | None = None
    unit: str = ""
    category_id: int | None = None
    max_unit_price: Decimal | None = None
    price_per: str = ""
    certificates: tuple[str, ...] = ()

    @property
    def price_unit(self) -> str:
        """The unit that the limit is for."""
        return self.price_per or self.unit

    @property
    def limit_fen(self) -> int | None:
        """The most this line may cost, or None when a figure is missing or the units do not convert."""
        if self.quantity is None or self.max_unit_price is None:
            return None
        quantity: Decimal | None = self.quantity
        if self.price_unit != self.unit:
            quantity = convert(self.quantity, self.unit, self.price_unit)
        return None if quantity is None else total_fen(self.max_unit_price, quantity)


@dataclass(frozen=True)
class NeedContent:
    """Everything the buyer may write; `budget_fen` is for all lines together."""

    title: str
    description: str = ""
    sentence: str = ""
    lines: tuple[LineContent, ...] = ()
    budget_fen: int | None = None
    deliver_by: date | None = None
    deliver_town: str = ""
    certificates: tuple[str, ...] = ()
    hard_words: tuple[str, ...] = ()
    local_preference: LocalPreference = LocalPreference.NONE

    @property
    def value_fen(self) -> int | None:
        """What it may cost: the budget, or the sum of the lines' limits when each line has one."""
        if self.budget_fen is not None:
            return self.budget_fen
        limits = [line.limit_fen for line in self.lines]
        known = [limit for limit in limits if limit is not None]
        return sum(known) if known and len(known) == len(limits) else None

    def as_json(self) -> dict[str, Any]:
        """Plain values for a JSON column: days in ISO 8601, figures as text."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value


def content_of(need: Any) -> NeedContent:
    """What the row `need` says now."""
    return NeedContent(
        title=need.title,
        description=need.description,
        sentence=need.sentence,
        budget_fen=need.budget_fen,
        deliver_by=need.deliver_by,
        deliver_town=need.deliver_town,
        certificates=tuple(need.certificates),
        hard_words=tuple(need.hard_words),
        local_preference=need.local_preference,
        lines=tuple(
            LineContent(
                line.item,
                line.quantity,
                line.unit,
                line.category_id,
                line.max_unit_price,
                line.price_per,
                tuple(line.certificates),
            )
            for line in need.lines
        ),
    )
