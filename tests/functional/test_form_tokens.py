"""A form whose token is no longer good does nothing, and what was typed comes back."""

import html
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from marketplace.accounts.passwords import hash_password
from marketplace.accounts.queries import person_by_email
from marketplace.core.db import db, transaction
from marketplace.core.form_tokens import LOOK_AGAIN, MOST_KEPT, read_kept
from marketplace.needs.models import Need
from tests.conftest import Browser, empty
from tests.factories.accounts import owner_of
from tests.functional.test_sent_twice import CHANGES_NOTHING, FULLER_FORMS, Site, acting_rows, prepare
from tests.functional.who_may.asking import Watch
from tests.functional.who_may.table import Row, table
from tests.live import TOKEN

HERE = {"Origin": "http://localhost", "Referer": "http://localhost/about"}
KEY = {"form_key": "0123456789abcdef"}
PASSWORD = "a quiet morning"
NEED = {
    "title": "一份很长的需求",
    "description": "第一行\r\n第二行",
    "lines-0-item": "食品级PE袋",
    "lines-0-quantity": "20000",
    "lines-0-unit": "只",
    "local_preference": "none",
    "quotation_mode": "open",
    "step": "draft",
}


@pytest.fixture(scope="module")
def guarded_site(base_app: Flask) -> Iterator[Site]:
    """The park with the protection of forms on, as in production."""
    with base_app.app_context():
        empty(base_app)
        site = Site(base_app)
        base_app.config["WTF_CSRF_ENABLED"] = True
        yield site
        base_app.config["WTF_CSRF_ENABLED"] = False
        empty(base_app)


@pytest.fixture
def site(guarded_site: Site) -> Site:
    guarded_site.copy.put_back()
    return guarded_site


@pytest.fixture
def guarded(app: Flask) -> Iterator[Flask]:
    app.config["WTF_CSRF_ENABLED"] = True
    app.test_client_class = Browser
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def browser_of(app: Flask, person: Any) -> Browser:
    client = Browser(app, app.response_class)
    client.set_cookie("language", "en")
    return client if person is None else client.sign_in(person)


UNASKED = {"catalog.withdraw": "the page has a button only"}
"""Forms of the table of rights with words that no page asks for."""

TOLD_AT_THE_TOP = {"accounts.invite": "a refusal stands where it is seen, away from its one field"}


def typed(form: dict[str, str]) -> list[str]:
    """What a person wrote into the form: words, as against choices."""
    return [
        text
        for name, text in form.items()
        if "password" not in name and ("@" in text or re.search(r"[\u4e00-\u9fff]", text))
    ]


def all_forms() -> list[tuple[Row, str]]:
    """Every form of the table of rights, also those that make no row."""
    others = [row for row in table() if row.method == "POST" and row.endpoint in CHANGES_NOTHING]
    return [*acting_rows(), *{row.endpoint: (row, "owner") for row in others if row.signs[5] in "+!"}.values()]


def prepared(site: Site, row: Row, name: str) -> tuple[Any, str, dict[str, str]]:
    """Who sends what where, prepared without the protection."""
    site.app.config["WTF_CSRF_ENABLED"] = False
    ready = prepare(site, row, name)
    site.app.config["WTF_CSRF_ENABLED"] = True
    return ready


def whole_page(client: Browser, answer: Any) -> str:
    """The page that a person sees, with entities written out."""
    if answer.status_code in {301, 302, 303}:
        answer = client.get(answer.headers["Location"])
    return html.unescape(answer.text)


@pytest.mark.parametrize(("row", "name"), all_forms(), ids=lambda each: getattr(each, "endpoint", ""))
class TestEveryForm:
    def test_does_nothing_and_gives_back_what_was_typed(self, site, row, name):
        person, path, form = prepared(site, row, name)
        watch, client = Watch(str(db.engine.url.database)), browser_of(site.app, person)
        answer = client.post(path, data=form | {"csrf_token": "old"}, headers=HERE)
        with client.session_transaction() as session:
            still = session.get("_user_id")
        page = whole_page(client, answer)
        assert watch.written() == ()
        assert still == (person.token if person else None)
        if row.endpoint not in CHANGES_NOTHING:
            assert [text for text in typed(form) if text not in page and row.endpoint not in UNASKED] == []
            assert "press the button once more" in page

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Origin": "https://elsewhere.example"},
            {"Origin": "null", "Referer": "http://localhost/about"},
            {**HERE, "Sec-Fetch-Site": "cross-site"},
        ],
        ids=["silent", "other site", "no origin", "cross-site"],
    )
    def test_of_another_site_is_refused_at_once(self, site, row, name, headers):
        person, path, form = prepared(site, row, name)
        watch = Watch(str(db.engine.url.database))
        answer = browser_of(site.app, person).post(path, data=form | {"csrf_token": "old"}, headers=headers)
        assert (answer.status_code, watch.written()) == (400, ())
        assert [text for text in typed(form) if text in answer.text] == []

    def test_without_its_key_does_nothing(self, site, row, name):
        """It has a good token, but could do its work twice; the words stay, and the page has a key."""
        if row.endpoint in CHANGES_NOTHING:
            return
        person, path, form = prepared(site, row, name)
        client, watch = browser_of(site.app, person), Watch(str(db.engine.url.database))
        answer = client.post(path, data=form | token_of(client), headers=HERE)
        assert answer.status_code in {302, 400, 422}
        page = whole_page(client, answer)
        assert set(watch.written()) <= {"counted_tries"}
        assert "came without its key" in page
        assert [
            text for text in typed(form) if text not in page and row.endpoint not in UNASKED | TOLD_AT_THE_TOP
        ] == []

    def test_comes_back_after_signing_in(self, site, row, name):
        """Signed out: the sign-in page takes the words along, and the next page puts them into the form."""
        person, path, form = prepared(site, row, name)
        words = typed(form) if row.endpoint not in UNASKED else []
        if person is None or not words or row.endpoint in CHANGES_NOTHING:
            return
        watch, visitor = Watch(str(db.engine.url.database)), browser_of(site.app, None)
        page = visitor.post(path, data=form | {"csrf_token": "old"}, headers=HERE)
        if "/sign-in" not in page.text:
            return  # a form for visitors
        kept = read_kept(html.unescape(re.search(r'name="kept" type="hidden" value="([^"]*)"', page.text)[1]))
        assert page.status_code == 403
        assert "what you typed comes back" in page.text
        client = browser_of(site.app, person)
        again = client.post(kept.path, data={**dict(kept.fields), **token_of(client), LOOK_AGAIN: ""}, headers=HERE)
        shown = whole_page(client, again)
        assert watch.written() == ()
        assert [text for text in words if text not in shown] == []
        assert "Here is what you typed" in shown


def token_of(client: Browser) -> dict[str, str]:
    """A good token of this browser's session."""
    pages = (client.get(path).text for path in ("/about", "/sign-in"))
    return {"csrf_token": next(found[1] for page in pages if (found := TOKEN.search(page)))}


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the form that goes on, as the browser sends them."""
    areas = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', page, re.S)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(text) for name, text in [*hidden, *areas]}


def with_password(person: Any) -> str:
    with transaction() as session:
        session.get(type(person), person.id).password_hash = hash_password(PASSWORD)
    return str(person.email)


class TestJourney:
    def test_signed_out_elsewhere(self, guarded):
        """From the lost session to the saved need, with a wrong password on the way."""
        email = with_password(owner_of())
        client = browser_of(guarded, None)
        page = client.post("/needs/new", data=NEED | {"csrf_token": "old"}, headers=HERE)
        for password in ("wrong", PASSWORD):
            fields = dict(re.findall(r'name="(kept|csrf_token)" type="hidden" value="([^"]*)"', page.text))
            fields = {name: html.unescape(text) for name, text in fields.items()}
            page = client.post("/sign-in", data=fields | {"email": email, "password": password}, headers=HERE)
        assert 'action="/needs/new"' in page.text
        page = client.post("/needs/new", data=fields_of(page.text), headers=HERE)
        assert db.session.query(Need).count() == 0
        assert page.status_code == 422
        assert "Here is what you typed" in page.text
        saved = client.post("/needs/new", data=NEED | KEY | token_of(client), headers=HERE)
        need = db.session.query(Need).one()
        assert saved.headers["Location"] == f"/needs/{need.id}"

    def test_signed_in_again_elsewhere_with_a_file_chosen(self, guarded):
        client = browser_of(guarded, owner_of())
        data = {"title": "PE袋", "csrf_token": "old", "pictures": (io.BytesIO(b"x"), "正面.png")}
        page = client.post("/listings/new", data=data, content_type="multipart/form-data", headers=HERE)
        assert page.status_code == 422
        assert 'value="PE袋"' in page.text
        assert "Choose your files again: 正面.png." in page.text

    def test_passwords_and_files_are_not_taken_along(self, guarded):
        form = {
            "name": "王",
            "password": "geheim-1",
            "old_password": "geheim-2",
            "paper": (io.BytesIO(b"geheim-3"), "照.pdf"),
        }
        page = browser_of(guarded, None).post(
            "/organisations/new", data=form, content_type="multipart/form-data", headers=HERE
        )
        assert "王" in page.text
        assert "照.pdf" in page.text
        assert "geheim" not in page.text

    def test_too_much_is_not_taken_along(self, guarded):
        for length, status in ((MOST_KEPT - len("description"), 403), (MOST_KEPT, 302)):
            form = {"description": "长" * length}
            assert browser_of(guarded, None).post("/needs/new", data=form, headers=HERE).status_code == status

    def test_a_step_leads_back_to_its_page(self, guarded):
        page = browser_of(guarded, None).post(
            "/needs/1/closing", headers={**HERE, "Referer": "http://localhost/needs/1"}
        )
        assert page.headers["Location"] == "/sign-in?next=/needs/1"

    @pytest.mark.parametrize(
        "kept",
        [
            "",
            "nonsense",
            "[]",
            '["https://elsewhere.example/", [], ""]',
            '["//elsewhere.example", [], ""]',
            '["/x", 7, ""]',
        ],
    )
    def test_a_kept_form_of_no_honest_page_is_left(self, kept):
        assert read_kept(kept) is None

    def test_signing_in_on_a_page_that_stood_open_keeps_the_address(self, guarded):
        page = browser_of(guarded, None).post(
            "/sign-in", data={"email": "li@example.com", "password": "x"}, headers=HERE
        )
        assert page.status_code == 422
        assert 'value="li@example.com"' in page.text
        assert "press the button once more" in page.text
        assert person_by_email("li@example.com") is None


def test_every_password_field_is_called_so(base_app):
    """What is never taken along is known by its name."""
    for rule in FULLER_FORMS.values():
        assert all("password" in name for name, text in rule.items() if text == PASSWORD)
