"""One requirement at a time: met, missed or unknown, and never missed for what nobody told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from marketplace.core.places import load_gazetteer
from marketplace.matching.demands import names_service
from marketplace.matching.facts import Amount, HeldCertificate, ListingFacts, NeedFacts, NeedLineFacts, Tier
from marketplace.matching.judge import JudgingContext, State, days_to_make, demands_of, is_shown, judge

TODAY = date(2026, 11, 23)
GROUND = JudgingContext(TODAY, load_gazetteer())
LISTING = ListingFacts(
    id="L1",
    title="食品级PE袋",
    kind="product",
    town="致和街道",
    price_unit="只",
    tiers=(Tier(Decimal(5000), Decimal("0.20")), Tier(Decimal(20000), Decimal("0.13"))),
    moq=Amount(Decimal(5000), "只"),
    capacity=Amount(Decimal(90000), "只", "month"),
    lead_days_min=5,
    lead_days_max=7,
    certificates=(HeldCertificate("食品相关产品生产许可证", date(2027, 1, 1)),),
)
LINE = NeedLineFacts("食品级PE袋", quantity=Decimal(20000), unit="只", max_unit_price=Decimal("0.15"))
NEED = NeedFacts(id="N1", title="PE袋", lines=(LINE,), deliver_by=date(2026, 12, 15), deliver_town="致和街道")


def states(need=NEED, listing=LISTING):
    line = need.lines[0]
    findings = judge(need, line, demands_of(need, line), listing, GROUND)
    return {finding.code: finding.state for finding in findings}


def with_line(**changes):
    return replace(NEED, lines=(replace(LINE, **changes),))


def test_an_offer_that_fits_meets_everything():
    assert set(states().values()) == {State.MET}


def test_nothing_told_is_never_missed():
    bare = ListingFacts(id="L2", title="PE袋")
    assert State.MISSED not in states(listing=bare).values()
    assert State.MISSED not in states(need=NeedFacts(id="N2", title="PE袋", lines=(NeedLineFacts("PE袋"),))).values()


class TestQuantity:
    def test_below_the_minimum_order_is_missed_across_units(self):
        small = with_line(quantity=Decimal("0.4"), unit="万只")
        assert states(small)["moq"] is State.MISSED
        assert states(with_line(quantity=Decimal("0.5"), unit="万只"))["moq"] is State.MET

    def test_jin_and_kilograms_compare(self):
        listing = replace(LISTING, moq=Amount(Decimal(2500), "千克"), capacity=Amount(Decimal(60000), "千克", "month"))
        herb = with_line(quantity=Decimal(5000), unit="斤")
        assert states(herb, listing)["moq"] is State.MET
        assert states(with_line(quantity=Decimal(4999), unit="斤"), listing)["moq"] is State.MISSED

    def test_units_that_do_not_convert_are_unknown(self):
        assert states(with_line(unit="盒"))["moq"] is State.UNKNOWN

    def test_capacity_counts_over_the_days_until_it_is_needed(self):
        days = (NEED.deliver_by - TODAY).days
        most = 90000 * days // 30
        assert states(with_line(quantity=Decimal(most)))["quantity"] is State.MET
        assert states(with_line(quantity=Decimal(most + 3000)))["quantity"] is State.MISSED

    def test_a_quantity_wanted_every_month_is_held_against_a_month(self):
        need = replace(with_line(quantity=Decimal(300000)), description="每月30万只", deliver_by=date(2027, 11, 1))
        assert states(need)["quantity"] is State.MISSED

    def test_without_a_day_too_much_is_unknown(self):
        need = replace(with_line(quantity=Decimal(10**7)), deliver_by=None)
        assert states(need)["quantity"] is State.UNKNOWN


class TestMoney:
    @pytest.mark.parametrize(
        ("quantity", "limit", "state"), [(20000, "0.13", "met"), (20000, "0.12", "missed"), (6000, "0.15", "missed")]
    )
    def test_the_tier_at_the_quantity_counts(self, quantity, limit, state):
        need = with_line(quantity=Decimal(quantity), max_unit_price=Decimal(limit))
        assert states(need)["price"] is State(state)

    def test_prices_of_other_units_are_converted(self):
        per_ten_thousand = with_line(unit="万只", quantity=Decimal(2), max_unit_price=Decimal(1300))
        assert states(per_ten_thousand)["price"] is State.MET

    def test_a_negotiable_price_above_the_limit_is_unknown(self):
        need = with_line(max_unit_price=Decimal("0.1"))
        assert states(need, replace(LISTING, negotiable=True))["price"] is State.UNKNOWN

    def test_a_budget_counts_where_no_unit_price_is_named(self):
        need = replace(with_line(max_unit_price=None), budget_fen=260000)
        assert states(need)["budget"] is State.MET
        assert states(replace(need, budget_fen=259999))["budget"] is State.MISSED


class TestTime:
    def test_lead_time_against_the_day(self):
        assert states(replace(NEED, deliver_by=date(2026, 11, 30)))["lead_time"] is State.MET
        assert states(replace(NEED, deliver_by=date(2026, 11, 29)))["lead_time"] is State.UNKNOWN
        assert states(replace(NEED, deliver_by=date(2026, 11, 27)))["lead_time"] is State.MISSED

    def test_a_listing_that_ran_out_is_not_shown(self):
        assert is_shown(replace(LISTING, expires_on=TODAY), TODAY)
        assert not is_shown(replace(LISTING, expires_on=date(2026, 11, 22)), TODAY)
        assert not is_shown(replace(LISTING, status="paused"), TODAY)

    @pytest.mark.parametrize("title", ["求购川芎饮片", "长期收购白芷"])
    def test_what_asks_offers_nothing(self, title):
        assert not is_shown(replace(LISTING, title=title), TODAY)


class TestPapers:
    def asked(self, *names):
        return replace(NEED, certificates=names)

    def test_a_certificate_must_be_valid_on_the_day_needed(self):
        assert states(self.asked("食品相关产品生产许可证"))["certificate"] is State.MET
        late = replace(self.asked("食品相关产品生产许可证"), deliver_by=date(2027, 1, 2))
        assert states(late)["certificate"] is State.MISSED

    def test_a_certificate_that_is_not_held_is_missed_one_that_nobody_told_is_unknown(self):
        assert states(self.asked("CNAS"))["certificate"] is State.MISSED
        assert states(self.asked("CNAS"), replace(LISTING, certificates=None))["certificate"] is State.UNKNOWN

    def test_a_licence_of_the_organisation_counts(self):
        listing = replace(LISTING, organisation_licences=(HeldCertificate("CNAS", date(2030, 1, 1)),))
        assert states(self.asked("CNAS"), listing)["certificate"] is State.MET

    def test_a_report_that_comes_with_the_goods_is_never_missed(self):
        assert states(self.asked("检测报告"))["certificate"] is State.UNKNOWN
        listing = replace(LISTING, description="每批附检验报告")
        assert states(self.asked("检测报告"), listing)["certificate"] is State.MET


class TestWords:
    @pytest.mark.parametrize(
        ("hard", "description", "state"),
        [
            ("不含蔗糖", "配料首位为白砂糖", "missed"),
            ("不含蔗糖", "用赤藓糖醇调甜，不含蔗糖", "met"),
            ("不含蔗糖", "酸甜开胃", "unknown"),
            ("不要熏硫", "采用传统硫熏防蛀", "missed"),
            ("不要熏硫", "全程无硫，二氧化硫未检出", "met"),
            ("不要明胶", "牛骨明胶来源", "missed"),
            ("无溶剂残留", "溶剂残留未检出", "met"),
            ("不含酒精", "75%乙醇", "missed"),
            ("不含防腐剂", "无添加防腐剂", "met"),
        ],
    )
    def test_what_must_not_be_in_it(self, hard, description, state):
        need = replace(NEED, hard_words=(hard,))
        assert states(need, replace(LISTING, description=description))["refused"] is State(state)

    @pytest.mark.parametrize(
        ("item", "hard", "offered", "state"),
        [
            ("316L蝶阀", (), "SUS316L", "met"),
            ("316L蝶阀", (), "SUS304", "missed"),
            ("316L蝶阀", (), "黄铜", "unknown"),
            ("316螺栓", (), "316L", "met"),
            ("蝶阀", ("不要304",), "SUS304", "missed"),
            ("蝶阀", ("304的不要",), "SUS316L", "met"),
            ("螺栓", ("必须316",), "201", "missed"),
        ],
    )
    def test_steels(self, item, hard, offered, state):
        need = replace(with_line(item=item), title=item, hard_words=hard)
        assert states(need, replace(LISTING, title="件", specs=(("材质", offered),)))["steel"] is State(state)

    @pytest.mark.parametrize(
        ("hard", "spec", "state"),
        [
            ("容积3000升以上", ("容积", "5m³"), "met"),
            ("容积3000升以上", ("容积", "500L"), "missed"),
            ("容积3000升以上", ("容积", "10L-30m³"), "met"),
            ("2-8℃", ("温区", "2-8℃、15-25℃"), "met"),
            ("2-8℃", ("温区", "-18℃"), "missed"),
            ("水蒸气≤0.5", ("水蒸气透过", "≤0.3g/m²·24h"), "met"),
            ("水蒸气≤0.5", ("水蒸气透过", "≤3g/m²·24h"), "missed"),
            ("细度200目", ("细度", "60-300目"), "met"),
            ("小檗碱不低于6%", ("小檗碱", "≥6%"), "met"),
            ("厚度6丝以上", ("厚度", "0.03-0.05mm"), "missed"),
        ],
    )
    def test_measures_compare_in_base_units(self, hard, spec, state):
        need = replace(NEED, hard_words=(hard,))
        assert states(need, replace(LISTING, specs=(spec,)))["measure"] is State(state)

    @pytest.mark.parametrize(
        ("offered", "state"),
        [("0.30×75mm", "met"), ("0.18-0.40×13-75mm", "met"), ("0.25×25mm", "missed"), ("一号", "unknown")],
    )
    def test_sizes(self, offered, state):
        need = replace(NEED, hard_words=("0.30×75毫米",))
        assert states(need, replace(LISTING, specs=(("规格", offered),)))["size"] is State(state)

    def test_a_span_of_sizes_holds_what_lies_between(self):
        need = replace(NEED, hard_words=("20×30cm",))
        assert states(need, replace(LISTING, specs=(("尺寸", "10×15cm至40×60cm"),)))["size"] is State.MET


class TestKindAndPlace:
    def test_a_machine_is_not_the_service(self):
        need = with_line(item="中药代煎服务", unit="付")
        assert states(need, replace(LISTING, title="煎药机"))["kind"] is State.MISSED
        assert states(need, replace(LISTING, title="代煎", kind="service"))["kind"] is State.MET

    def test_who_stays_in_another_town_is_missed(self):
        away = replace(LISTING, town="涪城区", description="只在绵阳城区配送，暂不发外地。")
        assert states(listing=away)["place"] is State.MISSED
        assert states(listing=replace(away, description="全国发货"))["place"] is State.MET

    def test_a_buyer_may_insist_on_local_offers(self):
        need = replace(NEED, local_preference="require")
        assert states(need, replace(LISTING, locality="outside"))["locality"] is State.MISSED
        assert "locality" not in states(NEED, replace(LISTING, locality="outside"))


class TestPapersThatServe:
    def asked(self, name):
        return replace(NEED, certificates=(name,))

    def test_the_licence_of_food_packaging_serves_for_sc_in_packaging_alone(self):
        packaging = replace(LISTING, category="J0101")
        assert states(self.asked("食品生产许可证"), packaging)["certificate"] is State.MET
        assert states(self.asked("食品生产许可证"), replace(LISTING, category="D0101"))["certificate"] is State.MISSED

    def test_the_licence_that_serves_must_be_valid_too(self):
        late = replace(self.asked("食品生产许可证"), deliver_by=date(2027, 1, 2))
        assert states(late, replace(LISTING, category="J0101"))["certificate"] is State.MISSED

    @pytest.mark.parametrize(
        ("asked", "held", "state"),
        [
            ("ISO 22000", "FSSC 22000", "met"),
            ("FSSC 22000", "ISO 22000", "missed"),
            ("ISO 9001", "ISO 15378", "met"),
            ("ISO 17025", "CNAS", "met"),
            ("CNAS", "CMA", "missed"),
        ],
    )
    def test_a_standard_that_contains_another_serves_for_it_never_the_reverse(self, asked, held, state):
        listing = replace(LISTING, category="Q0101", certificates=(HeldCertificate(held),))
        assert states(self.asked(asked), listing)["certificate"] is State(state)


class TestServices:
    @pytest.mark.parametrize("text", ["三七药材检测", "设备清洗", "叉车培训", "冷链车租用", "要代煎服务", "危废收集"])
    def test_a_service_is_told_by_its_words(self, text):
        assert names_service(text)

    @pytest.mark.parametrize(
        "text", ["检测报告", "要SC和检测报告", "清洗机", "检测仪器", "含安装的离心机", "培训教材", "配送箱", "代煎机"]
    )
    def test_papers_tools_and_extras_of_goods_are_no_service(self, text):
        assert not names_service(text)


def test_days_to_make_are_not_rounded_up_for_a_third_that_has_no_end():
    assert days_to_make(Decimal(2), Amount(Decimal(3), "只", "month")) == 20
    assert days_to_make(Decimal("2.01"), Amount(Decimal(3), "只", "month")) == 21
