"""Suggestions of the search boxes, and what a search page says of words that it read in another way."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from marketplace import search
from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Category
from marketplace.core.db import db, transaction
from tests.factories.accounts import OrganisationFactory, owner_of
from tests.factories.catalog import ListingFactory, load_categories
from tests.factories.needs import DraftFactory, NeedFactory

ENGLISH = {"Accept-Language": "en"}
MARKUP = "<img src=x onerror=alert(1)>"


def indexed(kind, *rows):
    with transaction():
        for row in rows:
            search.changed(kind, row.id)


def category(code):
    return db.session.scalars(select(Category).filter_by(code=code)).one()


@pytest.fixture
def park(app, worker):
    """A supplier with two bags, a box and hidden things; a buyer with a need."""
    load_categories()
    firm = OrganisationFactory(name="四川锦屹包装有限公司", short_name="锦屹包装")
    listings = [ListingFactory(organisation=firm, category=category("J0101"), title=title)
                for title in ("食品级PE自封袋", "自封袋 透明", "瓦楞纸箱 包装")]  # fmt: skip
    hidden = [
        ListingFactory(organisation=firm, category=category("J0101"), title="自热锅 秘密", status=status)
        for status in (ListingStatus.DRAFT, ListingStatus.PAUSED)
    ]
    waiting = OrganisationFactory(name="四川锦绣暗厂", short_name="锦绣", status=OrganisationStatus.PENDING)
    need = NeedFactory(organisation=firm, title="求 自封袋 一批")
    draft = DraftFactory(organisation=firm, title="自动售货机")
    indexed("listings", *listings, *hidden)
    indexed("organisations", firm, waiting)
    indexed("needs", need, draft)
    worker()
    return firm


def offered(browser, typed, kind="listings"):
    """The options of the list: their words and where they lead."""
    answer = browser.get("/suggestions", query_string={"kind": kind, "q": typed}, headers=ENGLISH)
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.find("html") is None
    return [(" ".join(option.stripped_strings), option["href"]) for option in page.select("[role=option]")]


class TestSuggestions:
    @pytest.mark.parametrize("typed", ["自", "zi", "zfd", "zifengd", "自feng"])
    def test_words_with_what_a_search_for_them_finds(self, browser, park, typed):
        words, address = offered(browser, typed)[0]
        word, count = words.split()
        assert (word, address) == ("自封袋", "/listings?q=%E8%87%AA%E5%B0%81%E8%A2%8B")
        assert f"{count} offers" in browser.get(address, headers=ENGLISH).text

    def test_categories_lead_to_their_shelf_with_their_path(self, browser, park):
        found = {address: words for words, address in offered(browser, "suliao")}
        assert found["/listings?category=J01"].startswith("Plastic packaging Packaging 3")
        assert "3 offers" in browser.get("/listings?category=J01", headers=ENGLISH).text

    def test_empty_categories_are_not_offered(self, browser, park):
        assert [address for _words, address in offered(browser, "玻璃") if "category" in address] == []

    @pytest.mark.parametrize("typed", ["锦", "jinyi", "jybz", "四川锦", "scjy"])
    def test_organisations_lead_to_their_page(self, browser, park, typed):
        assert offered(browser, typed)[-1] == ("锦屹包装 四川锦屹包装有限公司 Park", f"/organisations/{park.id}")

    def test_the_groups_have_names(self, browser, park):
        page = BeautifulSoup(browser.get("/suggestions?q=包装", headers=ENGLISH).text, "html.parser")
        groups = [group["aria-label"] for group in page.select("[role=group]")]
        assert groups == ["Words", "Categories", "Organisations"]

    def test_each_search_has_its_own(self, browser, park):
        assert offered(browser, "自", "needs")[0] == ("自封袋 1", "/needs?q=%E8%87%AA%E5%B0%81%E8%A2%8B")
        assert offered(browser, "纸箱", "needs") == []
        assert offered(browser, "自", "organisations") == []
        assert len(offered(browser, "锦", "organisations")) == 1

    @pytest.mark.parametrize("typed", ["自热", "自动", "zirg", "mimi", "秘密", "锦绣", "jinxiu", "暗厂"])
    @pytest.mark.parametrize("kind", ["listings", "needs", "organisations"])
    def test_nothing_hidden_is_offered(self, browser, park, typed, kind):
        assert offered(browser, typed, kind) == []

    def test_its_own_supplier_is_offered_no_draft_either(self, as_person, park):
        assert offered(as_person(owner_of(park)), "自热") == []

    def test_what_was_hidden_since_is_not_offered(self, browser, park):
        with transaction():
            park.status = OrganisationStatus.SUSPENDED
        assert [words for words, address in offered(browser, "锦") if "organisations" in address] == []

    @pytest.mark.parametrize(
        "typed", ["", " ", "%", "_", "'", '"', "\0", MARKUP, "袋" * 20_000, "../../etc", "💥", "\ud800"]
    )
    def test_whatever_is_typed(self, browser, park, typed):
        assert offered(browser, typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")) == []

    def test_words_and_names_are_escaped(self, browser, worker):
        load_categories()
        firm = OrganisationFactory(name=f"锦{MARKUP}", short_name=f"锦{MARKUP}")
        listing = ListingFactory(organisation=firm, category=category("J0101"), title=f"纸箱{MARKUP}")
        indexed("listings", listing)
        indexed("organisations", firm)
        worker()
        for typed in ("锦", "纸", "im", "on", "al"):
            assert "<img" not in browser.get(f"/suggestions?q={typed}").text

    def test_an_unknown_kind_is_none(self, browser):
        for kind in ("searches", "people", "", "listings/../needs"):
            assert browser.get("/suggestions", query_string={"kind": kind, "q": "a"}).status_code == 404

    def test_without_an_index_it_offers_nothing(self, browser, app):
        search.engine().caches.clear()
        assert offered(browser, "自") == []

    def test_it_changes_nothing_and_its_statements_do_not_grow(self, browser, park, worker, count_queries):
        before = count_queries(browser, "/suggestions?q=包装")
        firms = [OrganisationFactory(name=f"包装{number}厂") for number in range(6)]
        indexed("organisations", *firms)
        indexed("listings", *(ListingFactory(organisation=firm, category=category("J0101"), title="包装 盒")
                              for firm in firms))  # fmt: skip
        worker()
        assert count_queries(browser, "/suggestions?q=包装") == before <= 4
        assert browser.post("/suggestions").status_code == 405


class TestSearchBoxes:
    @pytest.mark.parametrize(
        ("path", "kind", "count"),
        [
            ("/listings", "listings", 1),
            ("/needs", "needs", 1),
            ("/organisations", "organisations", 1),
            ("/", "listings", 2),
            ("/about", "listings", 2),
            ("/listings/how", "listings", 2),
        ],
    )
    def test_every_page_can_be_searched_from(self, browser, app, path, kind, count):
        page = BeautifulSoup(browser.get(path).text, "html.parser")
        boxes = page.select("form[role=search][data-search-box]")
        assert [box["data-search-box"] for box in boxes] == [f"/suggestions?kind={kind}"] * count
        ids = [element["id"] for element in page.select("[id]")]
        assert len(ids) == len(set(ids))
        for box in boxes:
            assert box.select_one("input[name=q]").get("role") is None, "only the script makes it a combobox"
            assert box.select_one("[role=listbox]").has_attr("hidden")
            assert box["action"].strip("/") in {"listings", "needs", "organisations"}

    def test_needs_keep_their_filters(self, browser, park):
        page = BeautifulSoup(browser.get("/needs?category=J01&q=袋").text, "html.parser")
        assert page.select_one("form[role=search] input[name=category]")["value"] == "J01"


class TestReading:
    @pytest.mark.parametrize("path", ["/listings", "/needs", "/organisations"])
    def test_a_page_says_how_it_read_the_words_and_offers_what_was_typed(self, browser, park, path):
        typed = "baozhuang" if path == "/organisations" else "自封代"
        read = "包装" if path == "/organisations" else "自封袋"
        page = BeautifulSoup(browser.get(path, query_string={"q": typed}, headers=ENGLISH).text, "html.parser")
        reading = page.select_one(".reading")
        assert f"Shown for {read}" in reading.get_text(" ", strip=True)
        answer = browser.get(reading.a["href"], headers=ENGLISH)
        other = BeautifulSoup(answer.text, "html.parser")
        assert f"Only what you typed: “{typed}”" in other.select_one(".reading").get_text(" ", strip=True)
        back = other.select_one(".reading a")
        assert back.get_text() == read
        again = BeautifulSoup(browser.get(back["href"], headers=ENGLISH).text, "html.parser")
        assert again.select_one(".reading").get_text() == reading.get_text()

    def test_filters_stay_with_either_reading(self, browser, park):
        page = BeautifulSoup(browser.get("/listings?q=自封代&locality=park&sort=newest").text, "html.parser")
        href = page.select_one(".reading a")["href"]
        for part in ("locality=park", "sort=newest", "as_typed="):
            assert part in href
        inside = BeautifulSoup(browser.get(href).text, "html.parser")
        facets = [link["href"] for link in inside.select("a.facet")]
        assert facets
        assert all("as_typed=" in link for link in facets)

    def test_words_that_are_known_are_not_questioned(self, browser, park):
        for words in ("自封袋", "ＰＥ自封袋", "PE自封袋"):
            assert "reading" not in browser.get("/listings", query_string={"q": words}).text

    def test_nothing_found_offers_the_words_that_would_find_something(self, browser, park):
        page = BeautifulSoup(browser.get("/listings?q=自封拖拉机专用大卡车配件", headers=ENGLISH).text, "html.parser")
        assert "/listings?q=%E8%87%AA%E5%B0%81" in [link["href"] for link in page.select(".empty a")]

    def test_nothing_on_offer_tells_who_asks_for_it(self, browser, park, worker):
        need = NeedFactory(organisation=park, title="潜水泵 十台")
        indexed("needs", need)
        worker()
        page = browser.get("/listings?q=潜水泵", headers=ENGLISH).text
        assert "1 open need asks for it" in page
        assert "/needs?q=%E6%BD%9C%E6%B0%B4%E6%B3%B5" in page
