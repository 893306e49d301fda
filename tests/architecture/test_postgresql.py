"""Rules that SQLite's one writer keeps by itself hold on PostgreSQL as well, with real transactions side by side."""

import threading
from datetime import timedelta

import pytest
from flask_migrate import upgrade

from marketplace import create_app
from marketplace.accounts import services
from marketplace.accounts.models import Organisation, Person
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.limits import Limit, count_try
from marketplace.core.refusals import Throttled
from tests.conftest import TEST_SETTINGS

AT_ONCE = 12


@pytest.fixture
def app(tmp_path, postgresql):
    app = create_app({**TEST_SETTINGS, "DATABASE_URL": postgresql}, instance=tmp_path)
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def all_at_once(app, work):
    """What `work()` returned in so many threads that started together, each with a connection of its own."""
    start, done, wrong = threading.Barrier(AT_ONCE), [], []

    def run():
        try:
            with app.app_context():
                db.session.connection()
                start.wait(60)
                done.append(work())
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=run) for _number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    return done


def test_of_many_who_follow_one_invitation_at_once_one_joins(app):
    now = utc_now()
    with app.app_context(), transaction() as session:
        owner = Person(email="owner@example.com", name="甲", created_at=now)
        organisation = Organisation(name="乙", kind="enterprise", credit_code="x", created_at=now)
        session.add_all([owner, organisation])
        session.flush()
        key = services.invite(organisation, "guest@example.com", inviter=owner, now=now).key

    def is_taken():
        with transaction() as session:
            invitation = services.claim_invitation(key, now=now)
            if invitation is not None:
                session.delete(invitation)
            return invitation is not None

    assert all_at_once(app, is_taken).count(True) == 1


def test_of_many_tries_at_once_five_are_counted(app):
    limits = [Limit("door", "a", 5, timedelta(minutes=1)), Limit("house", "a", 9, timedelta(minutes=1))]
    now = utc_now()

    def is_let_in():
        try:
            with transaction():
                count_try(limits, now=now)
        except Throttled:
            return False
        return True

    assert all_at_once(app, is_let_in).count(True) == 5
