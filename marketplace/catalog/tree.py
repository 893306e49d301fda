"""The tree of categories as its file has it: what rules go by instead of the codes of one park.

A park names its own file in `CATEGORIES_FILE`. `traits` says what holds for a category and everything below it:

services            services are offered here; elsewhere a word such as 配送 only says how the goods come
food contact        goods that touch food, whose makers hold a licence of another name
laboratory          work of laboratories, which are accredited
food, plain food    healing claims are forbidden here (R11); plain food has no health claims that were approved
cosmetics           likewise
standing            things that stand on a table, for the pictures that are drawn

`tint` is the colour of its cards, `tints` those that a drawn picture may take; both hold below, too.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

CATEGORIES_FILE = Path(__file__).parent / "data" / "categories.csv"
SERVICES, FOOD_CONTACT, LABORATORY, STANDING = "services", "food contact", "laboratory", "standing"
USUAL_TINT = "clay"


@dataclass(frozen=True)
class CategoryTraits:
    """A category as its file has it, without what it has from those above."""

    code: str
    parent: str
    names: str
    traits: frozenset[str]
    tint: str
    tints: tuple[str, ...]


class TreeFile:
    """The categories of one file, by code."""

    def __init__(self, path: Path = CATEGORIES_FILE):
        self.path = path
        self._lineages: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, str] = {}
        self._traits: dict[tuple[str, str], bool] = {}

    def rows(self) -> Iterator[Mapping[str, str]]:
        """The lines of the file."""
        with self.path.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)

    @cached_property
    def by_code(self) -> dict[str, CategoryTraits]:
        return {
            row["code"]: CategoryTraits(
                row["code"],
                row["parent"],
                f"{row['name_zh']} {row['name_en']}",
                frozenset(words(row.get("traits"))),
                row.get("tint") or "",
                words(row.get("tints")),
            )
            for row in self.rows()
        }

    @property
    def first(self) -> str:
        """The first code of the file, for things without a category."""
        return next(iter(self.by_code), "")

    def lineage(self, code: str) -> tuple[str, ...]:
        """The code and those above it, the widest first; of a code that the file does not have, itself alone."""
        if code not in self._lineages:
            known, codes = self.by_code, [code] if code else []
            while codes and codes[0] in known and known[codes[0]].parent and len(codes) < 10:
                codes.insert(0, known[codes[0]].parent)
            self._lineages[code] = tuple(codes)
        return self._lineages[code]

    def _known(self, code: str) -> list[CategoryTraits]:
        return [self.by_code[each] for each in self.lineage(code) if each in self.by_code]

    def names(self, code: str) -> str:
        """Names of a category and of those above it; empty for a code that nobody knows."""
        if code not in self._names:
            self._names[code] = " ".join(each.names for each in self._known(code))
        return self._names[code]

    def has(self, code: str, trait: str) -> bool:
        """True when the category or one above it has the trait."""
        if (code, trait) not in self._traits:
            self._traits[code, trait] = any(trait in each.traits for each in self._known(code))
        return self._traits[code, trait]

    def is_root(self, code: str) -> bool:
        """True for a category with none above it: it says little of what a thing is."""
        return code in self.by_code and not self.by_code[code].parent

    def tint(self, code: str) -> str:
        """The colour of its cards."""
        return next((each.tint for each in reversed(self._known(code)) if each.tint), USUAL_TINT)

    def tints(self, code: str) -> tuple[str, ...]:
        """The colours that a drawn picture may take, the usual one first."""
        return next((each.tints for each in reversed(self._known(code)) if each.tints), (USUAL_TINT,))


def words(cell: str | None) -> tuple[str, ...]:
    """The words of a cell, which semicolons part."""
    return tuple(word for word in (cell or "").split(";") if word)


@cache
def tree_in(path: Path) -> TreeFile:
    """The tree of a file, read once."""
    return TreeFile(path)


_in_force = [CATEGORIES_FILE]


def use_tree(path: Path) -> None:
    """Go by the tree of another file from now on, in this process."""
    _in_force[0] = path


def park_tree() -> TreeFile:
    """The tree that this process goes by."""
    return tree_in(_in_force[0])
