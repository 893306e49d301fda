"""Whatever stands behind the question mark of an address is answered."""

import time
from urllib.parse import quote

import pytest

from marketplace import search
from marketplace.core.db import db
from marketplace.core.jobs import work_off
from tests.functional.hostile_input.payloads import LONG, MARKUPS, NUMBERS, is_clean

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


MOST_WORK_S = 3


@pytest.fixture(scope="module")
def indexed(site):
    """The site with its index in place."""
    work_off()
    for kind in search.kinds():
        search.candidates(kind, now=True)
    return site


@pytest.mark.timeout(LONG)
@pytest.mark.parametrize("address", ASKED)
def test_every_question_in_an_address_is_answered(indexed, address):
    """No 500, no markup, no endless work."""
    things, names = indexed.park.things, ASKED[address]
    client = indexed.client(
        "operator" if address.startswith("/staff") else "owner" if address != "/sign-in" else "visitor"
    )
    where = address.format(shelf=things["listing shelf"]["listing_id"], need=things["need open"]["need_id"])
    client.get(where)  # what is read once a process is no part of the work
    bad, asked = [], 0
    for number, value in enumerate(QUERIES):
        given = quote(value.encode("utf-8", "surrogatepass"))
        some = names if len(names) < 3 else (names[0], names[1 + number % (len(names) - 1)])
        for name in some:
            path = f"{where}?{name}={given}" if name else where + given[:8000]
            began = time.process_time()
            answer = client.get(path)
            took, page = time.process_time() - began, answer.get_data(as_text=True)
            asked += 1
            if answer.status_code >= 500 or took > MOST_WORK_S or not is_clean(page):
                bad.append((path[:60], answer.status_code, round(took, 2)))
    db.session.remove()
    indexed.copy.put_back()
    assert bad == []
    assert asked >= len(QUERIES)
