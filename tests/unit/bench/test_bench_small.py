"""The benches run, on a park so small that it takes seconds, and write what they measured."""

import json
from datetime import date
from math import log

import numpy as np
import pytest

from marketplace.search.documents import Document
from marketplace.search.whoosh_engine.concepts import Alternative, Concept
from marketplace.search.whoosh_engine.postings import snapshot_of_documents
from tests.bench import batch, engines, report
from tests.bench.__main__ import Extent, measure
from tests.bench.engines import Row, asked_of
from tests.bench.exact import FieldBm25, PlainBm25, Shelf, overlap
from tests.bench.make_large import make_park
from tests.bench.measuring import Measure, Series, resampled_interval, spread
from tests.bench.park import build, quiet
from tests.bench.picture import bars, ladders
from tests.bench.quality import Quality, lines, pairs_held, turned
from tests.bench.report import Figures


def test_the_same_seed_gives_the_same_park():
    first, second = ([list(rows) for rows in make_park(30, 5, 3)] for _ in range(2))
    assert first == second
    assert [len(rows) for rows in first] == [20, 30, 5]


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_a_small_run_measures_pages_searches_saves_and_rebuilds(tmp_path):
    without = frozenset({"engines", "batch"})
    extent = Extent(requests=1, needs=2, saves=1, rounds=2, asked=2, busy_s=0.1, without=without)
    park = build(20, tmp_path, needs=2)
    with quiet():
        figures = measure([park], extent, tmp_path)
    assert {len(each.at(20).seconds) for each in figures.pages} == {1}
    assert figures.statements["Search of listings"][20] > 0
    shown = "\n".join(report.lines(figures))
    for told in (
        "Matches of a need",
        "during a full rebuild",
        "| searches that failed meanwhile | 0 |",
        "(PSS)",
        "| need | 1 | x 1.0 | ≥ 0.99 |",
    ):
        assert told in shown
    assert str(tmp_path) not in shown + json.dumps(figures.as_json())


def test_the_batch_command_answers_every_row(app, tmp_path):
    told = app.test_cli_runner().invoke(args=[*batch.command_on_files(20, 2, tmp_path), "--processes", "1"])
    assert told.exit_code == 0, told.output
    assert batch.answered(tmp_path) == (2, 20)


SHELF = [Document(id="1", title="川芎", body="饮片"), Document(id="2", title="艾条", body="川芎 川芎 饮片"),
         Document(id="3", title="纸箱 纸箱", aliases=("瓦楞箱",))]  # fmt: skip


class TestExact:
    def test_plain_bm25_is_the_formula_worked_out_by_hand(self):
        shelf = Shelf(SHELF)
        scores = PlainBm25(shelf).score([shelf.vocabulary["川芎"]])
        mean = shelf.whole.sum() / 3
        idf = log(1 + (3 - 2 + 0.5) / (2 + 0.5))
        assert scores[0] == pytest.approx(idf * 1 / (1 + 1.2 * (0.25 + 0.75 * 2 / mean)))
        assert scores[1] == pytest.approx(idf * 2 / (2 + 1.2 * (0.25 + 0.75 * 4 / mean)))
        assert scores[2] == 0

    def test_the_fast_scores_are_the_exact_ones(self):
        concepts = [Concept("川芎", (Alternative(("川芎",)), Alternative(("艾条",), 0.5))),
                    Concept("纸箱饮片", (Alternative(("纸箱", "饮片"), 0.6, whole=False),)),
                    Concept("川芎饮片", (Alternative(("川芎", "饮片")),))]  # fmt: skip
        fast, shelf = snapshot_of_documents(SHELF).score(concepts).relevance, Shelf(SHELF)
        assert fast == pytest.approx(FieldBm25(shelf).score(concepts), rel=1e-5)

    def test_ties_are_right_and_other_rows_are_wrong(self):
        exact = np.array([3.0, 2.0, 2.0, 1.0, 0.0])
        assert overlap(exact, [0, 2], top=2) == overlap(exact, [0, 1], top=2) == 1
        assert overlap(exact, [0, 3], top=2) == 0.5
        assert overlap(exact, [0, 1, 2, 3, 4], top=5) == 1
        assert overlap(np.zeros(3), [0], top=2) is None


class TestEngines:
    def test_every_engine_is_asked_the_same_known_words(self, tmp_path):
        shelf = Shelf(SHELF)
        asked = asked_of(shelf, shelf, 2)
        assert asked.queries["need"] == [shelf.words_of(0), shelf.words_of(1)]
        assert all(word in shelf.vocabulary for words in asked.queries["user"] for word in words)
        engines.write_down(tmp_path, shelf, shelf, asked)
        with np.load(tmp_path / "listings.npz") as told:
            second = told["words"][told["start"][1] : told["start"][2]].tolist()
        assert sorted(second) == sorted(shelf.vocabulary[word] for word in ("艾条", "川芎", "川芎", "饮片"))

    def test_the_table_tells_how_many_times_ours_another_takes(self):
        times = {sort: Series([0.001, 0.002, 0.003]) for sort in engines.SORTS}
        ours = Row("Doorstep", 1, 2, 3, times, {"user": 1, "need": 1})
        slow = Row("Slow", 1, 2, 3, {"need": Series([0.5])}, {"user": 0.5, "need": 0.25})
        [table_head, _line, first, second] = engines.lines({100: [ours, slow]})
        assert table_head.startswith("| 100 listings |")
        assert "| 2.00 / 3.00 |" in first
        assert "| none | 500 / 500 (x 250) | none | none | 0.50, 0.25 |" in second
        drawn = ladders(engines.medians([ours, slow]), "Engines")
        assert drawn.count("<rect") == 1 + 2 + 5

    def test_a_few_are_spread_over_all(self):
        assert spread(range(10), 3) == [0, 3, 6]
        assert spread([1], 3) == [1]


class TestReport:
    @pytest.fixture
    def figures(self):
        each = Measure("Home", 100, {200: Series([0.01, 0.02, 0.03]), 10_000: Series([0.02, 0.04, 0.06])})
        return Figures([200, 10_000], date(2026, 11, 23), pages=[each])

    def test_growth_compares_the_medians(self, figures):
        assert figures.pages[0].growth() == pytest.approx(2)
        assert "| Home | 20.0 | 30.0 | 40.0 | 60.0 | x 2.0 | < 100 |" in report.lines(figures)

    def test_a_number_of_each_size_has_its_growth_and_aim(self, figures):
        for size, number in ((200, 2), (10_000, 7)):
            figures.note("Memory, MB", "web", size, number, "< 600")
        assert "| web | 2 | 7 | x 3.5 | < 600 |" in report.lines(figures)

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
