"""`flask match run` and `flask search run`: two files in, run lines out, no database."""

import json

import pytest

from marketplace.core.db import db

LISTINGS = [
    {"id": "L1", "title": "食品级PE平口袋", "moq": {"qty": 1000, "unit": "只"}, "keywords": None, "unknown": 1},
    {"id": "L2", "title": "瓦楞纸箱", "org": "O1"},
    {"id": "L3", "title": "求购PE袋"},
]
NEEDS = [{"id": "N1", "title": "食品级PE袋2万只"}, {"id": "N2", "title": "纸箱", "org": "O1", "lines": None}]


@pytest.fixture
def files(tmp_path):
    def write(name, rows):
        path = tmp_path / name
        lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return str(path)

    return write


@pytest.fixture
def run(app, tmp_path):
    """Run a command with the tables away: it must not need them."""

    def invoke(*arguments):
        out = tmp_path / "out.jsonl"
        result = app.test_cli_runner().invoke(args=[*arguments, "--out", str(out)])
        rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()] if out.exists() else []
        return result, rows

    return invoke


def hits(rows, query):
    return [hit["id"] for row in rows if row["query"] == query for hit in row["hits"]]


def test_needs_get_listings_with_reasons(run, files, monkeypatch):
    monkeypatch.setattr(db.session, "execute", lambda *_: pytest.fail("asked the database"))
    result, rows = run(
        "match", "run", "--listings", files("l", LISTINGS), "--needs", files("n", NEEDS), "--today", "2026-11-23"
    )
    assert result.exit_code == 0, result.output
    assert hits(rows, "N1")[0] == "L1"
    assert "L3" not in hits(rows, "N1")
    assert "L2" not in hits(rows, "N2")
    hit = rows[0]["hits"][0]
    assert set(hit) == {"id", "score", "met", "missed", "unknown"}
    assert any("1,000" in reason for reason in hit["met"])
    assert rows[0]["elapsed_ms"] > 0


def test_both_directions_write_two_files(run, files, tmp_path):
    result, rows = run(
        "match", "run", "--listings", files("l", LISTINGS), "--needs", files("n", NEEDS), "--direction", "both"
    )
    assert result.exit_code == 0, result.output
    other = [json.loads(line) for line in (tmp_path / "out.listings.jsonl").read_text("utf-8").splitlines()]
    assert hits(other, "L1") == ["N1"]
    assert hits(other, "L3") == []
    scores = {(row["query"], hit["id"]): hit["score"] for row in rows for hit in row["hits"]}
    for row in other:
        for hit in row["hits"]:
            assert hit["score"] == pytest.approx(scores[hit["id"], row["query"]], abs=0.01)


@pytest.mark.parametrize("bad", ["{", '{"id": "L9"}', '{"id": "L9", "title": "x", "moq": {"qty": "many"}}', "[1]"])
def test_a_bad_line_is_named_with_its_place_and_ends_with_2(run, files, bad):
    listings = files("l", [*LISTINGS, bad])
    result, rows = run("match", "run", "--listings", listings, "--needs", files("n", NEEDS))
    assert result.exit_code == 2
    assert f"{listings}:4: " in result.output
    assert rows == []
    result, rows = run("match", "run", "--listings", listings, "--needs", files("n", NEEDS), "--skip-bad")
    assert result.exit_code == 0
    assert "1 bad line" in result.output
    assert hits(rows, "N1")[0] == "L1"


def test_queries_are_answered_and_bad_ones_named(run, files):
    queries = files("q", [{"id": "Q1", "text": "纸箱"}, {"id": "Q2", "text": "挖掘机"}])
    result, rows = run("search", "run", "--listings", files("l", LISTINGS), "--queries", queries)
    assert result.exit_code == 0, result.output
    assert hits(rows, "Q1") == ["L2"]
    assert hits(rows, "Q2") == []
    broken = files("q", ['{"id": "Q1"}'])
    assert run("search", "run", "--listings", files("l", LISTINGS), "--queries", broken)[0].exit_code == 2


@pytest.mark.parametrize("command", ["match", "search"])
def test_plain_words_are_there_to_compare_with(run, files, command):
    extra = (
        ["--needs", files("n", NEEDS)]
        if command == "match"
        else ["--queries", files("q", [{"id": "N1", "text": "平口袋"}])]
    )
    result, rows = run(command, "run", "--plain", "--listings", files("l", LISTINGS), *extra)
    assert result.exit_code == 0, result.output
    assert hits(rows, "N1")[0] == "L1"
