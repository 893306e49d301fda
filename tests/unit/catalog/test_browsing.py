"""The address of the search page, and what its filters show."""

from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from marketplace.catalog import browsing, queries
from marketplace.catalog.browsing import Browse
from marketplace.search import Hits
from tests.factories.catalog import load_categories


@pytest.fixture
def tree(app, request_context):
    load_categories()
    return queries.category_tree()


def browse(tree, *args):
    return Browse.from_args(MultiDict(args), tree)


class TestFromArgs:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("category", "ZZ"),
            ("page", "-3"),
            ("page", "x"),
            ("price_from", "abc"),
            ("price_from", "nan"),
            ("price_to", "-1"),
            ("price_to", "1e999"),
            ("sort", "stars"),
            ("organisation", "x"),
        ],
    )
    def test_nonsense_in_the_address_is_left_out(self, tree, name, value):
        assert browse(tree, (name, value)) == Browse()

    def test_reads_what_was_chosen(self, tree):
        asked = browse(tree, ("q", " PE袋 "), ("locality", "park"), ("locality", "city"), ("price_to", "0.3"))
        assert asked.text == "PE袋"
        assert asked.filters == {"locality": ("park", "city")}
        assert asked.query().ranges == {"price": (None, 300_000)}
        assert asked.order == "relevance"

    def test_without_words_the_newest_come_first(self, tree):
        assert browse(tree).query().sort == "newest"


class TestAddresses:
    def test_turning_a_filter_keeps_the_rest_and_begins_at_page_one(self, tree):
        asked = browse(tree, ("q", "袋"), ("kind", "product"), ("page", "3"))
        assert asked.toggled("locality", "park").href() == "/listings?q=%E8%A2%8B&kind=product&locality=park"
        assert "kind" not in asked.toggled("kind", "product").href()
        assert asked.href(2).endswith("page=2")


class TestGroups:
    def test_the_way_down_the_tree_and_the_level_below(self, tree):
        hits = Hits(ids=[], total=0, facets={"category": {"J": 5, "J01": 3, "J0101": 3, "J02": 2, "M": 9}})
        group = browsing.groups(browse(tree, ("category", "J")), hits, tree)[0]
        assert [(option.count, option.active) for option in group.options] == [(5, True), (3, False), (2, False)]
        assert group.clear_href == "/listings"

    def test_a_chosen_value_stays_to_be_taken_back(self, tree):
        hits = Hits(ids=[], total=0, facets={"certificates": {"FSC": 2}})
        groups = browsing.groups(browse(tree, ("certificates", "HACCP")), hits, tree)
        assert [(option.label, option.count, option.active) for option in groups[0].options] == [
            ("FSC", 2, False),
            ("HACCP", 0, True),
        ]

    def test_the_nearest_category_is_the_most_exact(self, tree):
        hits = Hits(ids=[], total=0, nearest={"category": ("J", "J01", "J0101")})
        assert [node.code for node in browsing.nearest_categories(hits, tree)] == ["J0101"]


def test_price_chips_show_the_range(tree):
    chip = browsing.chips(Browse(price_from=Decimal("0.5")), tree)[0]
    assert chip == {"label": "¥0.5–…", "href": "/listings"}
