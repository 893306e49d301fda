"""The search boxes in Chromium: keyboard, pointer, input method, no layout shift, and axe while the list is open."""

import re

import pytest

from tests.bench.browser import MOST_SHIFT, at_width, lines
from tests.browser.conftest import SIZES

OPEN = ".suggestions:not([hidden])"
SHIFT = """new PerformanceObserver(list => list.getEntries().forEach(entry => {
  window.moved = (window.moved || 0) + entry.value; })).observe({type: 'layout-shift', buffered: true});"""
PUSHED = 0.001
"""A list that pushes what stands below it moves a hundred times as much; letters that come late move less."""
SLOW = """end => { const real = window.fetch;
  window.fetch = (address, options) => address.endsWith(end)
    ? new Promise(done => setTimeout(done, 500)).then(() => real(address)) : real(address, options); }"""
"""Answers to one text come half a second late, although nobody waits for them any more."""
TYPE = """(input, text) => Array.from(text).forEach((_, place) => {
  input.focus();
  input.value = text.slice(0, place + 1);
  input.dispatchEvent(new InputEvent('input', {bubbles: true, data: text[place]}));
})"""
COMPOSE = """(input, [text, done]) => {
  const event = (kind, data) => input.dispatchEvent(new CompositionEvent(kind, {bubbles: true, data}));
  if (!window.composing) { window.composing = true; event('compositionstart', ''); }
  input.value = text;
  input.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: true, data: text}));
  if (done) { window.composing = false; event('compositionend', text); }
}"""


@pytest.fixture
def searcher(visitor):
    """`searcher(width, path)` is a visitor on a page; his requests for suggestions are kept in `asked`."""

    def make(width, path="/listings"):
        person = visitor(width, "suggestions-")
        person.asked = []
        person.page.on("request", lambda request: person.asked.append(request.url)
                       if "/suggestions?" in request.url else None)  # fmt: skip
        person.page.add_init_script(SHIFT)
        person.page.goto(person.base + path, wait_until="networkidle")
        return person

    return make


def selected(page):
    return page.locator("[role=option][aria-selected=true]")


@pytest.mark.parametrize("width", SIZES)
class TestAtBothWidths:
    def test_by_keyboard(self, searcher, width):
        person = searcher(width)
        page, box = person.page, person.page.get_by_role("combobox")
        assert box.get_attribute("aria-expanded") == "false"
        box.press_sequentially("bz", delay=20)
        page.wait_for_selector(OPEN)
        assert box.get_attribute("aria-expanded") == "true"
        assert page.locator(f"#{box.get_attribute('aria-controls')}").get_attribute("role") == "listbox"
        assert page.evaluate("window.moved || 0") < PUSHED, "the list pushes nothing"
        person.check("open")
        box.press("ArrowDown")
        first = selected(page)
        assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
        box.press("ArrowDown")
        assert selected(page).count() == 1
        box.press("ArrowUp")
        words = first.get_attribute("data-search-words")
        person.check("chosen")
        box.press("Enter")
        page.wait_for_url(re.compile("q="))
        assert box.input_value() == words
        page.wait_for_selector(f"#results [role=status]:has-text('{words}')")
        assert page.locator(OPEN).count() == 0

    def test_escape_closes_and_arrow_opens_again(self, searcher, width):
        person = searcher(width)
        page, box = person.page, person.page.get_by_role("combobox")
        box.press_sequentially("包")
        page.wait_for_selector(OPEN)
        box.press("Escape")
        assert page.locator(OPEN).count() == 0
        assert (box.input_value(), box.get_attribute("aria-expanded")) == ("包", "false")
        box.press("ArrowDown")
        page.wait_for_selector(OPEN)
        assert len(person.asked) == 1, "what was told once is not asked again"
        box.press("Tab")
        assert page.locator(OPEN).count() == 0
        assert "/listings" in page.url and "q=" not in page.url

    def test_enter_without_a_choice_searches_for_what_was_typed(self, searcher, width):
        person = searcher(width)
        box = person.page.get_by_role("combobox")
        box.press_sequentially("川芎")
        box.press("Enter")
        person.page.wait_for_url(re.compile("q=%E5%B7%9D%E8%8A%8E$"))
        person.page.wait_for_timeout(400)
        assert person.page.locator(OPEN).count() == 0, "an answer that comes after the search opens nothing"

    def test_a_category_and_an_organisation_lead_to_their_page(self, searcher, width):
        for typed, kind, address in (
            ("suliao", "a[href*=category]", r"category=J01$"),
            ("jinyi", "a[href*=organisations]", r"/organisations/10$"),
        ):
            page = searcher(width).page
            page.get_by_role("combobox").press_sequentially(typed)
            page.wait_for_selector(f"{OPEN} {kind}")
            page.locator(f"{OPEN} {kind}").first.click()
            page.wait_for_url(re.compile(address))

    def test_the_head_has_one_on_every_other_page(self, searcher, width):
        person = searcher(width, "/about")
        page = person.page
        if width < 1200:
            page.click(".menu--search summary")
            page.wait_for_selector("#phone-q:focus")
        box = page.get_by_role("combobox")
        box.press_sequentially("cx")
        page.wait_for_selector(OPEN)
        assert page.evaluate("window.moved || 0") < PUSHED
        person.check("head")
        box.press("Escape")
        assert box.is_visible()
        box.press("Enter")
        page.wait_for_url(re.compile(r"/listings\?q=cx$"))


class TestAsking:
    def test_not_before_the_input_method_has_settled(self, searcher):
        person = searcher(1280)
        box = person.page.get_by_role("combobox")
        box.focus()
        for text in ("b", "ba", "bao", "bao z", "bao zhuang"):
            box.evaluate(COMPOSE, [text, False])
            person.page.wait_for_timeout(150)
        assert person.asked == []
        box.evaluate(COMPOSE, ["包装", True])
        person.page.wait_for_selector(OPEN)
        assert [url.split("q=")[1] for url in person.asked] == ["%E5%8C%85%E8%A3%85"]

    def test_once_for_letters_in_a_row(self, searcher):
        person = searcher(1280)
        person.page.get_by_role("combobox").evaluate(TYPE, "baozhuang")
        person.page.wait_for_selector(OPEN)
        assert len(person.asked) == 1

    def test_a_late_answer_is_dropped(self, searcher):
        person = searcher(1280)
        page, box = person.page, person.page.get_by_role("combobox")
        page.evaluate(SLOW, "q=%E5%8C%85")
        box.press_sequentially("包")
        page.wait_for_timeout(200)
        box.fill("川芎")
        page.wait_for_selector(f"{OPEN} :text('川芎')")
        page.wait_for_timeout(800)
        assert page.locator(f"{OPEN} :text-is('包装')").count() == 0

    def test_a_server_that_fails_leaves_a_plain_search(self, searcher):
        person = searcher(1280)
        page, box = person.page, person.page.get_by_role("combobox")
        page.route("**/suggestions?*", lambda route: route.abort())
        box.press_sequentially("川芎")
        page.wait_for_timeout(300)
        assert page.locator(OPEN).count() == 0
        box.press("Enter")
        page.wait_for_url(re.compile("q=%E5%B7%9D%E8%8A%8E$"))


@pytest.mark.parametrize("path", ["/listings", "/about"])
def test_without_scripts_it_is_a_plain_form(visitor, path):
    person = visitor(390, java_script_enabled=False)
    person.page.goto(person.base + path)
    if path == "/about":
        person.page.click(".menu--search summary")
    box = person.page.locator("form[role=search] input[name=q]:visible")
    box.fill("川芎")
    box.press("Enter")
    assert person.page.url.endswith("/listings?q=%E5%B7%9D%E8%8A%8E")
    assert "川芎" in person.page.inner_text("#results")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_bench_sees_every_part_of_the_site(site, chromium):
    seen = at_width(chromium, site.base, 390, [1, 2], times=2)
    assert [len(each.series.seconds) >= 2 for each in seen] == [True] * len(seen)
    assert all(each.shift < MOST_SHIFT for each in seen if each.shift is not None)
    assert [row.count("390 px") for row in lines({390: seen}, 224, 0.0)[4:]] == [1] * len(seen)
