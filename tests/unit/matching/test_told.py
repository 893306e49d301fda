"""What a listing says only in words counts where a field is empty, and never over one that is filled in."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from marketplace.core.places import load_gazetteer
from marketplace.matching import reasons
from marketplace.matching.facts import Amount, ListingFacts, NeedFacts, NeedLineFacts, Tier
from marketplace.matching.finding import Demands, Finding, JudgingContext, State
from marketplace.matching.judge import judge
from marketplace.matching.told import with_told

TODAY = date(2026, 11, 23)
LINE = NeedLineFacts("袋子", quantity=Decimal(500), unit="只", max_unit_price=Decimal("0.25"), price_unit="只")
NEED = NeedFacts("1", "袋子", lines=(LINE,), deliver_by=date(2026, 12, 3), certificates=("食品生产许可证",))
WORDS = "加厚袋子。起订量{minimum}只，月产3万只，{days}天发货，{price}元一只，{paper}。"


def told(minimum: int = 500, days: int = 7, price: str = "0.2", paper: str = "持食品生产许可证") -> ListingFacts:
    text = WORDS.format(minimum=minimum, days=days, price=price, paper=paper)
    return with_told(ListingFacts("7", "加厚袋子", description=text, certificates=()), TODAY)


def states(listing: ListingFacts) -> dict[str, State]:
    return {finding.code: finding.state for finding in judged(listing)}


def judged(listing: ListingFacts) -> list[Finding]:
    return judge(NEED, LINE, Demands(), listing, JudgingContext(TODAY, load_gazetteer()))


def test_all_that_is_told_is_met() -> None:
    assert set(states(told()).values()) == {State.MET}


@pytest.mark.parametrize(
    ("code", "changed"),
    [("moq", {"minimum": 2000}), ("lead_time", {"days": 30}), ("price", {"price": "0.4"}),
     ("certificate", {"paper": "暂无食品生产许可证"}), ("certificate", {"paper": "食品生产许可证已过期"}),
     ("certificate", {"paper": "食品生产许可证正在办理中"})],
)  # fmt: skip
def test_what_is_told_otherwise_is_missed(code: str, changed: dict[str, object]) -> None:
    found = states(told(**changed))  # type: ignore[arg-type]
    assert found.pop(code) is State.MISSED
    assert set(found.values()) == {State.MET}


def test_a_denied_paper_is_missed_though_nobody_asked_for_the_field() -> None:
    listing = with_told(ListingFacts("7", "袋子", description="暂无食品生产许可证。", certificates=None), TODAY)
    assert states(listing)["certificate"] is State.MISSED
    assert states(ListingFacts("7", "袋子", certificates=None))["certificate"] is State.UNKNOWN


def test_fields_win_over_words() -> None:
    filled = ListingFacts(
        "7", "袋子", description=WORDS.format(minimum=9000, days=90, price="9", paper="无"), price_unit="只",
        moq=Amount(Decimal(100), "只"), capacity=Amount(Decimal(9000), "只", "day"), lead_days_min=1, lead_days_max=2,
        tiers=(Tier(Decimal(0), Decimal("0.1")),),
    )  # fmt: skip
    assert with_told(filled, TODAY) == filled


def test_reasons_quote_the_words() -> None:
    facts = {finding.code: reasons.word(finding).fact for finding in judged(told())}
    assert "起订量500只" in facts["moq"]
    assert "7天发货" in facts["lead_time"]
    assert "持食品生产许可证" in facts["certificate"]


def test_a_silent_listing_stays_as_it_is() -> None:
    silent = ListingFacts("7", "袋子", description="质量可靠，欢迎来样。")
    assert with_told(silent, TODAY) is silent


def sold(text: str) -> ListingFacts:
    return with_told(ListingFacts("7", "袋子", description=text), TODAY)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("现货800只", State.MET),
        ("库存 | 800只", State.MET),
        ("only 800 pcs in stock", State.MET),
        ("仅剩120只，卖完不再补", State.MISSED),
        ("现货120只", State.UNKNOWN),
        ("现货800只，目前缺货", State.UNKNOWN),
        ("现有员工800人", State.UNKNOWN),
    ],
)
def test_what_is_in_stock_covers_the_quantity(text: str, state: State) -> None:
    assert states(sold(text))["quantity"] is state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("目前缺货，下一批要到明年1月中旬才有", State.MISSED),
        ("订单多，现在下单排到明年四月出货", State.MISSED),
        ("目前断货", State.MISSED),
        ("常年备货，从不断货", State.UNKNOWN),
        ("预计明年三月涨价", State.UNKNOWN),
    ],
)
def test_what_leaves_only_later_is_late(text: str, state: State) -> None:
    assert states(sold(text))["lead_time"] is state


def test_a_paper_that_no_table_knows_is_read_by_its_name() -> None:
    need = replace(NEED, certificates=("国产保健食品备案凭证",))
    context = JudgingContext(TODAY, load_gazetteer())
    for text, state in (
        ("国产保健食品备案凭证在手", State.MET),
        ("国产保健食品备案凭证正在申请", State.MISSED),
        ("协助办理国产保健食品备案凭证", State.UNKNOWN),
    ):
        found = {finding.code: finding.state for finding in judge(need, LINE, Demands(), sold(text), context)}
        assert found["certificate"] is state, text
