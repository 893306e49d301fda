"""Jobs are rows of the transaction that asked for them; each is done once in effect."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core import jobs
from marketplace.core.clock import utc_now
from marketplace.core.db import Commits, db, transaction
from marketplace.core.jobs import (
    REST,
    Clock,
    ClockTick,
    Job,
    beat,
    enqueue,
    last_beat,
    next_due,
    queue_state,
    run_clocks,
    run_due,
    waiting,
)
from tests.factories.accounts import NOW

done = []


@pytest.fixture(autouse=True)
def handlers(app):
    done.clear()

    def note(word):
        done.append(word)

    def fail():
        raise RuntimeError("broken pipe")

    jobs.JOBS.update({"test.note": note, "test.fail": fail})
    yield
    for name in ("test.note", "test.fail"):
        jobs.JOBS.pop(name)


def rows():
    return list(db.session.scalars(select(Job).order_by(Job.id)))


class TestJobs:
    def test_a_job_of_a_rolled_back_transaction_never_runs(self):
        with pytest.raises(ZeroDivisionError), transaction():
            enqueue("test.note", word="lost")
            raise ZeroDivisionError
        assert run_due(NOW + timedelta(days=9)) == 0

    def test_a_committed_job_runs_once(self):
        with transaction():
            enqueue("test.note", run_at=NOW, word="hello")
        assert run_due(NOW) == 1
        assert run_due(NOW) == 0
        assert done == ["hello"]

    def test_a_later_job_waits_for_its_time(self):
        with transaction():
            enqueue("test.note", run_at=NOW + timedelta(hours=1), word="later")
        assert run_due(NOW) == 0
        assert run_due(NOW + timedelta(hours=1)) == 1

    def test_what_waits_can_be_asked_for_until_it_has_begun(self):
        with transaction():
            enqueue("test.note", run_at=NOW, word="one")
            enqueue("test.fail", run_at=NOW)
        assert waiting("test.note") == [{"word": "one"}]
        run_due(NOW)
        assert waiting("test.note") == waiting("test.fail") == []

    def test_an_unknown_job_is_refused_at_once(self):
        with pytest.raises(LookupError), transaction():
            enqueue("test.unknown")

    def test_a_failing_job_waits_longer_each_time_then_is_set_aside_while_others_go_on(self):
        with transaction():
            enqueue("test.fail", run_at=NOW)
            enqueue("test.note", run_at=NOW, word="other")
        waits, now = [], NOW
        for _ in range(5):
            run_due(now)
            row = next(row for row in rows() if row.name == "test.fail")
            waits.append((row.run_at - now).total_seconds())
            now = max(now, row.run_at)
        assert done == ["other"]
        assert waits[:4] == [5, 10, 20, 40]
        assert row.dead_at is not None
        assert "broken pipe" in row.error
        assert queue_state(now) == {"waiting": 0, "dead": 1, "oldest_seconds": 0}
        assert run_due(now + timedelta(days=1)) == 0

    def test_the_job_of_a_worker_that_died_is_taken_over_after_its_lease(self):
        with transaction():
            enqueue("test.note", run_at=NOW, word="again")
        jobs._claim(NOW)
        assert run_due(NOW + timedelta(seconds=30)) == 0
        assert run_due(NOW + timedelta(seconds=61)) == 1
        assert done == ["again"]


class TestClocks:
    @pytest.fixture
    def ticking(self):
        ran = []
        kept = dict(jobs.CLOCKS)
        jobs.CLOCKS.clear()
        jobs.clock("test.tick", every=timedelta(minutes=10))(ran.append)
        yield ran
        jobs.CLOCKS.clear()
        jobs.CLOCKS.update(kept)

    def test_runs_at_the_start_and_then_every_so_often(self, ticking):
        for minutes in (0, 5, 10, 11, 21):
            run_clocks(NOW + timedelta(minutes=minutes))
        assert [(moment - NOW).total_seconds() / 60 for moment in ticking] == [0, 10, 21]

    def test_a_clock_set_back_does_not_stop_it(self, ticking):
        run_clocks(NOW)
        run_clocks(NOW - timedelta(hours=1))
        assert len(ticking) == 2

    def test_a_failing_clock_does_not_stop_the_others(self, ticking):
        def fail(now):
            raise RuntimeError("no")

        jobs.CLOCKS["a.fail"] = jobs.Clock(fail, timedelta(minutes=1))
        run_clocks(NOW)
        assert len(ticking) == 1
        assert last_beat("a.fail") == NOW


def test_a_failing_drain_does_not_stop_the_others(app):
    calls = []

    def fail():
        raise RuntimeError("no")

    jobs.on_tick("a.fail", fail)
    jobs.on_tick("b.count", lambda: calls.append(1) or 3)
    try:
        assert jobs.drain_ticks() >= 3
    finally:
        jobs.TICKS.pop("a.fail")
        jobs.TICKS.pop("b.count")
    assert calls


def test_the_heartbeat_is_kept(app):
    jobs.beat("worker", NOW)
    jobs.beat("worker", NOW + timedelta(seconds=15))
    assert db.session.get(ClockTick, "worker").at == NOW + timedelta(seconds=15)


class TestRest:
    """An idle worker looks for commits, not for work."""

    def test_a_commit_of_anybody_is_seen_once(self, app):
        commits = Commits()
        commits.are_new()
        assert not commits.are_new()
        with transaction():
            enqueue("test.note", word="x")
        assert commits.are_new()
        assert not commits.are_new()
        commits.close()

    def test_rests_until_the_next_job_or_clock(self, app, monkeypatch):
        monkeypatch.setattr(jobs, "CLOCKS", {"tests.often": Clock(lambda now: None, timedelta(seconds=2))})
        now = utc_now()
        assert next_due(now) == now + REST
        beat("tests.often", now)
        assert next_due(now) == now + timedelta(seconds=2)
        with transaction():
            enqueue("test.note", word="x", run_at=now + timedelta(seconds=1))
        assert next_due(now) == now + timedelta(seconds=1)

    def test_a_job_that_somebody_works_at_keeps_nobody_awake(self, app):
        now = utc_now()
        with transaction():
            enqueue("test.note", word="x", run_at=now).leased_until = now + timedelta(seconds=60)
        assert next_due(now) >= now + timedelta(seconds=1)
