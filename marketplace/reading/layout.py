"""How a text is laid out: tables, forms of label and value, list items, remarks in brackets. Read before any grammar.

Positions are those of the text, which is folded (`folding.fold`). What a column or a label holds stands in
`data/columns.csv`, one heading a row.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

COLUMNS_FILE = Path(__file__).parent / "data" / "columns.csv"
SEPARATORS = tuple(re.compile(mark) for mark in (r" ?\| ?", r" ?\t ?", r"[ ]{2,}", r" ?[,，] ?", r"\s+"))
"""What parts the cells of a row, the surest first; a single blank parts cells only where all of them are headings."""
RULE = re.compile(r"[\s|:+=-]*")
"""The line under the headings of a table."""
ROWS_AT_MOST = 300
UNIT_IN_HEADING = re.compile(r"\s?[(（\[](?P<unit>[^)）\]]{1,14})[)）\]]$")
LABEL = re.compile(
    r"(?:^|(?<=[\n；;，,。\s]))(?P<label>[\u4e00-\u9fffA-Za-z ]{2,12}?)(?P<unit>\s?[(（][^)）\n]{1,8}[)）])?\s?:\s*"
)
VALUE_END = re.compile(r"[\n；;。]|$")
MARKED = re.compile(
    r"^[ \t]*(?:(?P<number>\d{1,2})\s?[.、)）:](?!\d)|[-•·*▪●](?=\s*\S)|[①-⑳]|[(（](?P<inner>\d{1,2})[)）]|"
    r"(?P<han>[一二三四五六七八九十]{1,2})[、.])\s*",
    re.MULTILINE,
)
INLINE = re.compile(
    r"(?:(?<=[\s；;，,:。])|^)(?:(?P<number>\d{1,2})[.、)）](?!\d)|[①-⑳]|(?:第?(?P<han>[一二三四五六七八九十])(?:是|[、.])))\s*"
)
BRACKET = re.compile(r"[(（\[【][^()（）\[\]【】\n]{1,80}[)）\]】]")


LABEL_LINE = re.compile(r"^[ \t]*(?P<label>[\u4e00-\u9fff]{2,8}(?:[(（][^)）\n]{1,8}[)）])?)[ \t]+(?=\S)", re.MULTILINE)
FEWEST_LABELS = 2
SURE_HEADINGS = 3
"""So many known headings make a row of words parted by single blanks a table."""
SUM_ROW = re.compile(r"合\s?计|总\s?计|小\s?计|共计|total", re.IGNORECASE)


class Column(StrEnum):
    """What a column of a table or a label of a form holds."""

    NUMBER = "number"
    ITEM = "item"
    SPEC = "spec"
    AMOUNT = "amount"
    UNIT = "unit"
    PRICE = "price"
    TOTAL = "total"
    DAY = "day"
    NOTE = "note"


class Cell(NamedTuple):
    """Characters `start` to `end` of the text."""

    text: str
    start: int
    end: int


class Heading(NamedTuple):
    """What a column holds, and the unit that its heading names in brackets (只, 万元, 元/只)."""

    column: Column
    unit: str = ""


NAMES = frozenset({Column.ITEM, Column.SPEC})
FIGURES = frozenset({Column.AMOUNT, Column.TOTAL, Column.PRICE})
Record = Mapping[Column, Cell]


@dataclass(frozen=True)
class Table:
    """Characters `start` to `end` are rows under headings."""

    start: int
    end: int
    headings: Sequence[Heading]
    rows: list[Record] = field(default_factory=list)

    def unit_of(self, column: Column) -> str:
        """The unit in the heading of a column; empty where it names none."""
        return next((heading.unit for heading in self.headings if heading.column is column), "")


@lru_cache(maxsize=1)
def headings() -> Mapping[str, Column]:
    """What each known heading holds."""
    with COLUMNS_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["heading"]: Column(row["column"]) for row in csv.DictReader(lines)}


def heading_of(text: str) -> Heading | None:
    """What a heading holds; None for words that are no heading."""
    text = text.strip()
    found = UNIT_IN_HEADING.search(text)
    name = (text[: found.start()] if found else text).strip().lower()
    column = headings().get(name)
    return Heading(column, found["unit"].strip() if found else "") if column else None


def find_tables(text: str) -> list[Table]:
    """The tables of a folded text that have headings for the thing and for its amount."""
    tables: list[Table] = []
    lines = list(_lines(text))
    at = 0
    while at < len(lines):
        table, at = _table_at(lines, at)
        if table is not None:
            tables.append(table)
    return tables


def headed_cells(text: str) -> Iterator[str]:
    """Every cell of a table of any headings, behind its heading: 月产能:6吨."""
    lines = [line for line in _lines(text) if not RULE.fullmatch(line.text)]
    head: list[Cell] = []
    for line in lines:
        cells = next((cells for separator in SEPARATORS[:3] if len(cells := _cells(line, separator)) > 1), [])
        if head and len(cells) == len(head):
            yield from (f"{heading.text}:{cell.text}" for heading, cell in zip(head, cells, strict=True))
        else:
            head = cells


def _table_at(lines: Sequence[Cell], at: int) -> tuple[Table | None, int]:
    if not lines[at].text.strip():
        return None, at + 1
    for separator in SEPARATORS:
        cells = _cells(lines[at], separator)
        known = [heading_of(cell.text) for cell in cells]
        columns = {heading.column for heading in known if heading}
        fewest = min(len(cells), SURE_HEADINGS) if separator is SEPARATORS[-1] else len(cells) / 2 + 0.5
        if columns & NAMES and columns & FIGURES and len(columns) >= fewest:
            head = [heading or Heading(Column.NOTE) for heading in known]
            rows, last = _rows(lines, at + 1, separator, head)
            if rows:
                return Table(lines[at].start, lines[last].end, head, rows), last + 1
    return None, at + 1


def _rows(
    lines: Sequence[Cell], at: int, separator: re.Pattern[str], head: Sequence[Heading]
) -> tuple[list[Record], int]:
    rows: list[Record] = []
    last = at - 1
    for number in range(at, min(len(lines), at + ROWS_AT_MOST)):
        if RULE.fullmatch(lines[number].text):
            continue
        cells = _cells(lines[number], separator)
        if len(cells) != len(head):
            break
        row: dict[Column, Cell] = {}
        for heading, cell in zip(head, cells, strict=True):
            row.setdefault(heading.column, cell)
        name = next(row[column].text.strip() for column in (Column.ITEM, Column.SPEC) if column in row)
        if not name:
            break
        if SUM_ROW.fullmatch(name):
            continue
        rows.append(row)
        last = number
    return rows, last


def _lines(text: str) -> Iterator[Cell]:
    start = 0
    for line in text.split("\n"):
        yield Cell(line, start, start + len(line))
        start += len(line) + 1


def _cells(line: Cell, separator: re.Pattern[str]) -> list[Cell]:
    inner = line.text.strip(" |\r") if separator is SEPARATORS[0] else line.text.strip()
    base = line.start + line.text.find(inner) if inner else line.start
    cells, start = [], 0
    for mark in separator.finditer(inner):
        cells.append(Cell(inner[start : mark.start()], base + start, base + mark.start()))
        start = mark.end()
    return [*cells, Cell(inner[start:], base + start, base + len(inner))]


def find_labels(text: str) -> list[tuple[Heading, Cell]]:
    """The labels of a form that are known headings, each with its value, left to right."""
    found = []
    by_blanks = [match for match in LABEL_LINE.finditer(text) if heading_of(match["label"])]
    marks = by_blanks if len(by_blanks) >= FEWEST_LABELS else list(LABEL.finditer(text))
    for match in marks:
        heading = heading_of(match.group().strip().rstrip(":").strip())
        if heading is not None:
            stop = VALUE_END.search(text, match.end())
            end = stop.start() if stop else len(text)
            found.append((heading, Cell(text[match.end() : end].strip(), match.end(), end)))
    return found


def find_items(text: str) -> list[tuple[int, int]]:
    """Start and end of the items of an enumeration, without their marks; empty for fewer than two."""
    for pattern in (MARKED, INLINE):
        marks = list(pattern.finditer(text))
        if len(marks) >= 2 and _counts_up(marks):
            ends = [mark.start() for mark in marks[1:]] + [len(text)]
            return [_first_part(text, mark.end(), end) for mark, end in zip(marks, ends, strict=True)]
    return []


def _counts_up(marks: Sequence[re.Match[str]]) -> bool:
    """True for 1., 2., 3. and for marks that are no numbers."""
    numbers = [int(mark["number"]) for mark in marks if mark["number"]]
    return not numbers or numbers == list(range(1, len(numbers) + 1))


def _first_part(text: str, start: int, end: int) -> tuple[int, int]:
    """An item up to the end of its line, or of its sentence where more than a line follows."""
    stop = text.find("\n", start, end)
    return start, stop if stop > start else end


def asides(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of the remarks in brackets."""
    for match in BRACKET.finditer(text):
        yield match.start(), match.end()
