"""A form makes one thing however often it is sent: twice at once, and once more; every answer leads to that thing."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.form_keys import FIELD, KEPT, FormKey, forget_old_keys
from tests.conftest import Browser, empty
from tests.factories.accounts import owner_of
from tests.factories.park import PEOPLE, Copy, a_park
from tests.functional.hostile_input.places import Forms
from tests.functional.who_may.asking import Site as Asked
from tests.functional.who_may.table import FORMS, Row, table
from tests.live import ROOT

KEY = "0123456789abcdef"
PASSWORD = "a quiet morning"
ORGANISATION = {
    "name": "彭州新厂有限公司",
    "kind": "enterprise",
    "credit_code": "91510100MA6CDE123G",
    "town": "",
    "contact_name": "李",
    "contact_phone": "028-8371 0000",
}
FULLER_FORMS = {
    **FORMS,
    "accounts.complete_registration": {**ORGANISATION, "person_name": "李", "password": PASSWORD},
    "accounts.register_organisation": ORGANISATION,
    "accounts.invitation": {"name": "王", "password": PASSWORD},
    "accounts.new_password": {"password": PASSWORD},
    "pages.calendar": {"days": "元旦：1月1日至3日放假，共3天。"},
    "needs.create": {"title": "PE袋", "local_preference": "none", "quotation_mode": "open"},
}
"""The forms of the table of rights, filled in so that they do something; editors begin with what their page holds."""
EDITORS = ("accounts.edit_organisation", "catalog.edit", "needs.edit", "words.change")
AFTER_CLOSING = {"needs.reopen", "needs.mark_unmet"}
"""Steps that an open need can take once it is closed."""
OFFERED_ON = {**dict.fromkeys(AFTER_CLOSING, "need open"), "catalog.suspend": "listing shelf"}
"""Which of the things of the table has the form on its page, where that is not the first one."""
CHANGES_NOTHING = {
    "accounts.sign_in": "a session, no row",
    "accounts.sign_out": "a session, no row",
    "accounts.change_password": "needs the right password, tried in test_accounts",
    "catalog.check_quality": "reads only",
    "needs.understand": "reads only",
    "pages.language": "a choice; sent again it says the same",
}
"""Endpoints that take a form and make no row."""


def rows_of(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has, but for keys of forms, and for sign-ins: each press may be another device."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        for name in names
        if name not in {"form_keys", "sign_ins"}
    }


class Site:
    """The park behind its pages; each form finds it as it was at first."""

    def __init__(self, app: Flask):
        self.app, self.park = app, a_park("机密")
        db.session.remove()
        database = str(db.engine.url.database)
        self.copy, self.connection = Copy(database), sqlite3.connect(database)
        self.before = rows_of(self.connection)

    def send(self, person: Any, path: str, form: dict[str, str], times: int = 1) -> list[Any]:
        """So many sendings at once, each by a browser of its own; the addresses that they lead to, or the status."""
        start, answers = threading.Barrier(times), []

        def press() -> None:
            client = Browser(self.app, self.app.response_class)
            if person is not None:
                client.sign_in(person)
            start.wait(30)
            answer = client.post(path, data=form)
            answers.append(answer.headers.get("Location") or answer.status_code)

        threads = [threading.Thread(target=press) for _number in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def made(self) -> dict[str, int]:
        """How many rows each table has more than at first; then everything is as before."""
        db.session.remove()
        now = rows_of(self.connection)
        self.copy.put_back()
        return {name: count - self.before[name] for name, count in now.items() if count != self.before[name]}


@pytest.fixture(scope="module")
def prepared_site(base_app: Flask) -> Iterator[Site]:
    with base_app.app_context():
        empty(base_app)
        yield Site(base_app)
        empty(base_app)


@pytest.fixture
def site(prepared_site: Site) -> Site:
    """The park as it was at first."""
    prepared_site.copy.put_back()
    return prepared_site


def acting_rows() -> list[tuple[Row, str]]:
    """Each kind of form once, with a person for whom it does something."""
    found: dict[str, tuple[Row, str]] = {}
    for wanted in "+!":
        for row in table():
            fits = row.thing == OFFERED_ON.get(row.endpoint, row.thing)
            if row.method == "POST" and row.endpoint not in CHANGES_NOTHING and wanted in row.signs and fits:
                found.setdefault(row.endpoint, (row, PEOPLE[row.signs.index(wanted)]))
    return sorted(found.values(), key=lambda each: each[0].endpoint)


def prepare(site: Site, row: Row, name: str) -> tuple[Any, str, dict[str, str]]:
    """Who sends what where."""
    person, path = site.park.people[name], Asked.address(site, row)  # type: ignore[arg-type]
    form = dict(FULLER_FORMS.get(row.endpoint, {}))
    if row.endpoint == "inquiries.create":
        form["to_listing"] = str(site.park.things["listing of supplier"]["listing_id"])
    if row.endpoint in EDITORS:
        page = Browser(site.app, site.app.response_class).sign_in(person).get(path).text
        (shown,) = [
            each["values"] for each in Forms(page).forms if "version" in each["values"] or "term" in each["values"]
        ]
        form = {name: text for name, text in shown.items() if name not in {FIELD, "csrf_token"}} | form
    if row.endpoint in AFTER_CLOSING:
        site.send(person, path.rpartition("/")[0] + "/closing", {})
    return person, path, form


def test_every_form_that_does_something_is_tried(base_app):
    """A new form is tried as soon as it stands in the table of rights; one that makes nothing is named above."""
    takes_forms = {rule.endpoint for rule in base_app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert {row.endpoint for row, _name in acting_rows()} | set(CHANGES_NOTHING) == takes_forms


@pytest.mark.parametrize(("row", "name"), acting_rows(), ids=lambda each: getattr(each, "endpoint", ""))
def test_one_form_makes_one_thing(site, row, name):
    person, path, form = prepare(site, row, name)
    (alone,) = site.send(person, path, form)
    made_alone = site.made()
    prepare(site, row, name)
    assert alone == 200 or isinstance(alone, str), (alone, "the form does nothing")
    keyed = {**form, "form_key": KEY}
    answers = site.send(person, path, keyed, times=2) + site.send(person, path, keyed)
    assert (set(answers), site.made()) == ({alone}, made_alone)


def test_changed_words_are_asked_back_and_stay(site):
    """Back, another title, the same form: neither a second thing unasked nor words thrown away."""
    form, client = {**FULLER_FORMS["needs.create"], "form_key": KEY}, Browser(site.app, site.app.response_class)
    client.sign_in(site.park.people["owner"]).set_cookie("language", "en")
    first = client.post("/needs/new", data=form)
    second = client.post("/needs/new", data={**form, "title": "另一种袋"})
    assert second.status_code == 409
    assert "This form was sent already" in second.text
    assert f'href="{first.headers["Location"]}"' in second.text
    assert 'value="另一种袋"' in second.text
    assert KEY not in second.text
    assert site.made()["needs"] == 1


def test_somebody_elses_key_leads_nowhere(site):
    form = {**FULLER_FORMS["needs.create"], "form_key": KEY}
    (first,) = site.send(site.park.people["owner"], "/needs/new", form)
    assert site.send(site.park.people["buyer"], "/needs/new", form) == [409]
    assert isinstance(first, str)
    assert site.made()["needs"] == 1


def test_a_refused_form_may_be_sent_again_with_its_key(site):
    person = site.park.people["owner"]
    refused = {**FULLER_FORMS["needs.create"], "lines-0-item": "袋", "step": "publish", "form_key": KEY}
    assert site.send(person, "/needs/new", {**refused, "closing_day": "2001-01-01"}) == [422]
    (answer,) = site.send(person, "/needs/new", {**FULLER_FORMS["needs.create"], "form_key": KEY})
    assert isinstance(answer, str)
    assert site.made()["needs"] == 1


def test_every_form_of_a_page_has_a_key_of_its_own(as_person):
    client = as_person(owner_of())
    for path in ("/needs/new", "/listings/new", "/account"):
        page, again = client.get(path).text, client.get(path).text
        keys = [part[:16] for text in (page, again) for part in text.split('name="form_key" value="')[1:]]
        assert keys
        assert len(set(keys)) == len(keys)


FORM = re.compile(r'<form method="post".*?</form>', re.S)
KEYLESS = ("accounts.sign_out", "accounts.sign_in", "language_url", "data-go-on")
"""Forms that make nothing."""


def test_every_form_of_the_templates_carries_a_key():
    for file in (ROOT / "templates").rglob("*.html"):
        for form in FORM.findall(file.read_text("utf-8")):
            if not any(name in form for name in KEYLESS):
                assert re.search(r"form_tokens\(\)|form_key\(\)|hidden_fields\(", form), (file.name, form[:100])


def test_old_keys_are_forgotten(app):
    now = utc_now()
    with transaction() as session:
        for key, age in (("old", KEPT + timedelta(hours=1)), ("young", KEPT - timedelta(hours=1))):
            session.add(FormKey(key=key, content="", person_id=None, led_to="/", used_at=now - age))
    forget_old_keys(now)
    assert [row.key for row in db.session.query(FormKey)] == ["young"]
