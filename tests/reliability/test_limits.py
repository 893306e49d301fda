"""Limits hold when everything comes at once: a try is counted before it is looked at."""

import threading
from collections import Counter

import pytest

from tests.live import Site

AT_ONCE = 24
ALLOWED = 5


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """An empty site with one account."""
    running = Site(tmp_path_factory.mktemp("limits")).prepare(demo=False)
    running.flask("people", "add-staff", "staff@example.com", "甲")
    yield running.start_anyway()
    running.stop()


def all_at_once(count, work):
    """Do `work(number)` in so many threads that start together; the results."""
    start, done, wrong = threading.Barrier(count), [], []

    def run(number):
        try:
            start.wait(60)
            done.append(work(number))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    return done


def test_of_many_wrong_passwords_at_once_five_are_looked_at(site, tell):
    browsers = [site.client() for _number in range(AT_ONCE)]
    tokens = [browser.token("/sign-in") for browser in browsers]

    def try_wrong(number):
        form = {"email": "staff@example.com", "password": "wrong", "csrf_token": tokens[number]}
        return browsers[number].open("/sign-in", form).status

    statuses = Counter(all_at_once(AT_ONCE, try_wrong))
    tell(f"{AT_ONCE} wrong passwords at once: {statuses[422]} looked at, {statuses[429]} told to wait")
    assert statuses == {422: ALLOWED, 429: AT_ONCE - ALLOWED}
