"""Mail goes out once, as a readable file or through a server."""

import email
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path

import pytest

from marketplace.core.db import db, transaction
from marketplace.core.jobs import Job
from marketplace.notifications import mailing, services
from marketplace.notifications.jobs import send_mail
from marketplace.notifications.messages import N_
from marketplace.notifications.models import Mail
from tests.factories.accounts import PersonFactory

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def write(language="zh_Hans"):
    reader = PersonFactory(language=language, email="wang@example.com")
    with transaction():
        services.tell([reader], "x", N_("%(title)s 已发布"), {"title": "食品级PE袋"}, "/listings/7", NOW)
    return db.session.query(Mail).one()


def outbox(app):
    return sorted(path.name for path in (Path(app.instance_path) / "outbox").glob("*"))


def test_without_a_server_a_mail_is_a_file_that_one_can_read(app, worker):
    mail = write()
    worker()
    (name,) = outbox(app)
    content = (Path(app.instance_path) / "outbox" / name).read_text("utf-8")
    assert "wang@example.com" in name
    assert "Subject: 食品级PE袋 已发布\n" in content
    assert "/listings/7" in content
    parsed = email.message_from_string(content, policy=default)
    assert parsed["To"] == "wang@example.com"
    db.session.refresh(mail)
    assert mail.sent_at is not None


@pytest.mark.parametrize(
    ("settings", "language", "foot"),
    [
        ({}, "zh_Hans", "家门口 · 园区管理方"),
        ({}, "en", "Doorstep · 园区管理方"),
        ({"SITE_NAME": "彭州对接"}, "zh_Hans", "彭州对接 · 园区管理方"),
        ({"OPERATOR_NAME": ""}, "zh_Hans", "家门口"),
    ],
)
def test_the_foot_names_the_site_as_its_pages_do(app, monkeypatch, settings, language, foot):
    for name, value in settings.items():
        monkeypatch.setitem(app.config, name, value)
    assert write(language).text.split("-- \n")[1].splitlines()[0] == foot


def test_a_job_that_runs_twice_writes_one_file(app, worker):
    mail = write()
    send_mail(mail.id)
    send_mail(mail.id)
    worker()
    assert len(outbox(app)) == 1
    assert db.session.query(Job).count() == 0


def test_a_mail_that_is_gone_stops_nobody(app):
    send_mail(4711)


def test_a_signed_link_is_forgotten_once_the_mail_is_out(app, worker):
    with transaction():
        mail = services.write_mail(
            "new@example.com", "en", N_("Finish your registration"), "registration.txt", now=NOW, url="/register/token"
        )
    worker()
    db.session.refresh(mail)
    assert mail.text == ""


class FakeServer:
    """Stands for the mail server outside."""

    taken: list = []

    def __init__(self, host, port, timeout):
        self.where = (host, port)
        self.steps = []

    def __enter__(self):
        return self

    def __exit__(self, *_problem):
        return None

    def starttls(self, context):
        self.steps.append("starttls")

    def login(self, user, password):
        self.steps.append(user)

    def send_message(self, message):
        self.taken.append((self.where, self.steps, message))


@pytest.fixture
def server(app, monkeypatch):
    FakeServer.taken = []
    monkeypatch.setattr(mailing.smtplib, "SMTP", FakeServer)
    for name, value in {"MAIL_SERVER": "mail.example.com:25", "MAIL_USER": "park", "MAIL_PASSWORD": "x"}.items():
        monkeypatch.setitem(app.config, name, value)
    return FakeServer


def test_with_a_server_a_mail_goes_through_it_encrypted(app, server, worker):
    mail = write()
    worker()
    ((where, steps, message),) = server.taken
    assert where == ("mail.example.com", 25)
    assert steps == ["starttls", "park"]
    assert message["To"] == "wang@example.com"
    assert message["Message-ID"] == f"<notice-{mail.id}@example.com>"
    assert "/listings/7" in message.get_content()
    assert outbox(app) == []


def test_a_server_that_refuses_leaves_the_mail_for_a_later_try(app, server, monkeypatch, worker):
    monkeypatch.setattr(FakeServer, "send_message", lambda self, message: (_ for _ in ()).throw(OSError("down")))
    mail = write()
    worker()
    db.session.refresh(mail)
    assert mail.sent_at is None
    assert db.session.query(Job).one().attempts == 1
