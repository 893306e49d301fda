"""Units: spelling, codes and what converts into what."""

from decimal import Decimal

import pytest

from marketplace.core.units import all_units, convert, find_unit, unit_code


class TestFindUnit:
    @pytest.mark.parametrize(
        ("text", "name", "code"),
        [
            ("千克", "千克", "KGM"),
            ("公斤", "千克", "KGM"),
            ("KG", "千克", "KGM"),
            ("ｋｇ", "千克", "KGM"),
            (" 吨 ", "吨", "TNE"),
            ("只", "个", "C62"),
            ("枚", "个", "C62"),
            ("pcs", "个", "C62"),
            ("Pcs", "个", "C62"),
            ("pieces", "个", "C62"),
            ("tonnes", "吨", "TNE"),
            ("Boxes", "盒", "BX"),
            ("kgs", "千克", "KGM"),
            ("箱", "箱", "CT"),
            ("盒", "盒", "BX"),
            ("粒", "粒", "AV"),
            ("斤", "斤", ""),
            ("支", "支", ""),
            ("m³", "立方米", "MTQ"),
            ("平", "平方米", "MTK"),
            ("M", "米", "MTR"),
            ("万只", "万只", ""),
            ("万粒", "万粒", ""),
            ("份", "份", "PTN"),
        ],
    )
    def test_knows_the_usual_spellings(self, text, name, code):
        unit = find_unit(text)
        assert (unit.name, unit.code) == (name, code)
        assert unit_code(text) == code

    @pytest.mark.parametrize("text", ["", "川芎", "万", "万克拉", "kgkg", "ss", "boxs es"])
    def test_finds_nothing_in_other_words(self, text):
        assert find_unit(text) is None
        assert unit_code(text) == ""

    def test_every_unit_has_a_positive_factor_and_finds_itself(self):
        assert len(all_units()) > 90
        for unit in all_units():
            assert unit.factor > 0
            assert find_unit(unit.name) == unit


class TestConvert:
    @pytest.mark.parametrize(
        ("quantity", "source", "target", "result"),
        [
            ("2000", "斤", "公斤", "1000"),
            ("1.5", "吨", "千克", "1500"),
            ("2", "两", "克", "100"),
            ("3", "担", "斤", "300"),
            ("2", "万只", "只", "20000"),
            ("2", "万粒", "粒", "20000"),
            ("5", "万袋", "袋", "50000"),
            ("1", "万斤", "吨", "5"),
            ("6", "丝", "毫米", "0.06"),
            ("1", "立方", "升", "1000"),
            ("12", "盒", "盒", "12"),
            ("3", "打", "只", "36"),
        ],
    )
    def test_converts_inside_one_dimension(self, quantity, source, target, result):
        assert convert(Decimal(quantity), source, target) == Decimal(result)

    @pytest.mark.parametrize(
        ("source", "target"),
        [
            ("箱", "盒"),
            ("袋", "包"),
            ("万袋", "盒"),
            ("公斤", "升"),
            ("付", "疗程"),
            ("次", "批次"),
            ("公斤", "坨"),
            ("坨", "坨"),
        ],
    )
    def test_refuses_what_no_factor_can_tell(self, source, target):
        assert convert(Decimal(1), source, target) is None

    def test_takes_units_as_well_as_their_names(self):
        assert convert(Decimal(2), find_unit("吨"), find_unit("公斤")) == Decimal(2000)
