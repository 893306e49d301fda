"""What a person may not see is not found, counted, suggested or hinted at (RELIABILITY 3.1, search leaks)."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from marketplace import search
from marketplace.core.db import db
from marketplace.search import Query
from tests.conftest import Browser, empty, take_in
from tests.factories.park import PEOPLE, a_park

CANARY = "zqxwvcanary"
NEAR = "zqxwvcanery"
"""One slip of the finger away: nobody may be asked whether he meant the other."""
PUBLIC = {"listings": 2, "needs": 1, "organisations": 4}
"""What the park has for everybody of each kind."""
FOR_ALL = {
    "listing shelf",
    "listing of supplier",
    "need open",
    *(f"organisation {name}" for name in ("home", "next door", "buying", "supplying")),
}
FACETS = {
    "listings": ("category", "chain_stage", "locality", "kind", "price_band", "certificates"),
    "needs": ("category", "chain_stage", "locality", "town", "status"),
    "organisations": ("kind", "locality", "town", "certificates"),
}
ADDRESSES = (
    "/",
    "/featured",
    "/suggestions?q={0}",
    "/suggestions?kind=needs&q={0}",
    "/suggestions?kind=organisations&q={0}",
    "/listings?q={0}",
    "/needs?q={0}",
    "/organisations?q={0}",
    "/matching/preview?sentence={0}",
    "/needs/preview?sentence={0}",
    "/needs?q={0}&status=draft",
    "/needs?q={0}&status=withdrawn",
    "/listings?q={0}&sort=newest",
    "/listings",
    "/needs",
    "/organisations",
    "/workbench",
    "/notices",
)


@pytest.fixture(scope="module")
def park(base_app: Flask):
    with base_app.app_context():
        empty(base_app)
        made = a_park(CANARY)
        take_in()
        db.session.remove()
        yield made
        empty(base_app)


def client_of(app: Flask, person) -> Browser:
    app.test_client_class = Browser
    return app.test_client() if person is None else app.test_client().sign_in(person)


def shown(app: Flask, person, path: str) -> str:
    """The page without the words that were asked for."""
    answer = client_of(app, person).get(path)
    assert answer.status_code in {200, 302}, path
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["visitor", "newcomer", "neighbour"])
def test_strangers_see_the_word_on_no_page(base_app, park, name):
    person = park.people[name]
    pages = [path.format(word) for path in ADDRESSES for word in ("PE袋", "自封袋", NEAR, "食品级PE袋2万只")]
    pages += [
        f"/listings/{row['listing_id']}{tail}"
        for row in (park.things["listing shelf"], park.things["listing of supplier"])
        for tail in ("", "/matches")
    ]
    pages += [f"/needs/{park.things['need open']['need_id']}{tail}" for tail in ("", "/matches")]
    pages += [f"/organisations/{park.organisations[which]}" for which in ("home", "buying", "supplying")]
    leaks = [path for path in dict.fromkeys(pages) if CANARY in shown(base_app, person, path)]
    assert leaks == []


@pytest.mark.parametrize("name", PEOPLE)
def test_nobody_finds_it_by_search(base_app, park, name):
    """The public shelf is the same for everybody, staff and suppliers too: one's own drafts are on the workbench."""
    for kind in PUBLIC:
        page = shown(base_app, park.people[name], f"/{kind}?q={CANARY}&status=open")
        hidden = [
            f'href="/{kind}/{id_}"'
            for thing, ids in park.things.items()
            if thing not in FOR_ALL
            for name_, id_ in ids.items()
            if f"{name_.removesuffix('_id')}s" == kind and len(ids) == 1
        ]
        assert len(hidden) > 1 or kind == "organisations"
        assert [link for link in hidden if link in page] == []


def test_no_word_of_it_is_suggested(base_app, park):
    with base_app.test_request_context():
        for kind in PUBLIC:
            for typed in (CANARY[:4], CANARY, NEAR, "zq"):
                assert search.suggest(kind, typed) == []
                assert search.named(kind, typed) == []
            hits = search.find(kind, Query(text=NEAR, facets=FACETS[kind]))
            assert (hits.total, hits.suggestion) == (0, None)
            assert CANARY not in str(hits)


@pytest.mark.parametrize("way", ["index", "database"])
def test_counts_tell_of_public_things_only(base_app, park, way):
    if way == "database":
        shutil.rmtree(Path(base_app.instance_path) / "index")
        search.engine().caches.clear()
    with base_app.test_request_context():
        for kind, number in PUBLIC.items():
            hits = search.find(kind, Query(facets=FACETS[kind]))
            assert (kind, hits.degraded, hits.total) == (kind, way == "database", number)
            for facet in ("kind", "locality", "status"):
                assert sum(hits.facets.get(facet, {}).values()) in {0, number}, (kind, facet)
            assert search.find(kind, Query(text=CANARY)).total == 0
            for status in ("draft", "withdrawn", "returned"):
                assert search.find(kind, Query(filters={"status": {status}})).total == 0 or kind == "organisations"
