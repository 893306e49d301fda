"""The pages of all sizes over HTTP, one after the other in a mixed order, as a visitor without an account gets them."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import monotonic, perf_counter, sleep
from urllib.parse import urlencode

from sqlalchemy import event, select

from marketplace.accounts.lifecycle import Locality
from marketplace.catalog import services
from marketplace.catalog.lifecycle import ListingKind, ListingStatus
from marketplace.catalog.models import Listing
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.matching import queries
from marketplace.matching.models import SubjectKind
from marketplace.search.words import initials, pinyin
from tests.bench.measuring import Measure, Series
from tests.bench.park import Park

QUERIES = Path(__file__).parents[1] / "relevance" / "queries.jsonl"
PAGE_AIM_MS = 100
LONGEST_WAIT = 20.0
"""Seconds until a save that nobody can find counts as lost."""
LOOK_EVERY = 0.02
"""Seconds."""


def query_texts() -> list[str]:
    """What people typed, from the relevance set."""
    with QUERIES.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def beginnings(texts: Sequence[str]) -> Iterator[str]:
    """What people type of a text: its first characters, its pinyin, its initials in turn."""
    for number, text in enumerate(texts):
        typed = (text, pinyin(text), initials(text))[number % 3] or text
        yield typed[:4].replace(" ", "")


def search_addresses(*, filtered: bool, seed: int = 3) -> list[str]:
    """Addresses of the search page of listings; with filters, one or two of the facets are ticked in each."""
    chance = random.Random(seed)
    found = []
    for text in query_texts():
        asked: list[tuple[str, str]] = [("q", text)]
        if filtered:
            asked += chance.choice((
                [("locality", Locality.PARK.value)],
                [("kind", ListingKind.PRODUCT.value), ("locality", Locality.CITY.value)],
                [("kind", ListingKind.PRODUCT.value)],
                [("price_from", "1"), ("price_to", "500")],
                [("sort", "price_up")],
            ))  # fmt: skip
        found.append("/listings?" + urlencode(asked))
    return found


def addresses(park: Park) -> dict[str, list[str]]:
    """What is asked for of each page."""
    return {
        "Search of listings": search_addresses(filtered=False),
        "Search of listings with filters": search_addresses(filtered=True),
        "Shelf without words": ["/listings", "/listings?page=2", "/listings?locality=park", "/listings?category=J"],
        "Matches of a need": [f"/needs/{id_}/matches" for id_ in park.matched_ids],
        "A need": [f"/needs/{id_}" for id_ in park.matched_ids],
        "Home": ["/"],
    }


def plan(parks: Sequence[Park], requests: int, seed: int = 5) -> list[tuple[Park, str, str]]:
    """`requests` of each page of each park, shuffled, so that a slow moment of the machine hits all alike."""
    visits = []
    for park in parks:
        for name, choices in addresses(park).items():
            visits += [(park, name, choices[number % len(choices)]) for number in range(requests)]
    random.Random(seed).shuffle(visits)
    return visits


def measure_pages(parks: Sequence[Park], requests: int) -> list[Measure]:
    """Seconds until the last byte of each page."""
    names = list(addresses(parks[0]))
    measures = {name: Measure(name, PAGE_AIM_MS) for name in names}
    clients = {park.listings: park.site.client() for park in parks}
    for park, _name, path in plan(parks, 4, seed=1):
        clients[park.listings].open(path)  # every process has read its index and templates
    for park, name, path in plan(parks, requests):
        answer = clients[park.listings].open(path)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        measures[name].at(park.listings).seconds.append(answer.seconds)
    return list(measures.values())


def count_statements(park: Park) -> dict[str, int]:
    """SQL statements of each page, the most of the addresses tried."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    counts = {}
    client = park.app.test_client()
    with park.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for name, paths in addresses(park).items():
            counts[name] = 0
            for path in paths[:12]:
                seen.clear()
                assert client.get(path).status_code == 200, path
                counts[name] = max(counts[name], len(seen))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return counts


def until(seconds: float) -> Iterator[None]:
    """Turns with a short rest between them, until so many seconds are over."""
    end = monotonic() + seconds
    while monotonic() < end:
        yield
        sleep(LOOK_EVERY)


def waited(seconds: float, is_there: Callable[[], bool]) -> float:
    """Seconds until `is_there`.

    Raises:
        RuntimeError: it never was.
    """
    started = perf_counter()
    for _turn in until(seconds):
        if is_there():
            return perf_counter() - started
    raise RuntimeError("a saved listing did not come")


def measure_saves(park: Park, count: int) -> tuple[Series, Series]:
    """From the commit of a changed listing until the search page shows it, and until its needs are found again.

    The first of each series is the first since the worker started, which has to read the index; there is one more.
    """
    findable, matched = Series(), Series()
    client = park.site.client()
    with park.app.test_request_context():
        ids = db.session.scalars(
            select(Listing.id).where(Listing.status == ListingStatus.PUBLISHED).order_by(Listing.id).limit(count + 1)
        )
        for listing_id in ids.all():
            saved_at = utc_now()
            word = f"bench{saved_at:%d%H%M%S%f}"
            with transaction():
                save_with_word(listing_id, word, saved_at)
            path, link = f"/listings?q={word}", f'/listings/{listing_id}"'
            seen = waited(LONGEST_WAIT, lambda path=path, link=link: link in client.open(path).text)
            findable.seconds.append(seen)
            matched.seconds.append(
                seen + waited(LONGEST_WAIT, lambda id_=listing_id, since=saved_at: is_matched(id_, since))
            )
        db.session.remove()
    return findable, matched


MOST_WORDS = 3
"""Other names that a listing keeps, however often a park is measured."""


def save_with_word(listing_id: int, word: str, now: datetime) -> None:
    """Its supplier gives the listing another name."""
    listing = db.session.get(Listing, listing_id)
    assert listing is not None
    content = services.content_of(listing)
    services.edit_listing(listing, None, replace(content, aliases=(*content.aliases, word)[-MOST_WORDS:]), now)


def is_matched(listing_id: int, since: datetime) -> bool:
    """True when the needs of the listing were found after `since`."""
    run = queries.run_of(SubjectKind.LISTING, listing_id)
    found = run is not None and run.computed_at >= since
    db.session.rollback()  # nobody reads while this one rests
    return found
