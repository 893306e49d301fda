"""A damaged, missing, read-only or full index directory: pages answer, the log says it once, the index comes back."""

import os
import random
import shutil
import threading
import time

import pytest

from tests.reliability.conftest import agrees, change_listings, lines, wait_until

CHUANXIONG = "/listings?q=%E5%B7%9D%E8%8A%8E"
SIMPLER = "索引正在重建"
WEB_PROCESSES = 2
"""Each says by itself, and once, that it cannot use the index."""
RESTS = 12
"""Seconds in which the worker tries and the readers look several times."""


def damage_deleted(folder):
    """Remove the folder, though a process may be writing a file into it."""
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.02)
    raise AssertionError(f"{folder} cannot be removed")


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


class Reading:
    """Somebody who searches again and again."""

    def __init__(self, site):
        self.client, self.answers, self.stop = site.client(), [], threading.Event()
        self.thread = threading.Thread(target=self.read)

    def read(self):
        while not self.stop.is_set():
            self.answers.append(self.client.open(CHUANXIONG))
            time.sleep(0.05)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *problem):
        self.stop.set()
        self.thread.join()
        assert self.answers
        assert {answer.status for answer in self.answers} == {200}
        assert all("川芎" in answer.text for answer in self.answers)

    def simpler(self):
        """How many answers came from the database."""
        return sum(SIMPLER in answer.text for answer in self.answers)


@pytest.fixture(scope="module")
def running(demo_site):
    site = demo_site().start()
    yield site
    site.stop()


@pytest.mark.parametrize(
    "damage", [damage_deleted, damage_cut, damage_replaced, damage_bits], ids=lambda damage: damage.__name__
)
def test_pages_answer_while_the_index_is_away_and_it_comes_back(running, damage):
    assert "川芎" in running.client().open(CHUANXIONG).text
    running.flask("jobs", "work-off")  # a job that meets the damage fails once, and says so, before it is done again
    before = len(running.log())
    with Reading(running):
        damage(running.instance / "index" / "listings")
        assert wait_until(lambda: agrees(running)), running.log()[-3000:]
    said = running.log()[before:]
    assert len(lines(said, "search_index_rebuilding", kind="listings")) == 1
    assert len(lines(said, "search_index_rebuilt", kind="listings")) == 1
    assert len(lines(said, "search_index_sick", kind="listings")) <= WEB_PROCESSES
    assert '"level": "error"' not in said


def test_a_read_only_index_goes_on_answering_and_takes_in_later_what_was_saved_meanwhile(demo_site, disk_of, tell):
    site = demo_site()
    disk = disk_of(site.instance / "index")
    site.start()
    try:
        disk.read_only()
        started = len(site.log())
        with Reading(site) as reading:
            change_listings(site, "只读时改过的说明", 3)
            time.sleep(RESTS)
        said = site.log()[started:]
        assert reading.simpler() == 0
        assert len(lines(said, "search_index_not_written", kind="listings")) == 1
        assert said.count('"level": "error"') == 1
        assert not lines(said, "search_index_sick")
        check = site.flask("search", "check", check=False)
        assert check.returncode == 1
        assert check.stdout.count("the index holds another version") == 3
        assert "3 changes wait for the worker." in check.stdout
        disk.read_only(False)
        again = time.monotonic()
        assert wait_until(lambda: agrees(site)), site.log()[-3000:]
        tell(
            f"{len(reading.answers)} answers from a read-only index, back {time.monotonic() - again:.0f} s after it "
            "could be written"
        )
        assert len(lines(site.log(), "search_index_written_again", kind="listings")) == 1
    finally:
        site.stop()


def test_a_read_only_index_that_is_damaged_is_answered_for_by_the_database(demo_site, disk_of):
    site = demo_site()
    disk = disk_of(site.instance / "index")
    damage_cut(site.instance / "index" / "listings")
    disk.read_only()
    site.start_anyway()
    try:
        with Reading(site) as reading:
            time.sleep(RESTS)
        assert reading.simpler() == len(reading.answers)
        said = site.log()
        assert 1 <= len(lines(said, "search_index_sick", kind="listings")) <= WEB_PROCESSES
        assert len(lines(said, "search_index_rebuilding", kind="listings")) == 1
        assert len(lines(said, "search_rebuild_failed", kind="listings")) == 1
        assert site.flask("search", "check", check=False).returncode == 1
        disk.read_only(False)
        assert wait_until(lambda: agrees(site)), site.log()[-3000:]
        assert wait_until(lambda: SIMPLER not in site.client().open(CHUANXIONG).text, 10)
    finally:
        site.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="a disk of its own, to be filled, takes root to mount")
def test_a_full_disk_under_the_index_stops_no_page(demo_site, disk_of):
    site = demo_site()
    disk = disk_of(site.instance / "index", size="48m")
    site.start()
    try:
        disk.fill()
        started = len(site.log())
        with Reading(site) as reading:
            change_listings(site, "磁盘满时改过的说明" * 20, 40)
            time.sleep(RESTS)
        said = site.log()[started:]
        assert reading.simpler() == 0
        assert len(lines(said, "search_index_not_written", kind="listings")) == 1
        assert said.count('"level": "error"') == 1
        disk.empty()
        assert wait_until(lambda: agrees(site)), site.log()[-3000:]
    finally:
        site.stop()


def test_something_that_stands_where_the_index_should_be_does_not_stop_the_site(demo_site):
    site = demo_site()
    shutil.rmtree(site.instance / "index")
    (site.instance / "index").write_text("in the way")
    site.start_anyway()
    try:
        with Reading(site):
            time.sleep(RESTS)
        assert 1 <= len(lines(site.log(), "search_index_sick", kind="listings")) <= WEB_PROCESSES
        assert len(lines(site.log(), "search_rebuild_failed", kind="listings")) == 1
        (site.instance / "index").unlink()
        assert wait_until(lambda: agrees(site)), site.log()[-3000:]
    finally:
        site.stop()
