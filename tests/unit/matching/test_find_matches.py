"""The order of pairs: one score whichever side asks, better facts never harm, R8 within its bound."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.places import load_gazetteer
from marketplace.matching.documents import listing_document, need_document
from marketplace.matching.facts import Amount, ListingFacts, NeedFacts, NeedLineFacts, Tier, need_facts_from_json
from marketplace.matching.find_matches import MatchIndex, match_listing, match_need
from marketplace.matching.finding import Finding
from marketplace.matching.judge import JudgingContext, State
from marketplace.matching.score import LOWS, Tally, pair_scores, scores_of, stepped
from marketplace.matching.weights import WEIGHTS
from marketplace.search import candidates_of_parts, index_part

TODAY = date(2026, 11, 23)


def listing(id_, title, **more):
    facts = {
        "organisation": f"S{id_}",
        "kind": "product",
        "category": "J0101",
        "town": "致和街道",
        "locality": "park",
        "price_unit": "只",
        "tiers": (Tier(Decimal(1000), Decimal("0.20")),),
        "moq": Amount(Decimal(1000), "只"),
        "capacity": Amount(Decimal(900000), "只", "month"),
        "lead_days_min": 3,
        "lead_days_max": 5,
        "certificates": (),
    }
    return ListingFacts(id=id_, title=title, **{**facts, **more})


def need(id_, item, **more):
    line = NeedLineFacts(
        item, category=more.pop("category", "J0101"), quantity=Decimal(20000), unit="只", max_unit_price=Decimal("0.3")
    )
    return NeedFacts(
        id=id_,
        title=item,
        organisation=f"B{id_}",
        lines=(line,),
        deliver_by=TODAY + timedelta(days=20),
        deliver_town="致和街道",
        **more,
    )


LISTINGS = [
    listing("1", "食品级PE平口袋"),
    listing("2", "透明PE袋 小单起订"),
    listing("3", "食品级PE袋 PE袋 PE平口袋", moq=Amount(Decimal(50000), "只")),
    listing("4", "瓦楞纸箱 五层", category="J0201"),
    listing("5", "川芎饮片", category="B0101", price_unit="千克", tiers=(Tier(Decimal(25), Decimal(46)),)),
    listing("6", "求购食品级PE袋"),
    listing("7", "食品级PE袋", organisation="BN1"),
]
NEEDS = [
    need("N1", "食品级PE袋"),
    need("N2", "五层瓦楞纸箱", category="J0201"),
    need("N3", "川芎饮片", category="B0101"),
]


def index(listings=LISTINGS, needs=NEEDS, **more):
    shelf, asked = {row.id: row for row in listings}, {row.id: row for row in needs}
    return MatchIndex(
        listings=candidates_of_parts([index_part(map(listing_document, listings))]),
        needs=candidates_of_parts([index_part(map(need_document, needs))]),
        listings_of=lambda ids: {id_: shelf[id_] for id_ in ids if id_ in shelf},
        needs_of=lambda ids: {id_: asked[id_] for id_ in ids if id_ in asked},
        judging_context=JudgingContext(TODAY, load_gazetteer()),
        **more,
    )


def order(need_, index_):
    return [match.listing_id for match in match_need(need_, index_)]


class TestOrder:
    def test_the_thing_comes_first_and_a_missed_requirement_below_those_that_meet_it(self):
        found = order(NEEDS[0], index())
        assert set(found[:2]) == {"1", "2"}
        assert found.index("3") > found.index("1")

    def test_what_asks_and_what_is_ones_own_is_not_proposed(self):
        found = order(NEEDS[0], index())
        assert "6" not in found
        own = replace(NEEDS[0], organisation="S1")
        assert "1" not in order(own, index())

    def test_a_pair_has_one_score_whichever_side_asks(self):
        both = index()
        from_needs = {(m.need_id, m.listing_id): m for n in NEEDS for m in match_need(n, both)}
        from_listings = {(m.need_id, m.listing_id): m for row in LISTINGS for m in match_listing(row, both)}
        assert from_needs
        assert set(from_needs) == set(from_listings)
        for pair, match in from_needs.items():
            assert from_listings[pair].score == pytest.approx(match.score, abs=0.01)
            assert from_listings[pair].findings == match.findings

    def test_closed_needs_and_asking_listings_get_nothing(self):
        closed = [replace(row, status="closed") for row in NEEDS]
        assert match_listing(LISTINGS[0], index(needs=closed)) == []
        assert match_listing(LISTINGS[5], index()) == []

    def test_a_need_without_category_takes_that_of_its_words(self):
        bare = replace(NEEDS[1], lines=(replace(NEEDS[1].lines[0], category=""),))
        assert order(bare, index(needs=[bare]))[0] == "4"

    def test_no_more_than_asked_for(self):
        assert len(match_need(NEEDS[0], index(), top=1)) == 1

    def test_empty_sides_match_nothing(self):
        assert match_need(NEEDS[0], index(listings=[])) == []
        assert match_listing(LISTINGS[0], index(needs=[])) == []


@settings(max_examples=40, deadline=None)
@given(
    capacity=st.integers(1000, 10**6),
    price=st.decimals("0.05", "0.6", places=3),
    lead=st.integers(1, 40),
    moq=st.integers(1, 60000),
    more=st.integers(1, 10**6),
)
def test_better_facts_never_lower_the_score(capacity, price, lead, moq, more):
    def score(**facts):
        row = listing(
            "1",
            "食品级PE平口袋",
            **{
                "capacity": Amount(Decimal(capacity), "只", "month"),
                "tiers": (Tier(Decimal(1), price),),
                "lead_days_min": lead,
                "lead_days_max": lead,
                "moq": Amount(Decimal(moq), "只"),
                **facts,
            },
        )
        return match_need(NEEDS[0], index(listings=[row, *LISTINGS[3:5]]))[0].score

    before = score()
    assert score(capacity=Amount(Decimal(capacity + more), "只", "month")) >= before
    assert score(tiers=(Tier(Decimal(1), price - Decimal("0.04")),)) >= before
    assert score(lead_days_min=max(1, lead - 3), lead_days_max=max(1, lead - 3)) >= before
    assert score(moq=Amount(Decimal(max(1, moq - more)), "只")) >= before


class TestLocalLift:
    """R8: local first, within a bound."""

    def test_among_equals_the_local_offer_stands_first_unless_switched_off(self):
        rows = [listing("1", "食品级PE袋", locality="outside"), listing("2", "食品级PE袋", locality="park")]
        assert order(NEEDS[0], index(listings=rows)) == ["2", "1"]
        assert order(NEEDS[0], index(listings=rows, local_lift=False)) == ["1", "2"]

    def test_an_outside_offer_that_meets_more_stays_above(self):
        rows = [
            listing("1", "食品级PE袋", locality="outside"),
            listing("2", "食品级PE袋", locality="park", tiers=(Tier(Decimal(1), Decimal(1)),)),
            listing("3", "食品级PE袋", locality="park", capacity=None),
        ]
        assert order(NEEDS[0], index(listings=rows))[0] == "1"

    def test_the_lift_hides_nothing(self):
        rows = [listing("1", "食品级PE袋", locality="outside"), listing("2", "食品级PE袋")]
        assert set(order(NEEDS[0], index(listings=rows))) == {"1", "2"}

    def test_an_outside_offer_of_which_more_is_known_stays_above_at_equal_merit(self):
        """Half a level carries over none of the levels of what is unknown."""
        free = replace(WEIGHTS, unknown=1.0)  # so that what is unknown costs no merit, and only its level is left
        rows = [listing("1", "食品级PE袋", locality="outside"), listing("2", "食品级PE袋", capacity=None)]
        assert order(NEEDS[0], index(listings=rows, weights=free)) == ["1", "2"]
        rows = [replace(rows[0], capacity=None), replace(rows[1], capacity=rows[0].capacity)]
        assert order(NEEDS[0], index(listings=rows, weights=free)) == ["2", "1"]
        rows = [rows[0], replace(rows[1], capacity=None)]
        assert order(NEEDS[0], index(listings=rows, weights=free)) == ["2", "1"]

    @given(merit=st.floats(0.2, 99), missed=st.integers(0, 3), unknown=st.integers(0, 3))
    def test_at_equal_merit_one_unknown_weighs_more_than_being_local(self, merit, missed, unknown):
        outside, (local, plain) = stepped(merit, missed, unknown, False)[0], stepped(merit, missed, unknown + 1, True)
        assert plain < local < outside
        outside, local = stepped(merit, missed, unknown + 1, False)[0], stepped(merit, missed, unknown, True)[0]
        assert outside < local

    @given(step=st.integers(100, 200), unknown=st.integers(0, 4))
    def test_among_equals_being_local_weighs_more_than_the_rest_of_the_merit(self, step, unknown):
        low = LOWS[step]
        outside, local = stepped(low * 1.029, 0, unknown, False)[0], stepped(low * 1.001, 0, unknown, True)[0]
        assert outside < local

    @pytest.mark.parametrize("relevance", [0.2, 0.5, 0.75, 0.95])
    @pytest.mark.parametrize("unknown", [0, 1, 2])
    def test_pairs_of_equal_merit_obey_it_by_either_way_of_scoring(self, relevance, unknown):
        """One pair alone, and many in columns: an outside offer, and a local one of which one thing more is unknown."""

        def score(relevance, count, locality):
            doubts = [Finding(code, State.UNKNOWN) for code in ("quantity", "moq", "price")[:count]]
            return pair_scores(relevance, doubts, None, listing("1", "袋", locality=locality), WEIGHTS, TODAY, True)[0]

        alike = relevance * WEIGHTS.unknown, relevance  # what is unknown costs merit: this makes up for it
        outside, local = score(alike[0], unknown, "outside"), score(alike[1], unknown + 1, "park")
        assert outside > local
        tally = Tally.of(2)
        for count in range(unknown + 1):
            tally.leave_open(np.array([count < unknown, True]))
        both = scores_of(np.array(alike), tally, np.ones(2), (), np.array([False, True]), WEIGHTS)
        assert both.tolist() == pytest.approx([outside, local])

    @given(merit=st.floats(0, 100), missed=st.integers(0, 4), unknown=st.integers(0, 6))
    def test_the_lift_is_smaller_than_a_step_of_merit(self, merit, missed, unknown):
        lifted, plain = stepped(merit, missed, unknown, True)
        assert plain <= lifted <= max(plain * 1.03, plain + 0.001)

    @given(a=st.floats(0.2, 100), b=st.floats(0.2, 100), met=st.integers(0, 3), more=st.integers(1, 3))
    def test_the_lift_never_carries_an_offer_over_one_that_meets_more(self, a, b, met, more):
        better, worse = stepped(a, met, 0, False), stepped(b, met + more, 0, True)
        if worse[1] <= better[1]:
            assert worse[0] <= better[0]


def test_findings_say_their_state_by_name():
    match = match_need(NEEDS[0], index())[0]
    assert match.of(State.MISSED) == []
    assert {finding.code for finding in match.of(State.MET)} >= {"moq", "quantity", "price", "lead_time"}


TROUBLE = (
    "老客户连着三次退货",
    "灌装线出来的瓶子一过热水浴就渗，拧盖机的扭力已经查过，换了两批瓶子还是一样，最后发现是瓶口上那层铝箔没有粘牢，想把封口的膜换掉。",
)


def test_a_need_that_only_tells_a_trouble_is_found_by_all_its_words():
    told = need_facts_from_json(
        {"id": "N7", "title": TROUBLE[0], "description": TROUBLE[1]}, today=TODAY, gazetteer=load_gazetteer()
    )
    film = listing("L71", "瓶口铝箔封口膜", description="耐热水浴，粘得牢")
    others = [listing("L72", "退货物流"), listing("L73", "拧盖机"), listing("L74", "线材"), listing("L75", "客户培训")]
    assert order(told, index(listings=[film, *others], needs=[told]))[0] == "L71"


def test_words_of_the_whole_text_count_the_same_from_either_side():
    told = need_facts_from_json(
        {"id": "N8", "title": TROUBLE[0], "description": TROUBLE[1]}, today=TODAY, gazetteer=load_gazetteer()
    )
    film = listing("L81", "铝箔封口膜")
    park = index(listings=[film, listing("L82", "热水浴锅")], needs=[told])
    from_need = {match.listing_id: match.score for match in match_need(told, park)}
    assert from_need["L81"] == match_listing(film, park)[0].score
