"""Pictures drawn for listings, and the outlines they are drawn from."""

import csv
from pathlib import Path

import pytest

from marketplace.catalog.drawings import FOLDER, outlines, path_lines
from marketplace.catalog.pictograms import SIZE, draw_picture

CODES = sorted(path.stem for path in FOLDER.glob("*.svg"))
CATEGORIES = Path(__file__).parents[3] / "marketplace" / "catalog" / "data" / "categories.csv"


@pytest.mark.parametrize("code", CODES)
def test_every_pictogram_lies_on_its_sheet(code):
    points = [point for outline in outlines(code) for point in outline.line]
    assert points
    assert all(0 <= x <= 400 and 0 <= y <= 300 for x, y in points)


@pytest.mark.skipif(not CATEGORIES.exists(), reason="no category file")
def test_every_category_has_a_drawing():
    with CATEGORIES.open(encoding="utf-8", newline="") as lines:
        codes = [row["code"] for row in csv.DictReader(lines)]
    assert [code for code in codes if not outlines(code)] == []


def test_the_same_listing_always_gets_the_same_picture():
    assert draw_picture("J0101", 7) == draw_picture("J0101", 7)


def test_listings_of_one_category_differ():
    assert len({draw_picture("B0101", seed).tobytes() for seed in range(8)}) > 4


@pytest.mark.parametrize("code", ["J0101", "R01", "Z99"])
def test_a_picture_is_four_by_three(code):
    picture = draw_picture(code, 1)
    assert picture.mode == "RGB"
    assert picture.size == SIZE


def test_a_path_of_curves_and_arcs_ends_where_it_says():
    (line,) = path_lines("M0 0H10V10C10 20 20 20 20 10Q30 0 40 10A5 5 0 0 1 50 10")
    assert line[0] == (0, 0)
    assert line[-1] == pytest.approx((50, 10))
    assert min(y for x, y in line if x > 40) == pytest.approx(5)


def test_a_path_may_hold_several_lines():
    assert len(list(path_lines("M0 0L1 1M5 5L6 6"))) == 2
