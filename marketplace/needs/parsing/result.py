"""What the parser proposes."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

ROLES = ("item", "quantity", "price", "budget", "date", "place", "certificate", "negated", "hard")


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` of the original text say something about `role`."""

    start: int
    end: int
    role: str


@dataclass(frozen=True)
class Bound:
    """A limit in yuan: at most `value` (`<=`), about `value`, or a range from `low` to `high`.

    `per` is the unit as written for a unit price ("只", "万粒"), None for a total.
    """

    op: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    per: str | None = None

    @property
    def ceiling(self) -> Decimal:
        """The most that the buyer names, in yuan."""
        highest = self.high if self.op == "range" else self.value
        assert highest is not None  # one of the two is always said
        return highest

    def to_json(self, *, with_per: bool) -> dict[str, Any]:
        """The form of the parse cases: decimal strings; `per` only for a unit price."""
        if self.op == "range":
            row: dict[str, Any] = {"op": "range", "low": plain(self.low), "high": plain(self.high)}
        else:
            row = {"op": self.op, "value": plain(self.value)}
        if with_per:
            row["per"] = self.per
        return row


@dataclass(frozen=True)
class ParsedLine:
    """One thing that is wanted; `unit` as written, `unit_code` by UN/ECE, both empty when no quantity is said."""

    item: str
    quantity: Decimal | None = None
    unit: str | None = None
    unit_code: str = ""
    unit_price: Bound | None = None
    """The price said right beside this line, when there are several."""


@dataclass(frozen=True)
class ParsedNeed:
    """Everything understood of one text; what was not said is None or empty."""

    text: str
    lines: tuple[ParsedLine, ...] = ()
    unit_price: Bound | None = None
    budget: Bound | None = None
    deadline: date | None = None
    town: str | None = None
    certificates: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()
    """What must not be: 酒精, 二手."""
    hard_words: tuple[str, ...] = ()
    """The demands as said: 不含酒精, 必须316L."""
    spans: tuple[Span, ...] = field(default=(), repr=False)

    def words_of(self, role: str) -> list[str]:
        """The words of the text that speak of `role`, from left to right."""
        return [self.text[span.start : span.end] for span in self.spans if span.role == role]

    def as_expected(self) -> dict[str, Any]:
        """The fields of `expect` in a parse case, ready for JSON."""
        return {
            "lines": [
                {
                    "item": line.item,
                    "quantity": json_number(line.quantity),
                    "unit": line.unit,
                    "unit_code": line.unit_code,
                }
                for line in self.lines
            ],
            "unit_price_yuan": self.unit_price.to_json(with_per=True) if self.unit_price else None,
            "budget_yuan": self.budget.to_json(with_per=False) if self.budget else None,
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "town": self.town,
            "certificates": list(self.certificates),
            "negated": list(self.negated),
        }

    def to_json(self, need_id: str) -> dict[str, Any]:
        """One line of a parse run."""
        return {"id": need_id, **self.as_expected()}


def plain(number: Decimal | None) -> str | None:
    """A decimal without exponent and without closing zeros: 0.3, 36000."""
    if number is None:
        return None
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def json_number(number: Decimal | None) -> int | float | None:
    """A quantity for JSON: whole numbers without a point."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)
