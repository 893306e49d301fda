"""On PostgreSQL, where two may write at once, the second sending of a form waits for the first and is led to it."""

import threading
import time

import pytest

from marketplace import create_app
from marketplace.core.db import db, transaction
from marketplace.core.form_keys import FormKey, SentBefore, once
from marketplace.core.refusals import RuleBroken
from tests.conftest import TEST_SETTINGS

FORM = {"form_key": "0123456789abcdef", "title": "纸箱"}


@pytest.fixture
def app(tmp_path, postgresql):
    app = create_app({**TEST_SETTINGS, "DATABASE_URL": postgresql}, instance=tmp_path)
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.drop_all()
        db.engine.dispose()


def send(app, told, *, refused=False):
    """One sending; tells where it led to, or that it was refused."""
    with app.test_request_context("/needs/new", method="POST", data=FORM):
        try:
            with transaction(), once() as sending:
                time.sleep(0.5)
                if refused:
                    raise RuleBroken("no")
                sending.led_to = "/needs/1"
            told.append("made")
        except SentBefore as before:
            told.append(before.led_to)
        except RuleBroken:
            told.append("refused")


def at_once(app, *, refused):
    told = []
    threads = [threading.Thread(target=send, args=(app, told), kwargs={"refused": each}) for each in refused]
    for thread in threads:
        thread.start()
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    return told


def test_the_second_waits_and_is_led_to_the_first(app):
    assert at_once(app, refused=(False, False)) == ["made", "/needs/1"]
    assert db.session.query(FormKey).count() == 1


def test_the_second_does_the_work_when_the_first_was_refused(app):
    assert at_once(app, refused=(True, False)) == ["refused", "made"]
