"""Sentences of the development sets: no figure falls below what was reached (docs/benchmarks.md, "Fresh sets")."""

from datetime import date
from pathlib import Path

import pytest

from marketplace.needs.parsing import parse_sentence
from tests.relevance import score

SETS = Path(score.__file__).parent / "sets"


@pytest.mark.parametrize(
    ("name", "lines", "whole"), [("structures", 0.97, 0.97), ("one", 0.90, 0.90), ("two", 0.81, 0.79)]
)
def test_what_is_read_of_a_set_does_not_fall(name, lines, whole):
    cases = score.read_jsonl(SETS / name / "parse-cases.jsonl")
    rows = [
        {"id": case["id"], **parse_sentence(case["text"], today=date.fromisoformat(case["today"])).as_expected()}
        for case in cases
    ]
    told = score.score_parse(cases, rows)
    assert told["lines"] >= lines, told["missed"]
    assert told["all_fields_right"] >= whole, told["missed"]
