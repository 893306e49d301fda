"""Limits hold when everything comes at once: a try is counted before it is looked at."""

import secrets
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


def test_of_many_wishes_for_a_new_password_at_once_a_few_are_mailed(site, tell):
    browsers = [site.client() for _number in range(AT_ONCE)]
    tokens = [browser.token("/password") for browser in browsers]

    def ask(number):
        typed = {"email": "staff@example.com", "csrf_token": tokens[number], "form_key": secrets.token_hex(8)}
        return browsers[number].open("/password", typed).status

    statuses = Counter(all_at_once(AT_ONCE, ask))
    assert statuses == {200: AT_ONCE}
    with_links = [letter for letter in letters(site, "staff@example.com") if "/password/" in letter]
    tell(f"{AT_ONCE} wishes for a new password at once: {len(with_links)} mails")
    assert len(with_links) == 3


def letters(site, to):
    """The letters that the worker wrote, once it has nothing left to do."""
    site.flask("jobs", "work-off")
    return [file.read_text("utf-8") for file in (site.instance / "outbox").glob(f"*{to}.eml")]
