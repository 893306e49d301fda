"""Steps of the editor between two saves."""

from datetime import date
from decimal import Decimal

from marketplace.needs import editing
from marketplace.needs.contents import LineContent, NeedContent
from marketplace.needs.editing import values_of


def content(item="PE袋", quantity=20000, day=date(2026, 12, 15), **more):
    lines = (LineContent(item, Decimal(quantity), "只", max_unit_price=Decimal("0.30")),)
    return NeedContent(title=f"{item} {quantity}只", lines=lines, deliver_by=day, **more)


class TestReadAgain:
    def test_follows_the_sentence_where_nothing_was_touched(self):
        old, new = values_of(content()), values_of(content(quantity=30000, day=date(2026, 12, 20)))
        merged, conflicts = editing.read_again(old, old, new)
        assert (merged["lines-0-quantity"], merged["deliver_by"], conflicts) == ("30000", "2026-12-20", [])

    def test_keeps_a_hand_correction_and_asks(self):
        old, new = values_of(content()), values_of(content(day=date(2026, 12, 20)))
        mine = old | {"deliver_by": "2026-12-10"}
        merged, conflicts = editing.read_again(mine, old, new)
        assert merged["deliver_by"] == "2026-12-10"
        assert [(conflict.name, conflict.said) for conflict in conflicts] == [("deliver_by", "2026-12-20")]

    def test_does_not_ask_again_about_what_the_sentence_said_before(self):
        old, new = values_of(content()), values_of(content(day=date(2026, 12, 20)))
        mine = old | {"title": "自己写的标题"}
        merged, conflicts = editing.read_again(mine, old, new)
        assert (merged["title"], merged["deliver_by"], conflicts) == ("自己写的标题", "2026-12-20", [])

    def test_keeps_a_field_that_was_emptied_by_hand(self):
        old = values_of(content())
        merged, conflicts = editing.read_again(old | {"deliver_by": ""}, old, values_of(content()))
        assert (merged["deliver_by"], conflicts) == ("", [])

    def test_merges_a_line_cell_by_cell(self):
        old, new = values_of(content()), values_of(content(quantity=30000))
        mine = old | {"lines-0-max_unit_price": "0.25"}
        merged, conflicts = editing.read_again(mine, old, new)
        assert (merged["lines-0-quantity"], merged["lines-0-max_unit_price"]) == ("30000", "0.25")
        assert conflicts == []

    def test_asks_about_lines_when_a_corrected_cell_is_said_anew(self):
        old, new = values_of(content()), values_of(content(quantity=30000))
        merged, conflicts = editing.read_again(old | {"lines-0-quantity": "25000"}, old, new)
        assert merged["lines-0-quantity"] == "25000"
        assert [conflict.name for conflict in conflicts] == ["lines"]

    def test_keeps_all_lines_when_their_number_changed(self):
        old, new = values_of(content()), values_of(content(quantity=30000))
        mine = editing.with_lines(old, [*editing.lines_of(old), {"item": "纸箱"}])
        merged, conflicts = editing.read_again(mine, old, new)
        assert [line["item"] for line in editing.lines_of(merged)] == ["PE袋", "纸箱"]
        assert [conflict.name for conflict in conflicts] == ["lines"]

    def test_keeps_the_category_chosen_for_the_same_item(self):
        old, new = values_of(content()), values_of(content(quantity=30000))
        merged, _conflicts = editing.read_again(old | {"lines-0-category": "7"}, old, new)
        assert merged["lines-0-category"] == "7"


class TestTake:
    def test_takes_one_field(self):
        mine, said = values_of(content()), values_of(content(day=date(2026, 12, 20), quantity=30000))
        taken = editing.take(mine, said, "deliver_by")
        assert (taken["deliver_by"], taken["lines-0-quantity"]) == ("2026-12-20", "20000")

    def test_takes_all(self):
        mine, said = values_of(content()), values_of(content(day=date(2026, 12, 20), quantity=30000))
        taken = editing.take(mine, said, "all")
        assert (taken["deliver_by"], taken["lines-0-quantity"]) == ("2026-12-20", "30000")

    def test_ignores_a_field_that_a_sentence_cannot_fill(self):
        mine = values_of(content())
        assert editing.take(mine, {"version": "9"}, "version") == mine


class TestLines:
    def test_numbers_lines_without_gaps(self):
        values = editing.with_lines({}, editing.lines_of({"lines-4-item": "b", "lines-2-item": "a"}))
        assert (values["lines-0-item"], values["lines-1-item"]) == ("a", "b")

    def test_adds_and_removes(self):
        values = editing.add_line(values_of(content()))
        assert len(editing.lines_of(values)) == 2
        assert editing.lines_of(editing.remove_line(values, 0)) == [dict.fromkeys(editing.LINE_FIELDS, "")]
        assert len(editing.lines_of(editing.remove_line(editing.remove_line(values, 0), 0))) == 1

    def test_drops_empty_lines_but_keeps_one(self):
        values = editing.add_line(values_of(content()))
        assert [line["item"] for line in editing.lines_of(editing.drop_empty_lines(values))] == ["PE袋"]
        assert len(editing.lines_of(editing.drop_empty_lines({}))) == 1
