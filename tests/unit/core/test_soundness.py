"""A damaged database is noticed, and told without the database."""

import os
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask_login import current_user
from sqlalchemy.orm import Session

from marketplace import create_app
from marketplace.core.db import db, transaction
from marketplace.core.policies import public
from marketplace.core.soundness import Damaged, check_by_night, ensure_sound, examine, is_damaged, last_verdict, look
from tests.conftest import TEST_SETTINGS
from tests.factories.accounts import NOW, PersonFactory, StaffFactory, session_of


@pytest.fixture
def site(tmp_path):
    """A site of its own, whose file may be broken; errors are shown as in production."""
    app = create_app({**TEST_SETTINGS, "TESTING": False}, instance=tmp_path)
    with app.app_context():
        db.create_all()
        with transaction():
            db.session.add_all(
                [*(PersonFactory.build(name="名" * 500) for _ in range(200)), StaffFactory.build(id=999)]
            )
        app.cookie = session_of(db.session.get(StaffFactory._meta.model, 999)).token
        db.session.remove()
        db.engine.dispose()
    return app


def file_of(app):
    return Path(app.instance_path) / "doorstep.sqlite"


def break_all_but_the_head(app):
    size = file_of(app).stat().st_size
    with file_of(app).open("r+b") as content:
        content.seek(4096)
        content.write(os.urandom(size - 4096))


def signed_in(app):
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = app.cookie
    return client


class TestLook:
    def test_a_whole_file_is_whole(self, site):
        verdict = examine(site, NOW)
        assert (verdict.finding, verdict.complete) == ("", True)
        assert not is_damaged(Path(site.instance_path))

    def test_a_broken_page_is_found_and_the_start_refused(self, site):
        break_all_but_the_head(site)
        with pytest.raises(Damaged, match=r"doorstep\.sqlite is damaged \(.+\), so the site does not start"):
            ensure_sound(site, NOW)

    def test_a_file_cut_short_is_found(self, site):
        os.truncate(file_of(site), file_of(site).stat().st_size - 4096)
        assert "malformed" in examine(site, NOW).finding

    def test_it_ends_in_time_and_takes_no_finding_back(self, site):
        assert look(str(file_of(site)), NOW, 0.001).complete is False
        break_all_but_the_head(site)
        examine(site, NOW)
        examine(site, NOW, 0.001)
        assert is_damaged(Path(site.instance_path))

    def test_after_damage_the_next_start_looks_at_everything_and_goes_on_when_it_is_mended(self, site):
        copy = file_of(site).read_bytes()
        break_all_but_the_head(site)
        with pytest.raises(Damaged):
            ensure_sound(site, NOW)
        file_of(site).write_bytes(copy)
        ensure_sound(site, NOW)
        assert not is_damaged(Path(site.instance_path))

    def test_a_new_site_has_nothing_to_look_at(self, tmp_path):
        app = create_app(TEST_SETTINGS, instance=tmp_path)
        ensure_sound(app, NOW)
        assert last_verdict(tmp_path) is None

    @pytest.mark.parametrize("beside", ["uploads/ab/abcdef.webp", "index/listings/one.seg", "database.check"])
    def test_an_empty_file_beside_the_data_of_a_site_is_damage(self, tmp_path, beside):
        app = create_app(TEST_SETTINGS, instance=tmp_path)
        (tmp_path / beside).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / beside).write_text("{}")
        file_of(app).write_bytes(b"")
        for _ in range(2):
            with pytest.raises(
                Damaged, match=r"is damaged \(it is empty, but .+ lies beside it\), so the site does not"
            ):
                ensure_sound(app, NOW)
        assert file_of(app).stat().st_size == 0

    def test_an_empty_file_of_a_new_site_is_none(self, tmp_path):
        app = create_app(TEST_SETTINGS, instance=tmp_path)
        for folder in ("uploads", "index/listings"):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        file_of(app).write_bytes(b"")
        for _ in range(2):
            ensure_sound(app, NOW)
        assert last_verdict(tmp_path) is None


class TestByNight:
    @pytest.mark.parametrize(
        ("hours", "hour", "looks"), [(30, 3, True), (30, 12, False), (5, 3, False), (49, 12, True)]
    )
    def test_once_a_night_or_by_day_after_two(self, site, hours, hour, looks):
        night = NOW.replace(hour=(hour - 8) % 24) + timedelta(days=9)  # the park's clock is 8 hours ahead
        examine(site, night - timedelta(hours=hours))
        before = last_verdict(Path(site.instance_path)).at
        with site.app_context():
            check_by_night(night)
        for thread in threading.enumerate():
            if thread.name == "database check":
                thread.join(30)
        assert (last_verdict(Path(site.instance_path)).at != before) is looks


def damaged(*_arguments):
    """Fail as SQLite does when it comes upon a broken page."""
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    raise error


def publish(app, view):
    """Give the site an address, `/broken`, that everybody may open."""
    app.add_url_rule("/broken", "broken", public(view))


class TestPages:
    @pytest.mark.parametrize(("accepts", "words"), [("en", "is damaged"), ("zh-CN", "数据库已损坏")])
    @pytest.mark.parametrize("path", ["/", "/account", "/no-such-page"])
    def test_say_what_they_know_without_asking_the_database(self, site, accepts, words, path):
        break_all_but_the_head(site)
        answer = signed_in(site).get(path, headers={"Accept-Language": accepts})
        assert answer.status_code == 500
        assert words in answer.get_data(as_text=True)
        assert answer.headers["X-Request-ID"] in answer.get_data(as_text=True)
        assert "frame-ancestors" in answer.headers["Content-Security-Policy"]

    def test_whoever_is_reading_is_not_read_again_after_a_rollback(self, site):
        def view():
            assert current_user.is_active
            break_all_but_the_head(site)
            db.session.rollback()
            db.engine.dispose()
            return str(current_user.name)

        publish(site, view)
        answer = signed_in(site).get("/broken")
        assert answer.status_code == 500
        assert "数据库已损坏" in answer.text

    def test_a_session_that_cannot_be_ended_takes_no_page_away_and_is_not_used_again(self, site, monkeypatch):
        publish(site, lambda: str(db.session.connection().closed))
        monkeypatch.setattr(Session, "close", damaged)
        assert site.test_client().get("/broken").text == "False"
        assert not db.session.registry.registry

    def test_readiness_tells_once_a_page_came_upon_it(self, site):
        break_all_but_the_head(site)
        signed_in(site).get("/account")
        answer = site.test_client().get("/readyz")
        assert answer.status_code == 503
        assert answer.json["wrong"]["database"]
        assert last_verdict(Path(site.instance_path)).finding

    def test_an_error_of_another_kind_does_not_claim_that_all_was_saved(self, site):
        publish(site, lambda: 1 / 0)
        text = site.test_client().get("/broken", headers={"Accept-Language": "en"}).get_data(as_text=True)
        assert "not certain that what you sent was saved" in text
        assert "damaged" not in text
