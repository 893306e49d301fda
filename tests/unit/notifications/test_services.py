"""Telling people: a notice and a mail each, in their own language."""

from datetime import UTC, date, datetime

from flask import current_app
from sqlalchemy import select

from marketplace.core.db import db, transaction
from marketplace.notifications import queries, services
from marketplace.notifications.messages import N_, sentence
from marketplace.notifications.models import Mail, Notice
from tests.factories.accounts import PersonFactory

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MESSAGE = N_("%(organisation)s waits for verification.")


def tell(*people, **extra):
    with transaction():
        return services.tell(
            people, "organisation_submitted", MESSAGE, {"organisation": "甲公司"}, "/staff/organisations", NOW, **extra
        )


def mails():
    return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def test_everybody_gets_a_notice_and_a_mail_with_the_link_to_the_page(app):
    one, two = PersonFactory(name="王芳"), PersonFactory()
    tell(one, two)
    assert [notice.person_id for notice in db.session.scalars(select(Notice))] == [one.id, two.id]
    assert [mail.to for mail in mails()] == [one.email, two.email]
    assert f"{app.config['PUBLIC_URL']}/staff/organisations" in mails()[0].text
    assert "王芳" in mails()[0].text


def test_a_mail_is_worded_in_the_readers_language_and_the_notice_in_the_pages(app):
    tell(PersonFactory(language="en"))
    (mail,) = mails()
    assert mail.subject == "甲公司 waits for verification."
    assert "Open the page:" in mail.text


def test_days_and_moments_are_worded_when_they_are_read(app):
    reader = PersonFactory(language="en")
    with transaction():
        (notice,) = services.tell(
            [reader], "x", N_("Closed on %(day)s at %(moment)s"), {"day": date(2026, 12, 15), "moment": NOW}, "/", NOW
        )
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert sentence(notice.message, notice.params) == "Closed on Tue 15 Dec at Mon 23 Nov 10:00"


def test_a_person_who_was_disabled_is_told_nothing(app):
    tell(PersonFactory(disabled_at=NOW))
    assert mails() == []


def test_the_same_person_twice_in_the_list_is_told_once(app):
    person = PersonFactory()
    assert len(tell(person, person)) == 1


def test_news_under_a_key_reaches_each_person_once(app):
    one, two = PersonFactory(), PersonFactory()
    assert len(tell(one, once="listing:7:14")) == 1
    assert [notice.person_id for notice in tell(one, two, once="listing:7:14")] == [two.id]
    assert len(tell(one, once="listing:7:7")) == 1


def test_a_subject_cannot_smuggle_in_a_second_header(app):
    reader = PersonFactory()
    with transaction():
        services.tell([reader], "x", "%(title)s", {"title": "纸箱\nBcc: a@example.com"}, "/", NOW)
    assert mails()[0].subject == "纸箱 Bcc: a@example.com"


def test_a_link_to_another_host_is_brought_home(app):
    with transaction():
        mail = services.write_mail(
            "new@example.com",
            "en",
            N_("Finish your registration"),
            "registration.txt",
            now=NOW,
            url="http://evil.example/register/abc?x=1",
        )
    assert f"{current_app.config['PUBLIC_URL']}/register/abc?x=1" in mail.text
    assert "evil" not in mail.text


def test_reading_is_noted_once(app):
    person = PersonFactory()
    tell(person)
    with transaction():
        assert services.mark_read(queries.unread_of(person), NOW) == 1
    with transaction():
        assert services.mark_read(queries.unread_of(person), NOW) == 0
    assert queries.unread_count(person) == 0


def test_a_path_can_be_built_without_a_request(app):
    assert services.path_to("notifications.follow", notice_id=7) == "/notices/7"
