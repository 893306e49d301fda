"""Which certificate serves where another is asked for: only what is certain, each with the goods it holds for.

A buyer of bags says "SC" and means the licence that makers of food packaging hold, which has another name. A standard
built wholly on another one contains it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Serves:
    """`held` serves where `asked` is asked for, for goods whose category begins with `category` (empty: for all)."""

    asked: str
    held: str
    category: str = ""


SERVES = (
    Serves("食品生产许可证", "食品相关产品生产许可证", "J"),
    Serves("ISO 22000", "FSSC 22000"),
    Serves("ISO 9001", "ISO 15378"),
    Serves("ISO 17025", "CNAS", "Q"),
    Serves("ISO 17025", "CNAS", "P"),
)
"""Food packaging is licensed as 食品相关产品; FSSC 22000 contains ISO 22000, ISO 15378 contains ISO 9001; CNAS
accredits laboratories by ISO/IEC 17025."""

VOLUNTARY = frozenset({
    "ISO 9001", "ISO 14001", "ISO 45001", "ISO 13485", "ISO 15378", "ISO 17025", "ISO 22000", "ISO 22716", "ISO 27001",
    "ISO 50001", "FSSC 22000", "HACCP", "BRC", "CNAS", "FSC", "UL认证", "SGS报告",
})  # fmt: skip
"""Systems of management and tests of one's own choice, which a buyer may ask for or not. All other papers are asked
for by law or make another thing of it (有机, 清真)."""


def accepted_certificate(asked: str, held: Mapping[str, date | None], category: str, on: date) -> str:
    """The held certificate that serves for `asked` on a day: itself while it is valid, else the longest valid of those
    that serve in its stead; one that has run out when there is no better; or nothing."""
    own = [asked] if asked in held else []
    if own and (held[asked] or date.max) >= on:
        return asked
    instead = [
        entry.held for entry in SERVES
        if entry.asked == asked and entry.held in held and category.startswith(entry.category)
    ]  # fmt: skip
    return max(own + instead, key=lambda name: held[name] or date.max, default="")
