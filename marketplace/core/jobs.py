"""Work after the commit: rows of the same transaction, done by one worker, safe to run twice."""

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, current_app
from sqlalchemy import JSON, Index, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.clock import utc_now
from marketplace.core.db import Commits, UTCDateTime, checkpoint, db, gather_statistics, has_large_log, transaction
from marketplace.core.garbage_and_caches import collect_what_is_due
from marketplace.core.tracebacks import summary

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=5)
CHECKPOINT_EVERY = timedelta(seconds=60)
CHECKPOINT_OF_LARGE_LOG_EVERY = timedelta(seconds=5)
"""A page that reads on may keep the log large: folding holds the write lock, so it is not tried at each tick."""
WORKER_LOCK = "worker.lock"
HEARTBEAT_EVERY = timedelta(seconds=15)
REST = timedelta(seconds=5)
"""While nobody commits anything the worker looks for work so often; a commit is seen at the next tick."""


class Job(db.Model):
    """Something to do once its transaction is committed. Done rows are deleted, dead rows wait for staff."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due", "dead_at", "run_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(Text, default="")


class ClockTick(db.Model):
    """When a recurring job ran last; the row `worker` is the worker's heartbeat."""

    __tablename__ = "clock_ticks"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True)
class Clock:
    """A job that runs by itself every so often."""

    run: Callable[[datetime], None]
    every: timedelta


JOBS: dict[str, Callable[..., None]] = {}
CLOCKS: dict[str, Clock] = {}
TICKS: dict[str, Callable[[], int]] = {}


def job(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register the handler of `name`; it opens its own `transaction()` and may run twice."""

    def keep(handler: Callable[..., None]) -> Callable[..., None]:
        JOBS[name] = handler
        return handler

    return keep


def clock(name: str, *, every: timedelta) -> Callable[[Callable[[datetime], None]], Callable[[datetime], None]]:
    """Register a handler that takes `now` and runs every so often, and once when the worker starts."""

    def keep(handler: Callable[[datetime], None]) -> Callable[[datetime], None]:
        CLOCKS[name] = Clock(handler, every)
        return handler

    return keep


def on_tick(name: str, drain: Callable[[], int]) -> None:
    """Let the worker call `drain` at each tick; it returns how much it did."""
    TICKS[name] = drain


def enqueue(name: str, *, run_at: datetime | None = None, **arguments: Any) -> Job:
    """A row of the caller's transaction that the worker does after the commit."""
    if name not in JOBS:
        raise LookupError(f"No job is called {name}.")
    row = Job(name=name, arguments=arguments, run_at=run_at or utc_now())
    db.session.add(row)
    return row


def waiting(name: str) -> list[dict[str, Any]]:
    """The arguments of the jobs called `name` that nobody has begun: another of the same would find nothing new."""
    return list(
        db.session.scalars(
            select(Job.arguments).where(Job.name == name, Job.attempts == 0, Job.dead_at.is_(None)).order_by(Job.id)
        )
    )


def _claim(now: datetime) -> Job | None:
    """The next due job, leased for a minute so that a worker that dies gives it back."""
    with transaction() as session:
        row = session.scalars(
            select(Job)
            .where(Job.dead_at.is_(None), Job.run_at <= now, (Job.leased_until.is_(None)) | (Job.leased_until < now))
            .order_by(Job.run_at, Job.id)
            .limit(1)
        ).first()
        if row is None:
            return None
        row.leased_until = now + LEASE
        row.attempts += 1
    return row


def _has_due(now: datetime) -> bool:
    statement = (
        select(Job.id)
        .where(Job.dead_at.is_(None), Job.run_at <= now, (Job.leased_until.is_(None)) | (Job.leased_until < now))
        .limit(1)
    )
    found = db.session.scalar(statement) is not None
    db.session.rollback()
    return found


def _failed(job_id: int, error: Exception, now: datetime) -> None:
    with transaction() as session:
        row = session.get(Job, job_id)
        if row is None:
            return
        row.leased_until = None
        row.error = summary(error)[:2000]
        if row.attempts >= current_app.config["JOB_TRIES"]:
            row.dead_at = now
        else:
            row.run_at = now + FIRST_WAIT * 2 ** (row.attempts - 1)


def run_next(now: datetime) -> bool:
    """Do one due job; False when none is due. A failing job waits longer each time, then is set aside."""
    if not _has_due(now) or (row := _claim(now)) is None:
        return False
    job_id, name, arguments = row.id, row.name, dict(row.arguments)
    try:
        JOBS[name](**arguments)
    except Exception as error:
        log.error("job_failed", job=name, job_id=job_id, exc_info=error)
        _failed(job_id, error, now)
    else:
        with transaction() as session:
            done = session.get(Job, job_id)
            if done is not None:
                session.delete(done)
    return True


def run_due(now: datetime, limit: int = 1000) -> int:
    """Do what is due at `now`; returns how many jobs were done."""
    done = 0
    while done < limit and run_next(now):
        collect_what_is_due()
        done += 1
    return done


def beat(name: str, now: datetime) -> None:
    """Note that `name` ran at `now`."""
    with transaction() as session:
        session.merge(ClockTick(name=name, at=now))


def last_beat(name: str) -> datetime | None:
    """When `name` ran last."""
    return db.session.scalar(select(ClockTick.at).where(ClockTick.name == name))


def run_clocks(now: datetime) -> None:
    """Run each recurring job whose time has come; one that fails is tried again at its next turn."""
    ticks = {row.name: row.at for row in db.session.execute(select(ClockTick.name, ClockTick.at))}
    db.session.rollback()
    for name, entry in CLOCKS.items():
        last = ticks.get(name)
        if last is not None and last <= now < last + entry.every:
            continue
        try:
            entry.run(now)
        except Exception as error:
            log.error("clock_failed", clock=name, exc_info=error)
            db.session.rollback()
        beat(name, now)


def next_due(now: datetime) -> datetime:
    """When there is something to do without anybody committing anything; at most `REST` from now."""
    ticks = {row.name: row.at for row in db.session.execute(select(ClockTick.name, ClockTick.at))}
    free = Job.dead_at.is_(None) & (Job.leased_until.is_(None) | (Job.leased_until < now))
    job = db.session.scalar(select(func.min(Job.run_at)).where(free))
    db.session.rollback()
    turns = [ticks[name] + entry.every for name, entry in CLOCKS.items() if name in ticks]
    return min([now + REST, *turns, *([job] if job else [])])


def drain_ticks() -> int:
    """Call every registered drain once; a failing one is logged and does not stop the others."""
    done = 0
    for name, drain in TICKS.items():
        try:
            done += drain()
        except Exception as error:
            log.error("tick_failed", tick=name, exc_info=error)
            db.session.rollback()
    return done


@clock("core.statistics", every=timedelta(hours=1))
def renew_statistics(now: datetime) -> None:
    """Tables grow, and with them what the query planner should know of them."""
    db.session.rollback()
    gather_statistics()


def work_off(now: datetime | None = None) -> None:
    """Do everything that is due, drains and jobs in turn, until nothing is left. For commands and tests."""
    for _turn in range(100):
        if not drain_ticks() + run_due(now or utc_now()):
            return
        if has_large_log():
            checkpoint()


def queue_state(now: datetime) -> dict[str, int]:
    """Counts for `flask jobs status` and `/readyz`."""
    waiting = db.session.scalar(select(func.count()).select_from(Job).where(Job.dead_at.is_(None))) or 0
    dead = db.session.scalar(select(func.count()).select_from(Job).where(Job.dead_at.is_not(None))) or 0
    oldest = db.session.scalar(select(func.min(Job.run_at)).where(Job.dead_at.is_(None), Job.run_at <= now))
    return {"waiting": waiting, "dead": dead, "oldest_seconds": int((now - oldest).total_seconds()) if oldest else 0}


@contextmanager
def only_worker(instance: Path) -> Iterator[None]:
    """Wait until no other worker runs on this instance: one process writes the index. The lock file names it."""
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / WORKER_LOCK).open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


class Worker:
    """The loop of `flask jobs run`: index rows, clocks and jobs, until told to stop."""

    def __init__(self, app: Flask, *, follow: bool = False):
        self.app = app
        self.stopping = False
        self.parent = os.getppid() if follow else None

    def stop(self, *_signal: Any) -> None:
        self.stopping = True

    def orphaned(self) -> bool:
        """True when the process that started this worker has ended."""
        return self.parent is not None and os.getppid() != self.parent

    def run(self) -> None:
        """Work until a signal or the end of the parent."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        pause = self.app.config["WORKER_TICK_SECONDS"]
        beaten = folded = rests_until = datetime.min.replace(tzinfo=utc_now().tzinfo)
        commits = Commits()
        with only_worker(Path(self.app.instance_path)), self.app.app_context():
            log.info("worker_started", pid=os.getpid())
            while not self.stopping and not self.orphaned():
                now = utc_now()
                if not commits.are_new() and now < rests_until and now - beaten < HEARTBEAT_EVERY:
                    time.sleep(pause)
                    continue
                try:
                    if now - beaten >= HEARTBEAT_EVERY:
                        beat("worker", now)
                        beaten = now
                    run_clocks(now)
                    done = drain_ticks() + run_due(now, limit=20)
                    wait = CHECKPOINT_OF_LARGE_LOG_EVERY if has_large_log() else CHECKPOINT_EVERY
                    if now - folded >= wait:
                        checkpoint()
                        folded = now
                    rests_until = now if done else next_due(now)
                except Exception as error:
                    log.error("worker_tick_failed", exc_info=error)
                    db.session.rollback()
                    done = 0
                db.session.remove()
                collect_what_is_due()
                if not done:
                    time.sleep(pause)
            commits.close()
            self._leave_folded()
            log.info("worker_stopped", pid=os.getpid())

    def _leave_folded(self) -> None:
        """Fold the log; who closes the last connection leaves none behind."""
        try:
            checkpoint()
        except Exception as error:
            log.error("log_not_folded", exc_info=error)
        db.session.remove()
        db.engine.dispose()
