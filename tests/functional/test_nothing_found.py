"""Queries that no listing of the demonstration park answers: each shows the empty page with its ways on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask, g

from marketplace import create_app
from marketplace.core.db import db
from tests.conftest import TEST_SETTINGS

NOTHING = [
    line for line in
    (Path(__file__).parents[1] / "unit" / "search" / "whoosh_engine" / "nothing.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]  # fmt: skip
LONG = ("鲲鹏展翅", "飛龍在天 " * 60, "wxyzzy " * 100, "😀" * 150)
"""Beside the others: very long ones."""


@pytest.fixture(scope="module")
def park(demo_site) -> Iterator[Flask]:
    """The park with its index; the tests of this file only read it."""
    app = create_app(TEST_SETTINGS, instance=demo_site().instance)
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def read(park):
    """`read(path, **query)` is the page as a tree."""

    def page(path, **query):
        g.pop("language", None)
        answer = park.test_client().get(path, query_string=query, headers={"Accept-Language": "en"})
        assert answer.status_code == 200
        return BeautifulSoup(answer.text, "html.parser")

    return page


def ways_on(page):
    """Where the empty page leads, by the words of the link."""
    (nothing,) = page.select("#results .empty")
    return {" ".join(link.text.split()): link["href"] for link in nothing.select("a[href]")}


def test_there_are_many(park):
    assert len(set(NOTHING)) >= 80


@pytest.mark.parametrize("typed", [*NOTHING, *LONG])
def test_the_shelf_says_so_and_leads_on(read, typed):
    page = read("/listings", q=typed)
    assert page.select("#results .shelf") == []
    ways = ways_on(page)
    assert ways["Post a need from these words"].startswith("/needs/new?sentence=")
    assert ways["Everything that is offered"] == "/listings"
    assert len(page.select_one("#results .empty p").text) < 300
    assert "for a moment results are simpler" not in page.text


@pytest.mark.parametrize("typed", ["汽车轮胎", "手机维修", "会计师考试培训班报名"])
def test_with_filters_it_offers_the_search_without_them(read, typed):
    ways = ways_on(read("/listings", q=typed, category="J01"))
    without = ways["Search without filters"]
    assert without.startswith("/listings?q=")
    assert "category" not in without


def test_what_is_understood_in_part_leads_to_the_nearest_shelves(read):
    close = [words for words in NOTHING if any(
        "category=" in href for href in ways_on(read("/listings", q=words)).values())]  # fmt: skip
    assert len(close) >= 5


@pytest.mark.parametrize(("path", "way"), [("/needs", "Say that you need it"), ("/organisations", None)])
@pytest.mark.parametrize("typed", ["汽车轮胎", "zxqwv", "😀😀😀", "SELECT * FROM listings", "。，、；：？！"])
def test_needs_and_organisations_answer_as_well(read, path, way, typed):
    ways = ways_on(read(path, q=typed))
    assert ways
    assert way is None or ways[way].startswith("/needs/new?sentence=")


def test_a_need_can_be_posted_from_what_was_typed(read):
    """The link leads to the form (through the sign-in), with the words in it."""
    href = ways_on(read("/listings", q="汽车轮胎 20条"))["Post a need from these words"]
    assert "%E6%B1%BD%E8%BD%A6%E8%BD%AE%E8%83%8E" in href
