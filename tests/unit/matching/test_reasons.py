"""Reasons follow from the figures of the findings."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from marketplace.matching import reasons
from marketplace.matching.facts import Amount, Tier
from marketplace.matching.judge import Finding, State
from tests.unit.matching.test_judge import GROUND, LISTING, NEED, TODAY, demands_of, judge, with_line


def worded(need=NEED, listing=LISTING):
    line = need.lines[0]
    findings = judge(need, line, demands_of(need, line), listing, GROUND)
    return {finding.code: str(reasons.word(finding)) for finding in findings}, findings


@pytest.fixture(autouse=True)
def _in_app(app):
    """Words are worded inside the application."""


def test_a_reason_names_requirement_and_fact():
    words, _ = worded()
    assert words["quantity"].startswith("Quantity: makes 90,000")
    assert "takes about 7 days" in words["quantity"]
    assert "0.13" in words["price"]
    assert "within 7 days" in words["lead_time"]


def test_every_finding_can_be_worded_in_every_state():
    listings = [
        LISTING,
        replace(LISTING, moq=Amount(Decimal(1), "盒"), capacity=None, tiers=(), lead_days_min=None, lead_days_max=None),
        replace(
            LISTING,
            moq=Amount(Decimal(10**6), "只"),
            capacity=Amount(Decimal(1), "只", "year"),
            locality="outside",
            tiers=(Tier(Decimal(1), Decimal(9)),),
            lead_days_min=90,
            lead_days_max=99,
            town="涪城区",
            description="只在绵阳城区配送。含白砂糖。概不送货，买方自提。发票开不了。",
            specs=(("材质", "304"), ("容积", "5L"), ("规格", "1×2mm")),
        ),
        replace(
            LISTING,
            negotiable=True,
            tiers=(Tier(Decimal(1), Decimal(9)),),
            kind="service",
            description="不含蔗糖。可开专票。",
            specs=(("材质", "316L"), ("容积", "5m³")),
        ),
    ]
    needs = [
        replace(
            with_line(item="316L储罐"),
            certificates=("CNAS", "检测报告"),
            local_preference="require",
            hard_words=("不含蔗糖", "容积3000升以上", "0.30×75mm", "热链"),
            description="送到厂里，要专票",
        ),
        replace(with_line(max_unit_price=None, item="代煎服务"), budget_fen=100, hard_words=("不要304",)),
    ]
    seen = set()
    for need in needs:
        for listing in listings:
            words, findings = worded(need, listing)
            seen |= {finding.code for finding in findings}
            assert all(words.values())
            assert "%(" not in " ".join(words.values())
    assert seen == set(reasons.WORDING) - {"licence"}


class TestFitsIf:
    def test_the_smallest_change_is_named(self):
        _, findings = worded(listing=replace(LISTING, moq=Amount(Decimal(50000), "只")))
        assert "minimum order of 20,000" in reasons.fits_if(findings)

    def test_the_named_change_makes_it_fit(self):
        slow = replace(LISTING, lead_days_min=40, lead_days_max=40)
        _, findings = worded(listing=slow)
        days = (NEED.deliver_by - TODAY).days
        assert f"{days} days" in reasons.fits_if(findings)
        _, again = worded(listing=replace(slow, lead_days_min=days, lead_days_max=days))
        assert reasons.fits_if(again) == ""

    def test_a_named_capacity_is_enough(self):
        need = with_line(quantity=Decimal(500000))
        _, findings = worded(need)
        missed = next(finding for finding in findings if finding.code == "quantity")
        enough = missed.figures["capacity"] * missed.figures["takes"] / missed.figures["days"]
        _, again = worded(need, replace(LISTING, capacity=Amount(Decimal(enough), "只", "month")))
        assert reasons.fits_if(again) == ""

    def test_a_small_capacity_is_never_rounded_down(self):
        figures = {"quantity": Decimal(37), "unit": "吨", "capacity": Decimal(1), "capacity_unit": "吨", "per": "day",
                   "takes": 37, "days": 30}  # fmt: skip
        assert "1.24" in reasons.fits_if([Finding("quantity", State.MISSED, True, figures)])

    @pytest.mark.parametrize("codes", [(), ("kind",), ("moq", "price", "lead_time")])
    def test_nothing_is_promised_when_nothing_small_would_do(self, codes):
        figures = {"quantity": Decimal(1), "unit": "只", "limit": Decimal(1), "days": 1, "wanted": "service"}
        assert reasons.fits_if([Finding(code, State.MISSED, True, figures) for code in codes]) == ""


def test_a_past_deadline_is_not_judged():
    words, _ = worded(replace(NEED, deliver_by=TODAY - timedelta(days=1)))
    assert "lead_time" not in words
    assert date.fromisoformat("2026-11-23") == TODAY


def test_a_paper_that_serves_in_the_stead_of_another_is_named():
    words, _ = worded(replace(NEED, certificates=("食品生产许可证",)), replace(LISTING, category="J0101"))
    assert words["certificate"].startswith("食品生产许可证: 食品相关产品生产许可证 is held, valid until")
