"""Many people at once on the running site: nobody is refused, nothing that was acknowledged is lost."""

import sqlite3
import threading
from collections import Counter
from urllib.parse import quote

import pytest

SAVES, SEARCHES = 5, 10
BUYERS = ("member005@example.com", "owner004@example.com", "owner010@example.com", "owner027@example.com")
WORDS = ("PE袋", "川芎饮片", "瓦楞纸箱", "检测", "冷链", "huanglian", "口罩", "代煎", "316L 阀", "提取罐")


@pytest.fixture(scope="module")
def site(demo_site):
    running = demo_site().start()
    yield running
    running.stop()


def test_twenty_save_while_twenty_search(site):
    """Acceptance: no "database is locked", no index lock error, no lost save."""
    statuses, acknowledged, wrong = Counter(), [], []
    start = threading.Barrier(40)
    people = [site.client().sign_in(BUYERS[number % len(BUYERS)]) for number in range(20)]

    def save(number):
        try:
            client = people[number]
            token = client.token("/needs/new")
            start.wait(60)
            for turn in range(SAVES):
                title = f"同时保存的需求{number}-{turn}"
                answer = client.open(
                    "/needs/new",
                    {
                        "csrf_token": token,
                        "form_key": f"{number}-{turn}",
                        "title": title,
                        "lines-0-item": "PE袋",
                        "lines-0-quantity": "100",
                        "lines-0-unit": "只",
                        "local_preference": "none",
                        "step": "draft",
                    },
                )
                statuses[answer.status] += 1
                if answer.status == 200 and "/needs/new" not in answer.url:
                    acknowledged.append(title)
        except Exception as error:
            wrong.append(error)

    def search(number):
        try:
            client = site.client()
            start.wait(60)
            for turn in range(SEARCHES):
                answer = client.open("/listings?q=" + quote(WORDS[(number + turn) % len(WORDS)]))
                statuses[answer.status] += 1
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=save, args=(n,)) for n in range(20)]
    threads += [threading.Thread(target=search, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert set(statuses) == {200}, statuses
    assert len(acknowledged) == 20 * SAVES
    with sqlite3.connect(site.instance / "doorstep.sqlite") as database:
        stored = {row[0] for row in database.execute("SELECT title FROM needs WHERE title LIKE '同时保存的需求%'")}
    assert stored == set(acknowledged)
    log = site.log()
    assert "locked" not in log.lower()
    assert "LockError" not in log
    assert '"level": "error"' not in log
