"""From a sentence to a proposed need.

What is easily told from the rest is read first and blotted out, so that the numbers left over are quantities and the
words left over are the things wanted: papers, days, refusals, money, place, then the lines.
"""

from datetime import date

from marketplace.core.certificates import CertificateMention, find_certificates
from marketplace.core.patterns import lazy_pattern
from marketplace.core.places import Gazetteer, load_gazetteer
from marketplace.core.units import unit_code
from marketplace.needs.parsing.dates import TIME_OF_DAY, find_days
from marketplace.needs.parsing.destinations import find_destination
from marketplace.needs.parsing.english import is_english, read_lines
from marketplace.needs.parsing.laid_out import read_layout
from marketplace.needs.parsing.lines import Line, amount_of, read_clauses
from marketplace.needs.parsing.money import MoneyMention, find_money, with_unit
from marketplace.needs.parsing.negation import find_demands, refuses_papers
from marketplace.needs.parsing.result import Bound, ParsedLine, ParsedNeed, Span
from marketplace.reading.folding import fold
from marketplace.reading.layout import find_items

LONGEST_TEXT = 20000
"""Letters; what comes after is not read."""

PAPERS_AS_SUBJECT = lazy_pattern(
    r"\s?(?:车间|厂房|净化|级别|标准|规范|改造|咨询|代办|办理|辅导|培训|申请|申报|认证(?:咨询|代办|办理|服务|"
    r"辅导|培训)|体系(?:咨询|建设|文件)|换证|取证|年审|翻译|检查员)"
)
UNLISTED_PAPER = lazy_pattern(
    r"(?:要有?|需要?有?|有|具备|具有|提供|持有?|附|带|须有?|取得|通过|办好)(?P<name>(?!相关|齐全|合法|正规|"
    r"经营|资质|这|那|其他|必要|有效|合格)[\u4e00-\u9fffA-Z0-9]{2,12}?(?:许可证|注册证|资格证书?|操作证|"
    r"上岗证|登记证|备案凭证|资质证书|准入证|认证证书|等级证书|认证(?!机构|咨询|服务|办理|代办|辅导|培训)))"
)


CODE = lazy_pattern(
    r"(?<![A-Za-z])[A-Za-z]{2,8}-?\d{6,}(?:-\d+)*|(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)|"
    r"(?:邮编|邮政编码|订单号|合同号|编号)\s?:?\s?[A-Za-z0-9-]{4,}"
)
"""Order numbers, telephone numbers, post codes: digits that say nothing of what is wanted."""


QUOTED_BEFORE = lazy_pattern(
    r"(?:转发|某厂|别家|人家|对方|上家|他们家|有一家|另一家)[^。；;\n]{0,20}(?:报价?|要价|卖|:)"
)
"""某厂报价：0.21元/个 is the price of somebody else, where the text names its own as well."""
FORWARDED = lazy_pattern(r"(?i)-{3,}\s*(?:原始邮件|原邮件|转发的?邮件|original message|forwarded message)")
SHORTEST_ANSWER = 8
"""Letters above a quoted mail: what is quoted was said before and no longer holds."""
ITEM_MARK = lazy_pattern(r"(?:[(（]?\d{1,2}\s?[.、)）:]|[①-⑳]|第?[一二三四五六七八九十]{1,2}[是、.]|[-•·*▪●])\s*$")
LONGEST_MARK = 6
ANSWER_AFTER = lazy_pattern(
    r"[^，。；;,\n]{0,10}(?:方案|图纸|报价(?!单?不)|资料|样品|小样|回复|回话|答复|联系|踏勘|投标|报名)"
)
"""三天内把方案发来 is no day of delivery."""


class Understanding:
    """A text with what is understood of it so far."""

    def __init__(self, text: str):
        self.folded = fold(text)
        self.letters = list(self.folded)
        self.spans: list[Span] = []

    @property
    def rest(self) -> str:
        """The folded text with everything understood blotted out."""
        return "".join(self.letters)

    def claim(self, start: int, end: int, role: str | None = None) -> None:
        """Blot out `start` to `end`, and remember what it spoke of."""
        self.letters[start:end] = "\0" * (end - start)
        if role and end > start:
            self.spans.append(Span(start, end, role))


def parse_sentence(text: str, *, today: date, gazetteer: Gazetteer | None = None) -> ParsedNeed:
    """What `text` asks for, read on the day `today`; never fails, whatever the text.

    Towns are looked up in `gazetteer` (the demonstration park's when none is given).
    """
    seen = Understanding(text[:LONGEST_TEXT])
    for match in CODE.finditer(seen.folded):
        seen.claim(*match.span())
    forwarded = FORWARDED.search(seen.folded)
    if forwarded and len(seen.folded[: forwarded.start()].strip()) >= SHORTEST_ANSWER:
        seen.claim(forwarded.start(), len(seen.folded))
    laid_out = read_layout(seen.rest)
    items = [] if laid_out.lines else find_items(seen.rest)
    for start, _end in items:
        mark = ITEM_MARK.search(seen.folded, max(0, start - LONGEST_MARK), start)
        seen.claim(mark.start() if mark else start, start)
    certificates = _read_certificates(seen)
    for start, end, role in laid_out.read:
        seen.claim(start, end, role)
    deadline = _read_days(seen, today)
    negated, hard_words = _read_demands(seen)
    money = _read_money(seen)
    town = _read_town(seen, gazetteer or load_gazetteer())
    lines = laid_out.lines or (read_lines(seen.rest) if is_english(seen.folded) else read_clauses(seen.rest, items))
    for line in lines:
        if line.item_span and line.item_span[1] > line.item_span[0]:
            seen.spans.append(Span(*line.item_span, "item"))
        if line.quantity_span:
            seen.spans.append(Span(*line.quantity_span, "quantity"))
    prices = [mention for mention in money if not mention.total]
    budgets = [mention for mention in money if mention.total]
    return ParsedNeed(
        text=text,
        lines=tuple(
            _parsed_line(line, lines, prices, laid_out.prices.get(number)) for number, line in enumerate(lines)
        ),
        unit_price=laid_out.prices.get(0) or (_unit_price(prices[0], lines) if prices else None),
        budget=laid_out.budget or (budgets[0].bound if budgets else None),
        deadline=deadline,
        town=town,
        certificates=certificates,
        negated=negated,
        hard_words=hard_words,
        spans=tuple(sorted(set(seen.spans), key=lambda span: (span.start, span.end, span.role))),
    )


def parse_need(title: str, description: str = "", *, today: date, gazetteer: Gazetteer | None = None) -> ParsedNeed:
    """A need written as title and description, understood as if typed in one go."""
    text = "\n".join(part for part in (title, description) if part)
    return parse_sentence(text, today=today, gazetteer=gazetteer)


def _read_certificates(seen: Understanding) -> tuple[str, ...]:
    names: list[str] = []
    mentions = find_certificates(seen.folded)
    taken = [range(mention.start, mention.end) for mention in mentions]
    for match in UNLISTED_PAPER.finditer(seen.folded):
        if not any(place in letters for letters in taken for place in range(*match.span("name"))):
            mentions.append(CertificateMention(match["name"], *match.span("name")))
    for mention in sorted(mentions, key=lambda mention: mention.start):
        if PAPERS_AS_SUBJECT.match(seen.folded, mention.end):
            continue
        if refuses_papers(seen.folded, mention.start, mention.end):
            seen.claim(mention.start, mention.end)
            continue
        seen.claim(mention.start, mention.end, "certificate")
        if mention.name not in names:
            names.append(mention.name)
    return tuple(names)


def _read_days(seen: Understanding, today: date) -> date | None:
    mentions = find_days(seen.rest, today)
    delivery = next((mention for mention in mentions if not ANSWER_AFTER.match(seen.folded, mention.end)), None)
    chosen = delivery or next(iter(mentions), None)
    for mention in mentions:
        seen.claim(mention.start, mention.end, "date" if mention is chosen else None)
    for match in TIME_OF_DAY.finditer(seen.rest):
        seen.claim(*match.span())
    return chosen.day if chosen else None


def _read_demands(seen: Understanding) -> tuple[tuple[str, ...], tuple[str, ...]]:
    negated: list[str] = []
    hard_words: list[str] = []
    for demand in find_demands(seen.rest):
        hard_words.append(demand.words)
        negated.extend(thing for thing in demand.refused if thing not in negated)
        if demand.refused and not demand.inside_name:
            seen.claim(demand.start, demand.end, "negated")
        else:
            seen.spans.append(Span(demand.start, demand.end, "negated" if demand.refused else "hard"))
    return tuple(negated), tuple(dict.fromkeys(hard_words))


def _read_money(seen: Understanding) -> list[MoneyMention]:
    mentions = find_money(seen.rest)
    own = [
        mention
        for mention in mentions
        if not QUOTED_BEFORE.search(seen.folded, _line_start(seen, mention), mention.start)
    ]
    mentions = own or mentions
    first_said = {True: True, False: True}
    for mention in mentions:
        role = ("budget" if mention.total else "price") if first_said[mention.total] else None
        first_said[mention.total] = False
        seen.claim(mention.start, mention.end, role)
    return mentions


def _line_start(seen: Understanding, mention: MoneyMention) -> int:
    return seen.folded.rfind("\n", 0, mention.start) + 1


def _read_town(seen: Understanding, gazetteer: Gazetteer) -> str | None:
    mention, chain = find_destination(seen.rest, gazetteer)
    if mention is None:
        return None
    seen.claim(chain[0].start, chain[-1].end, "place")
    return mention.place.name


def _parsed_line(line: Line, lines: list[Line], prices: list[MoneyMention], price: Bound | None) -> ParsedLine:
    """A line with its limit: `price` where a table says it, else the one said nearest."""
    unit = line.quantity.unit if line.quantity else None
    if price is not None:
        pass
    elif len(lines) > 1:
        own = [mention for mention in prices if _nearest_line(mention, lines) is line]
        price = with_unit(own[0].bound, unit) if own else None
    elif prices:
        price = with_unit(prices[0].bound, unit)
    return ParsedLine(line.item, amount_of(line), unit, unit_code(unit), price)


def _nearest_line(mention: MoneyMention, lines: list[Line]) -> Line:
    """The line said last before the price."""
    before = [line for line in lines if line.quantity_span and line.quantity_span[0] <= mention.start]
    return before[-1] if before else lines[0]


def _unit_price(mention: MoneyMention, lines: list[Line]) -> Bound:
    quantity = _nearest_line(mention, lines).quantity if lines else None
    return with_unit(mention.bound, quantity.unit if quantity else None)
