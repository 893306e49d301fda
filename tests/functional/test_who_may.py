"""Who may do what (RELIABILITY 3.1): every route, every kind of person, own things, those of others, and none."""

import hashlib
import re
import sqlite3
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from flask import Flask

from marketplace.core.clock import utc_now
from marketplace.core.db import db
from tests.conftest import Browser, empty
from tests.factories.park import PEOPLE, Copy, a_park

TABLE = """
(columns: PEOPLE, in that order)                               v n o p m O b s S f A x
accounts.account                 GET  -                        > + + + + + + + + + + +
accounts.account                 POST -                        > + + + + + + + + + + +
accounts.change_password         POST -                        > ! ! ! ! ! ! ! ! ! ! !
accounts.change_role             POST foreign member           > . . . . . . . . . . .
accounts.change_role             POST member                   > . . . . + . . . . . .
accounts.change_role             POST nothing                  > . . . . . . . . . . .
accounts.complete_registration   GET  link register            + + + + + + + + + + + +
accounts.complete_registration   GET  nothing                  g g g g g g g g g g g g
accounts.complete_registration   POST link register            ! ! ! ! ! ! ! ! ! ! ! !
accounts.complete_registration   POST nothing                  g g g g g g g g g g g g
accounts.edit_organisation       GET  nothing                  > . . . . . . . . . . .
accounts.edit_organisation       GET  organisation barred      > . . . . . . . . . . +
accounts.edit_organisation       GET  organisation home        > x x x x + x x x x x x
accounts.edit_organisation       GET  organisation waiting     > . . + . . . . . . . .
accounts.edit_organisation       POST nothing                  > . . . . . . . . . . .
accounts.edit_organisation       POST organisation barred      > . . . . . . . . . . !
accounts.edit_organisation       POST organisation home        > x x x x ! x x x x x x
accounts.edit_organisation       POST organisation waiting     > . . ! . . . . . . . .
accounts.forgot_password         GET  -                        + + + + + + + + + + + +
accounts.forgot_password         POST -                        + + + + + + + + + + + +
accounts.invitation              GET  link invite              + + + + + + + + + + + +
accounts.invitation              GET  nothing                  g g g g g g g g g g g g
accounts.invitation              POST link invite              ! ! ! ! ! ! ! ! ! ! ! !
accounts.invitation              POST nothing                  g g g g g g g g g g g g
accounts.invite                  POST nothing                  > . . . . . . . . . . .
accounts.invite                  POST organisation barred      > . . . . . . . . . . +
accounts.invite                  POST organisation home        > . . . . + . . . . . .
accounts.invite                  POST organisation waiting     > . . + . . . . . . . .
accounts.my_organisation         GET  -                        > + + + + + + + + + + +
accounts.new_password            GET  link reset               + + + + + + + + + + + +
accounts.new_password            GET  nothing                  g g g g g g g g g g g g
accounts.new_password            POST link reset               ! ! ! ! ! ! ! ! ! ! ! !
accounts.new_password            POST nothing                  g g g g g g g g g g g g
accounts.organisation            GET  nothing                  . . . . . . . . . . . .
accounts.organisation            GET  organisation barred      . . . . . . . . + + + +
accounts.organisation            GET  organisation home        + + + + + + + + + + + +
accounts.organisation            GET  organisation waiting     . . . + . . . . + + + .
accounts.organisation_file       GET  nothing                  > x x x x x x x . . . x
accounts.organisation_file       GET  organisation home        > x x x x x x x + + + x
accounts.organisation_file       GET  organisation waiting     > x x x x x x x + + + x
accounts.organisations           GET  -                        + + + + + + + + + + + +
accounts.register                GET  -                        + + + + + + + + + + + +
accounts.register                POST -                        + + + + + + + + + + + +
accounts.register_organisation   GET  -                        > + x x x x x x x x x x
accounts.register_organisation   POST -                        > ! x x x x x x x x x x
accounts.reinstate               POST nothing                  > x x x x x x x . x . x
accounts.reinstate               POST organisation barred      > x x x x x x x + x + x
accounts.reinstate               POST organisation waiting     > x x x x x x x ! x ! x
accounts.remove_member           POST foreign member           > . . . . . . . . . . .
accounts.remove_member           POST last owner               > . . . . ! . . . . . .
accounts.remove_member           POST member                   > . . . . + . . . . . .
accounts.remove_member           POST nothing                  > . . . . . . . . . . .
accounts.return_organisation     POST nothing                  > x x x x x x x . x . x
accounts.return_organisation     POST organisation waiting     > x x x x x x x + x + x
accounts.send_invitation_again   POST foreign invitation       > . . . . . . . . . . .
accounts.send_invitation_again   POST invitation               > . . . . + . . . . . .
accounts.send_invitation_again   POST nothing                  > . . . . . . . . . . .
accounts.sign_in                 GET  -                        + + + + + + + + + + + +
accounts.sign_in                 POST -                        ! + + + + + + + + + + +
accounts.sign_out                POST -                        + + + + + + + + + + + +
accounts.suspend                 POST nothing                  > x x x x x x x . x . x
accounts.suspend                 POST organisation home        > x x x x x x x + x + x
accounts.verification_queue      GET  -                        > x x x x x x x + + + x
accounts.verify                  POST nothing                  > x x x x x x x . x . x
accounts.verify                  POST organisation waiting     > x x x x x x x + x + x
accounts.withdraw_invitation     POST foreign invitation       > . . . . . . . . . . .
accounts.withdraw_invitation     POST invitation               > . . . . + . . . . . .
accounts.withdraw_invitation     POST nothing                  > . . . . . . . . . . .
campaigns.add                    POST listing draft            > x x x x x x x ! x ! x
campaigns.add                    POST listing of supplier      > x x x x x x x + x + x
campaigns.add                    POST nothing                  > x x x x x x x . x . x
campaigns.manage                 GET  -                        > x x x x x x x + x + x
campaigns.remove                 POST nothing                  > x x x x x x x . x . x
campaigns.remove                 POST slot                     > x x x x x x x + x + x
campaigns.rota                   GET  -                        + + + + + + + + + + + +
catalog.approve                  POST listing draft            > x x x x x x x ! x ! x
catalog.approve                  POST listing review           > x x x x x x x + x + x
catalog.approve                  POST nothing                  > x x x x x x x . x . x
catalog.category                 GET  category                 + + + + + + + + + + + +
catalog.category                 GET  nothing                  . . . . . . . . . . . .
catalog.check_quality            POST -                        > x + + + + + + x x x x
catalog.create                   GET  -                        > x + + + + + + x x x x
catalog.create                   POST -                        > x + + + + + + x x x x
catalog.edit                     GET  listing draft            > . . . + + . . . . . .
catalog.edit                     GET  listing draft of waiting > . . + . . . . . . . .
catalog.edit                     GET  listing of barred        > . . . . . . . . . . .
catalog.edit                     GET  listing shelf            > . . . + + . . . . . .
catalog.edit                     GET  nothing                  > . . . . . . . . . . .
catalog.edit                     POST listing draft            > . . . + + . . . . . .
catalog.edit                     POST listing draft of waiting > . . + . . . . . . . .
catalog.edit                     POST listing of barred        > . . . . . . . . . . .
catalog.edit                     POST listing shelf            > . . . + + . . . . . .
catalog.edit                     POST nothing                  > . . . . . . . . . . .
catalog.how                      GET  -                        + + + + + + + + + + + +
catalog.index                    GET  -                        + + + + + + + + + + + +
catalog.mine                     GET  -                        > x + + + + + + x x x +
catalog.pause                    POST listing of barred        > . . . . . . . . . . .
catalog.pause                    POST listing shelf            > . . . + + . . . . . .
catalog.pause                    POST nothing                  > . . . . . . . . . . .
catalog.publish                  POST listing draft            > . . . + + . . . . . .
catalog.publish                  POST listing draft of waiting > . . + . . . . . . . .
catalog.publish                  POST nothing                  > . . . . . . . . . . .
catalog.renew                    POST listing of barred        > . . . . . . . . . . .
catalog.renew                    POST listing shelf            > . . . + + . . . . . .
catalog.renew                    POST nothing                  > . . . . . . . . . . .
catalog.resume                   POST listing paused           > . . . + + . . . . . .
catalog.resume                   POST nothing                  > . . . . . . . . . . .
catalog.return_to_supplier       POST listing draft            > x x x x x x x ! x ! x
catalog.return_to_supplier       POST listing review           > x x x x x x x + x + x
catalog.return_to_supplier       POST nothing                  > x x x x x x x . x . x
catalog.review_queue             GET  -                        > x x x x x x x + x + x
catalog.show                     GET  listing draft            . . . . + + . . + + + .
catalog.show                     GET  listing draft of waiting . . . + . . . . + + + .
catalog.show                     GET  listing of barred        g g g g g g g g + + + +
catalog.show                     GET  listing paused           g g g g + + g g + + + g
catalog.show                     GET  listing returned         . . . . + + . . + + + .
catalog.show                     GET  listing review           . . . . + + . . + + + .
catalog.show                     GET  listing shelf            + + + + + + + + + + + +
catalog.show                     GET  listing withdrawn        g g g g + + g g + + + g
catalog.show                     GET  nothing                  . . . . . . . . . . . .
catalog.suspend                  POST listing draft            > x x x x x x x + x + x
catalog.suspend                  POST listing shelf            > x x x x x x x + x + x
catalog.suspend                  POST nothing                  > x x x x x x x . x . x
catalog.withdraw                 POST listing draft            > . . . + + . . . . . .
catalog.withdraw                 POST listing of barred        > . . . . . . . . . . .
catalog.withdraw                 POST listing shelf            > . . . + + . . . . . .
catalog.withdraw                 POST nothing                  > . . . . . . . . . . .
dev.components                   GET  -                        . . . . . . . . . . . .
dev.mail                         GET  -                        . . . . . . . . . . . .
files.show                       GET  licence paper            . . . . . + . . + + + .
files.show                       GET  nothing                  . . . . . . . . . . . .
files.show                       GET  paper of thread          . . . . . . + + . . . .
files.show                       GET  picture of draft         . . . . + + . . + + + .
inquiries.answer                 POST nothing                  > . . . . . . . . . . .
inquiries.answer                 POST thread                   > . . . . . + + . . . .
inquiries.close                  POST nothing                  > . . . . . . . . . . .
inquiries.close                  POST thread                   > . . . . . + x . . . .
inquiries.contact                POST nothing                  > . . . . . . . . . . .
inquiries.contact                POST thread                   > . . . . . + + . . . .
inquiries.create                 GET  -                        > x + x + + + + x x x x
inquiries.create                 POST -                        > x + x + + + ! x x x x
inquiries.decline                POST nothing                  > . . . . . . . . . . .
inquiries.decline                POST thread                   > . . . . . x + . . . .
inquiries.index                  GET  -                        > + + + + + + + + + + +
inquiries.show                   GET  nothing                  > . . . . . . . . . . .
inquiries.show                   GET  thread                   > . . . . . + + . . . .
matching.dismiss                 GET  nothing                  > . . . . . . . . . . .
matching.dismiss                 GET  pair                     > . . . + + . . . . . .
matching.dismiss                 GET  pair of supplier         > . . . . . . + . . . .
matching.dismiss                 GET  pair with draft          > . . . . . . . . . . .
matching.dismiss                 GET  pair with need draft     > . . . . . . . . . . .
matching.dismiss                 POST nothing                  > . . . . . . . . . . .
matching.dismiss                 POST pair                     > . . . + + . . . . . .
matching.dismiss                 POST pair of supplier         > . . . . . . + . . . .
matching.dismiss                 POST pair with draft          > . . . . . . . . . . .
matching.dismiss                 POST pair with need draft     > . . . . . . . . . . .
matching.how                     GET  -                        + + + + + + + + + + + +
matching.of_listing              GET  listing draft            . . . . . . . . . . . .
matching.of_listing              GET  listing paused           . . . . . . . . . . . .
matching.of_listing              GET  listing shelf            + + + + + + + + + + + +
matching.of_listing              GET  nothing                  . . . . . . . . . . . .
matching.of_need                 GET  need draft               . . . . + + . . . . . .
matching.of_need                 GET  need of barred           . . . . . . . . + + + +
matching.of_need                 GET  need open                + + + + + + + + + + + +
matching.of_need                 GET  need withdrawn           . . . . + + . . + + + .
matching.of_need                 GET  nothing                  . . . . . . . . . . . .
matching.of_organisation         GET  -                        > x + + + + + + x x x +
matching.of_sentence             GET  -                        + + + + + + + + + + + +
matching.take_back               POST nothing                  > . . . . . . . . . . .
matching.take_back               POST pair                     > . . . + + . . . . . .
matching.take_back               POST pair of supplier         > . . . . . . + . . . .
matching.take_back               POST pair with draft          > . . . . . . . . . . .
matching.take_back               POST pair with need draft     > . . . . . . . . . . .
needs.close                      POST need draft               > . . . ! ! . . . . . .
needs.close                      POST need of barred           > . . . . . . . . . . +
needs.close                      POST need open                > x x x + + x x x x x x
needs.close                      POST nothing                  > . . . . . . . . . . .
needs.create                     GET  -                        + + + + + + + + + + + +
needs.create                     POST -                        > x + + + + + + x x x x
needs.edit                       GET  need draft               > . . . + + . . . . . .
needs.edit                       GET  need draft of waiting    > . . + . . . . . . . .
needs.edit                       GET  need of barred           > . . . . . . . . . . .
needs.edit                       GET  need open                > x x x + + x x x x x x
needs.edit                       GET  nothing                  > . . . . . . . . . . .
needs.edit                       POST need draft               > . . . + + . . . . . .
needs.edit                       POST need draft of waiting    > . . + . . . . . . . .
needs.edit                       POST need of barred           > . . . . . . . . . . .
needs.edit                       POST need open                > x x x ! ! x x x x x x
needs.edit                       POST nothing                  > . . . . . . . . . . .
needs.index                      GET  -                        + + + + + + + + + + + +
needs.mark_unmet                 POST need draft               > . . . ! ! . . . . . .
needs.mark_unmet                 POST need open                > x x x ! ! x x x x x x
needs.mark_unmet                 POST nothing                  > . . . . . . . . . . .
needs.mine                       GET  -                        > + + + + + + + + + + +
needs.preview                    GET  -                        + + + + + + + + + + + +
needs.publish                    POST need draft               > . . . + + . . . . . .
needs.publish                    POST need draft of waiting    > . . ! . . . . . . . .
needs.publish                    POST nothing                  > . . . . . . . . . . .
needs.publish                    POST need open                > x x x ! ! x x x x x x
needs.reopen                     POST need draft               > . . . ! ! . . . . . .
needs.reopen                     POST need open                > x x x ! ! x x x x x x
needs.reopen                     POST nothing                  > . . . . . . . . . . .
needs.show                       GET  need draft               . . . . + + . . . . . .
needs.show                       GET  need draft of waiting    . . . + . . . . . . . .
needs.show                       GET  need of barred           . . . . . . . . + + + +
needs.show                       GET  need open                + + + + + + + + + + + +
needs.show                       GET  need withdrawn           . . . . + + . . + + + .
needs.show                       GET  nothing                  . . . . . . . . . . . .
needs.understand                 POST -                        + + + + + + + + + + + +
needs.withdraw                   POST need draft               > . . . + + . . . . . .
needs.withdraw                   POST need of barred           > . . . . . . . + . + +
needs.withdraw                   POST need open                > x x x + + x x + x + x
needs.withdraw                   POST need withdrawn           > . . . ! ! . . ! . ! .
needs.withdraw                   POST nothing                  > . . . . . . . . . . .
notifications.follow             GET  nothing                  > . . . . . . . . . . .
notifications.follow             GET  notice                   > . . . . + . . . . . .
notifications.index              GET  -                        > + + + + + + + + + + +
notifications.read               POST -                        > + + + + + + + + + + +
pages.about                      GET  -                        + + + + + + + + + + + +
pages.add_word                   GET  -                        > x x x x x x x + x + x
pages.add_word                   POST -                        > x x x x x x x + x + x
pages.calendar                   GET  -                        > x x x x x x x + x + x
pages.calendar                   POST -                        > x x x x x x x ! x ! x
pages.change_word                GET  nothing                  > x x x x x x x . x . x
pages.change_word                GET  words                    > x x x x x x x + x + x
pages.change_word                POST nothing                  > x x x x x x x . x . x
pages.change_word                POST words                    > x x x x x x x + x + x
pages.change_word                POST words taken out          > x x x x x x x ! x ! x
pages.help                       GET  -                        + + + + + + + + + + + +
pages.home                       GET  -                        + + + + + + + + + + + +
pages.language                   GET  -                        + + + + + + + + + + + +
pages.language                   GET  nothing                  . . . . . . . . . . . .
pages.language                   POST -                        + + + + + + + + + + + +
pages.language                   POST nothing                  . . . . . . . . . . . .
pages.preview_word               GET  -                        > x x x x x x x + x + x
pages.publish                    GET  -                        + + + + + + + + + + + +
pages.remove_word                POST nothing                  > x x x x x x x . x . x
pages.remove_word                POST words                    > x x x x x x x + x + x
pages.restore_word               POST nothing                  > x x x x x x x . x . x
pages.restore_word               POST words taken out          > x x x x x x x + x + x
pages.searched                   GET  -                        > x x x x x x x + x + x
pages.set_text_aside             POST nothing                  > x x x x x x x . x . x
pages.set_text_aside             POST text in vain             > x x x x x x x + x + x
pages.suggestions                GET  -                        + + + + + + + + + + + +
pages.staff                      GET  -                        > x x x x x x x + + + x
pages.take_text_back             POST nothing                  > x x x x x x x . x . x
pages.take_text_back             POST text in vain             > x x x x x x x + x + x
pages.take_back_days             POST -                        > x x x x x x x + x + x
pages.words                      GET  -                        > x x x x x x x + x + x
pages.workbench                  GET  -                        > + + + + + + + + + + +
static                           GET  -                        + + + + + + + + + + + +
static                           GET  nothing                  . . . . . . . . . . . .
web.healthz                      GET  -                        + + + + + + + + + + + +
web.readyz                       GET  -                        ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~
"""
SIGNS = {
    "+": "answers",
    "!": "answers, but a rule or the form refuses",
    ">": "asks to sign in",
    "x": "403",
    ".": "404, as for a thing that is not there",
    "g": "410, it is no longer there",
    "~": "503, says why",
}
# Everybody may know that these are there, so "403" tells nothing; of all other things it would.
KNOWN_TO_ALL = {"organisation home", "need open"}
KNOWN_TO_ITS_PARTIES = {"thread"}
# Written while reading, and nothing else: that one has seen a notice or a thread.
READ_MARKS = {"notices": {"read_at"}, "inquiries": {"buyer_read", "supplier_read"}}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Row:
    """One line of the table: the outcome for each of `PEOPLE`, a sign each."""

    endpoint: str
    method: str
    thing: str
    signs: str


WIDTH = 2 * len(PEOPLE) - 1


def table() -> list[Row]:
    rows = []
    for line in TABLE.strip().splitlines()[1:]:
        endpoint, method, rest = line.split(maxsplit=2)
        thing, signs = rest[:-WIDTH].strip(), rest[-WIDTH:]
        rows.append(Row(endpoint, method, thing, signs.replace(" ", "")))
    return rows


# What is sent where an empty form would stop before the rule that decides.
FORMS: dict[str, dict[str, str]] = {
    "accounts.account": {"name": "李"},
    "accounts.register": {"email": "new@example.com"},
    "accounts.forgot_password": {"email": "nobody@example.com"},
    "accounts.invite": {"email": "guest@example.com"},
    "accounts.return_organisation": {"reason": "缺章"},
    "accounts.suspend": {"reason": "停"},
    "accounts.verify": {"locality": "park", "officer": "0"},
    "accounts.change_role": {"owner": "y"},
    "catalog.return_to_supplier": {"reason": "缺图"},
    "catalog.suspend": {"reason": "违规"},
    "catalog.withdraw": {"reason": "停产"},
    "inquiries.answer": {"text": "好"},
    "inquiries.decline": {"reason": "没货"},
    "inquiries.close": {"reason": "够了"},
    "inquiries.create": {"text": "请报价"},
    "matching.dismiss": {"reason": "price"},
    "needs.publish": {"closing_day": (utc_now() + timedelta(days=20)).date().isoformat()},
    "needs.reopen": {"closing_day": (utc_now() + timedelta(days=20)).date().isoformat()},
    "needs.mark_unmet": {"reason": "price"},
    "needs.create": {"title": "PE袋"},
    "needs.edit": {"title": "PE袋"},
    "needs.understand": {"sentence": "PE袋2万只"},
    "pages.add_word": {"term": "自封袋", "variant": "夹链袋", "kind": "alias"},
    "pages.change_word": {"term": "自封袋", "variant": "夹链袋", "kind": "near"},
    "accounts.sign_in": {"email": "a@example.com", "password": "wrong"},
}
FORMS |= dict.fromkeys(
    ("catalog.create", "catalog.check_quality"),
    {"title": "PE袋", "kind": "product", "capacity_per": "month", "category": "", "town": ""},
)


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str
    written: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        if urlsplit(self.location).path == "/sign-in":
            return ">"
        known = {403: "x", 404: ".", 410: "g", 422: "!", 409: "!", 503: "~"}
        return known.get(self.status, "+" if self.status < 400 else str(self.status))


def masked(text: str, path: str) -> str:
    """The page without what differs by design: the number of the request, its address, and the form's token."""
    for spelling in {path, quote(path), quote(path, safe="")}:
        text = text.replace(spelling, "ADDRESS")
    text = re.sub(r'csrf(?:_|-)token"\s+(?:type="hidden"\s+)?(?:value|content)="[^"]+"', "TOKEN", text)
    return re.sub(r"\b[0-9a-f]{16}\b", "NUMBER", text)


def client_of(app: Flask, person: Any) -> Browser:
    app.test_client_class = Browser
    client = app.test_client()
    return client if person is None else client.sign_in(person)  # type: ignore[return-value]


class Watch:
    """Looks at the database through a connection of its own."""

    def __init__(self, database: str):
        self.connection = sqlite3.connect(database)
        self.before, self.version = self.rows(), self.data_version()

    def data_version(self) -> int:
        """Changes with every commit of another connection."""
        (number,) = self.connection.execute("PRAGMA data_version").fetchone()
        return int(number)

    def rows(self) -> dict[str, str]:
        """A digest of every table, without the read marks."""
        digests = {}
        for (name,) in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in self.connection.execute(f"PRAGMA table_info({name})")]
            kept = ", ".join(f'"{column}"' for column in columns if column not in READ_MARKS.get(name, set()))
            rows = self.connection.execute(f"SELECT {kept} FROM {name} ORDER BY 1").fetchall()
            digests[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
        return digests

    def is_touched(self) -> bool:
        """True when somebody committed since the last look."""
        version, self.version = self.version, self.data_version()
        return version != self.version

    def written(self) -> tuple[str, ...]:
        """The tables that are not as they were at first."""
        return tuple(sorted(name for name, digest in self.rows().items() if digest != self.before[name]))


class Site:
    """The park behind its pages; each request finds it as it was at first."""

    def __init__(self, app: Flask):
        self.app, self.park = app, a_park("机密")
        db.session.remove()
        database = str(db.engine.url.database)
        self.copy, self.watch = Copy(database), Watch(database)

    def ask(self, name: str, path: str, method: str = "GET", form: dict[str, str] | None = None) -> Answer:
        """What the person gets; then everything is as before."""
        client = client_of(self.app, self.park.people[name])
        answer = client.open(path, method=method, data=form)
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        db.session.remove()
        written: tuple[str, ...] = ()
        if self.watch.is_touched():
            written = self.watch.written()
            self.copy.put_back()
            self.watch.is_touched()
        return Answer(answer.status_code, answer.headers.get("Location", ""), text, written)

    def address(self, row: Row) -> str:
        path = self.app.url_map.bind("localhost").build(
            row.endpoint, dict(self.park.things[row.thing]), method=row.method, append_unknown=False
        )
        if row.endpoint == "inquiries.create":
            path += f"?listing={self.park.things['listing of supplier']['listing_id']}"
        return path

    def form(self, row: Row) -> dict[str, str] | None:
        if row.method == "GET":
            return None
        form = FORMS.get(row.endpoint, {})
        if row.endpoint == "inquiries.create":
            form = {**form, "to_listing": str(self.park.things["listing of supplier"]["listing_id"])}
        return form


@pytest.fixture(scope="module")
def site(base_app: Flask) -> Iterator[Site]:
    with base_app.app_context():
        empty(base_app)
        yield Site(base_app)
        empty(base_app)


@pytest.fixture(scope="module")
def answers(site: Site) -> dict[tuple[str, str, str], dict[str, Answer]]:
    """Every cell of the table, asked once: (endpoint, method, thing) -> person -> answer with its text masked."""
    asked: dict[tuple[str, str, str], dict[str, Answer]] = {}
    for row in table():
        path, form = site.address(row), site.form(row)
        cells = asked.setdefault((row.endpoint, row.method, row.thing), {})
        for name in PEOPLE:
            answer = site.ask(name, path, row.method, form)
            cells[name] = Answer(
                answer.status,
                masked(answer.location, path),
                masked(answer.body, path) if answer.status >= 400 else "",
                answer.written,
            )
    return asked


def test_every_route_and_method_stands_in_the_table(base_app):
    """A new route is a decision about each kind of person: add it to the table."""
    ours = {(rule.endpoint, method) for rule in base_app.url_map.iter_rules() for method in rule.methods & METHODS}
    assert ours == {(row.endpoint, row.method) for row in table()}
    takes_a_thing = {rule.endpoint for rule in base_app.url_map.iter_rules() if rule.arguments}
    assert {row.endpoint for row in table() if row.thing == "nothing"} == takes_a_thing


def test_everybody_may_what_the_table_says(answers):
    wrong = [
        f"{row.endpoint} {row.method} {row.thing}, {name}: {sign} expected, got {cell.sign}"
        for row in table()
        for name, sign in zip(PEOPLE, row.signs, strict=True)
        if (cell := answers[row.endpoint, row.method, row.thing][name]).sign != sign
    ]
    assert wrong == []
    assert sum(len(cells) for cells in answers.values()) > 2000


def test_what_is_hidden_looks_like_what_is_not_there(answers):
    told_apart = []
    for (endpoint, method, thing), cells in answers.items():
        for name, cell in cells.items():
            if cell.sign in ".>":
                nothing = answers.get((endpoint, method, "nothing"), cells)[name]
                if (cell.status, cell.location, cell.body) != (nothing.status, nothing.location, nothing.body):
                    told_apart.append((endpoint, method, thing, name))
    assert told_apart == []


def test_nobody_learns_from_a_refusal_that_something_is_there(answers):
    told = [
        (endpoint, method, thing, name)
        for (endpoint, method, thing), cells in answers.items()
        for name, cell in cells.items()
        if cell.sign == "x"
        and thing not in KNOWN_TO_ALL
        and not (thing in KNOWN_TO_ITS_PARTIES and name in {"buyer", "supplier"})
        and answers.get((endpoint, method, "nothing"), cells)[name].sign != "x"
    ]
    assert told == []


def test_reading_writes_nothing(answers):
    """GET changes no row but the read marks."""
    written = [
        (endpoint, thing, name, cell.written)
        for (endpoint, method, thing), cells in answers.items()
        for name, cell in cells.items()
        if method == "GET" and cell.written
    ]
    assert written == []


def test_a_refusal_writes_nothing(answers):
    """Who may not do it changes no row; a wrong password is counted."""
    written = [
        (endpoint, thing, name, cell.written)
        for (endpoint, method, thing), cells in answers.items()
        for name, cell in cells.items()
        if method == "POST" and cell.sign in ">x.g!" and set(cell.written) - {"counted_tries"}
    ]
    assert written == []


LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
FORM = re.compile(r'<form[^>]*method="post"[^>]*>', re.I)
BUTTON = re.compile(r'(?:action|formaction|hx-post)="(/[^"]*)"')
MOST_PAGES = 130


@pytest.mark.parametrize("name", PEOPLE)
def test_every_link_and_button_leads_somewhere_for_who_sees_it(site, name):
    """From the home page on: no link to a page that is refused, no button that can never work, no write on the way."""
    waiting, seen, buttons, dead = deque(["/", "/workbench" if name != "visitor" else "/needs"]), set(), {}, []
    came: dict[str, str] = {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        parts = urlsplit(path)
        kind = (parts.path, tuple(sorted({key for key, _value in parse_qsl(parts.query)})))
        if kind in seen or parts.path.startswith(("/static/", "/language/")):
            continue
        seen.add(kind)
        answer = site.ask(name, path)
        if answer.status >= 400 or answer.written:
            dead.append((path, answer.status, answer.written, came.get(path)))
        found = [unescape(link) for link in LINK.findall(answer.body)]
        came |= {link: path for link in found if link not in came}
        waiting += found
        for form in FORM.findall(answer.body):
            for action in BUTTON.findall(form) or [path]:
                buttons.setdefault(unescape(action), path)
        for action in re.findall(r'(?:formaction|hx-post)="(/[^"]*)"', answer.body):
            buttons.setdefault(unescape(action), path)
    for action, page in buttons.items():
        answer = site.ask(name, action, "POST", {})
        if answer.status >= 500 or answer.sign in "x." or (answer.sign == ">" and name != "visitor"):
            dead.append((action, answer.status, f"on {page}"))
    assert dead == []
    assert len(seen) > 20
