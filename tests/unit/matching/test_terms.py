"""Invoice, tax and handover as both sides tell them."""

from decimal import Decimal

import pytest

from marketplace.core.places import load_gazetteer
from marketplace.matching.facts import ListingFacts, NeedFacts, NeedLineFacts, Tier
from marketplace.matching.finding import Demands, JudgingContext, State
from marketplace.matching.judge import judge
from tests.unit.matching.test_told import TODAY

CONTEXT = JudgingContext(TODAY, load_gazetteer())


def state(code: str, wanted: str, offered: str, limit: str | None = None, price: str = "250") -> State | None:
    line = NeedLineFacts("阀", quantity=Decimal(40), unit="只", max_unit_price=Decimal(limit) if limit else None)
    need = NeedFacts("1", "阀", description=wanted, lines=(line,))
    listing = ListingFacts("7", "阀", description=offered, price_unit="只", tiers=(Tier(Decimal(0), Decimal(price)),))
    found = {finding.code: finding.state for finding in judge(need, line, Demands(), listing, CONTEXT)}
    return found.get(code)


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ("必须开13%专票", "可开13%增值税专用发票", State.MET),
        ("必须开13%专票", "只能开普通发票", State.MISSED),
        ("必须开13%专票", "可代开3%专票", State.MISSED),
        ("必须开13%专票", "发票齐全", State.UNKNOWN),
        ("必须开13%专票", "质量好", State.UNKNOWN),
        ("要带票", "发票开不了", State.MISSED),
        ("要带票", "可开普票", State.MET),
        ("不要票", "发票开不了", None),
        ("质量要好", "发票开不了", None),
    ],
)
def test_the_invoice(wanted: str, offered: str, expected: State | None) -> None:
    assert state("invoice", wanted, offered) is expected


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ("含税单价不超过260元", "不含税250元一只，要开专票另外加13个点", State.MISSED),
        ("含税单价不超过260元", "含税250元一只", State.MET),
        ("单价不超过260元", "不含税250元一只", State.MET),
        ("含税单价不超过290元", "不含税250元一只", State.MET),
    ],
)
def test_a_price_without_tax_is_held_against_a_limit_with_it(wanted: str, offered: str, expected: State) -> None:
    assert state("price", wanted, offered, limit="290" if "290" in wanted else "260") is expected


def test_what_has_to_be_fetched_is_no_delivery() -> None:
    assert state("handover", "送到九尺镇", "概不送货，买方自提") is State.MISSED
    assert state("handover", "送到九尺镇", "可送货上门") is None
    assert state("handover", "可以自提", "概不送货，买方自提") is None
