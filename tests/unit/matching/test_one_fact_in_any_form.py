"""One fact, told in any form, is judged the same: field, title, sentence, label, list, specification, table, English.

No case is written down: the cases are the product of what is told (`TOLD`), how it is put (`FORMS`) and whether it
meets the need. Their number is held, so that none is lost unseen.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from marketplace.core.places import load_gazetteer
from marketplace.matching.demands import demands_of
from marketplace.matching.facts import Amount, HeldCertificate, ListingFacts, NeedFacts, NeedLineFacts, Tier
from marketplace.matching.finding import JudgingContext, State
from marketplace.matching.judge import judge
from marketplace.matching.told import with_told

TODAY = date(2026, 11, 23)
CONTEXT = JudgingContext(TODAY, load_gazetteer())
MET, MISSED, UNKNOWN = State
THING = "收纳盒"
LINE = NeedLineFacts(THING, quantity=Decimal(600), unit="个", max_unit_price=Decimal("2.5"), price_unit="个")
NEED = NeedFacts("1", THING, lines=(LINE,), deliver_by=date(2026, 12, 7), certificates=("ISO 9001",))


@dataclass(frozen=True)
class Told:
    """A fact: its field, its name as a label, ways of saying it, and the English one; what meets, what misses."""

    code: str
    label: str
    values: dict[State, str]
    sentences: tuple[str, ...]
    english: tuple[str, ...]
    fields: dict[State, dict[str, object]]


TOLD = (
    Told(
        "moq", "起订量", {MET: "500个", MISSED: "3000个"},
        ("{}起订", "最低起订量{}", "{}起做", "起订量为{}", "最少{}起", "首单{}起订"),
        ("MOQ {}", "minimum order {}", "minimum order quantity: {}"),
        {MET: {"moq": Amount(Decimal(500), "个")}, MISSED: {"moq": Amount(Decimal(3000), "个")}},
    ),
    Told(
        "quantity", "月产能", {MET: "2万个", MISSED: "300个"},
        ("月产能{}", "每月能做{}", "一个月可以生产{}", "每个月产量{}", "月产{}左右"),
        ("capacity {} per month", "monthly capacity {}", "we make {} a month"),
        {MET: {"capacity": Amount(Decimal(20000), "个", "month")},
         MISSED: {"capacity": Amount(Decimal(300), "个", "month")}},
    ),
    Told(
        "lead_time", "交货期", {MET: "7天", MISSED: "60天"},
        ("交期{}", "{}内发货", "下单后{}交货", "生产周期{}", "订金到账后{}出货", "供货周期{}左右"),
        ("lead time {}", "ships within {}", "delivery in {}"),
        {MET: {"lead_days_max": 7}, MISSED: {"lead_days_max": 60}},
    ),
    Told(
        "price", "单价", {MET: "2.2元/个", MISSED: "4.8元/个"},
        ("单价{}", "售价{}", "出厂价{}", "含税价{}", "报价{}"),
        ("price {}", "unit price {}"),
        {MET: {"tiers": (Tier(Decimal(1), Decimal("2.2")),), "price_unit": "个"},
         MISSED: {"tiers": (Tier(Decimal(1), Decimal("4.8")),), "price_unit": "个"}},
    ),
)  # fmt: skip
ENGLISH_VALUES = {
    "500个": "500 pcs", "3000个": "3,000 pcs", "2万个": "20,000 pcs", "300个": "300 pcs", "7天": "7 days",
    "60天": "60 days", "2.2元/个": "2.2 yuan/pc", "4.8元/个": "4.8 yuan/pc",
}  # fmt: skip
PAPER = {
    MET: ("持ISO 9001证书", "已通过ISO 9001认证", "具备ISO 9001资质", "ISO 9001证书齐全", "ISO 9001有效期至2028年6月",
          "ISO 9001 certified"),
    MISSED: ("没有ISO 9001", "暂无ISO 9001证书", "ISO 9001已过期", "ISO 9001正在办理中", "尚未取得ISO 9001认证",
             "ISO 9001还在申请",
             "not ISO 9001 certified", "ISO 9001 expired", "ISO 9001 pending"),
    UNKNOWN: ("按ISO 9001标准管理", "代办ISO 9001认证", "提供ISO 9001咨询", "做过ISO 9001培训", "ISO 9001 consulting"),
}  # fmt: skip
WORDS_ONLY = {
    "invoice": {
        MET: ("可开增值税专用发票", "开13%专票", "能开专票", "提供增值税专用发票", "VAT special invoice available"),
        MISSED: ("不开票", "只开收据", "开不了专票", "仅开普票", "个体户，发票开不了"),
    },
    "refused": {
        MET: ("不含防腐剂", "零防腐剂", "未添加防腐剂", "不添加香精和防腐剂", "无色素、无防腐剂", "preservative-free",
              "no preservatives"),
        MISSED: ("含防腐剂", "添加少量防腐剂", "防腐剂为苯甲酸钠", "contains preservatives"),
    },
    "place": {
        MET: ("成都全市包送", "送全川", "全国发货", "配送范围：成都、德阳、绵阳"),
        MISSED: ("只送重庆", "仅限重庆主城配送", "外地不送，只做西安本地", "只接德阳市内的单"),
    },
    "handover": {
        MISSED: ("自提，不送货", "不送货，请自提", "仅限自提", "不负责运输，需买方自提", "pickup only"),
    },
}  # fmt: skip
"""Facts that have no field."""
ASKS_MORE = replace(
    NEED, certificates=(), description="要开13%专票，送货上门。", hard_words=("无防腐剂",), deliver_town="致和街道"
)
BESIDE = ("本厂在工业园二期。", "欢迎来样。", "2016年建厂，员工80人。", "")
"""What stands around a fact and says nothing of it."""
FORMS = ("title", "alone", "between", "joined", "label", "list", "spec")


def written(form: str, words: str) -> ListingFacts:
    """A listing that says `words` in one form."""
    blank = ListingFacts("7", f"PP{THING}", kind="product", certificates=())
    if form == "title":
        return replace(blank, title=f"PP{THING} {words}")
    if form == "alone":
        return replace(blank, description=f"{words}。")
    if form == "between":
        return replace(blank, description=f"{BESIDE[0]}{words}。{BESIDE[1]}{BESIDE[2]}")
    if form == "joined":
        return replace(blank, description=f"PP材质，颜色可选，{words}，欢迎来样。")
    if form == "label":
        return replace(blank, description=f"材质：PP\n备注：{words}\n颜色：白、灰")
    if form == "list":
        return replace(blank, description=f"1. PP材质\n2. {words}\n3. 颜色可选")
    return replace(blank, specs=(("材质", "PP"), ("说明", words)))


def laid_out(told: Told, value: str) -> Iterator[tuple[str, ListingFacts]]:
    """A listing that says a value under its label."""
    blank = ListingFacts("7", f"PP{THING}", kind="product", certificates=())
    for mark in ("：", ":", " "):
        yield f"label{mark}", replace(blank, description=f"材质：PP\n{told.label}{mark}{value}\n颜色：白")
    yield "spec row", replace(blank, specs=(("材质", "PP"), (told.label, value)))
    for name, cut in (("pipes", "|"), ("tabs", "\t"), ("blanks", "   ")):
        rows = (("品名", "规格", told.label), (f"PP{THING}", "大号", value))
        yield f"table of {name}", replace(blank, description="\n".join(cut.join(row) for row in rows))


def cases() -> Iterator[tuple[str, str, State, ListingFacts]]:
    for told in TOLD:
        for state, value in told.values.items():
            for form in FORMS:
                for words in (*told.sentences,):
                    said = words.format(value)
                    yield told.code, f"{form}: {said}", state, written(form, said)
                for words in told.english:
                    said = words.format(ENGLISH_VALUES[value])
                    yield told.code, f"{form}: {said}", state, written(form, said)
            for name, listing in laid_out(told, value):
                yield told.code, f"{name}: {told.label} {value}", state, listing
    for state, ways in PAPER.items():
        for form in FORMS:
            for said in ways:
                yield "certificate", f"{form}: {said}", state, replace(written(form, said), certificates=None)
    for code, told_as in WORDS_ONLY.items():
        for state, ways in told_as.items():
            for form in FORMS:
                for said in ways:
                    yield code, f"{form}: {said}", state, written(form, said)


def state_of(code: str, listing: ListingFacts) -> State | None:
    need = ASKS_MORE if code in WORDS_ONLY else NEED
    found = judge(need, LINE, demands_of(need, LINE), with_told(listing, TODAY), CONTEXT)
    return next((finding.state for finding in found if finding.code == code), None)


CASES = list(cases())


def test_none_is_lost() -> None:
    assert len(CASES) >= 896


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.code)
def test_the_field_is_the_measure(told: Told) -> None:
    for state, values in told.fields.items():
        blank = ListingFacts("7", f"PP{THING}", kind="product", certificates=())
        assert state_of(told.code, replace(blank, **values)) is state  # type: ignore[arg-type]
    held = ListingFacts("7", THING, certificates=(HeldCertificate("ISO 9001"),))
    assert state_of("certificate", held) is MET


FACTS_AT_ONCE = 4


def mixed(seed: int) -> tuple[ListingFacts, dict[str, State], NeedFacts]:
    """A listing that tells several facts in an order of chance, with clauses between them that say nothing of them."""
    chance = random.Random(seed)
    wanted: dict[str, State] = {}
    parts: list[str] = []
    told = {told.code: told for told in TOLD}
    left_out = chance.choice(("place", "handover"))  # who brings goods to a town does not have them fetched
    for code in chance.sample([code for code in (*told, *WORDS_ONLY) if code != left_out], FACTS_AT_ONCE):
        if code in told:
            state, value = chance.choice(list(told[code].values.items()))
            said = chance.choice(told[code].sentences).format(value)
        else:
            state = chance.choice(list(WORDS_ONLY[code]))
            said = chance.choice([way for way in WORDS_ONLY[code][state] if not way.isascii()] or ["自提，不送货"])
        wanted[code] = state
        parts += [said, chance.choice(BESIDE).rstrip("。")]
    marks = [chance.choice("，。；\n") for _ in parts]
    text = "".join(part + mark for part, mark in zip(parts, marks, strict=True) if part)
    listing = ListingFacts("7", f"PP{THING}", kind="product", description=text, certificates=())
    return listing, wanted, replace(ASKS_MORE, certificates=())


def misread(seeds: range) -> list[str]:
    wrong = []
    for seed in seeds:
        listing, wanted, need = mixed(seed)
        found = {
            each.code: each.state
            for each in judge(need, LINE, demands_of(need, LINE), with_told(listing, TODAY), CONTEXT)
        }
        wrong += [
            f"{seed} {code}: {listing.description!r} -> {found.get(code)}, not {state}"
            for code, state in wanted.items()
            if found.get(code) is not state
        ]
    return wrong


@pytest.mark.parametrize("code", [*(told.code for told in TOLD), "certificate", *WORDS_ONLY])
def test_any_form_says_the_same(code: str) -> None:
    wrong = [
        f"{said} -> {found and found.name}, not {state.name}"
        for kind, said, state, listing in CASES
        if kind == code and (found := state_of(code, listing)) is not state
    ]
    assert wrong == []


def test_what_stands_beside_a_fact_changes_nothing() -> None:
    assert misread(range(200)) == []


@pytest.mark.nightly
def test_what_stands_beside_a_fact_changes_nothing_at_length() -> None:
    assert misread(range(200, 2200)) == []
