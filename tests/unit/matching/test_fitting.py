"""What would make it fit: the smallest changes, each with exactly the pairs that it wins."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.cli import PARK
from marketplace.matching.demands import demands_of
from marketplace.matching.facts import Amount, HeldCertificate, Tier, listing_facts_from_json, need_facts_from_json
from marketplace.matching.file_index import index_of_files
from marketplace.matching.find_matches import match_need
from marketplace.matching.fitting import (
    LATEST,
    OF_LISTING,
    OF_NEED,
    RULES,
    Change,
    Kind,
    Pair,
    proposals,
)
from marketplace.matching.judge import State, judge
from marketplace.matching.queries import VERY_THING
from tests.unit.matching.test_judge import GROUND, LINE, LISTING, NEED, TODAY, with_line

NEEDS = Path(PARK).parent / "needs.jsonl"
DAYS = (NEED.deliver_by - TODAY).days


def pair(need=NEED, listing=LISTING) -> Pair:
    line = need.lines[0]
    return Pair(need, line, demands_of(need, line), listing)


def missed(need, number, listing) -> list[str]:
    """Judged afresh, from the changed facts alone."""
    line = next(line for line in need.lines if line.number == number)
    findings = judge(need, line, demands_of(need, line), listing, GROUND)
    return [finding.code for finding in findings if finding.hard and finding.state is State.MISSED]


def fits(changed: Pair) -> bool:
    return not missed(changed.need, changed.line.number, changed.listing)


def offers(**values) -> list[Pair]:
    """Pairs of one need with listings of which one value differs."""
    ((name, each),) = values.items()
    return [pair(listing=replace(LISTING, id=f"L{n}", **{name: value})) for n, value in enumerate(each)]


def told(found) -> list[tuple[str, str, int]]:
    return [(step.change.kind.value, "" if step.change.to is None else f"{step.change.to.normalize():f}", len(step.won))
            for step in found]  # fmt: skip


DEAR = (Tier(Decimal(1), Decimal("0.18")),)
SLOW = replace(LISTING, lead_days_min=DAYS + 5, lead_days_max=DAYS + 9)
SMALL = replace(LISTING, capacity=Amount(Decimal(20000), "只", "month"))
ASKING = replace(NEED, certificates=("ISO 13485",))


class TestEachKind:
    @pytest.mark.parametrize(("need", "listing", "kind", "to", "less"), [
        (NEED, replace(LISTING, tiers=DEAR), Kind.LIMIT, "0.18", "0.179"),
        (replace(with_line(max_unit_price=None), budget_fen=300_000), replace(LISTING, tiers=DEAR), Kind.BUDGET,
         "360000", "359999"),
        (NEED, SLOW, Kind.DAY, "5", "4"),
        (NEED, replace(SMALL, capacity=Amount(Decimal(24000), "只", "month")), Kind.DAY, "3", "2"),
        (NEED, replace(LISTING, moq=Amount(Decimal(30000), "只")), Kind.MORE, "30000", "29999"),
        (with_line(quantity=Decimal("1.5"), unit="万只", max_unit_price=None),
         replace(LISTING, moq=Amount(Decimal(18000), "只")), Kind.MORE, "1.8", "1.79"),
        (NEED, replace(LISTING, moq=Amount(Decimal(3), "万只")), Kind.MOQ, "2", "2.001"),
        (with_line(max_unit_price=None), SMALL, Kind.LESS, "14666", "14668"),
        (NEED, replace(LISTING, moq=Amount(Decimal(30000), "只")), Kind.MOQ, "20000", "20001"),
        (NEED, replace(LISTING, tiers=DEAR), Kind.PRICE, "0.15", "0.151"),
        (replace(with_line(max_unit_price=None), budget_fen=300_000), replace(LISTING, tiers=DEAR), Kind.PRICE,
         "0.15", "0.151"),
        (NEED, SLOW, Kind.LEAD_TIME, str(DAYS), str(DAYS + 1)),
        (NEED, SMALL, Kind.CAPACITY, "27273", "27272"),
    ])  # fmt: skip
    def test_the_smallest_figure_is_named_and_less_would_not_do(self, need, listing, kind, to, less):
        (step,) = proposals([pair(need, listing)], [kind], GROUND)
        assert told([step]) == [(kind.value, to, 1)]
        assert fits(pair(need, listing).after(step.change))
        assert not fits(pair(need, listing).after(replace(step.change, to=Decimal(less))))

    @pytest.mark.parametrize(("need", "listing", "kind"), [
        (ASKING, LISTING, Kind.WITHOUT),
        (ASKING, LISTING, Kind.CERTIFICATE),
        (replace(NEED, local_preference="require"), replace(LISTING, locality="outside"), Kind.ANYWHERE),
        (NEED, replace(LISTING, seller_licences=("药品生产许可证",),
                       certificates=(HeldCertificate("药品生产许可证", date(2026, 1, 1)),)), Kind.LICENCE),
        (NEED, replace(LISTING, town="涪城区", description="只在绵阳城区配送。"), Kind.AREA),
    ])  # fmt: skip
    def test_what_has_no_figure(self, need, listing, kind):
        near = pair(need, listing)
        assert not fits(near)
        (step,) = proposals([near], [kind], GROUND)
        assert (step.change.kind, step.change.to) == (kind, None)
        assert fits(near.after(step.change))

    def test_a_later_day_settles_lead_time_and_capacity_at_once(self):
        both = replace(SLOW, capacity=Amount(Decimal(20000), "只", "month"))
        (step,) = proposals([pair(listing=both)], OF_NEED, GROUND)
        assert step.change == Change(Kind.DAY, "", Decimal(30 - DAYS), step.change.share,
                                     day=TODAY + timedelta(days=30))  # fmt: skip

    def test_every_kind_is_tried_here(self):
        assert set(RULES) == set(Kind) == {*OF_NEED, *OF_LISTING}


class TestNothingIsProposed:
    @pytest.mark.parametrize("listing", [
        LISTING,
        replace(LISTING, kind="service"),
        replace(LISTING, specs=(("材质", "304"),)),
        replace(LISTING, moq=Amount(Decimal(30000), "只"), tiers=DEAR),
    ])  # fmt: skip
    def test_where_nothing_is_missed_or_another_thing_or_two_things(self, listing):
        need = replace(with_line(item="316L储罐" if listing.specs else "食品级PE袋"))
        near = pair(need, replace(listing, kind=listing.kind or "product"))
        assert proposals([near], OF_NEED, GROUND) == []
        assert proposals([near], OF_LISTING, GROUND) == []

    @pytest.mark.parametrize(("listing", "kinds"), [
        (replace(LISTING, tiers=(Tier(Decimal(1), Decimal("0.30")),)), (Kind.LIMIT, Kind.PRICE)),
        (replace(LISTING, moq=Amount(Decimal(50000), "只")), (Kind.MORE,)),
        (replace(LISTING, lead_days_min=DAYS + LATEST + 1, lead_days_max=99), (Kind.DAY, Kind.LEAD_TIME)),
        (replace(LISTING, capacity=Amount(Decimal(9000), "只", "month")), (Kind.LESS, Kind.CAPACITY)),
    ])  # fmt: skip
    def test_where_the_change_would_not_be_small(self, listing, kinds):
        assert not fits(pair(listing=listing))
        assert proposals([pair(listing=listing)], kinds, GROUND) == []

    @pytest.mark.parametrize("name", ["食品生产许可证", "药品生产许可证", "有机产品认证", "CCC认证"])
    def test_no_buyer_is_told_to_drop_what_the_law_asks_or_what_makes_another_thing(self, name):
        need = replace(NEED, certificates=(name,))
        assert proposals([pair(need)], OF_NEED, GROUND) == []
        assert len(proposals([pair(need)], OF_LISTING, GROUND)) == 1

    def test_nor_a_paper_that_the_category_asks_for(self):
        strict = replace(LISTING, seller_licences=("ISO 13485",))
        assert proposals([pair(ASKING, strict)], OF_NEED, GROUND) == []

    def test_a_quantity_that_the_text_asks_for_at_a_pace_of_its_own_stays(self):
        need = replace(NEED, description="每月20000只")
        small = replace(LISTING, capacity=Amount(Decimal(15000), "只", "month"))
        assert missed(need, 1, small) == ["quantity"]
        assert proposals([pair(need, small)], OF_NEED, GROUND) == []

    def test_a_later_day_that_loses_a_supplier_of_today(self):
        """His certificate would run out before."""
        need = replace(NEED, certificates=("ISO 9001",))
        holds = (HeldCertificate("ISO 9001", NEED.deliver_by),)
        near = pair(need, replace(SLOW, id="L2", certificates=(HeldCertificate("ISO 9001"),)))
        of_today = pair(need, replace(LISTING, certificates=holds))
        assert fits(of_today)
        assert [step.change.kind for step in proposals([near], OF_NEED, GROUND)] == [Kind.DAY]
        assert proposals([near], OF_NEED, GROUND, lambda: [of_today]) == []


class TestSteps:
    def test_the_smallest_change_stands_beside_the_one_that_wins_most_of_all(self):
        ten = offers(tiers=[(Tier(Decimal(1), Decimal("0.16") + number * Decimal("0.005")),) for number in range(10)])
        assert told(proposals(ten, [Kind.LIMIT], GROUND)) == [("limit", "0.195", 8), ("limit", "0.16", 1)]

    def test_one_step_where_it_wins_all(self):
        same = [pair(listing=replace(SLOW, id=id_, lead_days_min=DAYS + 3)) for id_ in ("L1", "L2")]
        assert told(proposals(same, [Kind.DAY], GROUND)) == [("day", "3", 2)]

    def test_what_wins_most_stands_first_then_what_changes_least(self):
        near = [pair(listing=SLOW), *offers(tiers=[DEAR, DEAR]), *offers(moq=[Amount(Decimal(21000), "只")])]
        assert told(proposals(near, OF_NEED, GROUND)) == [("limit", "0.18", 2), ("more", "21000", 1), ("day", "5", 1)]

    def test_a_change_of_one_line_wins_nothing_for_another(self):
        second = replace(LINE, number=2, item="封口机", max_unit_price=Decimal("0.10"))
        need = replace(NEED, lines=(LINE, second))
        dear = replace(LISTING, tiers=(Tier(Decimal(1), Decimal("0.152")),))
        near = [pair(need, dear), Pair(need, second, demands_of(need, second), replace(LISTING, id="L2"))]
        assert [step.change.of for step in proposals(near, [Kind.LIMIT], GROUND)] == ["1", "2"]

    def test_a_paper_is_counted_over_all_listings_of_a_supplier(self):
        needs = [replace(ASKING, id=f"N{number}") for number in range(3)]
        near = [pair(need, replace(LISTING, id=id_)) for need in needs for id_ in ("L1", "L2")]
        (step,) = proposals(near, OF_LISTING, GROUND)
        assert step.change == Change(Kind.CERTIFICATE, "ISO 13485")
        assert len(step.won) == 6


@lru_cache(maxsize=1)
def park() -> list[Pair]:
    """Every pair about the very thing in the demonstration park, as the site would store it."""
    listings = [listing_facts_from_json(json.loads(line)) for line in Path(PARK).read_text("utf-8").splitlines()]
    needs = [need_facts_from_json(json.loads(line), today=TODAY) for line in NEEDS.read_text("utf-8").splitlines()]
    index, by_id = index_of_files(listings, needs, TODAY), {listing.id: listing for listing in listings}
    pairs = []
    for need in needs:
        for match in match_need(need, index):
            line = next((line for line in need.lines if line.number == match.line), None)
            if match.relevance >= VERY_THING and line is not None:
                pairs.append(Pair(need, line, demands_of(need, line), by_id[match.listing_id]))
    return pairs


def strained(near: Pair, dear: Decimal, sooner: int, large: Decimal, strict: bool) -> Pair:
    """The same pair in a park where things are dearer, wanted sooner, sold in larger lots, or asked for with papers."""
    listing, need = near.listing, near.need
    if strict:
        need = replace(need, certificates=(*need.certificates, "ISO 9001"))
    if need.deliver_by:
        need = replace(need, deliver_by=need.deliver_by - timedelta(days=sooner))
    listing = replace(listing, tiers=tuple(replace(t, unit_price=t.unit_price * dear) for t in listing.tiers),
                      moq=listing.moq and replace(listing.moq, quantity=listing.moq.quantity * large))  # fmt: skip
    return replace(near, need=need, listing=listing)


def check(near: list[Pair], kinds, todays=()) -> int:
    """Each proposal wins what it counts, no more, and loses nothing; a slightly smaller one wins less."""
    found = proposals(near, kinds, GROUND, lambda: todays)
    for step in found:
        after = [one for one in of_line(near, step.change) if not fits(one) and fits(one.after(step.change))]
        assert after == list(step.won)
        assert all(fits(one.after(step.change)) for one in of_line(todays, step.change))
        back = smaller(step.change)
        if back is not None:
            assert any(not fits(one.after(back)) for one in step.won), step.change
    return len(found)


def of_line(pairs, change: Change) -> list[Pair]:
    return [one for one in pairs if not RULES[change.kind].of_line or change.of == str(one.line.number)]


def smaller(change: Change) -> Change | None:
    """A slightly smaller change; beyond what counts as equal in money, and by a whole unit where parts do not count."""
    if change.to is None:
        return None
    one = {Kind.LIMIT: change.to / 500, Kind.PRICE: change.to / 500}.get(change.kind, max(Decimal(1), change.to / 50))
    return replace(change, to=change.to - one if RULES[change.kind].rises else change.to + one)


@settings(max_examples=25, deadline=None)
@given(dear=st.decimals("0.9", "1.6", places=2), sooner=st.integers(0, 40), large=st.decimals("0.5", "4", places=1),
       strict=st.booleans())  # fmt: skip
def test_in_the_park_every_proposal_wins_exactly_what_it_counts(dear, sooner, large, strict):
    pairs = [strained(one, dear, sooner, large, strict) for one in park()]
    total = 0
    for need_id in {one.need.id for one in pairs}:
        mine = [one for one in pairs if one.need.id == need_id]
        total += check(mine, OF_NEED, [one for one in mine if fits(one)])
    for listing_id in {one.listing.id for one in pairs}:
        total += check([one for one in pairs if one.listing.id == listing_id], OF_LISTING)
    assert total


def test_the_park_as_it_is_has_something_to_propose():
    assert check(park(), (Kind.CERTIFICATE, Kind.LICENCE)) > 0
