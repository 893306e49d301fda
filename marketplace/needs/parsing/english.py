"""Needs typed in English: which things, and how much of each. Papers, days, money and places are read before, by the
same readers as in Chinese."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from marketplace.core.numerals import ARABIC, number_value
from marketplace.core.patterns import lazy_pattern
from marketplace.core.units import all_units, find_unit
from marketplace.needs.parsing.lines import Line
from marketplace.needs.parsing.measures import NOT_COUNTED_IN
from marketplace.needs.parsing.measures import UNIT as HAN_UNIT
from marketplace.needs.parsing.quantities import SMALL_UNITS, Quantity

Named = tuple[str, tuple[int, int]]
"""A thing, and where it is said."""
LATIN_WORD = lazy_pattern(r"[A-Za-z]{2,}")
HAN_LETTER = lazy_pattern(r"[\u4e00-\u9fff]")
FEWEST_WORDS = 3
WORD_NUMBERS = {
    name: value for value, name in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=1)
} | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100}  # fmt: skip
GREAT = {"hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6}
NO_UNITS = frozenset({"in", "a", "s", "h", "d", "order", "course", "test", "times", "machine", "dozen", "dz"})
NUMBER = rf"(?:{ARABIC}|(?:{'|'.join(WORD_NUMBERS)})\b)(?:\s?(?:hundred|thousand|million|k)\b)?"


def _unit_names() -> str:
    """Latin names of the units that things are counted in, the longest first; their plurals are formed by rule."""
    names = {
        name for unit in all_units() if unit.dimension not in NOT_COUNTED_IN for name in unit.aliases
        if name.isascii() and name.isalpha() and name not in NO_UNITS
    }  # fmt: skip
    return "|".join(sorted(map(re.escape, names), key=lambda name: (-len(name), name)))


UNIT = rf"(?:(?:(?:{_unit_names()}|unit|sample)(?:e?s)?)(?![A-Za-z])|{HAN_UNIT})"
SIZE_UNITS = SMALL_UNITS | {"l", "L", "litre", "liter", "litres", "liters", "inch", "inches"}
"""Units that say how large a thing is wherever something else is counted."""
BYGONE = lazy_pattern(
    r"\b(?:last (?:year|month|time|week)|previously|so far|in stock|on hand|we (?:bought|used|ordered))\b",
    re.IGNORECASE,
)
PACKED_AFTER = lazy_pattern(
    r"\s?(?:/|per\b|each\b|bags?\b|drums?\b|pails?\b|cartons?\b|boxes\b|cans?\b|bottles?\b|size\b|packs?\b)",
    re.IGNORECASE,
)
"""25 kg bags: what one pack holds, where something else is counted."""
AMOUNT = lazy_pattern(
    rf"(?<![\dA-Za-z.,#/-])(?P<number>{NUMBER})(?:\s?(?:-|~|to)\s?(?P<upto>{NUMBER}))?\s*(?P<unit>{UNIT})",
    re.IGNORECASE,
)
COUNT = lazy_pattern(
    rf"(?<![\dA-Za-z.,#/-])(?P<number>{NUMBER})(?:\s?(?:-|~|to)\s?(?P<upto>{NUMBER}))?"
    r"\s+(?P<things>(?:[A-Za-z][\w-]*\s+){0,4}(?P<last>[A-Za-z][a-z]+s))\b",
    re.IGNORECASE,
)
"""20,000 corrugated boxes: a number before a plural."""
NOT_THINGS = lazy_pattern(
    r"(?:second|minute|hour|day|week|month|year|supplier|manufacturer|kind|type|colou?r|layer|size|grade|people|person|"
    r"time|percent|degree|shift|line|floor)s?$", re.IGNORECASE
)  # fmt: skip
CLAUSE_END = lazy_pattern(
    r"[;!?\n。，；]|\.(?=\s|$)|,(?!\d{3}(?!\d))|(?<!\d),|\b(?:and|plus)\b(?=\s+\d)|(?<=[A-Za-z]):(?=\s)", re.IGNORECASE
)
OPENING = lazy_pattern(
    r"(?:[\s\0:.,()\"'-]+|\b(?:hello|kindly|sales|team|there|plant|hospital|hotel|school|hi|dear|"
    r"sirs?|all|friends|good|morning|please|urgent(?:ly)?|we|i|our|company|factory|are|"
    r"am|is|have|would|d|want(?:s|ed)?|like|to|need(?:s|ed)?|requires?|required|looking|for|seek(?:ing)?|sourc(?:e|ing)|"
    r"buy(?:ing)?|purchas(?:e|ing)|procur(?:e|ing)|order(?:ing)?|get|find|quot(?:e|ation)|rfq|inquiry|request|a|an|the|some|"
    r"of|about|around|approx(?:imately)?|at|least|up|suppl(?:y|ies|iers?)|manufacturers?|who|that|can|could|makes?|"
    r"provides?|offers?|also|another|items?|products?|title|name|quantity|qty|first|monthly|weekly|daily)\b)+",
    re.IGNORECASE,
)
STOP = lazy_pattern(
    r"[\0()]|\b(?:at|for|by|before|within|to|with|in|on|per|from|until|deliver\w*|shipp?\w*|sent|unit|pric\w*|under|below|"
    r"no|not|less|about|around|each|requir\w*|need\w*|must|should|budget|total|max\w*|made|that|which|please|urgent\w*|"
    r"asap|including|or|into|lead|report|every|a (?:day|week|month|year)|as)\b",
    re.IGNORECASE,
)
SERVICE = lazy_pattern(
    r"\b(?P<service>transport(?:ation)?|freight|haulage|haul|move|ship(?:ping)?|testing|test|inspection|analysis|"
    r"cleaning|printing|packaging|packing|processing|repair|maintenance|installation|storage|rental|rent|hire|training|"
    r"recycling|disposal|calibration|design)(?:\s+services?)?(?:\s+(?:for|of))?\s*$",
    re.IGNORECASE,
)
"""What is done with the things that follow: Transport 3 t of herbs, Testing for 15 batches of herbs."""
HAULING = frozenset({"haul", "move", "ship", "freight", "haulage", "transportation", "shipping"})


def is_english(folded: str) -> bool:
    """True for a text in Latin words with few Chinese letters among them."""
    words = LATIN_WORD.findall(folded)
    return len(words) >= FEWEST_WORDS and 4 * len(HAN_LETTER.findall(folded)) <= sum(map(len, words))


def read_lines(text: str) -> list[Line]:
    """The lines of a folded English text in which everything understood is blotted out by NUL.

    A bare number before a plural counts only when nothing else is counted: 304 stainless steel tanks, 5 sets.
    """
    lines, named = _read(text, _amounts)
    whole = [line for line in lines if not (line.quantity and _is_pack(text, line))]
    lines = whole or lines
    counted = [line for line in lines if line.quantity and line.quantity.unit not in SIZE_UNITS]
    lines = counted or lines
    if not lines:
        lines, _ = _read(text, _counts)
    return lines or ([Line(*named, None)] if named else [])


def _read(text: str, amounts_of: Callable[[str], list[Quantity]]) -> tuple[list[Line], Named | None]:
    """The lines, and the thing that is named before any is counted."""
    lines: list[Line] = []
    named: Named | None = None
    for start, end in _clauses(text):
        clause = text[start:end]
        amounts = amounts_of(clause)
        last = lines[-1] if lines else None
        if last and last.quantity and last.quantity.unit in SIZE_UNITS and last.item_span:
            named_before: Named | None = (last.item, last.item_span)  # bottles 30 ml, 5000 pcs
        else:
            named_before = None if lines else named
        found = list(_named_amounts(clause, amounts, start, named_before))
        lines += [line for line in found if not any(_again(line, known) for known in lines)]
        if not amounts and named is None:
            named = _thing(clause, 0, len(clause), start)
    return lines, named


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in CLAUSE_END.finditer(text):
        yield start, mark.start()
        start = mark.end()
    yield start, len(text)


def _amounts(clause: str) -> list[Quantity]:
    """The amounts of a clause; grams and millilitres only when nothing else is counted, for they are sizes."""
    if BYGONE.search(clause):
        return []
    found = [amount for match in AMOUNT.finditer(clause) if (amount := _amount(match, match["unit"])) is not None]
    counted = [amount for amount in found if amount.unit not in SMALL_UNITS]
    if counted:
        return [
            amount for amount in counted
            if amount.dimension in ("count", "package", "event", "dose") or amount is counted[0]
        ]  # fmt: skip
    return found


def _counts(clause: str) -> list[Quantity]:
    """The first bare number before a plural of things."""
    for match in COUNT.finditer(clause):
        if not NOT_THINGS.search(match["things"]):
            known = find_unit(match["last"])
            unit = match["last"] if known and known.dimension in ("count", "package") else "pcs"
            amount = _amount(match, unit)
            return [amount] if amount else []
    return []


def _amount(match: re.Match[str], unit: str) -> Quantity | None:
    value, low = _value(match["upto"] or match["number"]), _value(match["number"])
    if value is None or low is None or value <= 0:
        return None
    end = match.end("unit") if "unit" in match.groupdict() else match.end("number")
    return Quantity(match.start(), end, value, unit, weak=0, regular=False)


def _value(text: str) -> Decimal | None:
    """5,000, two, 3 thousand."""
    parts = re.fullmatch(r"(.*?)\s?(hundred|thousand|million|k)?", text.strip().lower())
    assert parts is not None  # both parts may be empty
    whole = WORD_NUMBERS.get(parts[1]) if parts[1] else 1
    value = Decimal(whole) if whole is not None else number_value(parts[1])
    return value * GREAT[parts[2]] if value is not None and parts[2] else value


def _named_amounts(clause: str, amounts: list[Quantity], offset: int, named: Named | None) -> Iterator[Line]:
    """Each amount with what it counts: what follows, else what stands before, else what was named in front."""
    for place, amount in enumerate(amounts):
        before = amounts[place - 1].end if place else 0
        after = amounts[place + 1].start if place + 1 < len(amounts) else len(clause)
        right = _thing(clause, amount.end, after, offset)
        left = _thing(clause, before, amount.start, offset)
        service = SERVICE.search(clause[before : amount.start])
        if right and service:
            word = service["service"]
            right = (f"{right[0]} {'transport' if word.lower() in HAULING else word}", right[1])
        thing = right or left or named
        if thing is not None:
            yield Line(*thing, amount, offset)


def _thing(clause: str, start: int, end: int, offset: int) -> Named | None:
    """The thing named between two places of a clause, and where; None when no word is left."""
    opening = OPENING.match(clause, start, end)
    start, whole = opening.end() if opening else start, end
    stop = STOP.search(clause, start, end)
    end = stop.start() if stop else end
    words = clause[start:end]
    item = words.strip(" -:.,'\"")
    service = SERVICE.search(item) if stop and stop.group().lower() in ("for", "of") else None
    if service and (done_to := _thing(clause, stop.end(), whole, offset)):  # type: ignore[union-attr]
        return f"{done_to[0]} {service['service']}", done_to[1]
    if not LATIN_WORD.search(item) and not HAN_LETTER.search(item):
        return None
    first = offset + start + words.find(item)
    return item, (first, first + len(item))


def _is_pack(text: str, line: Line) -> bool:
    """25 kg bags, behind another amount: how much one bag holds."""
    span, amount = line.quantity_span, line.quantity
    assert span is not None
    assert amount is not None
    return amount.dimension not in ("count", "package") and PACKED_AFTER.match(text, span[1]) is not None


def _again(line: Line, known: Line) -> bool:
    """The same amount of the same thing, said once more."""
    same = line.quantity and known.quantity and line.quantity.value == known.quantity.value
    return bool(same) and (line.item in known.item or known.item in line.item)
