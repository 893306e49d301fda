"""The search pages: what an address asks, and what filters, chips, orders and pages show."""

import re
from datetime import timedelta

import pytest
from werkzeug.datastructures import MultiDict

from marketplace.accounts.search import PAGE as ORGANISATIONS
from marketplace.catalog.search import PAGE as LISTINGS
from marketplace.core.clock import utc_now
from marketplace.needs.search import PAGE as NEEDS
from marketplace.search import Hits
from marketplace.search.browse import DEEPEST_PAGE, PAGES, Asked, Browse, SearchArguments
from tests.factories.accounts import OrganisationFactory
from tests.factories.catalog import ListingFactory, load_categories
from tests.factories.needs import NeedFactory

ALL = [pytest.param(page, id=page.kind) for page in (LISTINGS, NEEDS, ORGANISATIONS)]


@pytest.fixture
def tree(app, request_context):
    load_categories()


def ask(page, *given):
    return Asked.read(page, SearchArguments(MultiDict(given), page.arguments()))


def browse(page, *given, hits=None):
    found = Browse(page, MultiDict(given))
    found.hits = hits or found.hits
    return found


class TestAsked:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("category", "ZZ"),
            ("locality", "moon"),
            ("price_from", "abc"),
            ("price_from", "nan"),
            ("price_from", "100-200"),
            ("price_to", "-1"),
            ("price_to", "1e999"),
            ("organisation", "x"),
        ],
    )
    def test_a_filter_that_cannot_be_read_is_told(self, tree, name, value):
        found = browse(LISTINGS, (name, value))
        assert found.asked == Asked(LISTINGS)
        assert value in found.problems[name]
        assert found.typed(name) == value

    @pytest.mark.parametrize(("name", "value"), [("page", "-3"), ("page", "x"), ("sort", "stars")])
    def test_nonsense_in_order_and_page_is_left_out(self, tree, name, value):
        found = browse(LISTINGS, (name, value))
        assert found.asked == Asked(LISTINGS)
        assert found.problems == {}

    def test_a_filter_with_a_known_and_an_unknown_value_keeps_the_known_one(self, tree):
        found = browse(LISTINGS, ("locality", "park"), ("locality", "moon"))
        assert found.asked.filters == {"locality": ("park",)}
        assert "moon" in found.problems["locality"]

    def test_reads_what_was_chosen(self, tree):
        asked = ask(LISTINGS, ("q", " PE袋 "), ("locality", "park"), ("locality", "city"), ("price_to", "￥0.3 元"))
        assert asked.text == "PE袋"
        assert asked.filters == {"locality": ("park", "city")}
        assert asked.query().ranges == {"price": (None, 300_000)}
        assert asked.order == "relevance"

    @pytest.mark.parametrize("page", ALL)
    def test_without_words_the_newest_come_first(self, tree, page):
        assert ask(page).query().sort == "newest"
        assert ask(page, ("sort", "relevance")).query().sort == "newest"

    def test_what_is_usual_is_in_force_and_not_in_the_address(self, tree):
        assert ask(NEEDS).query().filters == {"status": {"open"}}
        assert ask(NEEDS, ("status", "open")).args()["q"] is None
        assert ask(NEEDS, ("status", "open")).href() == "/needs"
        assert ask(NEEDS, ("status", "closed")).query().filters == {"status": {"closed"}}

    def test_a_status_that_is_not_public_cannot_be_asked_for(self, tree):
        found = browse(NEEDS, ("status", "draft"))
        assert found.asked.query().filters == {"status": {"open"}}
        assert "draft" in found.problems["status"]


def toggled_href(asked, facet, value):
    return asked.hrefs(facet)(asked.toggled(facet, value))


class TestAddresses:
    def test_turning_a_filter_keeps_the_rest_and_begins_at_page_one(self, tree):
        facets = {facet.name: facet for facet in LISTINGS.facets}
        asked = ask(LISTINGS, ("q", "袋"), ("kind", "product"), ("page", "3"))
        assert toggled_href(asked, facets["locality"], "park") == "/listings?q=%E8%A2%8B&locality=park&kind=product"
        assert "kind" not in toggled_href(asked, facets["kind"], "product")
        assert asked.href(2).endswith("page=2")

    def test_every_address_reads_back_as_itself(self, tree):
        given = [("q", "袋"), ("kind", "product"), ("price_from", "1"), ("organisation", "3"), ("sort", "price_up")]
        asked = ask(LISTINGS, *given, ("as_typed", "1"))
        pairs = [tuple(pair.split("=")) for pair in asked.href().split("?")[1].split("&")]
        assert ask(LISTINGS, *[(name, "袋" if name == "q" else value) for name, value in pairs]) == asked


class TestGroups:
    def test_the_way_down_the_tree_and_the_level_below(self, tree):
        hits = Hits(ids=[], total=0, facets={"category": {"J": 5, "J01": 3, "J0101": 3, "J02": 2, "M": 9}})
        group = browse(LISTINGS, ("category", "J"), hits=hits).groups()[0]
        assert [(option.count, option.active) for option in group.options] == [(5, True), (3, False), (2, False)]
        assert group.clear_href == "/listings"

    @pytest.mark.parametrize("page", [LISTINGS, ORGANISATIONS], ids=["listings", "organisations"])
    def test_a_chosen_value_stays_to_be_taken_back(self, tree, page):
        hits = Hits(ids=[], total=0, facets={"certificates": {"FSC": 2}})
        groups = browse(page, ("certificates", "HACCP"), hits=hits).groups()
        assert [(option.label, option.count, option.active) for option in groups[0].options] == [
            ("FSC", 2, False),
            ("HACCP", 0, True),
        ]

    @pytest.mark.parametrize("page", [LISTINGS, ORGANISATIONS], ids=["listings", "organisations"])
    def test_kinds_stand_by_their_counts_the_most_first(self, tree, page):
        (kind,) = (facet for facet in page.facets if facet.name == "kind")
        counts = {str(value): number for number, value in enumerate(kind.labels, start=1)}
        groups = browse(page, hits=Hits(ids=[], total=0, facets={"kind": counts})).groups()
        (group,) = (group for group in groups if group.title == str(kind.label))
        assert [option.count for option in group.options] == sorted(counts.values(), reverse=True)

    @pytest.mark.parametrize("page", ALL)
    def test_every_facet_has_a_group_with_the_counts_of_the_index(self, tree, page):
        values = {facet.name: next(iter(facet.labels or (["J"] if facet.tree else ["x"]))) for facet in page.facets}
        hits = Hits(ids=[], total=1, facets={name: {str(value): 7} for name, value in values.items()})
        groups = browse(page, hits=hits).groups()
        assert [group.title for group in groups] == [str(facet.label) for facet in page.facets if facet.label]
        assert {option.count for group in groups for option in group.options} == {7}

    def test_the_nearest_category_is_the_most_exact(self, tree):
        hits = Hits(ids=[], total=0, nearest={"category": ("J", "J01", "J0101")})
        assert [node.code for node in browse(NEEDS, hits=hits).nearest()] == ["J0101"]


class TestChips:
    def test_a_price_shows_its_range(self, tree):
        assert browse(LISTINGS, ("price_from", "0.5")).chips() == [{"label": "¥0.5–…", "href": "/listings"}]

    def test_the_organisation_is_named(self, tree):
        supplier = OrganisationFactory(short_name="彭净包装")
        assert [chip["label"] for chip in browse(LISTINGS, ("organisation", str(supplier.id))).chips()] == ["彭净包装"]

    def test_what_is_usual_is_no_chip(self, tree):
        assert browse(NEEDS, ("status", "open")).chips() == []


@pytest.fixture
def park(app):
    """More than a page of each kind."""
    now = utc_now()
    supplier = OrganisationFactory()
    for _number in range(21):
        ListingFactory(organisation=supplier, published_at=now, expires_at=now + timedelta(days=9))
        NeedFactory(organisation=supplier, posted_at=now, closes_at=now + timedelta(days=9))
        OrganisationFactory()


class TestPages:
    @pytest.mark.parametrize("page", ["/listings", "/needs", "/organisations"])
    @pytest.mark.parametrize("number", [3, 99, 10**30])
    def test_the_page_after_the_last_is_the_last(self, park, browser, page, number):
        last = browser.get(f"{page}?page=2").get_data(as_text=True)
        beyond = browser.get(f"{page}?page={number}").get_data(as_text=True)
        links = re.compile(rf'href="({page}/\d+)"')
        assert links.findall(last)
        assert links.findall(beyond) == links.findall(last)
        assert 'aria-current="page" aria-label="第 2 页"' in re.sub(r"\s+", " ", beyond)

    def test_no_page_is_deeper_than_the_engine_reads(self, tree):
        assert browse(LISTINGS, hits=Hits(ids=[], total=10**6)).pages == DEEPEST_PAGE

    def test_a_price_that_cannot_be_read_stays_in_its_field_with_a_sentence(self, park, browser):
        answer = browser.get("/listings?price_from=100-200", headers={"Accept-Language": "en"}).get_data(as_text=True)
        assert re.search(r'name="price_from"[^>]*value="100-200"[^>]*aria-invalid="true"', answer)
        assert "“100-200” is not a number that can be read." in answer

    def test_tabs_count_what_the_words_find(self, park, browser):
        answer = browser.get("/needs?q=PE", headers={"Accept-Language": "en"}).get_data(as_text=True)
        tabs = re.findall(r"(Supply|Needs|Organisations)\s*<span\s+class=\"tabs__count\">(\d+)", answer)
        assert dict(tabs) == {"Supply": "21", "Needs": "21", "Organisations": "0"}


def test_each_page_offers_what_it_says():
    assert sorted(PAGES) == ["listings", "needs", "organisations"]
    for page in PAGES.values():
        assert set(page.counted) <= {facet.name for facet in page.facets}
        assert all(facet.column is not None or facet.pairs is not None for facet in page.facets)
