"""R7 by its number: eligible listings take turns, whatever comes and goes."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.campaigns.rota import Waiting, queue_of, take_turns, turn_start

START = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
HOURS = 6
TURN = timedelta(hours=HOURS)
WEEK = 7 * 24


def shown_hours(rota: list[tuple[int, ...]], listing: int, begin: int, end: int) -> int:
    """Hours that `listing` was shown from hour `begin` to hour `end` of a rota of six-hour turns."""
    return sum(
        max(0, min(end, (turn + 1) * HOURS) - max(begin, turn * HOURS))
        for turn, shown in enumerate(rota)
        if listing in shown
    )


def live_through(eligible_by_turn: list[set[int]], slots: int) -> list[tuple[int, ...]]:
    """A rota in which the queue is made anew for each turn from what was shown so far."""
    last: dict[int, tuple[datetime, int]] = {}
    joined: dict[int, datetime] = {}
    rota = []
    for turn, eligible in enumerate(eligible_by_turn):
        begins = START + turn * TURN
        for listing in eligible:
            joined.setdefault(listing, begins - timedelta(minutes=1))
        waiting = [
            Waiting(listing, *last[listing]) if listing in last else Waiting(listing, joined[listing])
            for listing in eligible
        ]
        shown = take_turns(queue_of(waiting), slots=slots, turns=1)[0]
        last.update({listing: (begins, place) for place, listing in enumerate(shown, 1)})
        rota.append(shown)
    return rota


class TestR7:
    @given(listings=st.integers(1, 25), slots=st.integers(1, 6), begin=st.integers(0, 200))
    @settings(max_examples=80, deadline=None)
    def test_r7_over_any_seven_days_most_and_least_shown_differ_by_one_turn(self, listings, slots, begin):
        rota = take_turns(range(listings), slots=slots, turns=80)
        hours = [shown_hours(rota, listing, begin, begin + WEEK) for listing in range(listings)]
        assert max(hours) - min(hours) <= HOURS

    @given(st.data(), st.integers(1, 5))
    @settings(max_examples=80, deadline=None)
    def test_r7_holds_for_those_who_stay_while_others_join_and_leave(self, data, slots):
        stay = set(range(data.draw(st.integers(2, 8))))
        guests = st.sets(st.integers(100, 106), max_size=7)
        eligible = data.draw(st.lists(guests, min_size=40, max_size=45).map(lambda turns: [stay | g for g in turns]))
        rota = live_through(eligible, slots)
        for begin in range(0, len(rota) * HOURS - WEEK, 5):
            hours = [shown_hours(rota, listing, begin, begin + WEEK) for listing in stay]
            assert max(hours) - min(hours) <= HOURS

    @given(st.data(), st.integers(1, 4))
    @settings(max_examples=50, deadline=None)
    def test_r7_holds_between_any_two_that_were_both_eligible_all_week(self, data, slots):
        sets = st.sets(st.integers(0, 7), min_size=1)
        changes = data.draw(st.lists(st.tuples(st.integers(1, 12), sets), min_size=4, max_size=9))
        eligible = [members for length, members in changes for _turn in range(length)]
        rota = live_through(eligible, slots)
        week = WEEK // HOURS
        for first in range(len(rota) - week + 1):
            throughout = set.intersection(*eligible[first : first + week])
            counts = {one: sum(one in shown for shown in rota[first : first + week]) for one in throughout}
            assert all(abs(counts[a] - counts[b]) <= 1 for a, b in combinations(throughout, 2))

    def test_planning_ahead_and_planning_turn_by_turn_agree(self):
        ahead = take_turns(range(7), slots=3, turns=20)
        assert live_through([set(range(7))] * 20, 3) == ahead


class TestTheQueue:
    def test_the_longest_waiting_comes_first(self):
        waiting = [Waiting(1, START + TURN, 2), Waiting(2, START, 1), Waiting(3, START + TURN, 1)]
        assert queue_of(waiting) == [2, 3, 1]

    def test_a_newcomer_stands_behind_those_shown_before_it_came(self):
        waiting = [Waiting(9, START + timedelta(hours=1)), Waiting(1, START, 1), Waiting(2, START + TURN, 1)]
        assert queue_of(waiting) == [1, 9, 2]

    def test_nobody_stands_twice_in_one_turn(self):
        assert take_turns([1, 2], slots=4, turns=2) == [(1, 2), (1, 2)]

    def test_without_listings_a_turn_is_empty(self):
        assert take_turns([], slots=4, turns=1) == [()]


class TestTurnStart:
    def test_turns_begin_at_the_same_hours_every_day_in_china(self):
        assert turn_start(datetime(2026, 11, 23, 3, 59, tzinfo=UTC), TURN) == datetime(2026, 11, 22, 22, tzinfo=UTC)

    def test_a_turn_begins_with_its_first_second(self):
        assert turn_start(START, TURN) == START

    def test_moments_before_the_grid_have_turns_too(self):
        assert turn_start(datetime(2020, 1, 1, 1, tzinfo=UTC), TURN) <= datetime(2020, 1, 1, 1, tzinfo=UTC)
