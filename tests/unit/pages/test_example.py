"""The sentence that the home page offers to try is one that the site understands."""

from datetime import date

from marketplace.core.places import load_gazetteer
from marketplace.needs.understanding import understand
from marketplace.pages.example import example_sentence


def test_every_part_of_it_is_understood():
    sentence = example_sentence("天府中药城")
    understood = understand(sentence, today=date(2026, 11, 23), gazetteer=load_gazetteer())
    assert {role for _start, _end, role in understood.marks} == {
        "thing",
        "quantity",
        "price",
        "date",
        "place",
        "certificate",
    }
    assert understood.content.deliver_town == "天府中药城"
