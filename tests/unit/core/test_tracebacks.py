"""The log says where something broke and of which kind, and nothing of what people typed."""

import json
import logging
import smtplib
import sys

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, StatementError

from marketplace import create_app
from marketplace.accounts.models import Person
from marketplace.core import jobs
from marketplace.core.db import db, transaction
from marketplace.core.jobs import Job, enqueue, run_due
from marketplace.core.logs import configure
from marketplace.core.policies import public
from marketplace.core.tracebacks import format_traceback, masked
from tests.architecture.conftest import postgresql, postgresql_server  # noqa: F401
from tests.conftest import TEST_SETTINGS
from tests.factories.accounts import NOW

MAIL, TEXT, PASSWORD = "canary@private.example", "金丝雀的私信", "$argon2id$v=19$canary"
CANARIES = ("canary", "金丝雀", "argon2id")


@pytest.fixture(params=["json", "console"])
def written(request, capfd):
    """`written()` is all that went to both streams, in either form of the log."""
    before, hook, handlers = structlog.get_config(), sys.excepthook, list(logging.getLogger().handlers)
    configure(json_lines=request.param == "json")
    yield lambda: "".join(capfd.readouterr())
    structlog.configure(**before)
    sys.excepthook, logging.getLogger().handlers = hook, handlers


def person(**given):
    return Person(**{"email": MAIL, "name": TEXT, "password_hash": PASSWORD, "created_at": NOW, **given})


def twice():
    with transaction() as session:
        session.add_all([person(), person()])


def no_such_table():
    db.session.execute(text("SELECT * FROM nowhere WHERE email = :email"), {"email": MAIL})


def broken_statement():
    db.session.connection().exec_driver_sql(f"SELECT '{TEXT}' FORM \"{MAIL}\"")


def wrong_type():
    with transaction() as session:
        session.add(person(created_at=f"{MAIL} {TEXT}"))


def not_taken():
    raise smtplib.SMTPRecipientsRefused({MAIL: (550, f"no such box {MAIL}".encode())})


def nested():
    try:
        int(TEXT)
    except ValueError as error:
        raise KeyError(f"{TEXT} of {MAIL}") from error


FAILURES = {
    twice: IntegrityError,
    no_such_table: OperationalError,
    broken_statement: OperationalError,
    wrong_type: StatementError,
    not_taken: smtplib.SMTPRecipientsRefused,
    nested: KeyError,
}


def assert_private(said):
    assert [canary for canary in CANARIES if canary in said] == []


@pytest.fixture
def broken_job(app):
    yield lambda run: jobs.JOBS.update({"test.broken": run})
    jobs.JOBS.pop("test.broken", None)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.__name__)
class TestNothingPrivateIsWritten:
    def test_when_a_job_fails(self, app, written, broken_job, failure):
        broken_job(failure)
        with transaction():
            enqueue("test.broken", run_at=NOW)
        assert run_due(NOW) == 1
        said = written()
        assert FAILURES[failure].__name__ in said
        assert f"in {failure.__name__}" in said
        assert_private(said)
        assert_private(db.session.query(Job.error).scalar())

    def test_when_a_page_fails(self, tmp_path, written, failure):
        site = create_app({**TEST_SETTINGS, "TESTING": False, "LOG_JSON": False}, instance=tmp_path)
        with site.app_context():
            db.create_all()
        site.add_url_rule("/broken", "broken", public(failure))
        answer = site.test_client().get("/broken")
        assert answer.status_code == 500
        assert_private(answer.get_data(as_text=True))
        said = written()
        assert FAILURES[failure].__name__ in said
        assert_private(said)

    def test_when_nobody_catches_it(self, app, written, failure):
        with pytest.raises(FAILURES[failure]) as caught:
            failure()
        sys.excepthook(caught.type, caught.value, caught.tb)
        logging.getLogger("library").error("broken", exc_info=caught.value)
        said = written()
        assert said.count(f"in {failure.__name__}") >= 2
        assert_private(said)
        db.session.rollback()


class TestPostgresql:
    @pytest.mark.parametrize(
        ("statement", "kind"),
        [
            ("INSERT INTO letters VALUES (:mail, :text, 1)", IntegrityError),
            ("INSERT INTO letters VALUES (:mail, CAST(:text AS integer)::text, 1)", DataError),
            ("INSERT INTO letters VALUES (:mail || 'x', :text, 99999999999)", DataError),
            ("INSERT INTO letters VALUES (:mail || 'y', repeat(:text, 9), 1)", DataError),
            ("INSERT INTO letters VALUES (:mail || 'z', NULL, 1)", IntegrityError),
        ],
    )
    def test_the_detail_of_the_driver_is_left_out(self, app, postgresql, written, statement, kind):  # noqa: F811
        engine = create_engine(postgresql, hide_parameters=True)
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS letters"))
            connection.execute(
                text("CREATE TABLE letters (mail text UNIQUE, body varchar(20) NOT NULL, number integer)")
            )
            connection.execute(text("INSERT INTO letters VALUES (:mail, '', 1)"), {"mail": MAIL})
        with pytest.raises(kind) as caught, engine.begin() as connection:
            connection.execute(text(statement), {"mail": MAIL, "text": TEXT})
        engine.dispose()
        structlog.get_logger().error("request_failed", exc_info=caught.value)
        said = written()
        assert kind.__name__ in said
        assert_private(said)
        assert_private(format_traceback(caught.value))


def test_every_engine_hides_its_parameters(app):
    assert all(engine.hide_parameters for engine in db.engines.values())


def test_a_traceback_stays_one_to_work_with(app, capfd):
    configure(json_lines=True)
    with pytest.raises(IntegrityError) as caught:
        twice()
    structlog.get_logger().error("request_failed", exc_info=caught.value)
    line = json.loads(capfd.readouterr().out)
    assert "UNIQUE constraint failed: people.email" in line["exception"]
    assert "INSERT INTO people" in line["exception"]
    assert "SQLITE_CONSTRAINT_UNIQUE" in line["exception"]
    assert "test_tracebacks.py" in line["exception"]
    configure(json_lines=False)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("'NoneType' object has no attribute 'id'", "'NoneType' object has no attribute 'id'"),
        ("can't encode what it doesn't know", "can't encode what it doesn't know"),
        ("could not convert string to float: '12元'", "could not convert string to float: …"),
        ("“川芎三百公斤” is too long", "… is too long"),
        ("call 028-8371-0000 or a.b@c.example", "call … or …"),
    ],
)
def test_what_is_quoted_is_left_out(message, told):
    assert masked(message) == told
