"""What the editor does between two saves, on the plain texts of its fields: add and remove lines, and read a
changed sentence again without wiping what the buyer corrected by hand. Plain Python."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.money import yuan
from marketplace.needs.contents import LineContent, NeedContent

Values = dict[str, str]
"""Field name of the form to the text in it; lines as `lines-0-item`, numbered from 0 without gaps."""
LINE_FIELDS = ("item", "quantity", "unit", "max_unit_price", "price_per", "category", "certificates")
SENTENCE_FIELDS = ("title", "budget", "deliver_by", "deliver_town", "certificates", "hard_words")
"""Fields of the whole need that a sentence can fill."""
LINE_NAME = re.compile(r"lines-(\d{1,4})-(\w+)")
SEPARATOR = "、"


@dataclass(frozen=True)
class Conflict:
    """A field that was corrected by hand while the sentence now says something else. `name` is a field or `lines`."""

    name: str
    said: str


def figure(number: Decimal | None) -> str:
    """A number as the fields show it: 20000, 0.3; nothing for None."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def values_of(content: NeedContent) -> Values:
    """The texts of the editor's fields for `content`."""
    values = {
        "sentence": content.sentence,
        "title": content.title,
        "description": content.description,
        "budget": figure(yuan(content.budget_fen)) if content.budget_fen else "",
        "deliver_by": content.deliver_by.isoformat() if content.deliver_by else "",
        "deliver_town": content.deliver_town,
        "certificates": SEPARATOR.join(content.certificates),
        "hard_words": SEPARATOR.join(content.hard_words),
        "local_preference": content.local_preference.value,
    }
    for number, line in enumerate(content.lines or (LineContent(""),)):
        values |= {f"lines-{number}-{name}": text for name, text in _line_values(line).items()}
    return values


def _line_values(line: LineContent) -> dict[str, str]:
    return {
        "item": line.item,
        "quantity": figure(line.quantity),
        "unit": line.unit,
        "max_unit_price": figure(line.max_unit_price),
        "price_per": line.price_per,
        "category": str(line.category_id or ""),
        "certificates": SEPARATOR.join(line.certificates),
    }


def lines_of(values: Mapping[str, str]) -> list[dict[str, str]]:
    """The lines in `values`, in order, each as field to text."""
    numbers = sorted({int(match[1]) for name in values if (match := LINE_NAME.fullmatch(name))})
    return [{name: values.get(f"lines-{number}-{name}", "") for name in LINE_FIELDS} for number in numbers]


def with_lines(values: Mapping[str, str], lines: Iterable[Mapping[str, str]]) -> Values:
    """`values` with `lines` in place of the lines it had, numbered from 0."""
    kept = {name: text for name, text in values.items() if not LINE_NAME.fullmatch(name)}
    for number, line in enumerate(lines):
        kept |= {f"lines-{number}-{name}": line.get(name, "") for name in LINE_FIELDS}
    return kept


def add_line(values: Mapping[str, str]) -> Values:
    """One more empty line below."""
    return with_lines(values, [*lines_of(values), {}])


def remove_line(values: Mapping[str, str], number: int) -> Values:
    """Without line `number` (from 0); the last line that is left becomes empty instead."""
    lines = lines_of(values)
    rest = lines[:number] + lines[number + 1 :]
    return with_lines(values, rest or [{}])


def drop_empty_lines(values: Mapping[str, str]) -> Values:
    """Without lines in which nothing is written, but with one at least."""
    written = [line for line in lines_of(values) if any(line.values())]
    return with_lines(values, written or [{}])


def read_again(values: Mapping[str, str], old: Values, new: Values) -> tuple[Values, list[Conflict]]:
    """Take what the changed sentence says (`new`) into every field that still holds what it said before (`old`).

    A field that was corrected (or emptied) by hand stays, and is named when the sentence now says another thing.
    """
    merged, conflicts = dict(values), []
    for name in SENTENCE_FIELDS:
        current, before, said = values.get(name, ""), old.get(name, ""), new.get(name, "")
        if current == before:
            merged[name] = said
        elif said not in (current, before, ""):
            conflicts.append(Conflict(name, said))
    lines, line_conflict = _read_lines_again(lines_of(values), lines_of(old), lines_of(new))
    if line_conflict:
        conflicts.append(line_conflict)
    return with_lines(merged, lines), conflicts


def _read_lines_again(
    current: list[dict[str, str]], before: list[dict[str, str]], said: list[dict[str, str]]
) -> tuple[list[dict[str, str]], Conflict | None]:
    """Cell by cell while the number of lines is the same, else all lines or none."""
    untouched = _same(current, before) or not any(any(line.values()) for line in current)
    if untouched:
        return [_kept_category(line, current, at) for at, line in enumerate(said)], None
    if _same(said, before):
        return current, None
    if len(current) == len(before) == len(said):
        merged = [_merge_line(*three) for three in zip(current, before, said, strict=True)]
        lost = any(
            line[name] not in (old[name], new[name]) and new[name] not in (old[name], "")
            for line, old, new in zip(current, before, said, strict=True)
            for name in LINE_FIELDS
        )
        return merged, Conflict("lines", words_of_lines(said)) if lost else None
    return current, Conflict("lines", words_of_lines(said))


def _same(some: list[dict[str, str]], others: list[dict[str, str]]) -> bool:
    """Equal but for the category, which is proposed and not said."""
    return [_said(line) for line in some] == [_said(line) for line in others]


def _said(line: Mapping[str, str]) -> dict[str, str]:
    return {name: line[name] for name in LINE_FIELDS if name != "category"}


def _kept_category(line: dict[str, str], current: list[dict[str, str]], at: int) -> dict[str, str]:
    """A category chosen for the same item stays."""
    if at < len(current) and current[at]["item"] == line["item"] and current[at]["category"]:
        return {**line, "category": current[at]["category"]}
    return line


def _merge_line(current: dict[str, str], old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    return {
        name: new[name] if current[name] in (old[name], "") and new[name] else current[name] for name in LINE_FIELDS
    }


def words_of_lines(lines: list[dict[str, str]]) -> str:
    """The lines in one row: 食品级PE袋 20000只; 纸箱 500个."""
    return "；".join(f"{line['item']} {line['quantity']}{line['unit']}".strip() for line in lines if line["item"])


def take(values: Mapping[str, str], new: Values, name: str) -> Values:
    """What the sentence says, in place of the hand correction of the field `name` (`lines`, or `all`)."""
    taken = dict(values)
    for field in SENTENCE_FIELDS if name == "all" else (name,):
        if field in SENTENCE_FIELDS and new.get(field):
            taken[field] = new[field]
    if name in ("lines", "all"):
        return with_lines(taken, lines_of(new))
    return taken
