"""The clocks of inquiries: each does its work once."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from marketplace.accounts.models import Organisation
from marketplace.core.db import db, transaction
from marketplace.core.timeline import timeline_of
from marketplace.inquiries import jobs, queries, services
from marketplace.inquiries.lifecycle import InquiryStatus
from marketplace.notifications.models import Mail, Notice
from tests.factories.accounts import NOW
from tests.factories.inquiries import a_talk, answer, send


def kinds(person):
    return [
        notice.kind
        for notice in db.session.scalars(select(Notice).where(Notice.person_id == person.id).order_by(Notice.id))
    ]


class TestReminder:
    def test_r1_the_supplier_is_reminded_at_eight_working_hours_and_only_once(self, app):
        _buyer, supplier, inquiry = a_talk()
        jobs.remind(inquiry.remind_at - timedelta(seconds=1))
        assert kinds(supplier) == ["inquiry_sent"]
        jobs.remind(inquiry.remind_at)
        jobs.remind(inquiry.remind_at)
        jobs.remind(inquiry.answer_due_at)
        assert kinds(supplier) == ["inquiry_sent", "inquiry_waits"]
        assert [entry.step for entry in timeline_of(inquiry)] == ["sent", "reminded"]

    def test_r1_whoever_has_answered_is_not_reminded(self, app):
        _buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier)
        jobs.remind(inquiry.answer_due_at)
        assert kinds(supplier) == ["inquiry_sent"]

    def test_mail_files_are_written_once_though_every_job_runs_twice(self, app, worker):
        _buyer, _supplier, inquiry = a_talk()
        for _time in range(2):
            jobs.remind(inquiry.remind_at)
            worker()
        outbox = list((Path(app.instance_path) / "outbox").glob("*.eml"))
        assert len(outbox) == 2
        assert db.session.query(Mail).count() == 2

    def test_more_than_one_portion_is_reminded_in_one_turn(self, app, monkeypatch):
        monkeypatch.setattr(jobs, "PORTION", 1)
        buyer, supplier, inquiry = a_talk()
        send(buyer, inquiry.listing)
        send(buyer, inquiry.listing)
        jobs.remind(inquiry.remind_at)
        assert kinds(supplier).count("inquiry_waits") == 3


class TestLapse:
    def test_after_thirty_days_without_an_answer_it_lapses_once_and_the_buyer_hears(self, app):
        buyer, _supplier, inquiry = a_talk()
        jobs.lapse(NOW + timedelta(days=30) - timedelta(seconds=1))
        db.session.refresh(inquiry)
        assert inquiry.status is InquiryStatus.SENT
        jobs.lapse(NOW + timedelta(days=30))
        jobs.lapse(NOW + timedelta(days=31))
        db.session.refresh(inquiry)
        assert inquiry.status is InquiryStatus.LAPSED
        assert kinds(buyer) == ["inquiry_lapsed"]

    def test_an_answered_one_never_lapses(self, app):
        _buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier)
        jobs.lapse(NOW + timedelta(days=300))
        db.session.refresh(inquiry)
        assert inquiry.status is InquiryStatus.ANSWERED


class TestUsualTime:
    def test_the_middle_of_the_real_first_answers_is_told_in_hours(self, app, worker):
        buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier, now=NOW + timedelta(hours=3))
        for hours in (5, 40):
            (more,) = send(buyer, inquiry.listing)
            answer(more, supplier, now=NOW + timedelta(hours=hours))
        send(buyer, inquiry.listing)
        before = supplier.organisation.version
        worker()
        organisation = db.session.get(Organisation, inquiry.supplier_id)
        db.session.refresh(organisation)
        assert organisation.answer_hours_median == 5
        assert organisation.version == before, "an open edit form is not lost to it"

    def test_an_answer_within_minutes_counts_as_an_hour(self, app):
        _buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier, now=NOW + timedelta(minutes=4))
        with transaction():
            assert services.measure_answers(inquiry.supplier_id) == 1

    def test_without_an_answer_nothing_is_told(self, app):
        _buyer, _supplier, inquiry = a_talk()
        assert queries.usual_answer_hours(inquiry.supplier_id) is None


def test_r1_a_reminder_that_comes_late_says_that_the_answer_is_overdue(app):
    _buyer, supplier, inquiry = a_talk()
    jobs.remind(inquiry.answer_due_at + timedelta(days=3))
    last = db.session.scalars(select(Notice).where(Notice.person_id == supplier.id).order_by(Notice.id.desc())).first()
    assert "was due by" in last.message
