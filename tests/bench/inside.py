"""What the pages ask for, without the pages: search, matching, counts, and the jobs that write."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import select

from marketplace import search
from marketplace.catalog.lifecycle import ListingKind, ListingStatus
from marketplace.catalog.models import Listing
from marketplace.catalog.search import KIND, PAGE
from marketplace.core.clock import utc_now
from marketplace.core.db import db
from marketplace.core.jobs import JOBS
from marketplace.matching import reasons
from marketplace.matching.pairing import Pairing, facts_of_listing, facts_of_need
from marketplace.pages.suggestions import suggestions
from marketplace.search import Query
from tests.bench.measuring import Measure, timed
from tests.bench.pages import beginnings, query_texts
from tests.bench.park import Park

SEARCH_AIM, SUGGESTION_AIM, COUNTS_AIM, NEED_AIM, LISTING_AIM, JOB_AIM = 20, 20, 30, 50, 20, 150
"""Milliseconds."""
RESIDENT = "the web process, resident"
Task = tuple[str, float | None, Callable[[], object]]


@contextmanager
def within(park: Park) -> Iterator[None]:
    """The application of a park, as in a request."""
    with park.app.test_request_context():
        yield
        db.session.remove()


def find(text: str, *, filtered: bool = False) -> object:
    """One search; with filters it also counts every facet, as the page does."""
    if filtered:
        query = Query(text=text, filters={"kind": {ListingKind.PRODUCT.value}}, facets=PAGE.counted)
    else:
        query = Query(text=text)
    return search.find(KIND, query)


def suggest(text: str) -> object:
    """What a search box offers, as at the first keystroke after a change of the index: no count is known yet."""
    search.engine()._tallies.clear()
    return suggestions(KIND, text)


def match_need(need_id: int) -> object:
    """The best fifty of a need, judged again, with their reasons in words."""
    now = utc_now()
    need = facts_of_need(need_id, now)
    assert need is not None
    pairs = Pairing(now, fresh=True).of_need(need)
    return [str(reasons.word(finding)) for pair in pairs for finding in pair.findings]


def match_listing(listing_id: int) -> object:
    """The open needs that a listing fits."""
    now = utc_now()
    listing = facts_of_listing(listing_id, now)
    assert listing is not None
    return Pairing(now, fresh=True).of_listing(listing)


def match_listing_anew(listing_id: int) -> object:
    """The same with no need made ready: by a worker that has just started, or whose index has grown by a hundredth."""
    now = utc_now()
    listing = facts_of_listing(listing_id, now)
    assert listing is not None
    return Pairing(now).of_listing(listing)


def some_listings(count: int) -> list[int]:
    """Published listings, spread over all."""
    ids = list(
        db.session.scalars(select(Listing.id).where(Listing.status == ListingStatus.PUBLISHED).order_by(Listing.id))
    )
    return ids[:: max(1, len(ids) // count)][:count]


def compute_matches(parks: Sequence[Park], count: int) -> Measure:
    """Run the job of the first needs of each park, so that their pages have something to show."""
    measure = Measure("Job: match a need and store the pairs", JOB_AIM)
    for number in range(count):
        for park in parks:
            need_id = park.need_ids[number]
            with within(park):
                if not number:
                    search.engine().snapshot(KIND)
                    Pairing(utc_now())
                seconds, _ = timed(partial(JOBS["matching.match_need"], need_id=need_id))
            measure.at(park.listings).seconds.append(seconds)
            park.matched_ids.append(need_id)
    return measure


def tasks(park: Park, count: int) -> list[Task]:
    """What is timed, in the order of the table."""
    texts = query_texts()
    found: list[Task] = [("Search part of a query", SEARCH_AIM, partial(find, text)) for text in texts]
    found += [
        ("Query with filters and counts of all facets", COUNTS_AIM, partial(find, text, filtered=True))
        for text in texts
    ]
    found += [("Suggestions while typing", SUGGESTION_AIM, partial(suggest, text)) for text in beginnings(texts)]
    found += [("A need's best fifty with reasons", NEED_AIM, partial(match_need, id_)) for id_ in park.need_ids[:count]]
    found += [("A listing's needs", LISTING_AIM, partial(match_listing, id_)) for id_ in some_listings(count)]
    found += [
        ("A listing's needs, none of them ready", None, partial(match_listing_anew, id_))
        for id_ in some_listings(count)
    ]
    return found


def measure_inside(parks: Sequence[Park], count: int, rounds: int = 3) -> list[Measure]:
    """Each kind of task, park after park, in a new order each round; the first round only warms up.

    Parks do not alternate task by task: a worker has one index, and keeps what it understood of it.
    """
    measures: dict[str, Measure] = {}
    blocks: list[tuple[Park, list[Task]]] = []
    for park in parks:
        with within(park):
            work = tasks(park, count)
        for name in dict.fromkeys(task[0] for task in work):
            blocks.append((park, [task for task in work if task[0] == name]))
    for turn in range(rounds):
        for park, block in random.Random(turn).sample(blocks, len(blocks)):
            for number, (name, aim, call) in enumerate([block[0], *block]):
                with within(park):
                    db.session.scalar(select(1))  # the connection is open, as on a page that has asked who is there
                    seconds, _ = timed(call)
                if turn and number:
                    measures.setdefault(name, Measure(name, aim)).at(park.listings).seconds.append(seconds)
    return [measures[name] for name in dict.fromkeys(block[0][0] for _park, block in blocks)]


def memory_mb(pid: int, file: str, name: str) -> float:
    """Memory of a process in MB, as `/proc` tells it."""
    told = Path(f"/proc/{pid}/{file}").read_text()
    return int(told.split(f"{name}:")[1].split()[0]) / 1024


def memory_of(park: Park) -> dict[str, float]:
    """MB of the largest web process, with pages it shares and with its share of them, and of the worker: now, and at
    their most since they were started."""
    assert park.site.process
    worker = park.site.worker_pid()
    web = [pid for pid in below(park.site.process.pid) if pid != worker]
    told = {
        RESIDENT: max(memory_mb(pid, "status", "VmRSS") for pid in web),
        "the web process, shared pages in part (PSS)": max(memory_mb(pid, "smaps_rollup", "Pss") for pid in web),
    }
    told["the web process at its most"] = max(memory_mb(pid, "status", "VmHWM") for pid in web)
    if worker:
        told["the worker, resident"] = memory_mb(worker, "status", "VmRSS")
        told["the worker at its most"] = memory_mb(worker, "status", "VmHWM")
    return told


def below(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in below(int(child)))]
