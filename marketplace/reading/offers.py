"""What the words of an offer say in figures: smallest order, capacity, stock, lead time, prices, papers with
their state.

A rule is a pattern over the kinds of tokens of one sentence. Of two statements of one sort the first counts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache

from marketplace.core.certificates import CertificateMention, find_certificates
from marketplace.core.numerals import NUMBER, number_value
from marketplace.reading.facts import Duration, Fact, PaperState, Rate, ReadPaper, ReadPrice
from marketplace.reading.folding import fold
from marketplace.reading.layout import Column, find_tables, headed_cells
from marketplace.reading.tokens import Token, tokens_of, unit_pattern

MINIMUM = re.compile(r"my*(?P<A>A|N)|(?P<B>A|N)q|(?<!A)(?<!N)qy*(?P<C>A)(?!q)|ny*(?P<D>A)f")
MINIMUM_REFUSED = re.compile("不接|不做|不发|不卖|不收|不送|不予|免谈|不起|谢绝|不开机|不排|不生产|不受理")
"""低于500只 is a smallest order only where something is refused below it."""
BELOW = frozenset({"少于", "不足", "低于"})
CAPACITY = re.compile(
    r"(?P<c>c)y*(?P<A>A)(?P<e>e|u)?|cy*(?P<e2>e)y*g?y*(?P<B>A)|(?P<e3>e)y*_?h?[gc]+y*(?P<C>A)|g+y*(?P<D>A)(?P<e4>e)"
)
LEAD = re.compile(r"ly*(?P<D>D)|ly*(?P<i>i)|(?P<E>D)h{0,2}y*(?:k|l(?!y*D))|g,?y*(?P<F>D)|(?P<j>i)")
PRICE = re.compile(
    r"(?P<from>A)(?:f,?)?y*p?y*(?P<tier>\$)(?P<per>u)?|(?P<first>u)y*p?y*(?P<b>\$)|py*(?P<c>\$)(?P<per3>u)?|(?P<d>\$)(?P<per4>u)"
)
STOCK = re.compile(r"(?<![mq])sy*(?P<A>A)(?!y*[qf$])|(?<![mA$])(?P<B>A)y*s(?!y*A)")
PER = frozenset({"day", "week", "month", "quarter", "year"})

DENIED = re.compile(
    r"(?:没有|没|无|暂无|尚无|未|尚未|暂未|不具备|不持有?|不在|未取得|还没有?|缺|不含|不提供|no|without|not)[^。；;，,!\n]{0,6}$"
)
DENIED_AFTER = re.compile(
    r"^[^。；;，,\n]{0,4}(?:没有|暂无|尚未|未取得|未办|还没|不提供|未通过|没通过|被驳回|已注销|not)"
)
EXPIRED_AFTER = re.compile(r"^[^。；;\n]{0,10}(?:已过期|已到期|过期|已失效|已作废|到期未续|未续|expired)")
APPLIED = re.compile(r"(?:正在|在|已)?(?:申请|申报|办理|受理|送审|补办|换证|applying|applied for)[^。；;，,\n]{0,6}$")
APPLIED_AFTER = re.compile(
    r"^[^。；;，,\n]{0,4}(?:(?:正在|尚在|还在|在)(?:申请|申报|办理|办|受理|审核|认证|换证|续期)|(?:申请|申报|办理|办|受理|审核|认证|换证|续期)(?:中|之中|当中))"
    r"|^[^。；;，,]{0,3}(?:pending|in progress)"
)
ABOUT_IT_AFTER = re.compile(
    r"^\s?(?:车间|厂房|净化|级别|级|标准|规范|要求|改造|咨询|代办|(?:办理|申请|申报)(?!中|之中|当中)|辅导|培训|体系(?:咨询|建设)|翻译|检查员|consult|training)"
)
HELPING = re.compile(r"(?:协助|代办|代为|帮助|帮忙|帮您|辅导|咨询|可办|指导)[^。；;，,\n]{0,6}$")
"""Help with a paper is a service: nothing is said of one's own."""
ABOUT_IT = re.compile(r"(?:符合|按照?|参照|对照|依据|根据|可做|满足)[^。；;，,\n]{0,6}$")
HOLDING = re.compile(
    r"(?:持有?|具备|具有|取得|获得?|通过|拥有|有|附|提供|带|含|随货|齐全?|过了|办有|已办|资质|证书|认证|证照|certified|holds?|with)[^。；;\n]{0,24}$"
)
HOLDING_AFTER = re.compile(
    r"^[^。；;，,\n]{0,8}(?:齐全|齐|证?编?号|有效|已取得|已通过|俱全|在有效期|在手|手里有|已有|已办|齐备|俱备|现成|certified|\d{4,}|[(（]?valid)"
)
UNTIL = re.compile(r"^[^。；;\n]{0,16}?(?:有效期?[至到]?|到期|截至|至|valid (?:until|to|till)|expires?)")
PRICE_UNIT = re.compile(r"元\s?[/每]\s?(?P<per>\S{1,4})")
PRICE_CELL = re.compile(rf"[¥￥]?\s?({NUMBER})\s?元?(?:/(?P<per>\S{{1,4}}))?$")
NEAR = 40
LONGEST_LEAD = 730


@dataclass(frozen=True)
class Offer:
    """What a text says of an offer; None and empty where it says nothing."""

    minimum: Fact[Rate] | None = None
    capacity: Fact[Rate] | None = None
    lead: Fact[Duration] | None = None
    prices: tuple[Fact[ReadPrice], ...] = ()
    papers: tuple[Fact[ReadPaper], ...] = ()
    stock: Fact[Rate] | None = None

    def held(self) -> tuple[Fact[ReadPaper], ...]:
        """The papers that the text says are held."""
        return tuple(paper for paper in self.papers if paper.value.state is PaperState.HELD)


@dataclass
class _Sentence:
    """The tokens between two strong marks, and their kinds as one word for patterns."""

    text: str
    tokens: Sequence[Token]
    kinds: str = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = "".join(token.kind for token in self.tokens)

    def said(self, match: re.Match[str]) -> str:
        first, last = self.tokens[match.start()], self.tokens[match.end() - 1]
        return self.text[first.start : last.end].strip()

    def at(self, match: re.Match[str], *names: str) -> Token | None:
        """The token of the first of these groups that matched."""
        return next((self.tokens[match.start(name)] for name in names if match[name]), None)

    def clause_before(self, place: int) -> str:
        """The kinds of what stands before a token in its clause."""
        return self.kinds[self.kinds.rfind(",", 0, place) + 1 : place]

    def after(self, match: re.Match[str], length: int) -> str:
        return self.text[self.tokens[match.end() - 1].end :][:length]


def read_offer(text: str) -> Offer:
    """What `text` says of an offer; never fails, whatever the text."""
    sentences = list(_sentences(text))
    return Offer(
        minimum=next((fact for sentence in sentences for fact in _minimum(sentence)), None)
        or next(_refused_below(text), None),
        capacity=next((fact for sentence in sentences for fact in _capacity(sentence)), None),
        lead=next((fact for sentence in sentences for fact in _lead(sentence)), None),
        prices=tuple(fact for sentence in sentences for fact in _prices(sentence)) or tuple(_listed_prices(text)),
        papers=read_papers(text),
        stock=next((fact for sentence in sentences for fact in _stock(sentence)), None),
    )


def _sentences(text: str) -> Iterator[_Sentence]:
    """The sentences of a text, then the cells of its tables, each behind its heading."""
    yield from _parts(text)
    for cell in headed_cells(fold(text)):
        yield from _parts(cell)


def _parts(text: str) -> Iterator[_Sentence]:
    part: list[Token] = []
    for token in tokens_of(text):
        if token.kind == ".":
            if part:
                yield _Sentence(text, part)
            part = []
        else:
            part.append(token)
    if part:
        yield _Sentence(text, part)


def _minimum(sentence: _Sentence) -> Iterator[Fact[Rate]]:
    for match in MINIMUM.finditer(sentence.kinds):
        first = sentence.tokens[match.start()]
        if sentence.text[first.start : first.end] in BELOW and not MINIMUM_REFUSED.search(sentence.after(match, 6)):
            continue
        amount = sentence.at(match, "A", "B", "C", "D")
        if amount is not None and amount.low > (1 if amount.kind == "N" else 0):  # the 一 of 一起 is no amount
            yield Fact(Rate(amount.low, amount.unit), sentence.said(match))


def _capacity(sentence: _Sentence) -> Iterator[Fact[Rate]]:
    for match in CAPACITY.finditer(sentence.kinds):
        amount = sentence.at(match, "A", "B", "C", "D")
        spans = [token.name.rpartition("_")[2] for token in sentence.tokens[match.start() : match.end()]]
        per = next((span for span in spans if span in PER), "")
        if amount is not None and amount.high > 0 and per:
            yield Fact(Rate(amount.high, amount.unit, per), sentence.said(match))


def _stock(sentence: _Sentence) -> Iterator[Fact[Rate]]:
    """现货1800个: what is ready at once."""
    for match in STOCK.finditer(sentence.kinds):
        amount = sentence.at(match, "A", "B")
        if amount is not None and amount.high > 0:
            yield Fact(Rate(amount.high, amount.unit), sentence.said(match))


def _refused_below(text: str) -> Iterator[Fact[Rate]]:
    """两万支以下的单子不排产 and 整吨起售: the smallest order by what is refused below it."""
    folded = fold(text)
    for match in _refusal_pattern().finditer(folded):
        value = Decimal(1) if match["whole"] else number_value(match["number"] or match["least"])
        if value is not None and value > 0:
            yield Fact(Rate(value, match["whole"] or match["unit"] or match["of"]), text[match.start() : match.end()])


@lru_cache(maxsize=1)
def _refusal_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\d.])(?P<number>{NUMBER})\s?(?P<unit>{unit_pattern()})\s?(?:及?以下|以内|不到|起?以下)[^。；;\n]{{0,14}}?"
        r"(?:不接|不做|不排产|不生产|不发|不卖|不收|不受理|不予|免谈|谢绝|恕不|接不了|做不了)"
        rf"|满\s?(?P<least>{NUMBER})\s?(?P<of>{unit_pattern()})\s?(?:方可|才可|才能|方能|才|方|起)(?:排产|生产|下单|接单|起订|开机|做|接)"
        r"|整(?P<whole>吨|箱|车|托|件|批|桶|袋|卷|包|板)(?:起(?:售|卖|发|批|订)|(?:出售|发货)?[，,]?\s?(?:不拆|不零售|不拆零))"
    )


def _lead(sentence: _Sentence) -> Iterator[Fact[Duration]]:
    for match in LEAD.finditer(sentence.kinds):
        if "z" in sentence.clause_before(match.start()):
            continue
        at_once = sentence.at(match, "i", "j")
        if at_once is not None:
            days = 1 if at_once.name == "next_day" else 0
            yield Fact(Duration(days, days), sentence.said(match))
            continue
        span = sentence.at(match, "D", "E", "F")
        if span is None or span.high > LONGEST_LEAD:
            continue
        shortest = int(span.low.to_integral_value(ROUND_FLOOR if span.low != span.high else ROUND_CEILING))
        yield Fact(Duration(shortest, int(span.high.to_integral_value(ROUND_CEILING))), sentence.said(match))


def _prices(sentence: _Sentence) -> Iterator[Fact[ReadPrice]]:
    unit = ""
    for match in PRICE.finditer(sentence.kinds):
        if "x" in sentence.clause_before(match.start()) or sentence.kinds[match.end() : match.end() + 2].startswith(
            "x"
        ):
            continue
        money = sentence.at(match, "tier", "b", "c", "d")
        if money is None or money.high <= 0:
            continue
        per = sentence.at(match, "per", "first", "per3", "per4")
        start = sentence.at(match, "from")
        unit = per.unit if per else start.unit if start else unit
        yield Fact(ReadPrice(money.high, unit, start.low if start else Decimal(0)), sentence.said(match))


def _listed_prices(text: str) -> Iterator[Fact[ReadPrice]]:
    """The prices of a table, the highest first: which of its rows is meant the text does not say."""
    found = []
    folded = fold(text)
    for table in find_tables(folded):
        told = PRICE_UNIT.search(table.unit_of(Column.PRICE))
        for row in table.rows:
            figure = PRICE_CELL.match(row[Column.PRICE].text) if Column.PRICE in row else None
            value = number_value(figure[1]) if figure else None
            if figure and value:
                unit = figure["per"] or (told["per"] if told else "") or ""
                said = text[min(cell.start for cell in row.values()) : max(cell.end for cell in row.values())]
                found.append(Fact(ReadPrice(value, unit), said.strip()))
    yield from sorted(found, key=lambda fact: -fact.value.yuan)


def read_papers(text: str) -> tuple[Fact[ReadPaper], ...]:
    """The papers that `text` names, each once: where it says more than the name, that counts."""
    found: dict[str, Fact[ReadPaper]] = {}
    for mention in find_certificates(text):
        fact = _paper(text, mention)
        known = found.get(mention.name)
        if known is None or known.value.state is PaperState.MENTIONED:
            found[mention.name] = fact
    return tuple(found.values())


def _paper(text: str, mention: CertificateMention) -> Fact[ReadPaper]:
    start = max(text.rfind(mark, 0, mention.start) for mark in "。；;\n!") + 1
    before = text[max(start, mention.start - NEAR) : mention.start]
    after = re.split("[。；;\n!]", text[mention.end : mention.end + NEAR])[0]
    until = _valid_until(after)
    state = _state(before, after, until)
    said = (before[-8:] + text[mention.start : mention.end] + after[:16]).strip(" ，,、")
    return Fact(ReadPaper(mention.name, state, until), said)


def paper_state(name: str, text: str) -> PaperState | None:
    """How `text` speaks of a paper that no table knows, told by its very name; None when it does not name it."""
    place = text.find(name)
    return None if place < 0 else _paper(text, CertificateMention(name, place, place + len(name))).value.state


def _state(before: str, after: str, until: date | None) -> PaperState:
    if ABOUT_IT_AFTER.match(after) or HELPING.search(before):
        return PaperState.MENTIONED
    if DENIED.search(before) or DENIED_AFTER.match(after):
        return PaperState.DENIED
    if APPLIED.search(before) or APPLIED_AFTER.match(after):
        return PaperState.APPLIED
    if EXPIRED_AFTER.match(after):
        return PaperState.EXPIRED
    if until is not None or HOLDING_AFTER.match(after):
        return PaperState.HELD
    if ABOUT_IT.search(before):
        return PaperState.MENTIONED
    return PaperState.HELD if HOLDING.search(before) else PaperState.MENTIONED


def _valid_until(after: str) -> date | None:
    """The day behind 有效期至, as far as it stands near; the end of the month where only that is said."""
    if not UNTIL.match(after):
        return None
    return next((token.day for token in tokens_of(after) if token.kind == "t"), None)
