"""Everybody's pages, followed link by link in both languages: words for readers only, and no way leads nowhere."""

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy import Enum, String, select
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

import marketplace
from marketplace import create_app
from marketplace.accounts.lifecycle import OrganisationKind
from marketplace.accounts.queries import person_by_email
from marketplace.accounts.services import OrganisationFacts, create_person, register_organisation, return_organisation
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.jobs import CLOCKS, JOBS, work_off
from marketplace.core.timeline import STEPS
from marketplace.search import WordPair
from marketplace.words.services.other_names import add_name
from tests.conftest import TEST_SETTINGS, Browser
from tests.crawl import Page, Reader, inner_path, walk
from tests.factories.accounts import credit_code
from tests.live import PASSWORD

CATALOGUE = Path(marketplace.__file__).parent / "translations/zh_Hans/LC_MESSAGES/messages.po"
SENTENCE = "急需食品级PE袋2万只，单价0.3元以内，12月15日前送到致和，要SC和检测报告"
OWN_STARTS = ("/workbench/needs", "/organisation", "/")
OFFICER_STARTS = ("/staff", "/")
STAFF_STARTS = ("/staff", "/staff/words", "/")
STRANGE_STARTS = (
    "/",
    f"/listings?q={quote('潜水艇')}",
    f"/listings?q={quote('PE袋')}",
    f"/needs?q={quote('川芎')}",
    f"/needs/preview?sentence={quote(SENTENCE)}",
    "/dev/components",
    "/dev/mail",
    "/no-such-page",
)
PEOPLE = {  # whose pages are read: the e-mail, the language, how many pages
    "visitor": ("", "zh_Hans", 70),
    "buyer": ("member005@example.com", "zh_Hans", 60),
    "supplier": ("owner010@example.com", "zh_Hans", 60),
    "owner": ("owner004@example.com", "zh_Hans", 50),
    "public buyer": ("member034@example.com", "zh_Hans", 30),
    "service officer": ("officer.park@example.com", "zh_Hans", 30),
    "operator": ("operator.review@example.com", "zh_Hans", 60),
    "administrator": ("admin@example.com", "zh_Hans", 30),
    "newcomer": ("newcomer@example.com", "zh_Hans", 20),
    "waiting owner": ("waiting@example.com", "zh_Hans", 30),
    "returned owner": ("returned@example.com", "zh_Hans", 20),
    "English visitor": ("", "en", 40),
    "English supplier": ("owner010@example.com", "en", 40),
    "English operator": ("operator.review@example.com", "en", 40),
}
STAFF = {"service officer", "operator", "administrator", "English operator"}
OF_A_KIND = 8
NOT_BY_A_CLICK = {
    *("static", "files.show", "pages.language", "pages.suggestions", "web.healthz", "web.readyz"),
    *("accounts.complete_registration", "accounts.invitation", "accounts.new_password", "catalog.category"),
}
MISSING = {"/no-such-page"}
SPECIMENS = "/dev/components"
"""Its forms show how forms look; they lead nowhere on purpose."""

MARKUP = re.compile(r"</?[a-z][a-z0-9-]*(\s[^>]*)?/?>|&(lt|gt|amp|quot|#\d+);", re.I)
CODE = re.compile(
    r"\bNone\b(?! of)|\bUndefined\b|%\(|\{\{|\}\}|\{%|\bDecimal\(|\bdatetime\b|\bMarkup\(|object at 0x"
    r"|\bTrue\b|\bFalse\b|\b[A-Z]\w+(Status|Kind|Reason|Role|Mode)\.[A-Z]+"
)
LATIN_WORDS = re.compile(r"[A-Za-z]{2,}[ ,][^\u4e00-\u9fff]*[A-Za-z]{2,}")
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[sd]")


def raw_values() -> set[str]:
    """What the code calls kinds, statuses, steps and jobs: never the words of a page."""
    found = {name for steps in STEPS.values() for name in steps} | set(JOBS) | set(CLOCKS)
    for module in pkgutil.walk_packages(marketplace.__path__, "marketplace."):
        if "migrations" not in module.name:
            for each in vars(importlib.import_module(module.name)).values():
                if isinstance(each, type) and issubclass(each, StrEnum):
                    found |= {str(value) for value in each}
    return {value for value in found if value}


class Words:
    """What may stand on a page and what may not: from the catalogue, the code, and the rows that people wrote."""

    def __init__(self, written: Iterable[str] = ()):
        with CATALOGUE.open("rb") as file:
            entries = [message for message in read_po(file) if message.id]
        self.chinese: dict[str, str] = {}
        for entry in entries:
            ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
            strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
            self.chinese |= {" ".join(id_.split()): strings[-1] for id_ in ids}
        foreign = [text for text, chinese in self.chinese.items() if text != " ".join(chinese.split())]
        self.texts = {text for text in foreign if re.search("[a-z]", PLACEHOLDER.sub("", text))}
        sentences = sorted((text for text in self.texts if LATIN_WORDS.search(PLACEHOLDER.sub("", text))), key=len)
        self.sentences = [
            re.compile(r"(?<![A-Za-z])" + r".+?".join(map(re.escape, PLACEHOLDER.split(text))) + r"(?![A-Za-z])")
            for text in sentences
        ]
        self.raw = raw_values()
        any_raw = "|".join(re.escape(value) for value in sorted(self.raw, key=len, reverse=True))
        self.raw_word = re.compile(rf"(?<![A-Za-z0-9_.@/-])({any_raw})(?![A-Za-z0-9_@/-])")
        self.written = {folded(text) for text in written}
        self.all_written = "\n".join(self.written)

    def is_written(self, text: str, start: int, end: int) -> bool:
        """True when somebody wrote the piece of `text` as it stands there, with some letters to each side."""
        whole = folded(text)
        if whole in self.written:
            return True
        around = folded(text[max(0, start - 8) : end + 8])
        return len(around) > end - start + 3 and around in self.all_written

    def faults_of_text(self, text: str, language: str) -> Iterator[str]:
        """What a reader should not have to see in `text`."""
        if language == "en" and text in self.chinese:
            return
        for pattern in (MARKUP, CODE):
            for found in pattern.finditer(text):
                if not self.is_written(text, found.start(), found.end()):
                    yield f"code {found.group()!r}"
        if language == "en":
            if text in self.raw and folded(text) not in self.written:
                yield f"raw value {text!r}"
            return
        for found in self.raw_word.finditer(text):
            if not self.is_written(text, found.start(), found.end()):
                yield f"raw value {found.group()!r}"
        if text in self.texts and folded(text) not in self.written:
            yield f"not translated {text!r}"
        elif LATIN_WORDS.search(text):
            for sentence in self.sentences:
                if (found := sentence.search(text)) and not self.is_written(text, found.start(), found.end()):
                    yield f"not translated {found.group()!r}"
                    return

    def faults(self, page: Page) -> Iterator[str]:
        """What is wrong on `page`, each with the text it stands in."""
        for text in dict.fromkeys(page.texts):
            for fault in self.faults_of_text(text, page.language):
                yield f"{fault} in {text[:120]!r}"
        for link in dict.fromkeys(page.links):
            if re.search(r"\bNone\b|\bUndefined\b|%28|object", link):
                yield f"address {link!r}"


def folded(text: str) -> str:
    """The text without what pages change in it: kinds of blanks and forms of letters."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def written_texts() -> Iterator[str]:
    """Every text in the database that somebody may have typed: of all columns but those with a fixed choice."""
    for table in db.metadata.sorted_tables:
        free = [
            column
            for column in table.columns
            if isinstance(column.type, String) and not isinstance(column.type, Enum) and not column.primary_key
        ]
        if free and table.name not in {"jobs", "timeline_entries", "notices", "clock_ticks"}:
            for row in db.session.execute(select(*free)):
                yield from (text for text in row if text and not text.isidentifier())


def two_who_wait() -> None:
    """An organisation that staff have not looked at, and one that they returned."""
    staff = person_by_email("operator.review@example.com")
    for number, name in enumerate(("waiting", "returned")):
        person = create_person(email=f"{name}@example.com", name="苏合", password=PASSWORD, now=utc_now())
        facts = OrganisationFacts(
            f"候审{number}号药材有限公司", OrganisationKind.ENTERPRISE, credit_code(7770 + number)
        )
        organisation = register_organisation(person, facts, now=utc_now())
        if name == "returned":
            return_organisation(organisation, "执照看不清", actor=staff, now=utc_now())


@pytest.fixture(scope="module")
def site(demo_site) -> Iterator[Flask]:
    """The demonstration park, for reading only."""
    app = create_app({**TEST_SETTINGS, "DEV_PAGES": True}, instance=demo_site().instance)
    with app.app_context():
        with transaction():
            two_who_wait()
            add_name(WordPair("自封袋", "夹链袋", "alias"), note="", actor=None, now=utc_now())
        db.session.remove()
        work_off()
        yield app
        db.session.remove()


@pytest.fixture(scope="module")
def pages(site) -> list[Page]:
    """What everybody came to."""
    found = []
    for who, (email, language, most) in PEOPLE.items():
        site.test_client_class = Browser
        client = site.test_client()
        client.set_cookie("language", language)
        if email:
            answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
            assert answer.status_code == 302, email
        starts = STAFF_STARTS if who in STAFF else OWN_STARTS if email else STRANGE_STARTS
        starts = OFFICER_STARTS if who == "service officer" else starts
        found += walk(client, who, language, starts=starts, pages=most, of_a_kind=OF_A_KIND)
        db.session.remove()
    return found


@pytest.fixture(scope="module")
def words(site) -> Words:
    return Words(written_texts())


@pytest.mark.timeout(600)
def test_the_walk_comes_to_enough_pages(pages):
    read = [page for page in pages if page.status == 200 and page.texts]
    assert len(read) >= 400
    assert sum(page.language == "en" for page in read) >= 80
    assert {page.who for page in read} == set(PEOPLE)


def test_the_walk_comes_to_every_kind_of_page(site, pages):
    """All that answer to a click: not what only a link in a mail opens, a file, an answer for machines."""
    addresses = site.url_map.bind("localhost")
    seen = {addresses.match(urlsplit(page.path).path)[0] for page in pages if page.path not in MISSING}
    pages_of_the_site = {rule.endpoint for rule in site.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages_of_the_site - seen - NOT_BY_A_CLICK == set()


def test_no_page_breaks_and_no_way_leads_nowhere(pages):
    assert [f"{page}: {page.status}" for page in pages if page.status >= 400 and page.path not in MISSING] == []


def test_pages_hold_words_for_readers_only(pages, words):
    found = {}
    for page in pages:
        for fault in words.faults(page):
            found.setdefault(fault, str(page))
    assert found == {}


def test_every_address_and_form_has_somebody_who_answers(site, pages):
    """Links that the walk had no time for are asked of the map of addresses; forms are not sent."""
    addresses = site.url_map.bind("localhost")
    lost = {}
    for page in pages:
        asked = [(link, "GET") for link in [*page.links, *page.fragments]]
        forms = () if page.path.startswith(SPECIMENS) else page.forms
        for link, method in asked + [(form.action or page.path, form.method) for form in forms]:
            if (path := inner_path(link, page.path)) and page.path not in MISSING:
                try:
                    addresses.match(urlsplit(path).path, method)
                except RequestRedirect:
                    pass
                except (NotFound, MethodNotAllowed):
                    lost.setdefault(f"{method} {path}", str(page))
    assert lost == {}


PLANTED = {
    "markup of a panel": ('<p>&lt;section class="section"&gt;', "code"),
    "escaped twice": ("<p>A &amp;lt; B</p>", "code"),
    "nothing": ('<img alt="None">', "code"),
    "Jinja's nothing": ("<p>Undefined</p>", "code"),
    "open placeholder": ("<h1>%(num)d 家</h1>", "code"),
    "an object": ("<p>&lt;Need object at 0x7f3a&gt;</p>", "code"),
    "a number of Python": ("<p>Decimal('0.3')</p>", "code"),
    "a message in English": ("<button>Send an inquiry</button>", "not translated"),
    "a message within a text": ("<p>注意：Remove 李采 from this organisation?</p>", "not translated"),
    "a spoken message": ('<a aria-label="Open the file"></a>', "not translated"),
    "a step": ("<li><strong>featured</strong></li>", "raw value"),
    "a status within a text": ("<p>状态：in_review，请等候</p>", "raw value"),
    "a news": ("<p>inquiries.remind</p>", "raw value"),
    "an address": ('<a href="/listings/None">桶</a>', "address"),
}


@pytest.mark.parametrize(("html", "kind"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_seen(base_app, html, kind):
    reader = Reader(f"<main>{html}</main>")
    page = Page("visitor", "zh_Hans", "/", 200, reader.texts, reader.links)
    assert any(fault.startswith(kind) for fault in Words(["PE袋 published by us"]).faults(page))


@pytest.mark.parametrize("html", ["<p>PE袋 <mark>published</mark> by us</p>", "<p>共 3 家，PDF 文件</p>"])
def test_what_people_wrote_is_theirs(base_app, html):
    page = Page("visitor", "zh_Hans", "/", 200, Reader(html).texts)
    assert list(Words(["PE袋 published by us"]).faults(page)) == []
