"""A pair has one score, whichever side asks: in the park, on made-up facts, by file and on the pages."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace import search
from marketplace.core.clock import utc_now
from marketplace.matching.facts import listing_facts_from_json, need_facts_from_json
from marketplace.matching.file_index import index_of_files
from marketplace.matching.find_matches import match_listing, match_need
from marketplace.matching.pairing import Pairing, facts_of_listing, facts_of_need
from marketplace.needs.lifecycle import LocalPreference
from tests.bench.make_large import make_park
from tests.factories.catalog import ListingTier
from tests.factories.matching import open_need, shown_listing
from tests.factories.needs import line
from tests.unit.matching import park


def by_pair(matches):
    return {(match.need_id, match.listing_id): match for match in matches}


def both_ways(index, needs, listings):
    """Every pair as its need sees it, and as its listing does."""
    from_needs = by_pair(match for need in needs for match in match_need(need, index, top=1000))
    from_listings = by_pair(match for listing in listings for match in match_listing(listing, index, top=1000))
    return from_needs, from_listings


def test_every_pair_of_the_park_and_of_the_judged_needs():
    from_needs, from_listings = both_ways(park.index(), park.needs(), park.listings())
    still_open = {need.id for need in park.needs() if need.status == "open"}
    assert len(from_listings) > 2000
    assert from_listings == {pair: match for pair, match in from_needs.items() if pair[0] in still_open}


def test_every_pair_of_a_made_up_park():
    _, made, wanted = make_park(400, 60, seed_number=5)
    listings = [listing_facts_from_json(row) for row in made]
    needs = [need_facts_from_json(row, today=park.TODAY) for row in wanted]
    from_needs, from_listings = both_ways(index_of_files(listings, needs, park.TODAY), needs, listings)
    assert len(from_listings) > 400
    assert from_listings == {pair: match for pair, match in from_needs.items() if pair in from_listings}


@settings(max_examples=60, deadline=None)
@given(data=st.data(), number=park.chosen)
def test_whatever_the_figures_are(data, number):
    need = replace(data.draw(park.askings(park.needs()[number])), status="open")
    found = park.candidates(number)
    listings = data.draw(st.lists(st.sampled_from(found), max_size=3, unique_by=lambda row: row.id)) if found else []
    listings = [data.draw(park.tellings(listing)) for listing in listings]
    index = park.with_other(*listings, needs=(need,))
    seen = by_pair(match_need(need, index, top=1000))
    for listing in listings:
        theirs = by_pair(match_listing(listing, index, top=1000))
        assert theirs.get((need.id, listing.id)) == seen[need.id, listing.id]


def test_the_pages_see_one_score_as_well(app):
    cheap = [ListingTier(min_quantity=Decimal(100), unit_price=Decimal("0.19"))]
    listings = [
        shown_listing(), shown_listing("透明PE袋", "0.42"), shown_listing("PE自封袋 小单起订", capacity_quantity=None),
        shown_listing("食品级PE袋 加厚", tiers=cheap, certificates=[], town="涪城区"),
        shown_listing("PE袋", moq_quantity=Decimal(50000), lead_time_min_days=40, lead_time_max_days=60),
    ]  # fmt: skip
    needs = [
        open_need(),
        open_need("透明塑料袋", local_preference=LocalPreference.REQUIRE, certificates=[]),
        open_need("自封袋五万只", lines=[line(quantity=Decimal(50000)), line(number=2, item="瓦楞纸箱")]),
    ]
    search.drain()
    now = utc_now()
    pairing = Pairing(now, fresh=True)
    from_needs = {(p.need_id, p.listing_id): p for n in needs for p in pairing.of_need(facts_of_need(n.id, now))}
    from_listings = {(p.need_id, p.listing_id): p for row in listings
                     for p in pairing.of_listing(facts_of_listing(row.id, now))}  # fmt: skip
    assert len(from_needs) == len(needs) * len(listings)
    assert from_needs == from_listings
    assert {pair.hard_missed for pair in from_needs.values()} > {0}
