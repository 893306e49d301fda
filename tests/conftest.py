"""Fixtures: an application on its own instance folder, a clean database for each test, people who sign in."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import event

from marketplace import create_app, search
from marketplace.core.db import db, transaction
from marketplace.core.jobs import work_off
from marketplace.search.staff_words_sync import search_by
from tests.factories.accounts import SessionOf, session_of
from tests.live import Site, demo_copy

# Locally Hypothesis looks for new cases at each run; the continuous integration runs the same ones each time.
settings.register_profile("steady", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("steady")

TEST_SETTINGS = {
    "TESTING": True,
    "WTF_CSRF_ENABLED": False,
    "SECRET_KEY": "tests",
    "SERVER_NAME": "localhost",
    "LOG_JSON": False,
    "DATABASE_URL": "",
}


@pytest.fixture(scope="session")
def base_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application a process, with its tables made."""
    app = create_app(TEST_SETTINGS, instance=tmp_path_factory.mktemp("instance"))
    with app.app_context():
        db.create_all()
    return app


def empty(app: Flask) -> None:
    """Remove every row and every file that a test left behind, and what its last request noted."""
    for name in list(g):
        g.pop(name)
    db.session.rollback()
    db.session.remove()
    with transaction() as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table in reversed(db.metadata.sorted_tables):
            session.execute(table.delete())
    db.session.remove()
    for name in ("uploads", "outbox", "index"):
        shutil.rmtree(Path(app.instance_path) / name, ignore_errors=True)
    app.extensions["category_tree"].forget()
    for name in ("words.stamp", "calendar.stamp", "searches.log", "searches.taken"):
        (Path(app.instance_path) / name).unlink(missing_ok=True)
    search.follower().look()
    search.engine().renew()


def take_in() -> None:
    """Do everything that is due, and let readers see it at once."""
    work_off()
    for kind in search.kinds():
        search.candidates(kind, now=True)


@pytest.fixture
def app(base_app: Flask) -> Iterator[Flask]:
    """The application within its context, on an empty database."""
    with base_app.app_context():
        empty(base_app)
        g.language = "en"  # outside a request sentences are compared in the words of the code
        yield base_app
        db.session.remove()
        search_by(())


@pytest.fixture
def request_context(app: Flask) -> Iterator[None]:
    """For code that words things in the reader's language outside a page."""
    with app.test_request_context():
        yield


class Browser(FlaskClient):
    """A test client that can sign a person in without the form."""

    def open(self, *arguments: Any, **options: Any) -> Any:
        """Each request starts with an empty `g`: the tests' context outlives it, a server's does not."""
        for name in list(g) if has_app_context() else ():
            g.pop(name)
        return super().open(*arguments, **options)

    def sign_in(self, person: Any) -> "Browser":
        with self.session_transaction() as session:
            session["_user_id"] = person.token if isinstance(person, SessionOf) else session_of(person).token
            session["_fresh"] = True
        return self


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A visitor; `browser.sign_in(person)` makes him somebody."""
    app.test_client_class = Browser
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def as_person(app: Flask) -> Any:
    """`as_person(person)` is a client signed in as that person."""
    app.test_client_class = Browser

    def sign_in(person: Any) -> Browser:
        return app.test_client().sign_in(person)  # type: ignore[attr-defined, no-any-return]

    return sign_in


@pytest.fixture
def worker(app: Flask) -> Any:
    """`worker()` does everything that is due (index rows, jobs) and lets readers see it at once."""

    return take_in


@pytest.fixture
def count_queries(app: Flask) -> Any:
    """`count_queries(client, path)` is the number of SQL statements that the page took."""

    def count(client: FlaskClient, path: str) -> int:
        statements: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            statements.append(statement)

        app.extensions["category_tree"].get()  # as in a process that has served a page before
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            answer = client.get(path)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert answer.status_code == 200
        return sum(not statement.startswith("BEGIN") for statement in statements)

    return count


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """`demo_site()` is a fresh copy of the demonstration park, not yet started."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def make() -> Site:
        return demo_copy(shared, tmp_path_factory.mktemp("site"))

    return make
