"""`flask needs parse`: a file of sentences in, a file of proposals out."""

import json

import pytest

from marketplace.core.jsonlines import write_json_lines


@pytest.fixture
def parse(base_app, tmp_path):
    """Run the command over `rows`; gives the result and the lines written."""

    def run(rows, *options):
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        if isinstance(rows, bytes):
            source.write_bytes(rows)
        else:
            write_json_lines(source, rows)
        result = base_app.test_cli_runner().invoke(
            args=["needs", "parse", "--in", str(source), "--out", str(target), *options]
        )
        lines = target.read_text(encoding="utf-8").splitlines() if target.exists() else []
        return result, [json.loads(line) for line in lines], source

    return run


class TestNeedsParse:
    def test_writes_the_fields_of_a_parse_case(self, parse):
        rows = [{"id": "T1", "text": "急需食品级PE袋2万只，单价0.3元以内，12月15日前送到致和，要SC"}]
        result, lines, _ = parse(rows, "--today", "2026-11-23")
        assert result.exit_code == 0
        assert lines == [
            {
                "id": "T1",
                "lines": [{"item": "食品级PE袋", "quantity": 20000, "unit": "只", "unit_code": "C62"}],
                "unit_price_yuan": {"op": "<=", "value": "0.3", "per": "只"},
                "budget_yuan": None,
                "deadline": "2026-12-15",
                "town": "致和街道",
                "certificates": ["食品生产许可证"],
                "negated": [],
            }
        ]

    def test_a_line_s_own_day_goes_before_the_common_one(self, parse):
        rows = [{"id": 1, "text": "面膜，三天内", "today": "2026-12-01"}, {"id": 2, "text": "面膜，三天内"}]
        _, lines, _ = parse(rows, "--today", "2026-11-23")
        assert [line["deadline"] for line in lines] == ["2026-12-04", "2026-11-26"]

    def test_reads_title_and_description_where_there_is_no_text(self, parse):
        rows = [{"id": "N1", "title": "纸箱", "description": "五层纸箱2000个，送到敖平", "lines": None}]
        _, lines, _ = parse(rows)
        assert lines[0]["lines"][0]["quantity"] == 2000
        assert lines[0]["town"] == "敖平镇"

    @pytest.mark.parametrize(
        ("bad", "problem"),
        [(b"{", "not JSON"), (b'{"text": "x"}', "no 'id'"), (b'{"id": 1}', "no 'text' or 'title'"),
         (b'{"id": 1, "text": "x", "today": "soon"}', "'today' is no day")],
    )  # fmt: skip
    def test_stops_at_a_bad_line_with_status_2_and_says_where(self, parse, bad, problem):
        result, lines, source = parse(b'{"id": 0, "text": "x"}\n' + bad + b"\n")
        assert result.exit_code == 2
        assert result.stderr.startswith(f"{source}:2: {problem}")
        assert result.stderr.count("\n") == 1
        assert lines == []

    def test_goes_past_bad_lines_when_asked_and_counts_them(self, parse):
        rows = b'bad\n{"id": 1, "text": "x"}\n{"id": 2, "text": "y", "today": "soon"}\n'
        result, lines, _ = parse(rows, "--skip-bad")
        assert result.exit_code == 0
        assert [line["id"] for line in lines] == [1]
        assert "2 bad lines" in result.stderr
