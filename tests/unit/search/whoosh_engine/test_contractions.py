"""Contractions of trade names: the first characters of neighbouring words of a title."""

import pytest

from marketplace.search.documents import Document
from marketplace.search.whoosh_engine.blocks import block_of_documents
from marketplace.search.whoosh_engine.postings import Snapshot
from marketplace.search.whoosh_engine.ranking import rank

TITLES = ("危险废物收集转运", "食品金属探测器", "竹制包装盒", "医用纱布")


@pytest.fixture(scope="module")
def shelf():
    documents = [Document(str(number), title=title) for number, title in enumerate(TITLES, start=1)]
    return Snapshot([block_of_documents(documents)])


@pytest.mark.parametrize(("typed", "number"), [("危废", "1"), ("金探", "2")])
def test_a_contraction_finds_the_words_it_is_made_of(shelf, typed, number):
    ranked = rank(shelf, typed)
    assert [shelf.id_of(row) for row in shelf.best(ranked.score, ranked.hits, 3)] == [number]


def test_characters_of_words_that_do_not_stand_side_by_side_are_none(shelf):
    assert not rank(shelf, "危盒").hits.any()
