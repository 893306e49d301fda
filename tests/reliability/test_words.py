"""On the running site every process searches by a word that staff link, and no search waits for the log of searches."""

import itertools
import re
import sqlite3
import time
from urllib.parse import quote

import pytest

STAFF = "operator.review@example.com"
WORD = "旮旯兜"
WITHIN = 2.0


@pytest.fixture(scope="module")
def site(demo_site):
    running = demo_site().start()
    yield running
    running.stop()


def hits(client, text):
    """The listings that a search shows, in order."""
    answer = client.open("/listings?q=" + quote(text))
    assert answer.status == 200
    return re.findall(r'href="/listings/(\d+)"', answer.text)


def last_wrong(visitors, wanted):
    """Seconds from now after which every search, of whichever process, finds the word or does not, as `wanted`."""
    started, last = time.monotonic(), 0.0
    while (begun := time.monotonic() - started) < 2 * WITHIN:
        if bool(hits(next(visitors), WORD)) is not wanted:
            last = begun
    return last


def test_every_process_searches_by_a_new_pair_and_stops_when_it_is_taken_out(site):
    staff, visitors = site.client().sign_in(STAFF), itertools.cycle([site.client() for _number in range(8)])
    assert not any(hits(next(visitors), WORD) for _turn in range(8))
    answer = staff.post("/staff/words/new", {"term": "自封袋", "variant": WORD, "kind": "alias"})
    assert answer.status == 200
    assert last_wrong(visitors, True) < WITHIN
    [removal] = re.findall(r'action="(/staff/words/\d+/removal)"', staff.open("/staff/words").text)
    staff.post(removal, {"version": "1"}, form="/staff/words")
    assert last_wrong(visitors, False) < WITHIN
    assert '"level": "error"' not in site.log()


def test_searching_goes_on_while_the_database_is_locked_and_is_counted_afterwards(site):
    visitor = site.client()
    words = [f"没有的词{number}" for number in range(20)]
    hits(visitor, words[0])
    lock = sqlite3.connect(site.instance / "doorstep.sqlite", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        times = [visitor.open("/listings?q=" + quote(word)).seconds for word in words]
    finally:
        lock.execute("ROLLBACK")
    assert max(times) < 2, times

    def counted():
        rows = lock.execute("SELECT text, times FROM search_counts WHERE text LIKE '没有的词%'").fetchall()
        return dict(rows) == {words[0]: 2, **dict.fromkeys(words[1:], 1)}

    deadline = time.monotonic() + 20
    while not counted() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert counted()
    lock.close()
