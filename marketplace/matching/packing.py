"""What one pack holds, as a listing tells it (100只/盒、10盒/箱; 一箱二十四瓶), so that packs and pieces compare."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from marketplace.core.folding import fold
from marketplace.core.measures import NUMERAL
from marketplace.core.numerals import number_value
from marketplace.core.units import convert, find_unit
from marketplace.matching.facts import ListingFacts, cached_on_facts

PACKS = "箱|盒|袋|包|瓶|桶|罐|卷|托|条|件|套|板|捆|扎|打|提"
PACK_NAMES = frozenset(PACKS.split("|"))
PIECES = f"片|只|个|支|枚|张|粒|贴|双|块|付|颗|丸|本|根|米|克|g|千克|kg|公斤|斤|ml|毫升|l|升|{PACKS}"
COUNT = rf"(?P<count>\d{{1,9}}(?:\.\d{{1,6}})?|[{NUMERAL}]{{1,12}})\s?(?P<piece>{PIECES})"
HOLDS = (
    re.compile(rf"(?<![\d.{NUMERAL}]){COUNT}(?:装)?\s?(?:/|每|一)\s?(?P<pack>{PACKS})"),
    re.compile(rf"(?:每|一|1)\s?(?P<pack>{PACKS})(?:装|有|共|内装|含)?\s?{COUNT}"),
    re.compile(rf"(?<![\d.{NUMERAL}]){COUNT}(?:装)?(?P<pack>{PACKS})装?(?![{PACKS}])"),
)
DEEPEST = 3
"""Packs in packs: pieces in boxes in cartons."""


@cached_on_facts
def contents(listing: ListingFacts) -> Mapping[str, tuple[Decimal, str]]:
    """For each pack how many of which unit one holds; the specification table before title and text."""
    found: dict[str, tuple[Decimal, str]] = {}
    for text in map(fold, (*(value for _, value in listing.specs), listing.title, listing.description)):
        for pattern in HOLDS:
            for match in pattern.finditer(text):
                count = number_value(match["count"])
                if count and count > 1 and match["pack"] != match["piece"]:
                    found.setdefault(match["pack"], (count, match["piece"]))
    return found


def convert_for(quantity: Decimal | None, unit: str, other: str, listing: ListingFacts | None = None) -> Decimal | None:
    """A quantity in another unit, packs opened as the listing says; None when nothing leads from one to the other."""
    if quantity is None:
        return None
    factor = factor_between(unit, other)
    if factor is None and listing is not None and unit and other:
        factor = _opened(unit, other, listing)
    return None if factor is None else quantity * factor


@lru_cache(maxsize=65536)
def factor_between(from_unit: str, to_unit: str) -> Decimal | None:
    """What one of the first unit is in the second; None when nothing leads from one to the other."""
    if from_unit == to_unit:
        return Decimal(1)
    return convert(Decimal(1), from_unit, to_unit) if from_unit and to_unit else None


@cached_on_facts
def _factors(listing: ListingFacts) -> dict[tuple[str, str], Decimal | None]:
    """What has been found by opening its packs so far."""
    return {}


def _opened(unit: str, other: str, listing: ListingFacts) -> Decimal | None:
    """The factor between two units of which one is a pack of the other."""
    known = _factors(listing)
    if (unit, other) not in known:
        inside = _pieces_of(unit, other, listing)
        outside = _pieces_of(other, unit, listing) if inside is None else None
        known[unit, other] = 1 / outside if outside else inside
    return known[unit, other]


@lru_cache(maxsize=4096)
def is_pack(unit: str) -> bool:
    """True for a unit of which a listing may tell what one holds."""
    known = find_unit(unit)
    return (known.single if known else unit) in PACK_NAMES


def _pieces_of(pack: str, piece: str, listing: ListingFacts) -> Decimal | None:
    """How many `piece` one `pack` holds, through packs in packs."""
    if not is_pack(pack):
        return None
    held = contents(listing)
    known = find_unit(pack)
    number, name = (known.factor, known.single) if known else (Decimal(1), pack)
    for _ in range(DEEPEST):
        if name not in held:
            return None
        count, name = held[name]
        number *= count
        factor = factor_between(name, piece)
        if factor is not None:
            return number * factor
    return None
