"""Words in advertising that the law forbids, marked with their rule (R11)."""

import pytest

from marketplace.catalog.claims import ClaimRule, find_claims, marked_pieces

FOOD, COSMETICS, MEDICINE, PACKAGING = "D0101", "E0101", "B0301", "J0101"


def words(text, category=PACKAGING):
    return [claim.word for claim in find_claims(text, category)]


class TestSuperlativesR11:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("国家级品质，销量第一", ["国家级", "销量第一"]),
            ("最好的纸箱", ["最好的"]),
            ("全网最低价", ["全网最低"]),
            ("行业唯一", ["唯一"]),
            ("顶级工艺", ["顶级"]),
            ("最先进的设备", ["最先进"]),
            ("the best bags", ["the best"]),
            ("百分百有效", ["百分百有效"]),
            ("第一品牌", ["第一品牌"]),
        ],
    )
    def test_are_marked_in_every_category(self, text, found):
        assert words(text) == found

    @pytest.mark.parametrize(
        "text",
        [
            "起订最低二百盒",
            "最快三天发货",
            "最高500 kg",
            "医疗器械唯一标识",
            "第一批次",
            "销售第一时间响应",
            "最长三年",
            "最佳食用期",
            "万能粉碎机",
            "最好在阴凉处存放",
            "中国药典2025年版一部",
            "治疗仪配件",
            "pest control",
        ],
    )
    def test_plain_facts_are_not(self, text):
        assert words(text) == []


class TestHealingClaimsR11:
    @pytest.mark.parametrize("category", [FOOD, COSMETICS])
    @pytest.mark.parametrize("text", ["可治疗感冒", "抗癌配方", "根治失眠", "消炎止痛"])
    def test_are_marked_for_food_and_cosmetics(self, text, category):
        assert {claim.rule for claim in find_claims(text, category)} == {ClaimRule.HEALING}

    def test_a_medicine_may_say_what_it_heals(self):
        assert words("主治风寒感冒，疗效明确", MEDICINE) == []

    @pytest.mark.parametrize("text", ["本品不能代替药物治疗", "非治疗用途", "不具有疗效", "不含消炎成分"])
    def test_a_denial_claims_nothing(self, text):
        assert words(text, FOOD) == []

    def test_a_health_food_may_speak_of_immunity_as_registered(self):
        assert words("增强免疫力", "D0201") == []
        assert words("增强免疫力", FOOD) == ["增强免疫力"]


def test_marked_pieces_join_to_the_text_again():
    text = "这是<b>全国第一</b>的茶，可治疗感冒。"
    pieces = marked_pieces(text, FOOD)
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.rule] == ["全国第一", "治疗"]
