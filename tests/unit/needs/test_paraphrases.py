"""One need, said in any way, is read the same; what stands beside it changes nothing.

No case is written down: a thing and an amount are put in one of many ways, with limits, days, towns, papers, refusals
and idle words behind them in an order of chance.
"""

import random
from datetime import date
from typing import Any

import pytest

from marketplace.needs.parsing import parse_sentence

TODAY = date(2026, 11, 23)
THINGS = ("收纳盒", "封口膜", "无纺布", "川芎饮片", "不锈钢储罐", "一次性手套", "护手霜", "pH试纸")
AMOUNTS = {
    "600个": (600, "个"), "三千只": (3000, "只"), "2万个": (20000, "个"), "五百公斤": (500, "公斤"),
    "1.5吨": (1.5, "吨"), "40箱": (40, "箱"), "两百套": (200, "套"),
}  # fmt: skip
OPENINGS = (
    "要{a}{t}",
    "采购{t}{a}",
    "{t}，{a}",
    "急需{t}{a}",
    "求购{a}{t}",
    "我们厂需要{a}{t}",
    "{t}要{a}",
    "想买{t}，{a}",
    "有没有{t}？要{a}",
    "We need {t} {a}",
    "麻烦问下{t}，大概要{a}",
    "{t} {a}",
    "需求：{t}，数量{a}",
    "品名：{t}\n数量：{a}",
    "想问一下{a}{t}多少钱",
    "需采购{t}共计{a}",
    "本单位拟采购{t}{a}",
    "老板，{t}来{a}",
    "{t}要订{a}",
    "帮我找{a}{t}",
    "Looking for {t}, {a}",
    "长期要{t}，这次先要{a}",
    "{t}（{a}）",
    "1. {t} {a}",
    "{a}的{t}",
    "缺{t}{a}",
    "{t}补货{a}",
)
PRICES = {
    "单价不超过{}元": "<=", "{}元以内": "<=", "最高{}块": "<=", "一个不超过{}元": "<=", "单价控制在{}元以内": "<=",
    "单价最高{}元": "<=", "超过{}元不要": "<=", "{}元封顶": "<=", "{}元左右": "about", "价格{}元上下": "about",
}  # fmt: skip
YUAN = ("2.5", "12", "0.8")
MORE: dict[str, dict[str, Any]] = {
    "deadline": {
        "12月10日前要": "2026-12-10",
        "12月10号前到货": "2026-12-10",
        "下周三之前要": "2026-12-02",
        "年底前送到": "2026-12-31",
        "两周内要": "2026-12-07",
        "2026-12-15前交货": "2026-12-15",
        "元旦前要用": "2026-12-31",
        "本月底前到": "2026-11-30",
        "12.10前送到": "2026-12-10",
        "最迟12月20日": "2026-12-20",
        "十二月十五号之前": "2026-12-15",
        "三天内到": "2026-11-26",
        "交货时间：2026年12月18日": "2026-12-18",
        "下个月5号前": "2026-12-05",
        "交期不晚于12月25日": "2026-12-25",
    },
    "town": {
        "送到致和街道": "致和街道",
        "送濛阳": "濛阳街道",
        "交到天府中药城": "天府中药城",
        "送到丽春镇": "丽春镇",
        "我们在隆丰街道": "隆丰街道",
        "收货地址：敖平镇": "敖平镇",
        "送货到通济镇": "通济镇",
        "货送白鹿镇": "白鹿镇",
        "交货地点在九尺镇": "九尺镇",
    },
    "certificates": {
        "要有ISO 9001": ["ISO 9001"],
        "须具备食品生产许可证": ["食品生产许可证"],
        "供方要有医疗器械注册证": ["医疗器械注册证"],
        "没有CMA的不要": ["CMA"],
        "必须通过ISO 13485认证": ["ISO 13485"],
        "提供化妆品生产许可证": ["化妆品生产许可证"],
        "资质：食品生产许可证": ["食品生产许可证"],
    },
    "negated": {
        "不含酒精": ["酒精"],
        "不要二手的": ["二手"],
        "无香精": ["香精"],
        "不能有塑料味": ["塑料味"],
        "防腐剂不要": ["防腐剂"],
        "未添加色素": ["色素"],
        "不加糖": ["糖"],
        "拒绝翻新": ["翻新"],
        "不得含乳胶": ["乳胶"],
        "零添加香精": ["香精"],
    },
}
IDLE = ("谢谢", "有的联系我", "电话13800000000", "我们是做食品的", "去年买过一次", "价格好谈")


def made(seed: int) -> tuple[str, dict[str, Any]]:
    """A text by chance and what it asks for."""
    chance = random.Random(seed)
    thing, amount = chance.choice(THINGS), chance.choice(list(AMOUNTS))
    expected: dict[str, Any] = {"deadline": None, "town": None, "certificates": [], "negated": [], "price": None}
    behind = []
    if chance.random() < 0.5:
        way, yuan = chance.choice(list(PRICES)), chance.choice(YUAN)
        behind.append(way.format(yuan))
        expected["price"] = (PRICES[way], yuan)
    for name, ways in MORE.items():
        if chance.random() < 0.45:
            said = chance.choice(list(ways))
            behind.append(said)
            expected[name] = ways[said]
    if chance.random() < 0.4:
        behind.append(chance.choice(IDLE))
    chance.shuffle(behind)
    text = chance.choice(OPENINGS).format(a=amount, t=thing)
    text += "".join(chance.choice("，。；\n") + said for said in behind)
    return text, {**expected, "lines": [(thing, *AMOUNTS[amount])]}


def misread(seeds: range) -> list[str]:
    wrong = []
    for seed in seeds:
        text, expected = made(seed)
        told = parse_sentence(text, today=TODAY).as_expected()
        price = told["unit_price_yuan"]
        read = {
            "lines": [(line["item"], line["quantity"], line["unit"]) for line in told["lines"]],
            "price": price and (price["op"], price["value"]),
            **{name: told[name] for name in MORE},
        }
        wrong += [
            f"{seed} {name}: {text!r} -> {read[name]}, not {right}"
            for name, right in expected.items()
            if read[name] != right
        ]
    return wrong


def test_any_way_of_saying_is_read_the_same() -> None:
    assert misread(range(300)) == []


@pytest.mark.nightly
def test_any_way_of_saying_is_read_the_same_at_length() -> None:
    assert misread(range(300, 2300)) == []
