"""Queries over the whole demonstration park: the right listing is among the first, what nobody has is not found."""

import json
from pathlib import Path

import pytest

from marketplace.matching.documents import listing_document
from marketplace.matching.facts import listing_facts_from_json
from marketplace.search.whoosh_engine.postings import snapshot_of_documents
from marketplace.search.whoosh_engine.ranking import rank
from tests.relevance import score

HERE = Path(__file__).parent
JUDGED = Path(__file__).parents[3] / "relevance"
PARK = Path(__file__).parents[4] / "marketplace" / "demo" / "data" / "listings.jsonl"


def lines(name):
    return [line for line in (HERE / name).read_text("utf-8").splitlines() if not line.startswith("#")]


@pytest.fixture(scope="module")
def park():
    rows = (json.loads(line) for line in PARK.read_text("utf-8").splitlines())
    return snapshot_of_documents(listing_document(listing_facts_from_json(row)) for row in rows)


def found(park, text, count):
    ranked = rank(park, text)
    return [park.id_of(row) for row in park.best(ranked.score, ranked.hits, count)]


@pytest.mark.parametrize("line", lines("queries.tsv"))
def test_what_was_meant_stands_among_the_first_three(park, line):
    typed, expected = line.split("\t")
    assert expected in found(park, typed, 3)


def test_it_mostly_stands_first(park):
    asked = [line.split("\t") for line in lines("queries.tsv")]
    first = sum(found(park, typed, 1) == [expected] for typed, expected in asked)
    assert first >= 0.9 * len(asked)


@pytest.mark.parametrize("typed", lines("nothing.txt"))
def test_what_nobody_has_is_not_found(park, typed):
    assert found(park, typed, 1) == [] or (" " in typed and rank(park, typed).is_partial)


def test_words_typed_apart_are_found_apart_and_said_to_be_a_part(park):
    typed = "糖醛酸 自封袋 飞机票"
    assert found(park, typed, 1) and rank(park, typed).is_partial
    assert not rank(park, "自封袋").is_partial


def test_every_judged_query_with_an_answer_shows_it(park):
    """Acceptance: all of the development queries that have an answer show something, and an answer among it."""
    judged = score.read_qrels(JUDGED / "queries-qrels.tsv")
    texts = {row["id"]: row["text"] for row in score.read_jsonl(JUDGED / "queries.jsonl")}
    answers = {id_: {hit for hit, grade in grades.items() if grade > 0} for id_, grades in judged.items()}
    missed = [texts[id_] for id_, good in answers.items() if good and not good & set(found(park, texts[id_], 20))]
    assert missed == []
    assert len(answers) == 60
