"""Lines of a need that are laid out: rows of a table, a form of label and value."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from marketplace.core.numerals import NUMBER, SCALES, number_value
from marketplace.core.patterns import lazy_pattern
from marketplace.needs.parsing.lines import Line
from marketplace.needs.parsing.measures import UNIT
from marketplace.needs.parsing.quantities import Quantity
from marketplace.needs.parsing.result import Bound
from marketplace.reading.layout import Cell, Column, Record, Table, find_labels, find_tables

FIGURE = lazy_pattern(rf"^[约共]?\s?(?P<number>{NUMBER})\s?(?P<great>万)?\s?(?P<unit>{UNIT})?")
SUM = lazy_pattern(rf"(?:共计?|合计|总共|一共)\s?(?P<number>{NUMBER})\s?(?P<unit>{UNIT})")
MONEY_UNIT = re.compile(r"^(?P<great>万)?(?:人民币)?元?(?:[/每](?P<per>[^\s]{1,4}))?$")
SMALL_LISTING = re.compile(r"[，,(（/]")


@dataclass
class LaidOut:
    """What tables and forms say: lines with their prices, a budget, and the places that are read with it."""

    lines: list[Line] = field(default_factory=list)
    prices: dict[int, Bound] = field(default_factory=dict)
    """By the place of the line."""
    budget: Bound | None = None
    read: list[tuple[int, int, str | None]] = field(default_factory=list)
    """Start, end and role of what need not be read again."""


def read_layout(folded: str) -> LaidOut:
    """The lines of the tables of a folded text; where there is none, those of its form."""
    found = LaidOut()
    for table in find_tables(folded):
        _read_table(table, found)
    if not found.lines:
        _read_form(folded, found)
    return found


def _read_table(table: Table, found: LaidOut) -> None:
    total = Decimal(0)
    for row in table.rows:
        line = _line_of(row, table.unit_of(Column.AMOUNT))
        if line is None:
            continue
        found.lines.append(line)
        price = _money(row.get(Column.PRICE), table.unit_of(Column.PRICE))
        if price is not None:
            unit = line.quantity.unit if line.quantity else None
            found.prices[len(found.lines) - 1] = Bound("<=", value=price[0], per=price[1] or unit)
        budget = _money(row.get(Column.TOTAL), table.unit_of(Column.TOTAL))
        total += budget[0] if budget else 0
        for column, cell in row.items():
            if column not in (Column.NOTE, Column.DAY):
                found.read.append((cell.start, cell.end, "price" if price and column is Column.PRICE else None))
    if found.lines:
        first = table.rows[0]
        found.read.append((table.start, min(cell.start for cell in first.values()), None))
    if total:
        found.budget = Bound("<=", value=total)


def _line_of(row: Record, unit: str) -> Line | None:
    item, cell = row.get(Column.ITEM), row.get(Column.AMOUNT)
    if item is None:
        return None
    figure = FIGURE.match(cell.text) if cell else None
    if cell is None:
        return Line(item.text, (item.start, item.end), None)
    if figure is None:
        return None
    value = number_value(figure["number"])
    if value is None or value <= 0:
        return None
    value *= SCALES[figure["great"]] if figure["great"] else 1
    unit = figure["unit"] or (row[Column.UNIT].text if Column.UNIT in row else unit)
    amount = Quantity(cell.start, cell.start + figure.end(), value, unit, weak=0, regular=False)
    return Line(item.text, (item.start, item.end), amount)


def _money(cell: Cell | None, unit: str) -> tuple[Decimal, str] | None:
    """Yuan of a cell and the unit that they are for, by the unit in its heading."""
    figure = re.match(rf"[¥￥]?\s?({NUMBER})(?P<own>万)?\s?元?(?:/(?P<per>\S{{1,4}}))?$", cell.text) if cell else None
    value = number_value(figure[1]) if figure else None
    if figure is None or value is None or value <= 0:
        return None
    told = MONEY_UNIT.match(unit)
    great = bool(figure["own"] or (told and told["great"]))
    return value * (10000 if great else 1), figure["per"] or (told["per"] if told else "") or ""


def _read_form(folded: str, found: LaidOut) -> None:
    """品名：… 数量：…; a budget whose unit stands in its label is read without them, too."""
    item: Cell | None = None
    for heading, cell in find_labels(folded):
        if heading.column is Column.ITEM and cell.text:
            item = cell
        elif heading.column is Column.AMOUNT and item is not None:
            line = _line_of({Column.ITEM: _name(item), Column.AMOUNT: _summed(cell)}, heading.unit)
            if line is not None:
                found.lines.append(line)
                amount = line.quantity
                found.read += [(item.start, item.end, None), (cell.start, amount.end if amount else cell.end, None)]
                item = None
        elif heading.column is Column.TOTAL and heading.unit:
            budget = _money(cell, heading.unit)
            if budget is not None:
                found.budget = Bound("<=", value=budget[0])
                found.read.append((cell.start, cell.end, "budget"))


def _name(cell: Cell) -> Cell:
    """The name in a cell, without what follows a comma or a bracket."""
    stop = SMALL_LISTING.search(cell.text)
    text = cell.text[: stop.start()].strip() if stop and stop.start() else cell.text
    return Cell(text, cell.start, cell.start + len(text))


def _summed(cell: Cell) -> Cell:
    """Of 2台客梯+4台货梯，共6台 the sum."""
    whole = SUM.search(cell.text)
    return (
        cell
        if whole is None
        else Cell(cell.text[whole.start("number") :], cell.start + whole.start("number"), cell.end)
    )
