"""A walk over the pages of a site, and what a reader finds on each: texts, links, forms."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from flask.testing import FlaskClient

SPOKEN = ("title", "alt", "aria-label", "aria-description", "placeholder")
"""Attributes that are read or read out."""
INLINE = frozenset({"mark", "b", "em", "strong", "wbr", "i"})
"""Tags that only stress a part of a text."""
UNREAD = frozenset({"script", "style", "template"})
NOT_FOLLOWED = ("/static/", "/language/", "/files/")
"""Addresses that are no pages, or that change what the reader sees."""


@dataclass
class Form:
    """A form as it stands: where it is sent, how, and what it sends when nobody types anything."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    """Takes the texts, links and forms of a page as a browser does."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.spoken: list[str] = []
        self._pieces: list[str] = []
        self.links: list[str] = []
        self.fragments: list[str] = []
        self.forms: list[Form] = []
        self._unread: list[str] = []
        self._form: Form | None = None
        self._broken = True
        self.feed(html)
        self.close()

    @property
    def texts(self) -> list[str]:
        """What is read and what is read out, with single blanks."""
        return [text for piece in [*self._pieces, *self.spoken] if (text := " ".join(piece.split()))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in INLINE:
            self._broken = True
        if tag in UNREAD:
            self._unread.append(tag)
        spoken = [given[name] for name in SPOKEN if given.get(name)]
        if tag == "input" and given.get("type") in {"submit", "button"}:
            spoken.append(given.get("value", ""))
        if tag == "meta" and given.get("name") == "description":
            spoken.append(given.get("content", ""))
        self.spoken += spoken
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in {"img", "link", "script"}:
            self.links += [given[name] for name in ("src", "href") if given.get(name)]
        if "hx-get" in given:
            self.fragments.append(given["hx-get"])
        if "hx-post" in given:
            self.forms.append(Form(given["hx-post"], "POST"))
        self._take_field(tag, given)

    def _take_field(self, tag: str, given: dict[str, str]) -> None:
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").upper())
            self.forms.append(self._form)
        elif self._form is not None and given.get("name") and "disabled" not in given:
            ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if tag == "input" and ticked and given.get("type") not in {"submit", "file"}:
                self._form.fields.append((given["name"], given.get("value", "")))
            elif tag == "select":
                self._form.fields.append((given["name"], ""))
        elif self._form is not None and self._form.fields and tag == "option" and "selected" in given:
            self._form.fields[-1] = (self._form.fields[-1][0], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self._broken = True
        if self._unread and self._unread[-1] == tag:
            self._unread.pop()
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        if self._broken:
            self._pieces.append("")
        self._pieces[-1] += data
        self._broken = False


@dataclass
class Page:
    """An answer of the site: whose, in which language, where, and what is on it."""

    who: str
    language: str
    path: str
    status: int
    texts: list[str]
    links: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.who} ({self.language}) {self.path}"


def kind_of(path: str) -> str:
    """Addresses that differ only in their numbers and in what is asked lead to pages of one kind."""
    return re.sub(r"\d+", "N", urlsplit(path).path)


def inner_path(link: str, page: str) -> str | None:
    """The path of a link that stays on the site, without the part behind `#`; None for others."""
    parts = urlsplit(urljoin(f"http://localhost{page}", link))
    if parts.scheme not in {"http", "https"} or parts.netloc != "localhost":
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def ways_on(page: Page) -> Iterator[tuple[str, bool]]:
    """Addresses that one comes to by a click: links, and forms that ask, sent as they stand; True for fragments."""
    for link in page.links:
        yield link, False
    for link in page.fragments:
        yield link, True
    for form in page.forms:
        if form.method == "GET":
            yield f"{form.action.partition('?')[0]}?{urlencode(form.fields)}", False


def walk(
    client: FlaskClient, who: str, language: str, *, starts: Iterable[str], pages: int, of_a_kind: int
) -> Iterator[Page]:
    """Read pages from `starts` on, new kinds first: at most `pages` in all and `of_a_kind` of each kind."""
    queue = [(0, number, path, False) for number, path in enumerate(starts)]
    seen, kinds = {(path, False) for path in starts}, Counter[str]()
    while queue and pages > 0:
        _turn, _number, path, fragment = heappop(queue)
        answer = client.get(path, headers={"HX-Request": "true"} if fragment else {})
        pages -= 1
        page = Page(who, language, path, answer.status_code, [])
        if answer.mimetype == "text/html":
            reader = Reader(answer.get_data(as_text=True))
            page.texts, page.links, page.fragments, page.forms = (
                reader.texts,
                reader.links,
                reader.fragments,
                reader.forms,
            )
        if 300 <= answer.status_code < 400:
            page.texts, page.links = [], [answer.location]
        yield page
        for link, is_fragment in ways_on(page):
            way = inner_path(link, path)
            if way is None or way.startswith(NOT_FOLLOWED) or (way, is_fragment) in seen:
                continue
            if kinds[kind_of(way)] < of_a_kind:
                kinds[kind_of(way)] += 1
                seen.add((way, is_fragment))
                heappush(queue, (kinds[kind_of(way)], len(seen), way, is_fragment))
