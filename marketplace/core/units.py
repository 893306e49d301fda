"""Units of measure as buyers and suppliers write them.

Codes are those of UN/ECE Recommendation 20 (pack codes: Recommendation 21); a unit without a fitting code has an
empty one. Factors convert only inside one dimension. Packs, doses and occasions are names of things counted whose
content varies, so they convert only into multiples of themselves (ten thousand bags are 10000 bags, never boxes).
"""

import csv
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

UNITS_FILE = Path(__file__).parent / "data" / "units.csv"
NAMED_DIMENSIONS = frozenset({"package", "dose", "event", "grade"})
COUNTED_DIMENSIONS = frozenset({"count", "package", "dose", "event"})
SHORTEST_SINGULAR = 2
"""Letters of a unit without its plural s: ms is no plural."""
MULTIPLES = {"百": 100, "千": 1000, "万": 10000, "十万": 100000, "百万": 1000000, "亿": 100000000}


@dataclass(frozen=True)
class Unit:
    """One unit: `factor` turns an amount of it into the base unit of its dimension."""

    name: str
    aliases: tuple[str, ...]
    code: str
    dimension: str
    factor: Decimal
    counted: str = ""
    """The single unit that a multiple is made of: 袋 for 万袋; empty for a plain unit."""

    @property
    def single(self) -> str:
        """The name of the thing counted, without 万 or 千."""
        return self.counted or self.name


def fold(text: str) -> str:
    """One form for full-width and half-width letters, without outer blanks."""
    return unicodedata.normalize("NFKC", text).strip()


@lru_cache(maxsize=1)
def all_units() -> tuple[Unit, ...]:
    """Every unit of the table, in its order."""
    with UNITS_FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Unit(
                name=row["unit"],
                aliases=tuple(alias for alias in row["aliases"].split(";") if alias),
                code=row["code"],
                dimension=row["dimension"],
                factor=Decimal(row["factor"]),
            )
            for row in csv.DictReader(lines)
        )


@lru_cache(maxsize=1)
def _units_by_name() -> dict[str, Unit]:
    """Names win over aliases, earlier rows over later ones; lower case is tried last (M is metre, MG milligram)."""
    units: dict[str, Unit] = {}
    for unit in all_units():
        units.setdefault(fold(unit.name), unit)
    for unit in all_units():
        for alias in unit.aliases:
            units.setdefault(fold(alias), unit)
    for name, unit in list(units.items()):
        units.setdefault(name.lower(), unit)
    return units


@lru_cache(maxsize=4096)
def find_unit(text: str) -> Unit | None:
    """The unit that `text` names, in any usual spelling (公斤, kg, 万粒), or None."""
    name = fold(text)
    units = _units_by_name()
    unit = units.get(name) or units.get(name.lower())
    return unit or _multiple(name) or _singular(name, units)


def _singular(name: str, units: dict[str, Unit]) -> Unit | None:
    """The unit of an English plural: tonnes, boxes."""
    if not name.isascii() or len(name) <= SHORTEST_SINGULAR or not name.lower().endswith("s"):
        return None
    return units.get(name.lower()[:-1]) or units.get(name.lower().removesuffix("es"))


def _multiple(name: str) -> Unit | None:
    """万粒, 千盒: a round number of a counted thing, as one unit."""
    for word in sorted(MULTIPLES, key=len, reverse=True):
        single = _units_by_name().get(name[len(word) :]) if name.startswith(word) else None
        if single is not None and (single.dimension in COUNTED_DIMENSIONS or single.dimension == "mass"):
            factor = single.factor * MULTIPLES[word]
            return Unit(name, (), "", single.dimension, factor, counted=single.name)
    return None


def unit_code(text: str | None) -> str:
    """The UN/ECE code of the unit that `text` names; empty when there is none."""
    unit = find_unit(text) if text else None
    return unit.code if unit else ""


def convert(quantity: Decimal, from_unit: str | Unit, to_unit: str | Unit) -> Decimal | None:
    """`quantity` of `from_unit` told in `to_unit`; None when no factor leads from one to the other."""
    source = find_unit(from_unit) if isinstance(from_unit, str) else from_unit
    target = find_unit(to_unit) if isinstance(to_unit, str) else to_unit
    if source is None or target is None or source.dimension != target.dimension:
        return None
    if source.dimension in NAMED_DIMENSIONS and source.single != target.single:
        return None
    if source == target:
        return quantity
    return quantity * source.factor / target.factor
