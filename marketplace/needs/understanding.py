"""From a typed sentence to what the editor proposes, with the source words of each proposal."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.core.money import fen
from marketplace.core.places import Gazetteer
from marketplace.needs.contents import LineContent, NeedContent
from marketplace.needs.parsing import Bound, ParsedLine, ParsedNeed, parse_sentence

MAX_SENTENCE = 1000
MAX_TITLE = 80
MARKS = {
    "item": "thing",
    "quantity": "quantity",
    "price": "price",
    "budget": "price",
    "date": "date",
    "place": "place",
    "certificate": "certificate",
    "negated": "hard",
    "hard": "hard",
}
"""Role of a span: the role under which the look marks it."""
FIELD_ROLES = {
    "budget": ("budget",),
    "deliver_by": ("date",),
    "deliver_town": ("place",),
    "certificates": ("certificate",),
    "hard_words": ("hard", "negated"),
}

LINE_ROLES = {"item": "item", "quantity": "quantity", "price": "max_unit_price"}


@dataclass(frozen=True)
class Understanding:
    """What one sentence says: the marked words, and the need that the editor proposes."""

    parsed: ParsedNeed
    content: NeedContent

    @property
    def marks(self) -> list[tuple[int, int, str]]:
        """Start, end and look of each understood stretch of the sentence."""
        return [(span.start, span.end, MARKS[span.role]) for span in self.parsed.spans]

    @property
    def found_nothing(self) -> bool:
        return not self.parsed.spans and not self.parsed.lines

    def field_sources(self) -> dict[str, list[tuple[str, str]]]:
        """For each field of the whole need the words it comes from, each with its look."""
        return {
            field: [(word, MARKS[role]) for role in roles for word in dict.fromkeys(self.parsed.words_of(role))]
            for field, roles in FIELD_ROLES.items()
        }

    def line_sources(self, number: int) -> dict[str, list[tuple[str, str]]]:
        """The words behind item, quantity and limit of line `number` (from 0), where it is plain which they are."""
        found = {}
        for role, field in LINE_ROLES.items():
            words = self.parsed.words_of(role)
            if len(words) == len(self.content.lines):
                found[field] = [(words[number], MARKS[role])]
            elif len(words) == 1 and role == "price":
                found[field] = [(words[0], MARKS[role])]
        return found


def understand(sentence: str, *, today: date, gazetteer: Gazetteer) -> Understanding:
    """Read `sentence` (at most `MAX_SENTENCE` characters are looked at)."""
    text = sentence[:MAX_SENTENCE]
    parsed = parse_sentence(text, today=today, gazetteer=gazetteer)
    lines = tuple(_line(line, parsed) for line in parsed.lines)
    content = NeedContent(
        title=_title(parsed, lines),
        sentence=text,
        lines=lines,
        budget_fen=fen(parsed.budget.ceiling) if parsed.budget and parsed.budget.ceiling > 0 else None,
        deliver_by=parsed.deadline,
        deliver_town=parsed.town or "",
        certificates=parsed.certificates,
        hard_words=parsed.hard_words,
    )
    return Understanding(parsed, content)


def _line(line: ParsedLine, parsed: ParsedNeed) -> LineContent:
    limit = line.unit_price or _common_price(line, parsed)
    per = (limit.per or "") if limit else ""
    unit = line.unit or ""
    return LineContent(
        item=line.item,
        quantity=line.quantity,
        unit=unit,
        max_unit_price=_six_places(limit.ceiling) if limit else None,
        price_per="" if per == unit else per,
    )


def _common_price(line: ParsedLine, parsed: ParsedNeed) -> Bound | None:
    """The price said once for the sentence: of its only line, or of the lines counted in the price's unit."""
    limit = parsed.unit_price
    if limit is None or any(other.unit_price for other in parsed.lines):
        return None
    return limit if len(parsed.lines) == 1 or limit.per == line.unit else None


def _six_places(price: Decimal) -> Decimal:
    return round(price, 6)


def _title(parsed: ParsedNeed, lines: tuple[LineContent, ...]) -> str:
    """The things by name, the first with its quantity as it was said: 食品级PE袋 2万只."""
    if not lines:
        return ""
    said = parsed.words_of("quantity")
    first = f"{lines[0].item} {said[0]}" if said and lines[0].quantity is not None else lines[0].item
    return "、".join([first, *(line.item for line in lines[1:])])[:MAX_TITLE]
