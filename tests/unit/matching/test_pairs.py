"""Pairs of offers for one need: both are about the thing, the worse says its words oftener but misses one hard fact."""

import json
from datetime import date
from pathlib import Path

import pytest

from marketplace.core.places import load_gazetteer
from marketplace.matching.facts import listing_facts_from_json, need_facts_from_json
from marketplace.matching.file_index import index_of_files
from marketplace.matching.find_matches import match_need

TODAY = date(2026, 11, 23)
PAIRS = json.loads((Path(__file__).parent / "pairs.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def scores():
    needs = [need_facts_from_json(pair["need"], today=TODAY, gazetteer=load_gazetteer()) for pair in PAIRS]
    listings = [listing_facts_from_json(pair[side]) for pair in PAIRS for side in ("better", "worse")]
    index = index_of_files(listings, needs, TODAY)
    return {need.id: {match.listing_id: match.score for match in match_need(need, index)} for need in needs}


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["fact"] for pair in PAIRS])
def test_the_offer_that_meets_the_fact_stands_above(scores, pair):
    found = scores[pair["need"]["id"]]
    assert pair["better"]["id"] in found
    assert found[pair["better"]["id"]] > found.get(pair["worse"]["id"], 0)
