"""What is read of an offer's words: the same fact in many forms, and what only looks like one."""

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.reading import Duration, PaperState, Rate, ReadPrice, read_offer

FIVE_HUNDRED = ("500只", "五百只", "500 只", "５００只")
MINIMUM = (
    "起订量{}",
    "起订量：{}",
    "MOQ：{}",
    "最少订{}",
    "{}起订",
    "{}起批",
    "起订量为{}",
    "低于{}不接单",
    "{}以上起订",
)
CAPACITY = ("月产{}", "月产能达{}", "产能每月{}", "每月可生产{}", "生产能力{}/月", "一个月能做{}", "月供应约{}")
LEAD = (
    "交期7天",
    "7天交货",
    "7天内发货",
    "下单后7天可发",
    "Lead time: 7 days",
    "交货周期一般7天",
    "一周内发货",
    "按单生产，7天",
)
PRICES = ("0.2元/只", "0.2元一只", "每只0.2元", "两毛一只", "0.2元每只", "¥0.2/只")
PAPER = "食品生产许可证"


@pytest.mark.parametrize("amount", FIVE_HUNDRED)
@pytest.mark.parametrize("form", MINIMUM)
def test_smallest_order(form: str, amount: str) -> None:
    fact = read_offer(f"加厚袋子，{form.format(amount)}。质量可靠。").minimum
    assert fact is not None
    assert fact.value == Rate(Decimal(500), "只")


@pytest.mark.parametrize("form", CAPACITY)
def test_capacity(form: str) -> None:
    fact = read_offer(f"加厚袋子。{form.format('3万只')}。").capacity
    assert fact is not None
    assert fact.value == Rate(Decimal(30000), "只", "month")


@pytest.mark.parametrize("form", LEAD)
def test_lead_time(form: str) -> None:
    fact = read_offer(f"加厚袋子。质保12个月，{form}。").lead
    assert fact is not None
    assert fact.value == Duration(7, 7)


@pytest.mark.parametrize(
    ("text", "days"),
    [("交期5个工作日", Duration(7, 7)), ("3-5天发货", Duration(3, 5)), ("现货当天发货", Duration(0, 0)),
     ("次日达", Duration(1, 1)), ("48小时内发货", Duration(2, 2)), ("两到三周交货", Duration(14, 21))],
)  # fmt: skip
def test_spans_of_time(text: str, days: Duration) -> None:
    fact = read_offer(text).lead
    assert fact is not None
    assert fact.value == days


@pytest.mark.parametrize("text", ["质保12个月", "保质期18个月", "账期30天", "7天内退换", "使用寿命5年"])
def test_no_lead_time(text: str) -> None:
    assert read_offer(text).lead is None


@pytest.mark.parametrize("form", PRICES)
def test_price(form: str) -> None:
    assert [fact.value for fact in read_offer(f"袋子，{form}。").prices] == [ReadPrice(Decimal("0.2"), "只")]


def test_tiers() -> None:
    prices = [fact.value for fact in read_offer("1000只以上0.2元，5000只以上0.18元").prices]
    assert prices == [
        ReadPrice(Decimal("0.2"), "只", Decimal(1000)), ReadPrice(Decimal("0.18"), "只", Decimal(5000))
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["运费200元", "样品费50元", "打样费80元一款", "模具费3000元/套"])
def test_other_money_is_no_price(text: str) -> None:
    assert read_offer(text).prices == ()


@pytest.mark.parametrize(
    "text", ["一次性手套", "第三方检测", "五花肉", "一起做大", "少于500只也可以做", "GB 4806.7 PO2026113"]
)
def test_digits_that_are_no_figures(text: str) -> None:
    offer = read_offer(text)
    assert (offer.minimum, offer.capacity, offer.lead, offer.prices) == (None, None, None, ())


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (f"持{PAPER}", PaperState.HELD),
        (f"已取得{PAPER}", PaperState.HELD),
        (f"{PAPER}齐全", PaperState.HELD),
        (f"{PAPER}有效期至2028年5月", PaperState.HELD),
        (f"没有{PAPER}", PaperState.DENIED),
        (f"暂无{PAPER}", PaperState.DENIED),
        (f"{PAPER}尚未取得", PaperState.DENIED),
        (f"{PAPER}已过期", PaperState.EXPIRED),
        (f"正在申请{PAPER}", PaperState.APPLIED),
        (f"{PAPER}办理中", PaperState.APPLIED),
        (f"{PAPER}代办", PaperState.MENTIONED),
        (f"协助办理{PAPER}咨询", PaperState.MENTIONED),
        ("GMP车间", PaperState.MENTIONED),
        ("符合GMP要求", PaperState.MENTIONED),
    ],
)
def test_state_of_a_paper(text: str, state: PaperState) -> None:
    (fact,) = read_offer(text).papers
    assert fact.value.state is state


def test_a_month_runs_to_its_end() -> None:
    (fact,) = read_offer(f"{PAPER}有效期至2028年2月").papers
    assert fact.value.valid_until == date(2028, 2, 29)


def test_a_fact_quotes_its_words() -> None:
    text = "加厚袋子，起订量：５００只，包装完好"
    fact = read_offer(text).minimum
    assert fact is not None
    assert fact.said == "起订量：５００只"


@pytest.mark.parametrize("clause", ["厂区有三条生产线。", "2019年建厂。", "质保12个月。", "服务过100家客户。"])
def test_a_clause_beside_it_changes_nothing(clause: str) -> None:
    text = "500只起订。月产3万只。7天交货。0.2元一只。"
    assert read_offer(text + clause) == read_offer(text)


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    read_offer(text)


@pytest.mark.parametrize("part", ["9", "一", "1只，", "|1", "😀", "年产", "2026年", "持 ", "¥1-"])
def test_long_texts_take_no_more_than_their_length(part: str) -> None:
    """No pattern runs away: four times the text takes less than twelve times the work."""

    def cost(text: str) -> float:
        costs = []
        for _ in range(3):
            start = time.process_time()
            read_offer(text)
            costs.append(time.process_time() - start)
        return min(costs)

    short, long = part * (2000 // len(part)), part * (8000 // len(part))
    assert cost(long) < 12 * cost(short) + 0.05
