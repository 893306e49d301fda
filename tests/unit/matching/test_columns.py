"""Judged in columns and judged alone: the same score to the last place."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.places import load_gazetteer
from marketplace.matching.columns import OfferColumns
from marketplace.matching.facts import ListingFacts, NeedFacts, listing_facts_from_json, need_facts_from_json
from marketplace.matching.file_index import index_of_files
from marketplace.matching.find_matches import MatchIndex, match_pair
from marketplace.matching.need_concepts import NeedView, judged_view
from tests.bench.make_large import make_park
from tests.unit.matching import park

ABOUT = (0.0512, 0.2345, 0.5, 0.6001, 0.87654, 1.0)


def columns_of(listings: Sequence[ListingFacts], index: MatchIndex) -> OfferColumns:
    return OfferColumns(listings, index.judging_context, index.weights, local_lift=index.local_lift)


def both_scores(need: NeedFacts, listings: Sequence[ListingFacts], columns: OfferColumns, index: MatchIndex):
    """For each line and listing: judged in columns, judged alone, and whether the thing itself is judged too."""
    relevance = np.resize(np.array(ABOUT, np.float32), len(listings))
    view = judged_view(need)
    for line in view.lines:
        found = columns.scores(need, line.line, line.demands, relevance.astype(np.float64), np.arange(len(listings)))
        for listing, far, score in zip(listings, relevance.tolist(), found.tolist(), strict=True):
            alone = match_pair(NeedView(need, [line]), listing, [far], index)
            if alone is not None:
                yield score, alone.score, line.demands.name_properties


def compare(needs: Sequence[NeedFacts], listings: Sequence[ListingFacts], index: MatchIndex) -> int:
    """How many pairs are the same; raises for one that is not, or that scores more than columns say it can."""
    columns, same = columns_of(listings, index), 0
    for need in needs:
        for score, alone, judges_thing in both_scores(need, listings, columns, index):
            assert score >= alone if judges_thing else score == alone
            same += not judges_thing
    return same


def test_every_pair_of_the_park_and_of_the_judged_needs():
    assert compare(park.needs(), park.listings(), park.index()) > 5000


def test_every_pair_of_a_made_up_park():
    _, made, wanted = make_park(150, 60, seed_number=7)
    listings = [listing_facts_from_json(row) for row in made]
    needs = [need_facts_from_json(row, today=park.TODAY, gazetteer=load_gazetteer()) for row in wanted]
    assert compare(needs, listings, index_of_files(listings, needs, park.TODAY)) > 3000


def test_pairs_that_turn_on_one_hard_fact():
    for need, listing in park.hard_pairs():
        compare([need], [listing], index_of_files([listing], [need], park.TODAY))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), number=park.chosen)
def test_whatever_the_figures_are(data, number):
    need = data.draw(park.askings(park.needs()[number]))
    chosen = data.draw(st.lists(st.sampled_from(park.listings()), min_size=1, max_size=4, unique_by=lambda row: row.id))
    listings = [data.draw(park.tellings(listing)) for listing in chosen]
    compare([need], listings, park.index())
