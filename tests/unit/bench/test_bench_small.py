"""The benches run, on a park so small that it takes seconds, and write what they measured."""
import json
from datetime import date

import pytest

from tests.bench import report
from tests.bench.__main__ import measure
from tests.bench.make_large import make_park
from tests.bench.measuring import Measure, Series, resampled_interval
from tests.bench.park import build, quiet
from tests.bench.picture import bars
from tests.bench.quality import Quality, lines, pairs_held, turned
from tests.bench.report import Figures


def test_the_same_seed_gives_the_same_park():
    first, second = ([list(rows) for rows in make_park(30, 5, 3)] for _ in range(2))
    assert first == second
    assert [len(rows) for rows in first] == [20, 30, 5]


def test_a_small_run_measures_pages_searches_and_saves(tmp_path):
    park = build(20, tmp_path, needs=2)
    with quiet():
        figures = measure([park], requests=1, needs=2, saves=1, rounds=2)
    assert {len(each.at(20).seconds) for each in figures.pages} == {1}
    assert figures.statements["Search of listings"][20] > 0
    assert all(number > 0 for row in figures.single.values() for number in row.values())
    shown = "\n".join(report.lines(figures))
    assert "Matches of a need" in shown
    assert str(tmp_path) not in shown + json.dumps(figures.as_json())


class TestReport:
    @pytest.fixture
    def figures(self):
        each = Measure("Home", 100, {200: Series([0.01, 0.02, 0.03]), 10_000: Series([0.02, 0.04, 0.06])})
        return Figures([200, 10_000], date(2026, 11, 23), pages=[each])

    def test_growth_compares_the_medians(self, figures):
        assert figures.pages[0].growth() == pytest.approx(2)
        assert "| Home | 20.0 | 30.0 | 40.0 | 60.0 | x 2.0 | < 100 |" in report.lines(figures)

    def test_the_picture_has_a_bar_for_each_size(self, figures):
        drawn = bars(figures.pages, "How long")
        assert drawn.count("<rect") == 1 + 2 + 2
        assert "10,000 listings" in drawn

    def test_a_part_takes_the_place_of_what_stood_between_its_marks(self, tmp_path):
        page = tmp_path / "page.md"
        page.write_text("# Title\n<!-- speed begins -->\nold\n<!-- speed ends -->\nrest\n", "utf-8")
        report.write_part("speed", ["new"], page)
        assert page.read_text("utf-8") == "# Title\n<!-- speed begins -->\nnew\n<!-- speed ends -->\nrest\n"


class TestQuality:
    def test_the_interval_holds_the_mean_and_is_the_same_each_time(self):
        low, high = resampled_interval([0.2, 0.4, 0.9, 1.0])
        assert low <= 0.625 <= high
        assert (low, high) == resampled_interval([0.2, 0.4, 0.9, 1.0])

    def test_judgements_can_be_turned_round(self):
        assert turned({"N1": {"L1": 3, "L2": 1}}) == {"L1": {"N1": 3}, "L2": {"N1": 1}}

    def test_a_pair_is_held_when_the_better_one_stands_above(self, tmp_path):
        run = tmp_path / "run.jsonl"
        run.write_text(json.dumps({"query": "C1", "hits": [{"id": "B", "score": 2}, {"id": "A", "score": 1}]}), "utf-8")
        pairs = [{"query": "C1", "better": "B", "worse": "A"}, {"query": "C1", "better": "A", "worse": "B"}]
        assert pairs_held(pairs, run) == [1.0, 0.0]

    def test_the_table_shows_plain_bm25_beside_it(self):
        [*_head, row] = lines([Quality("Needs", 0.9, [1.0, 0.8], [0.5, 0.5])], date(2026, 11, 23))
        assert row.startswith("| Needs | 0.900 [")
        assert "| 0.500 | +0.300 to +0.500 | 0.90 | 2 |" in row
