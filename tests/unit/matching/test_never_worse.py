"""Better facts never lower the place of a listing among those that answer a need, nor its score.

Where a figure was unknown before, telling it is no improvement but news: only what was told is made better here.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from marketplace.matching.facts import HeldCertificate, ListingFacts, NeedFacts
from marketplace.matching.find_matches import match_need
from marketplace.matching.judge import Finding, State, demands_of, judge
from marketplace.matching.score import pair_scores
from marketplace.matching.weights import WEIGHTS
from tests.unit.matching import park

Draw = Callable[[st.SearchStrategy], object]
shares = st.sampled_from([Decimal(share) for share in ("0.999", "0.9", "0.5", "0.1", "0.01")])


def more_capacity(listing: ListingFacts, draw: Draw) -> ListingFacts:
    assume(listing.capacity)
    return replace(listing, capacity=replace(listing.capacity, quantity=listing.capacity.quantity / draw(shares)))


def lower_price(listing: ListingFacts, draw: Draw) -> ListingFacts:
    assume(listing.tiers)
    share = draw(shares)
    return replace(listing, tiers=tuple(replace(t, unit_price=t.unit_price * share) for t in listing.tiers))


def lower_moq(listing: ListingFacts, draw: Draw) -> ListingFacts:
    assume(listing.moq)
    return replace(listing, moq=replace(listing.moq, quantity=listing.moq.quantity * draw(shares)))


def sooner(*names: str) -> Callable[[ListingFacts, Draw], ListingFacts]:
    def change(listing: ListingFacts, draw: Draw) -> ListingFacts:
        told = {name: getattr(listing, name) for name in names if getattr(listing, name) is not None}
        assume(told)
        saved = draw(st.integers(1, 60))
        return replace(listing, **{name: max(0, value - saved) for name, value in told.items()})

    return change


def one_paper_more(listing: ListingFacts, draw: Draw) -> ListingFacts:
    assume(listing.certificates is not None)
    more = draw(st.none() | st.integers(60, 900).map(lambda number: park.TODAY + timedelta(days=number)))
    name = draw(st.sampled_from((*park.PAPERS, *listing.seller_licences)))
    return replace(listing, certificates=(*listing.certificates, HeldCertificate(name, more)))


def longer_valid(listing: ListingFacts, draw: Draw) -> ListingFacts:
    dated = [number for number, paper in enumerate(listing.certificates or ()) if paper.valid_until]
    assume(dated)
    which, longer = draw(st.sampled_from(dated)), timedelta(days=draw(st.integers(1, 500)))
    papers = list(listing.certificates)
    papers[which] = replace(papers[which], valid_until=papers[which].valid_until + longer)
    return replace(listing, certificates=tuple(papers))


IMPROVEMENTS = {
    "more capacity": more_capacity,
    "a lower price": lower_price,
    "a lower minimum order": lower_moq,
    "a shorter lead time": sooner("lead_days_min", "lead_days_max"),
    "a shorter longest lead time": sooner("lead_days_max"),
    "a shorter shortest lead time": sooner("lead_days_min"),
    "one paper more": one_paper_more,
    "a paper valid for longer": longer_valid,
}


def standing(need: NeedFacts, listing: ListingFacts) -> tuple[int, float]:
    """The place of a listing for a need, from 0, and its score."""
    for place, match in enumerate(match_need(need, park.with_other(listing), top=len(park.listings()))):
        if match.listing_id == listing.id:
            return place, match.score
    pytest.fail(f"{listing.id} is no match of {need.id} any more")


@pytest.mark.parametrize("name", IMPROVEMENTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data(), number=park.chosen)
def test_what_is_better_never_stands_lower(name, data, number):
    need = data.draw(park.askings(park.needs()[number]), label="need")
    found = park.candidates(number)
    assume(found)
    before = data.draw(park.tellings(data.draw(st.sampled_from(found), label="of")), label="before")
    after = IMPROVEMENTS[name](before, data.draw)
    place, score = standing(need, before)
    better_place, better_score = standing(need, after)
    assert better_score >= score
    assert better_place <= place


@pytest.mark.parametrize("relevance", [0.06, 0.2, 0.38, 0.5, 0.81, 1.0])
@pytest.mark.parametrize("others", [0, 1, 2])
def test_late_perhaps_is_never_worse_than_late_for_certain(relevance, others):
    """Seen: a listing that shortened its shortest lead time fell, because doubt cost more than a further miss."""
    missed = [Finding("price", State.MISSED, True, {"over": Decimal(9), "limit": Decimal(1)})] * others
    times = {"days": 18, "lead_max": 30}

    def score(lead: Finding) -> float:
        return pair_scores(relevance, [*missed, lead], None, park.listings()[0], WEIGHTS, park.TODAY, False)[0]

    late = score(Finding("lead_time", State.MISSED, True, {**times, "lead_min": 20}))
    perhaps = score(Finding("lead_time", State.UNKNOWN, True, {**times, "lead_min": 17}))
    in_time = score(Finding("lead_time", State.MET, True, {"days": 18, "lead_max": 18, "lead_min": 17}))
    assert late <= perhaps <= in_time


class TestPapers:
    """Seen: a paper more made an offer fall."""

    def findings(self, asked, category, *held, seller=()):
        listing = replace(park.listings()[0], category=category, certificates=tuple(held), seller_licences=seller)
        need = replace(park.needs()[0], certificates=(asked,) if asked else (), lines=park.needs()[0].lines[:1])
        line = replace(need.lines[0], certificates=())
        found = judge(need, line, demands_of(need, line), listing, park.index().judging_context)
        return {finding.code: finding for finding in found}

    def test_one_that_ran_out_does_not_hide_a_valid_one_that_serves_in_its_stead(self):
        old = HeldCertificate("ISO 9001", park.TODAY - timedelta(days=9))
        found = self.findings("ISO 9001", "J0101", old, HeldCertificate("ISO 15378"))["certificate"]
        assert (found.state, found.figures["held"]) == (State.MET, "ISO 15378")
        assert self.findings("ISO 9001", "J0101", old)["certificate"].state is State.MISSED

    def test_a_report_that_ran_out_counts_as_none(self):
        old = HeldCertificate("检测报告", park.TODAY - timedelta(days=9))
        found = self.findings("检测报告", "J0101", old)["certificate"]
        assert (found.state, found.hard) == (State.UNKNOWN, False)

    def test_another_paper_does_not_make_the_lack_of_the_licence_worse(self):
        without = self.findings("", "B0101", seller=("药品生产许可证",))["licence"]
        beside = self.findings("", "B0101", HeldCertificate("ISO 9001"), seller=("药品生产许可证",))["licence"]
        assert without == beside
        assert "not_shown" in without.figures
