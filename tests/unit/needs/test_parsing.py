"""Understanding a need: sentences of many trades, and what holds for any text."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketplace.core.places import Gazetteer, Place
from marketplace.needs.parsing import Bound, parse_need, parse_sentence
from marketplace.needs.parsing.result import ROLES

MONDAY = date(2026, 11, 23)
CASES = [
    json.loads(line) for line in (Path(__file__).parent / "parse_cases.jsonl").read_text(encoding="utf-8").splitlines()
]
"""Sentences typed by buyers of many trades, in the form of the parse cases; `item` holds words of the item."""


def read(text, today=MONDAY):
    return parse_sentence(text, today=today)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_understands(case):
    got = read(case["text"], date.fromisoformat(case["today"])).as_expected()
    want = case["expect"]
    assert len(got["lines"]) == len(want["lines"])
    for line, wanted in zip(got["lines"], want["lines"], strict=True):
        assert wanted["item"] in line["item"]
        assert {**line, "item": ""} == {**wanted, "item": ""}
    assert {**got, "lines": 0} == {**want, "lines": 0}


class TestSpans:
    def test_every_value_can_be_traced_to_its_words(self):
        text = (
            "急需食品级PE袋2万只，单价0.3元以内，12月15日前送到致和，要SC和检测报告，不要二手，预算6000元，必须带手提"
        )
        need = read(text)
        said = {role: need.words_of(role) for role in ROLES}
        assert said == {
            "item": ["食品级PE袋"],
            "quantity": ["2万只"],
            "price": ["单价0.3元以内"],
            "budget": ["预算6000元"],
            "date": ["12月15日前"],
            "place": ["致和"],
            "certificate": ["SC", "检测报告"],
            "negated": ["不要二手"],
            "hard": ["必须带手提"],
        }
        assert need.hard_words == ("不要二手", "必须带手提")

    def test_english_values_can_be_traced_as_well(self):
        need = read(
            "Need 5,000 pcs 50ml glass bottles, unit price no more than 1.2 yuan, delivered to Pengzhou before "
            "20 December, GMP required, free of lead, total budget 7,000 yuan"
        )
        assert {role: need.words_of(role) for role in ROLES} == {
            "item": ["50ml glass bottles"],
            "quantity": ["5,000 pcs"],
            "price": ["unit price no more than 1.2 yuan"],
            "budget": ["total budget 7,000 yuan"],
            "date": ["before 20 December"],
            "place": ["Pengzhou"],
            "certificate": ["GMP"],
            "negated": ["free of lead"],
            "hard": [],
        }

    def test_what_is_carried_is_marked_as_the_thing(self):
        need = read("运3吨药材到重庆")
        assert need.words_of("item") == ["药材"]
        assert need.lines[0].item == "药材运输"

    def test_positions_are_those_of_the_text_as_typed(self):
        text = "急需　紙箱２０００個，下週五前到"
        need = read(text)
        assert need.words_of("quantity") == ["２０００個"]
        assert need.words_of("date") == ["下週五前"]


class TestLinesAndPrices:
    def test_each_line_keeps_the_price_said_beside_it(self):
        need = read("艾条200盒每盒24元，针灸针3万支每支0.1元")
        assert [line.unit_price for line in need.lines] == [
            Bound("<=", Decimal("24"), per="盒"),
            Bound("<=", Decimal("0.1"), per="支"),
        ]
        assert need.unit_price == need.lines[0].unit_price

    def test_title_and_description_are_read_as_one(self):
        need = parse_need("食品级PE袋两万只", "急需食品级PE袋2万只装花草茶，12月15日前送到致和街道工厂。", today=MONDAY)
        assert [(line.item, line.quantity) for line in need.lines] == [("食品级PE袋", Decimal(20000))]
        assert need.deadline == date(2026, 12, 15)

    def test_a_bare_sum_is_a_total_from_a_thousand_yuan_on(self):
        assert read("储罐2台，6000元以内").budget == Bound("<=", Decimal(6000))
        assert read("纸箱2000个，6元以内").unit_price == Bound("<=", Decimal(6), per="个")

    @pytest.mark.parametrize(
        ("bound", "ceiling"),
        [
            (Bound("<=", Decimal(3)), 3),
            (Bound("about", Decimal(4)), 4),
            (Bound("range", low=Decimal(1), high=Decimal(2)), 2),
        ],
    )
    def test_the_ceiling_is_the_most_that_is_named(self, bound, ceiling):
        assert bound.ceiling == ceiling

    @pytest.mark.parametrize(
        ("text", "amount", "unit"),
        [
            ("收川芎药材50千克，先寄50克样品", "50", "千克"),
            ("要枸杞两千克", "2", "千克"),
            ("收枸杞20-50千克", "50", "千克"),
            ("铺网线3千米", "3", "千米"),
            ("要PE袋5千只", "5000", "只"),
            ("要大米3千斤", "3000", "斤"),
            ("要枸杞三千五百克", "3500", "克"),
        ],
    )
    def test_an_amount_stays_in_the_unit_that_was_typed(self, text, amount, unit):
        (line,) = read(text).lines
        assert (line.quantity, line.unit) == (Decimal(amount), unit)

    def test_nothing_said_is_nothing_understood(self):
        for text in ("", "   ", "，。；", "您好，谢谢"):
            need = read(text)
            assert need.lines == ()
            assert need.as_expected()["unit_price_yuan"] is None


class TestPlaces:
    @pytest.mark.parametrize(
        ("text", "town"),
        [
            ("要敖平产川芎30吨", None),
            ("从敖平发到新都的货", "新都区"),
            ("桂花茶200盒", None),
            ("送到彭州市致和街道", "致和街道"),
            ("天彭附近的就行", "天彭街道"),
            ("川芎10吨，敖平", "敖平镇"),
            ("Ligusticum 10 tons, from Aoping to xindu", "新都区"),
            ("Ligusticum 10 tons, Xindu2000 grade, Aopingia", None),
        ],
    )
    def test_a_place_counts_as_the_destination_only(self, text, town):
        assert read(text).town == town

    def test_another_park_has_its_own_towns(self):
        towns = Gazetteer((Place("河口镇", "town", 30.0, 104.0, "home"),))
        assert parse_sentence("纸箱20个送到河口", today=MONDAY, gazetteer=towns).town == "河口镇"
        assert parse_sentence("纸箱20个送到致和", today=MONDAY, gazetteer=towns).town is None


class TestCertificates:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("纸箱20个，要SC，不需要检测报告", ("食品生产许可证",)),
            ("GMP车间净化改造", ()),
            ("要电梯安装资格证", ("电梯安装资格证",)),
            ("要相关许可证", ()),
        ],
    )
    def test_only_what_the_supplier_must_hold_counts(self, text, names):
        assert read(text).certificates == names


WORDS = st.sampled_from([
    "急需", "采购", "川芎", "纸箱", "两", "万", "千", "百", "十", "半", "3", "12", "0.5", "１２", "公斤", "只",
    "箱", "元", "块", "毛", "分", "单价", "预算", "总价", "每", "一", "以内", "左右", "不超过", "到", "至", "-",
    "~", "×", "%", "月", "日", "号", "前", "年底", "春节", "下周五", "三天", "内", "送到", "致和", "敖平", "要",
    "SC", "GMP", "不要", "不含", "无", "除", "外", "的", "，", "。", "、", "；", "(", ")", "L", "kg", "\n",
    "预算六万", "各", "和", "运", "车", "Need ", "two ", "thousand ", "boxes ", "of ", "glass bottles ", "by ", "Dec ",
    "next ", "Friday ", "unit price ", "yuan ", "each ", "to ", "Pengzhou ", "without ", "testing ", "for ", ", ", ". ",
])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=2000), st.lists(WORDS, max_size=200).map("".join))


class TestAnyText:
    @settings(max_examples=150, deadline=None)
    @given(TEXTS)
    @example("万十一")
    def test_never_fails_and_claims_only_what_is_there(self, text):
        need = read(text)
        for span in need.spans:
            assert 0 <= span.start < span.end <= len(text)
            assert span.role in ROLES
        for line in need.lines:
            assert line.quantity is None or line.quantity > 0
            assert (line.quantity is None) == (line.unit is None)
        for bound in (need.unit_price, need.budget):
            assert bound is None or bound.ceiling > 0
        json.dumps(need.to_json("any"), allow_nan=False)

    @settings(max_examples=60, deadline=None)
    @given(st.integers(1, 10**9), st.sampled_from(["只", "公斤", "箱", "吨"]))
    def test_reads_any_plain_amount(self, amount, unit):
        (line,) = read(f"采购纸箱{amount}{unit}，尽快").lines
        assert (line.quantity, line.unit) == (amount, unit)

    @settings(max_examples=60, deadline=None)
    @given(st.dates(date(2024, 1, 1), date(2035, 12, 31)))
    def test_a_named_day_never_lies_behind(self, today):
        for words in ("月底前", "下周五前", "三天内", "春节前", "12月15日前", "年底前", "一个月内", "中秋前", "15号前"):
            deadline = read(f"纸箱20个，{words}送到", today).deadline
            assert deadline is not None
            assert deadline >= today

    def test_a_long_text_is_read(self):
        text = "急需食品级PE袋2万只，单价0.3元以内，12月15日前送到致和，要SC。" * 50
        assert read(text).lines[0].quantity == 20000


def test_a_pasted_table_keeps_blanks_inside_its_cells_and_tells_where_its_prices_stand():
    need = read("品名\t规格型号\t数量\t单位\t单价\n鼻氧管\t双鼻架 2m\t5000\t支\t1.1\n医用推车\t不锈钢 三层\t6\t台\t420")
    assert [(line.item, line.quantity, line.unit, line.unit_price) for line in need.lines] == [
        ("鼻氧管", Decimal(5000), "支", Bound("<=", Decimal("1.1"), per="支")),
        ("医用推车", Decimal(6), "台", Bound("<=", Decimal(420), per="台")),
    ]
    assert need.words_of("price") == ["1.1", "420"]
    assert need.words_of("quantity") == ["5000", "6"]
