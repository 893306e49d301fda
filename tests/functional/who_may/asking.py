"""A park behind its pages: what each person gets, and what was written meanwhile."""

import hashlib
import re
import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask

from marketplace.core.db import db
from tests.conftest import Browser
from tests.factories.park import PEOPLE, kept_park
from tests.functional.who_may.table import FORMS, Row

# Written while reading, and nothing else: that one has seen a notice or a thread.
READ_MARKS = {"notices": {"read_at"}, "inquiries": {"buyer_read", "supplier_read"}}


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
        self.app, self.park, self.copy = app, *kept_park(app, "机密")
        self.watch = Watch(self.copy.path)

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

    def answers(self, rows: list[Row]) -> dict[tuple[str, str, str], dict[str, Answer]]:
        """Every cell of the rows: (endpoint, method, thing) -> person -> answer with its text masked."""
        asked: dict[tuple[str, str, str], dict[str, Answer]] = {}
        for row in rows:
            path, form = self.address(row), self.form(row)
            cells = asked.setdefault((row.endpoint, row.method, row.thing), {})
            for name in PEOPLE:
                answer = self.ask(name, path, row.method, form)
                cells[name] = Answer(
                    answer.status,
                    masked(answer.location, path),
                    masked(answer.body, path) if answer.status >= 400 else "",
                    answer.written,
                )
        return asked
