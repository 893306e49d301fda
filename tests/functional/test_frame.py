"""Head and foot stay at hand for visitors, and still each page has its own."""

import pytest

from tests.factories.accounts import PersonFactory

PAGES = ("/listings", "/needs", "/help", "/no-such-page")


def frame_of(client, path, language="en"):
    head, _main, rest = client.get(path, headers={"Accept-Language": language}).text.partition("<main")
    return head.partition("<header")[2], rest.partition("<footer")[2]


@pytest.mark.parametrize("path", PAGES)
def test_the_other_language_is_that_of_this_page(browser, path):
    for asked in (path, f"{path}?q=%22%3Cb%3E", path):
        head = frame_of(browser, asked)[0]
        assert head.count("/language/zh_Hans?next=") == 2
        assert "<address/>" not in head and "<b>" not in head
        assert ("%253Cb" in head or "%3Cb" in head) is ("q=" in asked)


def test_each_reader_has_their_language_and_their_name(browser, as_person):
    person = as_person(PersonFactory(name="黎云舟", language="en"))
    for _turn in range(2):
        assert "Sign in" in frame_of(browser, "/help")[0] and "Light" in frame_of(browser, "/help")[1]
        assert "登录" in frame_of(browser, "/help", "zh")[0]
        assert "黎云舟" in frame_of(person, "/help")[0]
    assert "黎云舟" not in frame_of(browser, "/help")[0]


def test_the_menu_tells_where_one_is(browser):
    for _turn in range(2):
        assert 'href="/listings" aria-current="page"' in frame_of(browser, "/listings")[0]
        assert 'href="/needs" aria-current="page"' in frame_of(browser, "/needs")[0]
        assert "aria-current" not in frame_of(browser, "/help")[0]


def test_the_foot_shows_the_chosen_light(browser):
    for theme, shown in (("dark", "dark"), ("<b>", ""), ("light", "light")):
        browser.set_cookie("theme", theme)
        foot = frame_of(browser, "/help")[1]
        assert foot.count('aria-pressed="true"') == 1 and f'data-theme-choice="{shown}"\n' in foot
