"""What other packages ask of the search, in plain values."""

import pytest

from marketplace import search
from marketplace.core.db import transaction
from marketplace.search import Hits, Query, SickIndex, WordSource
from tests.factories.catalog import ListingFactory
from tests.factories.matching import shown_listing


def test_a_row_is_added_counted_and_removed_again(app, worker):
    listing = shown_listing("食品级PE袋")
    worker()
    asked = Query(text="PE袋", facets=("category",), limit=5)
    assert search.count("listings", asked) == search.find("listings", asked).total == 1
    assert search.candidates("listings").row(str(listing.id)) is not None
    with transaction() as session:
        session.delete(listing)
        search.changed("listings", listing.id)
    worker()
    assert search.count("listings", asked) == 0
    assert search.candidates("listings").row(str(listing.id)) is None
    assert search.check("listings") == []


def test_check_names_what_differs_and_rebuild_mends_it(app, worker):
    worker()
    listing = ListingFactory()
    with transaction() as session:  # past the outbox
        session.query(search.outbox.SearchOutbox).delete()
    assert search.check("listings") == [f"listings {listing.id}: missing from the index"]
    assert search.rebuild("listings") == 1
    assert search.check("listings") == []


def test_without_an_index_there_are_no_candidates_and_the_site_says_so(app):
    with pytest.raises(SickIndex):
        search.candidates("listings")
    assert "listings: SickIndex" in search.problem()


def test_a_kind_that_nobody_registered_is_a_mistake(app):
    with pytest.raises(LookupError):
        search.changed("nothing", 1)


def test_without_a_domain_of_words_there_are_none():
    source = WordSource()
    assert (tuple(source.pairs()), source.state(), source.related("listings", "PE袋")) == ((), 0, [])
    source.note("listings", "PE袋", Hits(ids=[], total=0))
