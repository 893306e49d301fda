"""Which things are wanted, and how much of each: the lines of a need."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from marketplace.core.patterns import lazy_pattern
from marketplace.needs.parsing import wording
from marketplace.needs.parsing.hauling import find_carried
from marketplace.needs.parsing.quantities import SMALL_UNITS, Quantity, find_quantities, has_size, mask_sizes
from marketplace.needs.parsing.things import evidence_of, is_clean, thing_in
from marketplace.reading.layout import asides

CLAUSE_END = lazy_pattern(r"[，。；;!?\n]|:(?!\d)|(?<!\d):|,(?!\d{3}(?!\d))|(?<!\d),")
MORE = lazy_pattern(r"^[\s、\0]*(?:另外?|还要|还需|还有|同时|加上|外加|再要|再订|再来|以及|并|各需|另购|和|及|与)")
EACH = lazy_pattern(r"各(?:自|要|需|订|买|来|\s)*$")
RIGHT_CUT = lazy_pattern(
    r"(?:送(?!检|风|料|餐)|到(?!期)|去(?!皮|核|渣|污|油)|从|[发运拉寄搬送]往|[运拉寄搬][到至去走]|要(?!求)|用于|用来|用作|需要?|"
    r"必须|能(?!源|量|耗)|可(?!乐|可|降解|食|调|移|拆|折)|送到|送至|供(?!应|热|电|水)|给|准备|拿来|"
    r"做(?=[\u4e00-\u9fff])|装(?=[\u4e00-\u9fff]{2,})(?!修|饰|卸|配|订))"
)
GENERAL = lazy_pattern(
    r"[\u4e00-\u9fff]{0,4}(?:厂房|车间|仓库|办公楼|场地|店铺|校区|展厅|会议室|机房|宿舍|大楼|教室|办公室|"
    r"库房)|[\u4e00-\u9fff]"
)
"""Where a service is done, or one letter like 料; the thing itself was named before."""

LISTING_MARK = lazy_pattern(r"(?:、|和|及|与|以及|还有|,)")
TRAILING_PACK = lazy_pattern(
    r"(?<=[\u4e00-\u9fffA-Za-z])\s?\d*[\d一二三四五六七八九十两百.]+\s?(?:公斤|千克|kg|KG|克|g|毫升|ml|mL|升|"
    r"L|斤|片|粒|支|只|枚|个|张)\s?(?:一|每|/)?(?:桶|袋|瓶|盒|箱|罐|包)?装?\s?[*×xX]?$"
)
LASTING = lazy_pattern(
    r"(?:租赁|租用|出租|租|包车|服务|培训|保洁|保安|驻场|托管|代账|运维|维保|仓储|住宿|餐饮|盒饭|外包|监测|"
    r"值守)$"
)
"""Services that are bought by time."""

SHORT_VERBS = {"测": "检测", "检": "检测", "运": "运输", "修": "维修", "洗": "清洗", "印": "印刷"}
LONGEST_NAME = 80
"""Letters beside an amount in which the thing is looked for."""

MUCH_MORE = 1.5
"""So many times the evidence makes a phrase named later, or on the other side of an amount, the likelier thing."""
CORRECTING = lazy_pattern("不对|更正|说错|搞错|记错|看错|写错")
CLAUSES_APART = lazy_pattern(r"[。；;\n]")
FAR_MORE = 3.0
"""So many times the evidence makes a phrase the likelier name inside the same words."""
A_NOUN = 1.0
"""Less evidence than that of one noun of one letter."""
LATER_DIMENSIONS = frozenset({"count", "package", "mass", "volume", "length", "area", "dose"})
PEOPLE_UNITS = frozenset({"人", "名", "位"})


@dataclass(frozen=True)
class Piece:
    """A stretch of the text that names a thing."""

    item: str
    start: int
    end: int
    asked: bool = False
    """True when a verb of asking (需要, 采购) stands before it."""


@dataclass
class Line:
    """One thing wanted, with its amount and where both are said."""

    item: str
    item_span: tuple[int, int] | None
    quantity: Quantity | None
    offset: int = 0
    """Where the clause of the quantity starts."""

    def moved(self, by: int) -> "Line":
        """The same line, read in a part of a text that starts at `by`."""
        span = (self.item_span[0] + by, self.item_span[1] + by) if self.item_span else None
        return replace(self, item_span=span, offset=self.offset + by)

    @property
    def quantity_span(self) -> tuple[int, int] | None:
        """Place of the quantity in the whole text."""
        if self.quantity is None:
            return None
        return self.quantity.start + self.offset, self.quantity.end + self.offset


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch between marks."""
    start = 0
    for mark in CLAUSE_END.finditer(text):
        if mark.start() > start:
            yield start, mark.start()
        start = mark.end()
    if start < len(text):
        yield start, len(text)


def read_clauses(text: str, items: Sequence[tuple[int, int]] = ()) -> list[Line]:
    """The lines of a folded text in which everything understood is blotted out: those of its items, or of its clauses.

    `items` are the places of the items of an enumeration, whose marks are blotted out too.
    """
    text = without_asides(text)
    found = read_chain(text, items)
    if found:
        return found
    for start, end in items:
        for line in LineReader(text[start:end]).read()[:1]:
            if line.quantity is not None and line.item:
                found.append(line.moved(start))
    if found and len(found) * 2 >= len(items):
        return found
    return LineReader(text).read()


def read_chain(text: str, items: Sequence[tuple[int, int]]) -> list[Line]:
    """接龙订艾草枕：1. 王姐 2个 2. 小周 3个: one thing, as much as is told for all, or all of them together."""
    if not items or "接龙" not in text[: items[0][0]]:
        return []
    head = text[: items[0][0]]
    thing = thing_in(re.sub("接龙", "\0\0", head).replace("\0", " "))
    whole = [
        amount for amount in find_quantities(text) if re.search(r"(?:合计|总共|一共|共计?)$", text[: amount.start])
    ]
    parts = [amount for start, end in items for amount in find_quantities(text[start:end])[:1]]
    if thing is None or not (whole or parts):
        return []
    amount = whole[-1] if whole else replace(parts[0], value=sum((part.value for part in parts), Decimal(0)))
    return [Line(thing.text, (thing.start, thing.end), amount)]


def likelier_thing(item: str, raw: str, *, last: bool) -> str:
    """The name in `raw` that more speaks for than for `item`, which is what is left of it without talk; or `item`."""
    evidence = evidence_of(item) if item else 0.0
    thing = thing_in(raw.replace("\0", " "), last=last)
    if thing is None or not wording.clean_item(thing.text):
        return item if evidence else ""
    if evidence and is_clean(item) and thing.evidence < FAR_MORE * evidence:
        return item
    return thing.text


MOST_ASIDES = 40
"""Remarks of a text that may say an amount; nobody writes more, and each is read with the words beside it."""


def without_asides(text: str) -> str:
    """`text` with remarks in brackets blotted out, but for one that alone says the amount of its sentence."""
    letters = list(text)
    for number, (start, end) in enumerate(asides(text)):
        inner = find_quantities(mask_sizes(text[start + 1 : end - 1])) if number < MOST_ASIDES else []
        before = CLAUSES_APART.split(text[max(0, start - LONGEST_NAME) : start])[-1]
        after = CLAUSES_APART.split(text[end : end + LONGEST_NAME])[0]
        if not inner or find_quantities(mask_sizes(before + "\0" + after)):
            letters[start:end] = "\0" * (end - start)
    return "".join(letters)


class LineReader:
    """Reads clause by clause; knows what was named before it was counted."""

    def __init__(self, text: str):
        self.text = text
        """Folded, with everything that is understood already blotted out by NUL."""
        self.lines: list[Line] = []
        self.named: Piece | None = None
        self.previous: tuple[int, int] | None = None
        self.correcting = False
        """True after 不对, until the next amount."""
        self.spare: list[Line] = []
        """Amounts that count only when no other is said: grams, hours, people."""

    def read(self) -> list[Line]:
        """The lines of the whole text."""
        for start, end in clauses(self.text):
            self._read_clause(start, end)
        self._merge_parts()
        if not self.lines:
            self.lines = self._from_spare()
        if not self.lines and self.named is not None:
            self.lines = [Line(self.named.item, (self.named.start, self.named.end), None)]
        return self.lines

    def _merge_parts(self) -> None:
        """电梯维保6台，客梯4台货梯2台 is one line: what adds up to an amount said beside it are its parts."""
        for whole in self.lines:
            others = [line for line in self.lines if line is not whole and line.quantity and whole.quantity]
            parts = [line for line in others if line.quantity.unit == whole.quantity.unit]  # type: ignore[union-attr]
            values = [line.quantity.value for line in parts]  # type: ignore[union-attr]
            if len(parts) > 1 and sum(values) == whole.quantity.value:  # type: ignore[union-attr]
                self.lines = [line for line in self.lines if line not in parts]
                return

    def _from_spare(self) -> list[Line]:
        for line in sorted(self.spare, key=_unlikeliness):
            if line.item or self.named is not None:
                beside = [other for other in self.spare if other is not line and _is_said_beside(other, line)]
                return [self._named_line(line), *beside]
        return []

    def _named_line(self, line: Line) -> Line:
        if not line.item and self.named is not None:
            line.item, line.item_span = self.named.item, (self.named.start, self.named.end)
        return line

    def _read_clause(self, start: int, end: int) -> None:
        clause = self.text[start:end]
        self.correcting = self.correcting or CORRECTING.search(clause) is not None
        amounts = find_quantities(mask_sizes(clause))
        amounts = [amount for amount in amounts if not _is_spare(amount)] or amounts
        amounts = self._corrected(amounts)
        if not amounts:
            self._remember(start, end)
            self.previous = (start, end)
            return
        found = self._carried(start, clause, amounts) or self._lines_of(start, clause, amounts)
        has_item = any(line.item for line in found)
        for line in found:
            self._take(line, clause, has_item)
        if not has_item and not self.lines and self.named is None:
            self._remember(start, start + amounts[0].start)

    def _corrected(self, amounts: list[Quantity]) -> list[Quantity]:
        """The amounts that still stand after 那就6套; in place of the one of the last line where that is meant."""
        if self.correcting and amounts and self.lines and self.lines[-1].quantity:
            amounts = [replace(amounts[0], instead=True), *amounts[1:]]
            self.correcting = False
        last = max((place for place, amount in enumerate(amounts) if amount.instead), default=None)
        if last is None:
            return amounts
        if self.lines and (known := self.lines[-1].quantity) and known.unit == amounts[last].unit:
            self.lines[-1].quantity = replace(known, value=amounts[last].value)
            return amounts[last + 1 :]
        return amounts[last:]

    def _remember(self, start: int, end: int) -> None:
        piece = self._piece(start, end)
        if piece is None or self.lines:
            return
        known = self.named
        if (
            known is None
            or (piece.asked and not known.asked)
            or wording.is_only_who_asks(known.item)
            or piece.asked == known.asked
            and evidence_of(piece.item) >= MUCH_MORE * evidence_of(known.item)
        ):
            self.named = piece

    def _piece(self, start: int, end: int, *, before_amount: bool = False) -> Piece | None:
        """The thing named between two places, its trailing pack size left off."""
        if end - start > LONGEST_NAME:
            start, end = (end - LONGEST_NAME, end) if before_amount else (start, start + LONGEST_NAME)
        raw = self.text[start:end]
        item = wording.clean_item(raw)
        item = TRAILING_PACK.sub("", item).strip() or item
        if item not in SHORT_VERBS:
            item = likelier_thing(item, raw, last=before_amount)
        if not item:
            return None
        at = self.text.find(item, start, end)
        asked = bool(re.search(wording.STRONG_VERB, raw) or re.match(wording.WEAK_VERB, raw.strip(" \0")))
        if at < 0:
            return Piece(item, start + len(raw) - len(raw.lstrip(" \0")), start + len(raw.rstrip(" \0")), asked)
        return Piece(item, at, at + len(item), asked)

    def _lines_of(self, offset: int, clause: str, amounts: list[Quantity]) -> list[Line]:
        first = self._piece(offset, offset + amounts[0].start, before_amount=True)
        if EACH.search(clause[: amounts[0].start]):
            if first is not None:
                return self._each(offset, offset + amounts[0].start, amounts[0], offset)
            if self.previous is not None and not self.lines:
                return self._each(*self.previous, amounts[0], offset)
        if (
            first is not None
            and self._asks_for_what_follows(offset, clause, amounts)
            or first is not None
            and len(amounts) == 1
            and self._counts_what_follows(first, offset, clause, amounts[0])
        ):
            first = None
        lines = []
        for index, amount in enumerate(amounts):
            before = offset + (amounts[index - 1].end if index else 0)
            after = offset + (amounts[index + 1].start if index + 1 < len(amounts) else len(clause))
            if first is not None:
                piece = self._left_piece(before, offset + amount.start, follows=index > 0)
                piece = self._with_service(piece, offset + amount.end, after)
            else:
                piece = self._right_piece(offset + amount.end, after)
                if piece is not None and self.named is not None and GENERAL.fullmatch(piece.item):
                    piece = self.named
            span = (piece.start, piece.end) if piece else None
            lines.append(Line(piece.item if piece else "", span, amount, offset))
        return lines

    def _carried(self, offset: int, clause: str, amounts: list[Quantity]) -> list[Line]:
        """运3吨药材到重庆: one line, for the service; where a thing was named before, it is how that one is brought."""
        if self.lines or len(amounts) > 1 or (self.named and not wording.is_only_who_asks(self.named.item)):
            return []
        carried = find_carried(clause, amounts[0].start, amounts[0].end)
        if carried is None:
            return []
        start, end = offset + carried.start, offset + carried.end
        piece = self._piece(start, end) or Piece(self.text[start:end], start, end)
        return [Line(piece.item + carried.service, (piece.start, piece.end), amounts[0], offset)]

    def _asks_for_what_follows(self, offset: int, clause: str, amounts: list[Quantity]) -> bool:
        """绿化工程投标需要十张电子保函: what stands before the verb is not the thing."""
        before, after = clause[: amounts[0].start], clause[amounts[0].end :]
        asks = re.search(
            rf"(?:{wording.STRONG_VERB}|要|买|需|订|做|有|用|找|购|拉|运|搬)(?:大?约|共)?$", before.rstrip()
        )
        if not asks and not wording.is_only_who_asks(wording.clean_item(before)):
            return False
        end = amounts[1].start if len(amounts) > 1 else len(clause)
        return not LISTING_MARK.match(after) and self._right_piece(offset + amounts[0].end, offset + end) is not None

    def _counts_what_follows(self, first: Piece, offset: int, clause: str, amount: Quantity) -> bool:
        """厂里堆了12吨药渣: what stands right behind the amount is much more of a thing than what stands before."""
        if (
            first.item in SHORT_VERBS
            or LISTING_MARK.match(clause, amount.end)
            or clause[amount.end : amount.end + 1] in " \0"
        ):
            return False
        right = self._right_piece(offset + amount.end, offset + len(clause))
        if right is None or right.start - offset - amount.end > 1:
            return False
        return evidence_of(right.item) >= MUCH_MORE * evidence_of(first.item)

    def _left_piece(self, start: int, end: int, *, follows: bool) -> Piece | None:
        """What stands before its amount; after an earlier amount, what belongs to that is left out."""
        raw = self.text[start:end]
        mark = re.search(r"、|另要|另需|以及|还有", raw) if follows else None
        if mark and mark.start() > 0:
            start += mark.end()
        return self._piece(start, end, before_amount=True)

    def _each(self, start: int, end: int, amount: Quantity, offset: int) -> list[Line]:
        """艾草精油和川芎油各6公斤: two lines."""
        lines = []
        for mark in [*LISTING_MARK.finditer(self.text, start, end), None]:
            piece = self._piece(start, mark.start() if mark else end)
            if piece is not None:
                lines.append(Line(piece.item, (piece.start, piece.end), amount, offset))
            start = mark.end() if mark else start
        return lines

    def _right_piece(self, start: int, end: int) -> Piece | None:
        """What follows its amount: 300斤鱼腥草干货; cut where something else is said about it."""
        raw = self.text[start:end]
        cut = RIGHT_CUT.search(raw, 2) if len(raw) > 2 else None
        return self._piece(start, start + cut.start() if cut else end)

    def _with_service(self, piece: Piece | None, start: int, end: int) -> Piece | None:
        """危废3.5吨清运 is 危废清运, 检测20份药材重金属 is 药材重金属检测."""
        after = self.text[start:end].strip(" \0")
        verb = wording.SERVICE_VERB.match(after)
        if piece is None:
            return piece
        if re.match(r"(?:做|铺|刷)[\u4e00-\u9fff]{2}", after):
            return self._right_piece(start + self.text[start:end].find(after) + 1, end) or piece
        if re.fullmatch(rf"[\u4e00-\u9fff]{{0,3}}{wording.SERVICE_VERB.pattern}|[测检运修洗印]", piece.item):
            thing = self._right_piece(start, end)
            if thing is not None:
                verb_word = SHORT_VERBS.get(piece.item, piece.item)
                return Piece(thing.item.replace("的", "") + verb_word, piece.start, thing.end, piece.asked)
        if verb is None or piece.item.endswith(verb.group()):
            return piece
        if not re.match(r"$|[、和及与\0\s(]|服务", after[verb.end() :]):
            return piece
        stop = self.text.find(verb.group(), start, end) + len(verb.group())
        return Piece(piece.item + verb.group(), piece.start, stop, piece.asked)

    def _take(self, line: Line, clause: str, has_item: bool) -> None:
        amount = line.quantity
        assert amount is not None
        if amount.dimension == "time" and not LASTING.search(line.item):
            return
        if _is_spare(amount):
            self.spare.append(line)
            return
        if not self.lines:
            if self.named and line.item and evidence_of(line.item) < A_NOUN <= evidence_of(self.named.item) / MUCH_MORE:
                line.item = ""
            line = self._named_line(line)
            if not line.item and has_item:
                return
            self.lines.append(line)
            return
        last = self.lines[-1]
        if not line.item and last.quantity and last.quantity.unit == amount.unit and has_size(clause):
            self.lines.append(replace(line, item=last.item, item_span=last.item_span))  # 12丝的要2000个，16丝的要3500个
            return
        if not line.item or self._is_known(line):
            return
        same_clause = any(known.offset == line.offset for known in self.lines)
        more = MORE.match(clause) is not None
        if not same_clause and not more and (amount.dimension not in LATER_DIMENSIONS or amount.regular):
            return
        if len(line.item) < 2:
            return
        self.lines.append(line)

    def _is_known(self, line: Line) -> bool:
        """The same thing said again (a title and its description)."""
        assert line.quantity is not None
        for known in self.lines:
            if known.quantity is None or known.quantity is line.quantity:
                continue
            shared = len(set(known.item) & set(line.item))
            alike = shared * 2 >= min(len(set(known.item)), len(set(line.item)))
            both_counted = known.quantity.dimension == line.quantity.dimension
            same_amount = known.quantity.value == line.quantity.value and both_counted
            if alike and same_amount:
                if known.offset != line.offset:
                    known.item, known.item_span = _better(known, line)
                    return True
                return False
        return False


def _is_spare(amount: Quantity) -> bool:
    """True for amounts that say how much is wanted only when no better one is there: years, grams, people."""
    return amount.weak > 0 or amount.dimension == "time" or amount.unit in SMALL_UNITS or amount.unit in PEOPLE_UNITS


def _is_said_beside(other: Line, line: Line) -> bool:
    """15人 and 20人 of one clause are two lines."""
    assert other.quantity is not None
    return other.offset == line.offset and bool(other.item) and not other.quantity.weak


def _unlikeliness(line: Line) -> int:
    """The lower, the likelier the amount is what is wanted."""
    assert line.quantity is not None
    return line.quantity.weak + (3 if line.quantity.dimension == "time" or line.quantity.unit in SMALL_UNITS else 0)


def _better(known: Line, line: Line) -> tuple[str, tuple[int, int] | None]:
    """Of two names for one thing the shorter that is not cut short."""
    if line.item in known.item and len(line.item) >= 3:
        return line.item, line.item_span
    return known.item, known.item_span


def amount_of(line: Line) -> Decimal | None:
    """The quantity of a line, in its unit."""
    return line.quantity.value if line.quantity else None
