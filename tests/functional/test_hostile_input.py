"""Whatever is typed, pasted or forged (RELIABILITY 3.2): no error, no markup, no other host, no column
beyond the form."""

import io
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from sqlalchemy import text

from marketplace import search
from marketplace.core.db import db
from marketplace.core.jobs import work_off
from tests.conftest import Browser, empty
from tests.factories.park import Copy, Park, a_park, picture

MARKUPS = (
    "<script>window.__x=1</script>",
    '"><img src=x onerror="window.__x=1">',
    "'\"><svg/onload=__x=1>",
    "</textarea><script>__x=1</script>",
    "javascript:window.__x=1",
    "{{71829*91733}}",
    "{% for a in 'b' %}{{71829*91733}}{% endfor %}",
    "${71829*91733} #{71829*91733} <%= 71829*91733 %>",
    "'; DROP TABLE needs; --",
    "' OR '1'='1",
    "%s %(title)s %n {0} {title.__class__}",
    "nul\x00in\x08the\x1bmiddle",
    "\ud800 lone \udfff",
    "\u202egnp.exe\u2066 \ufeff\u200b",
    "长" * 20_000,
    "²٣9" * 40,
    "../../../../etc/passwd",
)
DAYS = ("0001-01-01", "9999-12-31")
NUMBERS = ("9" * 5000, "1e999999", "NaN", "²", "999999999999", "-1", "1e-6", "0.0000001")
PAYLOADS = (*MARKUPS, *DAYS, *NUMBERS)
TEXTUAL = {"text", "search", "email", "tel", "number", "date", "hidden", "url", "password", ""}
LARGE = 15
"""Fields; the editors have more, stand twice among the places (new, edit), and share the payloads between them.
A form of one button gets a few."""
STEPS = (
    "add_row",
    "remove_row",
    "remove_picture",
    "step",
    "back",
    "kind",
    "category",
    "locality",
    "officer",
    "licences",
    "reason",
    "to_listing",
    "listing",
    "need",
    "undo",
)
"""Names of buttons, choices and links, which no honest page sends with such a value."""
COMPUTED = "6589089657"
"""The product in the payloads for templates: a number that stands on no page by itself."""
SIGNS_OF_EXECUTION = ("<script>window.__x", "<script>__x", "<img src=x", "<svg/onload", 'onerror="window')


class Forms(HTMLParser):
    """The POST forms of a page: where each goes, and its fields with what stands in them."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.chosen = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(
                {
                    "action": given.get("action", ""),
                    "method": given.get("method", "get").lower(),
                    "values": {},
                    "texts": [],
                    "days": [],
                    "numbers": [],
                }
            )
        if tag == "option" and self.forms and (self.chosen not in self.forms[-1]["values"] or "selected" in given):
            self.forms[-1]["values"][self.chosen] = given.get("value", "")
        if not self.forms or not given.get("name"):
            return
        form, name = self.forms[-1], given["name"]
        if tag == "textarea" or (tag == "input" and given.get("type", "") in TEXTUAL):
            form["values"].setdefault(name, given.get("value", ""))
            form["texts"].append(name)
            if given.get("type") == "date":
                form["days"].append(name)
            elif given.get("inputmode") in {"decimal", "numeric"} or given.get("type") == "number":
                form["numbers"].append(name)
        elif tag == "input" and given.get("type") in {"radio", "checkbox"} and ("checked" in given):
            form["values"][name] = given.get("value", "y")
        elif tag == "select":
            self.chosen = name
        elif tag == "button" and given.get("value") and name == "step":
            form["values"].setdefault(name, "draft")


@dataclass(frozen=True)
class Place:
    """A page with forms, and who fills them in."""

    person: str
    path: str


def places(park: Park) -> list[Place]:
    things = park.things

    def path(template: str, thing: str) -> str:
        return template.format(**things[thing])

    return [
        Place("visitor", "/sign-in"),
        Place("visitor", "/register"),
        Place("visitor", "/password"),
        Place("visitor", f"/register/{things['link register']['token']}"),
        Place("visitor", f"/password/{things['link reset']['token']}"),
        Place("visitor", f"/invitations/{things['link invite']['token']}"),
        Place("owner", "/account"),
        Place("newcomer", "/organisations/new"),
        Place("owner", path("/organisations/{organisation_id}/edit", "organisation home")),
        Place("owner", path("/organisations/{organisation_id}", "organisation home")),
        Place("operator", path("/staff/organisations/{organisation_id}", "organisation waiting")),
        Place("owner", "/listings/new"),
        Place("owner", path("/listings/{listing_id}/edit", "listing shelf")),
        Place("owner", path("/listings/{listing_id}", "listing shelf")),
        Place("operator", path("/listings/{listing_id}", "listing review")),
        Place("owner", "/needs/new"),
        Place("owner", path("/needs/{need_id}/edit", "need open")),
        Place("owner", path("/needs/{need_id}", "need draft")),
        Place("owner", path("/needs/{need_id}", "need open")),
        Place("buyer", path("/inquiries/new?listing={listing_id}", "listing shelf")),
        Place("buyer", path("/inquiries/{inquiry_id}", "thread")),
        Place("supplier", path("/inquiries/{inquiry_id}", "thread")),
        Place("owner", path("/matching/dismissals/{need_id}/{listing_id}/buyer", "pair")),
        Place("operator", "/staff/featured"),
    ]


class Site:
    def __init__(self, app: Flask):
        app.test_client_class = Browser
        self.app, self.park = app, a_park("")
        db.session.remove()
        self.copy = Copy(str(db.engine.url.database))

    def client(self, name: str) -> Browser:
        person = self.park.people[name]
        return self.app.test_client() if person is None else self.app.test_client().sign_in(person)


@pytest.fixture(scope="module")
def site(base_app: Flask) -> Iterator[Site]:
    with base_app.app_context():
        empty(base_app)
        yield Site(base_app)
        empty(base_app)


def forms_of(site: Site, place: Place) -> list[dict[str, Any]]:
    page = site.client(place.person).get(place.path)
    assert page.status_code == 200, place
    found = [form for form in Forms(page.text).forms if form["method"] == "post"]
    if place.path == "/listings/new":
        found += [{**form, "action": "/listings/check"} for form in found if "title" in form["values"]]
    if place.path == "/needs/new":
        found.append(
            {
                "action": "/needs/understanding",
                "values": {"sentence": "", "box": ""},
                "texts": ["sentence", "box"],
                "days": [],
                "numbers": [],
            }
        )
    return [
        {**form, "action": form["action"] or place.path}
        for form in found
        if not form["action"].startswith(("/sign-out", "/language"))
    ]


def is_clean(page: str) -> bool:
    """True when no payload runs and none was computed."""
    return not any(sign in page for sign in (*SIGNS_OF_EXECUTION, COMPUTED))


def encoded(data: dict[str, str]) -> bytes:
    """A form body; what is no text (a lone surrogate) goes as its bytes."""
    return "&".join(
        f"{quote(name)}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in data.items()
    ).encode()


def test_every_field_of_every_form_takes_anything(site):
    """Each payload in one field beside what stood there, in all, in choices and buttons: no 500, no markup."""
    asked, bad = 0, []
    for turn, place in enumerate(places(site.park)):
        for form in forms_of(site, place):
            client = site.client(place.person)
            fields = [name for name in form["texts"] if name != "csrf_token"] or ["anything"]
            step = 2 if len(fields) > LARGE else 1 if fields != ["anything"] else 11
            for number, payload in list(enumerate(PAYLOADS))[turn % step :: step]:
                alone = fields[number % len(fields)]
                tries = [
                    {alone: payload},
                    *({day: payload} for day in form["days"] if payload in DAYS),
                    *({amount: payload} for amount in form["numbers"] if payload in NUMBERS[:4]),
                ]
                if number % 5 == 0:
                    tries.append(dict.fromkeys(fields, payload))
                if number % 5 == 1 or payload in NUMBERS[:1]:
                    tries.append(dict.fromkeys([*form["values"], *STEPS], payload))
                for changed in tries:
                    began = time.process_time()
                    answer = client.post(
                        form["action"],
                        data=encoded({**form["values"], **changed}),
                        content_type="application/x-www-form-urlencoded",
                    )
                    took, page = time.process_time() - began, answer.get_data(as_text=True)
                    asked += 1
                    if answer.status_code >= 500 or took > 3 or not is_clean(page):
                        bad.append(
                            (form["action"], list(changed)[:3], payload[:20], answer.status_code, round(took, 1))
                        )
                    if answer.status_code == 302:
                        shown = client.get(urlsplit(answer.headers["Location"])._replace(scheme="", netloc="").geturl())
                        if shown.status_code >= 500 or not is_clean(shown.get_data(as_text=True)):
                            bad.append((answer.headers["Location"], "shown", payload[:20], shown.status_code))
                        db.session.remove()
                        site.copy.put_back()
    assert bad == []
    assert asked > 500


QUERIES = (
    *MARKUPS,
    *NUMBERS[:3],
    "*",
    "a*b*c*",
    "(" * 400,
    ")" * 400 + "OR",
    '"' * 301,
    "~9 ^^^ +++ ---",
    "AND OR NOT",
    "title:*",
    "[a TO",
    "长 " * 2000,
    "a " * 5000,
    "0.3元" * 200,
    "1" * 300 + "万只",
    "一二三四五六七八九十百千万亿" * 30,
    "%",
    "_",
    "\\",
    "\t\r\n",
    "𠀀𠮷👩‍👩‍👧",
    "é" * 200,
    "2026-13-45",
    "99999999999999999999999",
)
ASKED = {
    "/listings": (
        "q",
        "page",
        "sort",
        "category",
        "kind",
        "locality",
        "chain_stage",
        "certificates",
        "price_band",
        "price_from",
        "price_to",
        "organisation",
    ),
    "/needs": ("q", "page", "sort", "status", "category", "town", "locality"),
    "/organisations": ("q", "page", "kind", "locality", "town", "certificates"),
    "/needs/preview": ("sentence",),
    "/matching/preview": ("sentence",),
    "/needs/new": ("sentence",),
    "/sign-in": ("next",),
    "/workbench/listings": ("status", "q", "page"),
    "/workbench/needs": ("status", "page"),
    "/inquiries": ("tab", "page"),
    "/inquiries/new": ("listing", "organisation", "need"),
    "/notices": ("page",),
    "/staff/organisations": ("status", "page"),
    "/staff/listings": ("q", "page"),
    "/staff/featured": ("words", "page"),
    "/listings/{shelf}": ("quantity",),
    "/listings/{shelf}/matches": ("show", "tries", "undo"),
    "/needs/{need}/matches": ("order", "local", "show", "tries", "undo", "listing"),
    "/categories/": ("",),
    "/files/": ("",),
    "/language/": ("",),
    "/listings/": ("",),
    "/register/": ("",),
}


def test_every_question_in_an_address_is_answered(site):
    """No 500, no markup, each within a second of work: with the index in place."""
    work_off()
    for kind in search.REGISTERED:
        search.engine().snapshot(kind, now=True)
    shelf, need = site.park.things["listing shelf"]["listing_id"], site.park.things["need open"]["need_id"]
    bad, asked = [], 0
    for path, names in ASKED.items():
        client = site.client("operator" if path.startswith("/staff") else "owner" if path != "/sign-in" else "visitor")
        for number, value in enumerate(QUERIES):
            given = quote(value.encode("utf-8", "surrogatepass"))
            where = path.format(shelf=shelf, need=need)
            some = names if len(names) < 3 else (names[0], names[1 + number % (len(names) - 1)])
            for name in some:
                address = f"{where}?{name}={given}" if name else where + given[:8000]
                began = time.process_time()
                answer = client.get(address)
                took, page = time.process_time() - began, answer.get_data(as_text=True)
                asked += 1
                if answer.status_code >= 500 or took > 1 or not is_clean(page):
                    bad.append((address[:60], answer.status_code, round(took, 2)))
    db.session.remove()
    site.copy.put_back()
    assert bad == []
    assert asked > 1000


ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https://evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "//localhost@evil.example",
    "https://localhost@evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "%2f%2fevil.example",
    "//evil%E3%80%82example",
    "/\u2044/evil.example",
    "／／evil.example",
    "//xn--evil-abc.example",
    "localhost.evil.example",
    "/x\r\nLocation: //evil.example",
    "\x00//evil.example",
)


def test_no_way_back_leads_to_another_host(site):
    """`next` of the sign-in and of the language switch, by address and by form."""
    led = []
    for target in ELSEWHERE:
        given = quote(target)
        answers = [
            site.client("owner").get(f"/sign-in?next={given}"),
            site.client("visitor").get(f"/language/en?next={given}"),
            site.client("visitor").post("/language/en", data={"next": target}),
            site.client("owner").post("/sign-in", data={"next": target}),
        ]
        for answer in answers:
            location = answer.headers.get("Location", "")
            browsers = re.sub(r"[\t\r\n]", "", unescape(location)).replace("\\", "/").strip()
            parts = urlsplit(browsers)
            if answer.status_code != 302 or parts.netloc not in {"", "localhost"} or browsers.startswith("//"):
                led.append((target, answer.status_code, location))
    assert led == []


NEEDED = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin",
    "Permissions-Policy": "camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def test_every_route_carries_its_headers(site):
    """Also refusals; what is shown to somebody signed in is not stored, but pictures and assets."""
    lacking = []
    for rule in site.app.url_map.iter_rules():
        values = {
            name: {
                "filename": "images/favicon.svg",
                "side": "buyer",
                "code": "en",
                "variant": "small",
                "key": "x",
                "token": "x",
            }.get(name, 1)
            for name in rule.arguments
        }
        path = site.app.url_map.bind("localhost").build(
            rule.endpoint, values, method=min(rule.methods - {"HEAD", "OPTIONS"})
        )
        for name in ("visitor", "owner"):
            for method in rule.methods & {"GET", "POST"}:
                answer = site.client(name).open(path, method=method)
                wrong = [
                    header
                    for header, part in NEEDED.items()
                    if part not in answer.headers.get(header, "")
                    and not (header == "Content-Security-Policy" and "sandbox" in answer.headers.get(header, ""))
                ]
                if "unsafe" in answer.headers.get("Content-Security-Policy", "unsafe"):
                    wrong.append("unsafe")
                stored = "no-store" not in answer.headers.get("Cache-Control", "")
                if stored and name == "owner" and rule.endpoint not in {"static", "files.show", "accounts.sign_out"}:
                    wrong.append("Cache-Control")
                if wrong:
                    lacking.append((rule.endpoint, method, name, wrong))
    db.session.remove()
    site.copy.put_back()
    assert lacking == []


FORGED = {
    "status": "verified",
    "organisation_id": "3",
    "buyer_id": "1",
    "supplier_id": "1",
    "version_id": "77",
    "id": "77",
    "published_at": "2020-01-01",
    "posted_at": "2020-01-01",
    "expires_at": "2099-01-01",
    "verified_at": "2020-01-01",
    "created_at": "2020-01-01",
    "updated_at": "2020-01-01",
    "closes_at": "2099-01-01",
    "staff_role": "administrator",
    "role": "owner",
    "reset_key": "x",
    "token_hash": "x",
    "password_hash": "x",
    "officer_id": "1",
    "created_by_id": "1",
    "updated_by_id": "1",
    "status_reason": "x",
    "answer_hours_median": "1",
    "person_id": "1",
    "answered_at": "2020-01-01",
    "disabled_at": "2020-01-01",
    "checked_at": "2020-01-01",
    "latitude": "1",
    "longitude": "1",
    "is_staff": "1",
    "message_count": "9",
    "buyer_read": "9",
    "supplier_read": "9",
    "remind_at": "2099-01-01",
    "batch_id": "1",
}
OF_TIME = re.compile(r"_at$|^at$|_key$|^key$|password_hash|sha256|batch")


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows but their moments and random texts, which differ between two savings."""
    found = {}
    for table in db.metadata.sorted_tables:
        columns = [column for column in table.columns if not OF_TIME.search(column.name)]
        rows = db.session.execute(db.select(*columns)).all() if columns else []
        found[table.name] = [tuple(map(repr, row)) for row in rows]
    db.session.remove()
    return found


def test_fields_that_a_form_does_not_have_change_nothing(site):
    """The same form sent twice on the same park, once with every column of the tables added: the same rows."""
    differing, saved = [], 0
    for place in places(site.park):
        for form in forms_of(site, place):
            values = {
                **form["values"],
                "password": "一句足够长的话语吧",
                "closing_day": form["values"].get("closing_day", ""),
                "reason": form["values"].get("reason") or "price",
                "text": "请报价",
                "note": "好",
                "locality": "park",
                "officer": "0",
                "title": form["values"].get("title") or "PE袋",
                "name": form["values"].get("name") or "李",
            }
            after = []
            for extra in ({}, {name: value for name, value in FORGED.items() if name not in form["values"]}):
                answer = site.client(place.person).post(form["action"], data={**values, **extra})
                after.append((answer.status_code, everything()))
                saved += answer.status_code == 302
                site.copy.put_back()
            if after[0] != after[1]:
                differing.append(
                    (form["action"], [name for name in after[0][1] if after[0][1][name] != after[1][1][name]])
                )
    assert differing == []
    assert saved > 20


LEFT_ALONE = re.compile(
    r"(_at|_key|^key|_code|^code|_hash|^once|^url|^kind|_kind|^message|media_type|sha256|^email|^name_|"
    r"^step|account|address|language|^path|^version_num|batch|town|place|chain_stage|parent)$|^search_outbox"
)
MARKUP = '<script>window.__x=1</script>{{71829*91733}}"><img src=x onerror="window.__x=1">'
JSON_WORDS = json.dumps([MARKUP])
JSON_SPECS = json.dumps([{"name": MARKUP, "value": MARKUP}])


def test_what_is_stored_is_escaped_wherever_it_is_shown(site):
    """Every text column of every table holds markup; then every page that four people can reach is read."""
    with db.engine.begin() as connection:
        for table in db.metadata.sorted_tables:
            for column in table.columns:
                plain = str(column.type).startswith(("VARCHAR", "TEXT")) and not hasattr(column.type, "enums")
                if plain and not column.unique and not column.foreign_keys and not LEFT_ALONE.search(column.name):
                    connection.execute(table.update().values({column.name: MARKUP}))
        connection.execute(text("UPDATE listings SET aliases = :v, specs = :s"), {"v": JSON_WORDS, "s": JSON_SPECS})
        connection.execute(text("UPDATE needs SET certificates = :v, hard_words = :v"), {"v": JSON_WORDS})
        for id_, params in connection.execute(text("SELECT id, params FROM notices")).all():
            marked = {key: MARKUP if isinstance(value, str) else value for key, value in json.loads(params).items()}
            connection.execute(
                text("UPDATE notices SET params = :p WHERE id = :i"), {"p": json.dumps(marked), "i": id_}
            )
    seen, bad = 0, []
    for name in ("visitor", "owner", "supplier", "operator"):
        client, waiting, read = site.client(name), ["/", "/listings", "/needs", "/organisations", "/workbench"], set()
        while waiting and len(read) < 70:
            path = waiting.pop(0)
            if urlsplit(path).path in read or path.startswith(("/static/", "/language/")):
                continue
            read.add(urlsplit(path).path)
            answer = client.get(path)
            page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
            seen += "window.__x" in page
            if answer.status_code >= 500 or not is_clean(page):
                bad.append((name, path, answer.status_code))
            waiting += [unescape(link) for link in re.findall(r'href="(/[^"#]*)', page)]
    db.session.remove()
    site.copy.put_back()
    assert bad == []
    assert seen > 60


def test_a_picture_by_another_name_stays_a_picture(site):
    """Names and contents that lie: refused or re-encoded, served as what they are."""
    for name, content in (
        ("a.png", b"<script>__x=1</script>"),
        ("x.svg", b"<svg onload='__x=1'/>"),
        ("../../x\x00.png", picture()),
        ("\u202egnp.exe", picture()),
        ("<img src=x>.png", picture()),
        ("CON" * 200 + ".png", picture()),
    ):
        client, (form,) = site.client("owner"), forms_of(site, Place("owner", "/listings/new"))[:1]
        answer = client.post(
            form["action"],
            data={**form["values"], "title": "PE袋", "step": "", "pictures": (io.BytesIO(content), name)},
        )
        shown = (
            client.get(answer.headers["Location"]).get_data(as_text=True) if answer.status_code == 302 else answer.text
        )
        assert answer.status_code in {302, 422}
        assert (answer.status_code == 302) == (content == picture())
        assert "<img src=x>" not in shown
        db.session.remove()
        site.copy.put_back()
