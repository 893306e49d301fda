"""What every answer carries, where links may lead, and what readiness means."""

from datetime import timedelta

import pytest

from marketplace import create_app
from marketplace.core import jobs
from marketplace.core.clock import utc_now
from marketplace.core.db import db
from marketplace.core.policies import partly_public
from marketplace.core.web import safe_next
from tests.conftest import TEST_SETTINGS
from tests.factories.accounts import PersonFactory
from tests.factories.needs import NeedFactory

HARMLESS = ["/needs", "/needs/7?a=b", "/listings?q=PE%E8%A2%8B"]
HARMFUL = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\tevil",
    "/ evil",
    "/\nevil",
    "",
    None,
    "needs",
    "\x00/needs",
    "/a\\b",
]


class TestLinks:
    @pytest.mark.parametrize("target", HARMLESS)
    def test_paths_of_this_site_are_followed(self, target):
        assert safe_next(target, "/") == target

    @pytest.mark.parametrize("target", HARMFUL)
    def test_nothing_leads_to_another_host(self, target):
        assert safe_next(target, "/home") == "/home"


class TestAnswers:
    @pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/no-such-page"])
    def test_carry_security_headers_and_a_request_id(self, browser, path):
        answer = browser.get(path, headers={"X-Request-ID": "abc-12345678"})
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-ID"] == "abc-12345678"

    def test_a_strange_request_id_is_replaced(self, browser):
        assert browser.get("/healthz", headers={"X-Request-ID": "<script>"}).headers["X-Request-ID"] != "<script>"

    def test_a_route_that_asked_no_policy_is_refused(self, tmp_path):
        app = create_app({**TEST_SETTINGS, "TESTING": False}, instance=tmp_path)
        app.add_url_rule("/forgotten", "forgotten", partly_public(lambda: "secret"))
        answer = app.test_client().get("/forgotten")
        assert answer.status_code == 500
        assert b"secret" not in answer.data

    def test_visitors_come_only_to_routes_that_admit_them(self, tmp_path):
        app = create_app({**TEST_SETTINGS, "TESTING": False}, instance=tmp_path)
        app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
        assert "/sign-in" in app.test_client().get("/forgotten").headers["Location"]


class TestReadiness:
    def test_alive_needs_nothing(self, browser):
        assert browser.get("/healthz").json == {"status": "ok"}

    def test_says_that_the_worker_is_silent(self, browser):
        answer = browser.get("/readyz")
        assert answer.status_code == 503
        assert answer.json["wrong"]["worker"] == "silent"

    def test_a_beating_worker_is_well(self, browser):
        jobs.beat("worker", utc_now())
        assert "worker" not in browser.get("/readyz").json["wrong"]


class TestIndexReadiness:
    def test_says_that_the_index_is_away_and_when_it_is_back(self, browser, worker):
        assert "index" in browser.get("/readyz").json["wrong"]
        worker()
        assert "index" not in browser.get("/readyz").json["wrong"]


class TestSettings:
    def test_environment_wins_over_the_file_and_the_file_over_the_default(self, tmp_path):
        from marketplace.settings import load_settings

        (tmp_path / "settings.toml").write_text('site_name = "示例"\nneed_open_max_days = 60\n', "utf-8")
        values = load_settings(tmp_path, {"DOORSTEP_SITE_NAME": "别处", "DOORSTEP_LANGUAGES": "en, zh_Hans"})
        assert (values["SITE_NAME"], values["NEED_OPEN_MAX_DAYS"], values["LISTING_LIFE_DAYS"]) == ("别处", 60, 180)
        assert values["LANGUAGES"] == ("en", "zh_Hans")
        assert values["SETTING_ORIGINS"]["SITE_NAME"] == "environment"

    def test_an_unknown_or_wrong_setting_stops_the_start(self, tmp_path):
        from marketplace.settings import load_settings

        with pytest.raises(ValueError, match="yes or no"):
            load_settings(tmp_path, {"DOORSTEP_DEV_PAGES": "maybe"})
        (tmp_path / "settings.toml").write_text("site_nam = 1\n", "utf-8")
        with pytest.raises(ValueError, match="site_nam"):
            load_settings(tmp_path, {})

    def test_the_secret_key_is_made_once_and_private(self, tmp_path):
        overrides = {**TEST_SETTINGS, "SECRET_KEY": ""}
        first = create_app(overrides, instance=tmp_path).config["SECRET_KEY"]
        second = create_app(overrides, instance=tmp_path).config["SECRET_KEY"]
        assert first == second
        assert len(first) == 64
        assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


class TestTransfer:
    """How a page travels: compressed, and not again while it is the same."""

    @pytest.mark.parametrize("coding", ["gzip", "br"])
    def test_pages_travel_compressed_where_the_reader_takes_it(self, browser, coding):
        plain, packed = (browser.get("/needs", headers={"Accept-Encoding": name}) for name in ("identity", coding))
        assert packed.headers["Content-Encoding"] == coding
        assert len(packed.data) < len(plain.data) / 2
        assert "Accept-Encoding" in packed.vary

    @pytest.mark.parametrize("path", ["/", "/needs", "/listings", "/sign-in"])
    def test_a_visitor_reads_the_same_page_again_without_a_transfer(self, browser, path):
        first = browser.get(path)
        again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")

    def test_another_page_language_or_part_has_another_mark(self, browser):
        marks = {
            browser.get("/needs", headers=headers).headers["ETag"]
            for headers in ({"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}, {"HX-Request": "true"})
        }
        assert len(marks) == 3

    def test_a_changed_page_is_sent_again(self, browser, worker):
        before = browser.get("/needs").headers["ETag"]
        NeedFactory(title="纸箱", closes_at=utc_now() + timedelta(days=9))
        worker()
        after = browser.get("/needs", headers={"If-None-Match": before})
        assert (after.status_code, "纸箱" in after.get_data(as_text=True)) == (200, True)

    def test_another_session_gets_the_page_with_a_token_of_its_own(self, tmp_path):
        app = create_app({**TEST_SETTINGS, "WTF_CSRF_ENABLED": True}, instance=tmp_path)
        with app.app_context():
            db.create_all()
        one, other = app.test_client(), app.test_client()
        mark = one.get("/sign-in").headers["ETag"]
        assert one.get("/sign-in", headers={"If-None-Match": mark}).status_code == 304
        assert other.get("/sign-in", headers={"If-None-Match": mark}).status_code == 200

    def test_what_somebody_reads_signed_in_is_kept_nowhere(self, as_person):
        answer = as_person(PersonFactory()).get("/needs")
        assert "no-store" in answer.headers["Cache-Control"]
        assert "ETag" not in answer.headers
