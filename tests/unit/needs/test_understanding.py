"""From a sentence to what the editor proposes."""

from datetime import date
from decimal import Decimal

import pytest

from marketplace.core.places import load_gazetteer
from marketplace.needs.understanding import MAX_SENTENCE, understand

BAGS = "急需食品级PE袋2万只，单价0.3元以内，12月15日前送到致和，要SC和检测报告"


def read(sentence):
    return understand(sentence, today=date(2026, 11, 23), gazetteer=load_gazetteer())


class TestUnderstand:
    def test_reads_the_bag_sentence_whole(self):
        content = read(BAGS).content
        line = content.lines[0]
        assert (line.item, line.quantity, line.unit) == ("食品级PE袋", 20000, "只")
        assert (line.max_unit_price, line.price_unit) == (Decimal("0.3"), "只")
        assert (content.deliver_by, content.deliver_town) == (date(2026, 12, 15), "致和街道")
        assert content.certificates == ("食品生产许可证", "检测报告")
        assert content.title == "食品级PE袋 2万只"
        assert content.sentence == BAGS

    def test_marks_the_words_by_what_they_say(self):
        marks = {role: BAGS[start:end] for start, end, role in read(BAGS).marks}
        assert marks["thing"] == "食品级PE袋"
        assert marks["quantity"] == "2万只"
        assert "0.3元" in marks["price"]
        assert "12月15日" in marks["date"]
        assert marks["place"] == "致和"

    def test_names_the_words_behind_each_field(self):
        understanding = read(BAGS)
        assert understanding.line_sources(0)["quantity"] == [("2万只", "quantity")]
        sources = understanding.field_sources()
        assert sources["deliver_town"] == [("致和", "place")]
        assert [words for words, _role in sources["certificates"]] == ["SC", "检测报告"]
        assert sources["budget"] == []

    def test_takes_a_budget_in_fen(self):
        assert read("要两千斤当归，总价不超过3.6万元，下周五前到濛阳").content.budget_fen == 3_600_000

    def test_keeps_the_unit_of_a_price_that_differs_from_the_quantity(self):
        line = read("要两千斤当归，45块一公斤").content.lines[0]
        assert (line.unit, line.price_per) == ("斤", "公斤")
        assert line.limit_fen == 45 * 1000 * 100

    @pytest.mark.parametrize("sentence", ["", "   ", "你好"])
    def test_says_nothing_about_a_sentence_without_a_need(self, sentence):
        assert read(sentence).content.deliver_by is None

    def test_looks_at_a_bounded_length_only(self):
        assert len(read("袋" * 5000).content.sentence) == MAX_SENTENCE
