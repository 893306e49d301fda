"""Packs and pieces compare where the listing says what a pack holds, and nowhere else."""

from decimal import Decimal

import pytest

from marketplace.matching.facts import ListingFacts
from marketplace.matching.packing import convert_for

GLOVES = ListingFacts(id="L1", title="丁腈手套", specs=(("包装", "100只/盒、10盒/箱"),))


@pytest.mark.parametrize(
    ("quantity", "unit", "other", "expected"),
    [(50, "箱", "只", 50000), (3, "盒", "只", 300), (5000, "只", "箱", 5), ("0.5", "万只", "箱", 5)],
)
def test_packs_are_opened_as_the_listing_says(quantity, unit, other, expected):
    assert convert_for(Decimal(quantity), unit, other, GLOVES) == expected


@pytest.mark.parametrize("text", ["一箱二十四瓶", "24瓶/箱", "每箱装24瓶", "24瓶装箱"])
def test_contents_are_read_as_people_write_them(text):
    drinks = ListingFacts(id="L2", title="饮料", description=text)
    assert convert_for(Decimal(2), "箱", "瓶", drinks) == 48


def test_without_contents_packs_do_not_compare():
    assert convert_for(Decimal(2), "箱", "瓶", ListingFacts(id="L3", title="饮料")) is None
    assert convert_for(Decimal(2), "箱", "瓶") is None
