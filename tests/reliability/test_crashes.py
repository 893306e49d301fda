"""Killed workers and damaged indexes: nothing is lost, pages answer, the index comes back by itself."""
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.live import ROOT

KILLS = int(os.environ.get("DOORSTEP_KILLS", "20"))


def worker(site):
    return subprocess.Popen([sys.executable, "-m", "flask", "jobs", "run"], cwd=ROOT, env=site.environment,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


WRITER = """
import sys, time
from marketplace import create_app, search
from marketplace.core.db import db, transaction
from marketplace.catalog.models import Listing
from sqlalchemy import select
app = create_app()
with app.app_context():
    ids = list(db.session.scalars(select(Listing.id)))
    turn = 0
    while True:
        turn += 1
        with transaction() as session:
            for listing in session.scalars(select(Listing).where(Listing.id.in_(ids[turn % 10::10]))):
                listing.description = listing.description[:200] + f" 第{turn}次修改"
                search.changed("listings", listing.id)
        time.sleep(0.05)
"""


@pytest.mark.slow
def test_a_worker_killed_during_writes_loses_nothing(demo_site):
    """Acceptance: `kill -9` of the worker 20 times, then `flask search check` reports no difference."""
    site = demo_site()
    chance = random.Random(7)
    writer = subprocess.Popen([sys.executable, "-c", WRITER], cwd=ROOT, env=site.environment,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(KILLS):
            process = worker(site)
            time.sleep(1.6 + chance.random() * 0.9)
            assert process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
    finally:
        assert writer.poll() is None, "the writer stopped by itself"
        writer.kill()
        writer.wait()
    site.flask("jobs", "work-off")
    check = site.flask("search", "check", check=False)
    assert check.returncode == 0, check.stdout[-2000:]


def damage_deleted(folder):
    shutil.rmtree(folder)


def damage_cut(folder):
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.stat().st_size > 8:
            os.truncate(file, file.stat().st_size // 2)


def damage_replaced(folder):
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            file.write_bytes(b"this is no index")


def damage_bits(folder):
    chance = random.Random(3)
    for file in sorted(folder.rglob("*.seg")):
        content = bytearray(file.read_bytes())
        for _ in range(20):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        file.write_bytes(content)


@pytest.fixture(scope="module")
def running(demo_site):
    site = demo_site().start()
    yield site
    site.stop()


@pytest.mark.parametrize("damage", [damage_deleted, damage_cut, damage_replaced, damage_bits],
                         ids=lambda damage: damage.__name__)
def test_pages_answer_while_the_index_is_away_and_it_comes_back(running, damage):
    client = running.client()
    assert "川芎" in client.open("/listings?q=%E5%B7%9D%E8%8A%8E").text
    before = len(running.log())
    answers, stop = [], threading.Event()

    def read():
        reader = running.client()
        while not stop.is_set():
            answers.append(reader.open("/listings?q=%E5%B7%9D%E8%8A%8E"))
            time.sleep(0.05)

    reading = threading.Thread(target=read)
    reading.start()
    damage(running.instance / "index" / "listings")
    deadline = time.monotonic() + 60
    healthy = False
    while time.monotonic() < deadline and not healthy:
        time.sleep(1)
        healthy = running.flask("search", "check", check=False).returncode == 0
    stop.set()
    reading.join()
    assert healthy, running.log()[-3000:]
    assert {answer.status for answer in answers} == {200}
    assert all("川芎" in answer.text for answer in answers)
    said = running.log()[before:]
    assert "search_index_rebuilt" in said
    assert '"level": "error"' not in said


def test_an_index_directory_that_cannot_be_read_does_not_stop_the_site(demo_site):
    """As root, permissions stop nothing: a file stands where the directory should be."""
    site = demo_site()
    shutil.rmtree(site.instance / "index")
    (site.instance / "index").write_text("in the way")
    site.start_anyway()
    try:
        answer = site.client().open("/listings?q=%E5%B7%9D%E8%8A%8E")
        assert answer.status == 200
        assert "川芎" in answer.text
        (site.instance / "index").unlink()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and site.flask("search", "check", check=False).returncode:
            time.sleep(1)
        assert site.flask("search", "check", check=False).returncode == 0
    finally:
        site.stop()


def test_the_worker_ends_with_the_server_and_comes_back_when_it_dies(running):
    first = running.worker_pid()
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and running.worker_pid() in (None, first):
        time.sleep(0.3)
    second = running.worker_pid()
    assert second not in (None, first)
    running.stop()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and os.path.exists(f"/proc/{second}"):
        time.sleep(0.3)
    assert not os.path.exists(f"/proc/{second}")
