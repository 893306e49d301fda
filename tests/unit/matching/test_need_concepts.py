"""Needs made ready: kept as long as they would be made the same again."""

from dataclasses import replace

import pytest

from marketplace.matching.facts import NeedFacts, NeedLineFacts
from marketplace.matching.need_concepts import NeedViews, need_view
from marketplace.matching.weights import WEIGHTS
from marketplace.search import Document, candidates_of_parts, index_part
from marketplace.search.lexicon import lexicon, trial

NEED = NeedFacts("1", "求购川芎饮片", lines=(NeedLineFacts("川芎饮片"),), description="送到天彭，要检测报告，量杯另购")


def shelf(*titles: str, filler: int = 300):
    """Listings that say the need's words, the `titles`, and as many others as make two more a small change."""
    documents = [Document(id="a", title="川芎饮片"), Document(id="b", title="检测报告")]
    documents += [Document(id=str(number), title="艾条") for number in range(filler)]
    return candidates_of_parts([index_part([*documents, *(Document(id=title, title=title) for title in titles)])])


@pytest.fixture
def views():
    return NeedViews()


def test_a_small_change_of_the_index_leaves_a_need_ready(views):
    first = views.of(NEED, shelf(), WEIGHTS)
    assert views.of(NEED, shelf("当归片"), WEIGHTS) is first


def test_a_word_that_nobody_held_and_now_somebody_does_counts_at_once(views):
    first = views.of(NEED, shelf(), WEIGHTS)
    assert "量杯" in first.reading.unheld
    after = shelf("量杯")
    second = views.of(NEED, after, WEIGHTS)
    assert second is not first
    assert second.reading.around.concepts == need_view(NEED, after).reading.around.concepts


def test_a_thing_that_nobody_offers_is_looked_up_anew_in_each_state(views):
    need = replace(NEED, lines=(NeedLineFacts("川穹饮片"),))
    assert need_view(need, shelf(), keep=True).reading.unheld is None
    first = views.of(need, shelf(), WEIGHTS)
    assert views.of(need, shelf(), WEIGHTS) is not first


def test_a_need_is_made_ready_anew_when_one_listing_in_a_hundred_is_new(views):
    first = views.of(NEED, shelf(), WEIGHTS)
    assert views.of(NEED, shelf(*"甲乙丙丁戊"), WEIGHTS) is not first


def test_and_when_words_were_linked(views):
    listings = shelf()
    first = views.of(NEED, listings, WEIGHTS)
    with trial(lexicon().widened([])):
        assert views.of(NEED, listings, WEIGHTS) is not first


def test_and_when_its_facts_are_others(views):
    listings = shelf()
    first = views.of(NEED, listings, WEIGHTS)
    same, other = replace(NEED), replace(NEED, description="送到成都")
    assert views.same_facts(same) is NEED
    assert views.same_facts(other) is other
    assert views.of(views.same_facts(same), listings, WEIGHTS) is first
    assert views.of(other, listings, WEIGHTS) is not first
