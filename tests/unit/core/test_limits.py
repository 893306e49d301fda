"""Tries are counted before the work, and refused when there were enough."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.core import limits
from marketplace.core.db import db, transaction
from marketplace.core.limits import CountedTry, Limit
from marketplace.core.refusals import Throttled

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("app")


def count(*asked, now=NOW):
    with transaction():
        limits.count_try(asked, now=now)


def rows():
    return db.session.scalar(select(func.count()).select_from(CountedTry))


def test_the_try_beyond_the_last_waits_until_the_first_is_past():
    limit = Limit("door", "a", 3, 10 * MINUTE)
    for minute in range(3):
        count(limit, now=NOW + minute * MINUTE)
    with pytest.raises(Throttled) as refusal:
        count(limit, now=NOW + 3 * MINUTE)
    assert refusal.value.retry_after == 7 * 60 + 1
    count(limit, now=NOW + 10 * MINUTE)


def test_other_kinds_and_other_keys_are_counted_apart():
    count(Limit("door", "a", 1, MINUTE))
    count(Limit("door", "b", 1, MINUTE))
    count(Limit("gate", "a", 1, MINUTE))
    with pytest.raises(Throttled):
        count(Limit("door", "a", 1, MINUTE))


def test_a_refused_try_counts_against_no_limit():
    count(Limit("door", "a", 1, MINUTE))
    with pytest.raises(Throttled):
        count(Limit("house", "a", 9, MINUTE), Limit("door", "a", 1, MINUTE))
    assert rows() == 1


def test_tries_are_taken_back_singly_and_by_limit():
    door, house = Limit("door", "a", 9, MINUTE), Limit("house", "a", 9, MINUTE)
    for second in range(3):
        count(door, house, now=NOW + timedelta(seconds=second))
    with transaction():
        limits.forget([door], at=NOW + timedelta(seconds=1))
    assert rows() == 5
    with transaction():
        limits.forget([house])
    assert list(db.session.scalars(select(CountedTry.at))) == [NOW, NOW + timedelta(seconds=2)]


def test_old_tries_are_dropped():
    count(Limit("door", "a", 9, MINUTE))
    limits.drop_old_tries(NOW + timedelta(hours=23))
    assert rows() == 1
    limits.drop_old_tries(NOW + timedelta(days=1, seconds=1))
    assert rows() == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.0.0.1", "10.0.0.1"), ("2001:db8::1:2", "2001:db8::/64"), ("", "unknown"), ("nonsense", "unknown")],
)
def test_a_household_is_one_network(address, network):
    assert limits.network_of(address) == network


def test_keys_hold_no_addresses():
    assert "10.0.0.1" not in limits.keyed("10.0.0.1")
    assert limits.keyed("a", "bc") != limits.keyed("ab", "c")
