"""A site with a large park in it, loaded through the same services as everything else."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import delete, select

from marketplace import create_app, search
from marketplace.accounts import passwords, services
from marketplace.accounts.lifecycle import Locality, OrganisationKind, StaffRole
from marketplace.accounts.models import Organisation, Person
from marketplace.accounts.services import LicenceFacts, OrganisationFacts, Verdict
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Category
from marketplace.catalog.services import approve_listing, create_listing, load_categories, submit_listing
from marketplace.core.clock import utc_now
from marketplace.core.db import checkpoint, db, gather_statistics, transaction
from marketplace.core.jobs import CLOCKS, Job, beat
from marketplace.demo.seed import Dates
from marketplace.demo.supply import listing_content, need_content
from marketplace.needs.models import Need
from marketplace.needs.services import create_need, publish_need
from marketplace.search.outbox import SearchOutbox
from marketplace.search.port import SickIndex
from marketplace.search.whoosh_engine.consumer import rebuild
from tests.bench.make_large import TODAY, make_park
from tests.live import Site

NEEDS = 60
A_TRANSACTION = 500
LONGEST_OPEN = timedelta(days=88)
Row = dict[str, Any]


@dataclass
class Park:
    """A park that is loaded and indexed; `seconds` says how long each step of that took."""

    listings: int
    site: Site
    app: Flask
    seconds: dict[str, float] = field(default_factory=dict)
    need_ids: list[int] = field(default_factory=list)
    matched_ids: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.listings:,}"


def build(listings: int, instance: Path, needs: int = NEEDS) -> Park:
    """Make the tables, load the rows, build the index. Nothing waits in the queue afterwards.

    A park that stands in `instance` from an earlier run is taken as it is.
    """
    told = instance / "park.json"
    app = create_app({"LOG_JSON": False, "SERVER_NAME": None}, instance=instance)
    upgraded = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert not upgraded.exit_code, upgraded.output
    park = Park(listings, Site(instance), app)
    if told.exists():
        park.seconds, park.need_ids = json.loads(told.read_text()).values()
        with quiet(), app.test_request_context():
            forget_jobs()
            index(park)
        return park
    organisations, rows, asked = make_park(listings, needs)
    dates = Dates.for_now(utc_now())
    with quiet(), app.test_request_context():
        with transaction():
            load_categories()
        started = perf_counter()
        licences = sellers_of_restricted(make_park(listings, 0)[1])
        owners = load_organisations(organisations, licences, dates)
        for batch in batches(rows):
            with transaction():
                load_listings(batch, owners, dates)
            db.session.expunge_all()
            checkpoint()
        with transaction():
            park.need_ids = load_needs(asked, owners, dates)
        park.seconds["load"] = perf_counter() - started
        forget_jobs()
        with transaction():
            db.session.execute(delete(SearchOutbox))  # the index is built anew
        index(park)
        gather_statistics()
        checkpoint()
    told.write_text(json.dumps({"seconds": park.seconds, "need_ids": park.need_ids}))
    return park


def index(park: Park) -> None:
    """Build each index that is missing or was written by another version."""
    for kind, searchable in search.REGISTERED.items():
        try:
            search.engine().cache(kind).store.current()
        except SickIndex:
            started = perf_counter()
            rebuild(search.engine(), searchable)
            park.seconds[f"rebuild {kind}"] = perf_counter() - started
    db.session.remove()


@contextmanager
def quiet() -> Iterator[None]:
    """Only warnings are logged meanwhile: the terminal is for the figures."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        yield
    finally:
        structlog.configure(**before)


def batches(rows: Iterable[Row], size: int = A_TRANSACTION) -> Iterator[list[Row]]:
    """Lists of at most `size` rows."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def sellers_of_restricted(rows: Iterable[Row]) -> dict[str, set[str]]:
    """The licences that each organisation needs for what it offers."""
    wanted = {row.code: row.seller_licences or [] for row in db.session.scalars(select(Category))}
    held: dict[str, set[str]] = {}
    for row in rows:
        held.setdefault(row["org"], set()).update(wanted[row["category"]])
    return held


def load_organisations(
    rows: Iterable[Row], licences: Mapping[str, set[str]], dates: Dates
) -> dict[str, tuple[int, int]]:
    """Verified organisations with the licences they need; ids of organisation and owner by id of the row."""
    came = dates.moment(f"{TODAY - timedelta(days=300)}T02:00:00Z")
    ids = {}
    with transaction():
        shared = passwords.hash_password("doorstep-bench")
        officer = services.create_person(email="officer@example.com", name="Officer", password="", now=came,
                                         password_hash=shared, staff_role=StaffRole.SERVICE_OFFICER)  # fmt: skip
        db.session.flush()
        for row in rows:
            owner = services.create_person(email=f"{row['id'].lower()}@example.com", name="Owner", password="",
                                           password_hash=shared, now=came)  # fmt: skip
            facts = OrganisationFacts(name=row["name"], kind=OrganisationKind(row["kind"]), credit_code=row["uscc"],
                                      short_name=row["short_name"], town=row["town"])  # fmt: skip
            held = [
                LicenceFacts(name, f"{row['id']}-{number}", None)
                for number, name in enumerate(sorted(licences.get(row["id"], ())))
            ]
            made = services.register_organisation(owner, facts, held, now=came)
            verdict = Verdict(Locality(row["locality"]), officer.id, frozenset(licence.id for licence in made.licences))
            services.verify_organisation(made, verdict, actor=officer, now=came)
            made.answer_hours_median = row["answer_hours_median"]
            ids[row["id"]] = (made.id, owner.id)
    return ids


def load_listings(rows: Iterable[Row], owners: Mapping[str, tuple[int, int]], dates: Dates) -> None:
    """Written and published in the caller's transaction."""
    rows = list(rows)
    _known = known_owners(rows, owners)
    for row in rows:
        organisation, actor = rows_of(row, owners)
        published = dates.moment(row["published_at"])
        listing = create_listing(organisation, actor, listing_content(row, dates), published)
        submit_listing(listing, actor, published)
        if listing.status is ListingStatus.IN_REVIEW:
            approve_listing(listing, actor, published)


def load_needs(rows: Iterable[Row], owners: Mapping[str, tuple[int, int]], dates: Dates) -> list[int]:
    """Posted in the caller's transaction; their ids."""
    ids, rows = [], list(rows)
    _known = known_owners(rows, owners)
    for row in rows:
        organisation, actor = rows_of(row, owners)
        posted = dates.moment(row["posted_at"])
        closes = min(dates.moment(row["closes_at"]), posted + LONGEST_OPEN)
        need: Need = create_need(organisation, actor, need_content(row, dates), posted)
        publish_need(need, closes, actor, posted)
        ids.append(need.id)
    return ids


def known_owners(rows: Iterable[Row], owners: Mapping[str, tuple[int, int]]) -> list[Any]:
    """The organisations of the rows and who acts for them, read at once; the session keeps them as long as the list."""
    organisations, people = zip(*{owners[row["org"]] for row in rows}, strict=True)
    return [
        *db.session.scalars(select(Organisation).where(Organisation.id.in_(organisations))),
        *db.session.scalars(select(Person).where(Person.id.in_(people))),
    ]


def rows_of(row: Row, owners: Mapping[str, tuple[int, int]]) -> tuple[Organisation, Person]:
    """The organisation that a row belongs to, and who acts for it."""
    organisation_id, owner_id = owners[row["org"]]
    organisation, owner = db.session.get(Organisation, organisation_id), db.session.get(Person, owner_id)
    assert organisation is not None and owner is not None
    return organisation, owner


def forget_jobs() -> None:
    """No pairs are wanted yet, and nothing by the clock."""
    now = utc_now()
    with transaction():
        db.session.execute(delete(Job))
    for name in CLOCKS:
        beat(name, now)
