"""Killed workers: nothing that was committed is lost, and the index agrees with the database after the next start."""

import fcntl
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.live import ROOT
from tests.reliability.conftest import KILLS, agrees, database_is_whole, rows, wait_until

WRITER = """
import sys, time
from datetime import UTC, datetime, timedelta
from marketplace import create_app, search
from marketplace.core.db import db, transaction
from marketplace.catalog.models import Listing
from sqlalchemy import select
app = create_app()
told = open(sys.argv[1], "a", buffering=1)
with app.app_context():
    first = db.session.scalars(select(Listing).order_by(Listing.id)).first()
    ids = list(db.session.scalars(select(Listing.id)))
    given = {"organisation_id": first.organisation_id, "category_id": first.category_id, "kind": first.kind,
             "status": first.status}
    now, turn = datetime.now(UTC), int(sys.argv[2])
    while True:
        turn += 1
        with transaction() as session:
            for listing in session.scalars(select(Listing).where(Listing.id.in_(ids[turn % 10::10]))):
                listing.description = listing.description[:200] + f" 第{turn}次修改"
                search.changed("listings", listing.id)
            new = Listing(title=f"第{turn}次新增", published_at=now, expires_at=now + timedelta(days=9), created_at=now,
                          updated_at=now, **given)
            session.add(new)
            session.flush()
            search.changed("listings", new.id)
        print(new.id, turn, file=told)
        time.sleep(0.2)
"""


def process(site, *arguments):
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def working(site):
    """A worker that has begun to work."""
    worker = process(site, "-m", "flask", "jobs", "run")
    if not wait_until(lambda: site.worker_pid() == worker.pid, 60, 0.05):
        worker.kill()
        pytest.fail("the worker did not begin to work")
    return worker


class Writing:
    """Somebody who saves again and again, and notes what was acknowledged."""

    def __init__(self, site, turn=0):
        self.noted = site.instance / "acknowledged"
        self.process = process(site, "-c", WRITER, str(self.noted), str(turn))

    def __enter__(self):
        assert wait_until(lambda: self.noted.exists() and self.noted.stat().st_size, 30, 0.1)
        return self

    def __exit__(self, *problem):
        assert self.process.poll() is None, "the writer stopped by itself"
        self.process.kill()
        self.process.wait()

    def acknowledged(self):
        """The ids of the rows whose commit had returned."""
        return {int(line.split()[0]) for line in self.noted.read_text().splitlines() if line.count(" ") == 1}


def is_writing(site):
    """True when some process holds the lock under which the index is written."""
    for path in (site.instance / "index").glob("*/WRITER"):
        with path.open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    return False


def kill(site, victim):
    """Kill -9; True when it held the index half written."""
    victim.send_signal(signal.SIGSTOP)
    time.sleep(0.02)
    caught = is_writing(site)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    return caught


def assert_nothing_is_lost(site, before, acknowledged):
    now = rows(site)
    assert {name: ids - now[name] for name, ids in before.items() if ids - now[name]} == {}
    assert acknowledged <= now["listings"]
    assert database_is_whole(site)
    site.flask("jobs", "work-off")
    check = site.flask("search", "check", check=False)
    assert check.returncode == 0, check.stdout[-2000:]
    assert "wait for the worker" not in check.stdout


@pytest.mark.slow
def test_a_worker_killed_during_writes_loses_nothing(demo_site, tell):
    """Acceptance: `kill -9` of the indexing process during writes, then `flask search check` reports no difference."""
    site, chance, caught = demo_site(), random.Random(7), 0
    before = rows(site)
    with Writing(site) as writing:
        for _ in range(KILLS):
            worker = working(site)
            wait_until(lambda: is_writing(site), 20, 0.01)
            time.sleep(chance.random())
            assert worker.poll() is None
            caught += kill(site, worker)
    tell(
        f"{KILLS} kills during writes, {caught} with the index half written; "
        f"{len(writing.acknowledged())} rows acknowledged"
    )
    assert_nothing_is_lost(site, before, writing.acknowledged())


@pytest.mark.slow
@pytest.mark.parametrize("by", ["command", "worker"])
def test_a_process_killed_in_a_rebuild_loses_nothing(demo_site, tell, by):
    """Acceptance: the same in a rebuild, of the command beside a worker that goes on, and of the worker itself."""
    site, chance, begun = demo_site(), random.Random(11), 0
    before, store = rows(site), site.instance / "index" / "listings"
    with Writing(site) as writing:
        for _ in range(max(2, KILLS // 2)):
            worker = working(site)
            if by == "command":
                victim = process(site, "-m", "flask", "search", "rebuild")
            else:
                victim = worker
                (store / "SICK").write_text("a test says so")
            used = (store / "CURRENT").read_text()
            if wait_until(lambda: len(list(store.glob("*-*/"))) > 1, 10, 0.005):
                time.sleep(chance.random() * 0.3)
            kill(site, victim)
            begun += (store / "CURRENT").read_text() == used
            if victim is not worker:
                kill(site, worker)
    tell(f"{max(2, KILLS // 2)} kills in a rebuild by the {by}, {begun} before the new generation was in use")
    assert_nothing_is_lost(site, before, writing.acknowledged())
    site.start()
    try:
        assert "川芎" in site.client().open("/listings?q=%E5%B7%9D%E8%8A%8E").text
        assert wait_until(lambda: {path.name for path in store.glob("*-*/")} <= kept(store), 60)
    finally:
        site.stop()
    assert agrees(site)


def kept(store):
    """The generation in use and the one before it: nothing that was left half built."""
    name, _, number = (store / "CURRENT").read_text().strip().rpartition("-")
    return {f"{name}-{older}" for older in range(int(number) + 1)}


def test_the_worker_ends_with_the_server_and_comes_back_when_it_dies(demo_site):
    running = demo_site().start()
    try:
        first = running.worker_pid()
        os.kill(first, signal.SIGKILL)
        assert wait_until(lambda: running.worker_pid() not in (None, first), 30)
        second = running.worker_pid()
    finally:
        running.stop()
    assert wait_until(lambda: not os.path.exists(f"/proc/{second}"), 20)
