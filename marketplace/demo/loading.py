"""Loads the demonstration park through the services; what is there already stays as it is."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from tqdm import tqdm

from marketplace.campaigns import queries as rota
from marketplace.campaigns import services as campaigns
from marketplace.campaigns.eligibility import what_is_missing
from marketplace.catalog.services import load_categories
from marketplace.core.db import db, transaction
from marketplace.core.jobs import Job, enqueue
from marketplace.demo import accounts, pictures, queries, seed, supply, talks
from marketplace.demo.seed import Dates
from marketplace.notifications.models import Mail, Notice

#: Featured from this long ago, so that the rota has a past to show.
FEATURED_FOR = timedelta(days=8)
FEATURED_A_SECTION = 2
BETWEEN_ADDING = timedelta(seconds=20)
STEPS = ("people", "organisations", "listings", "needs", "inquiries")


def load(now: datetime, *, quiet: bool = True) -> dict[str, int]:
    """Load what is not there yet; returns how many rows of each kind were added.

    Each kind is one transaction, so that a load that was cut off goes on where it stopped. Featured listings have
    their pictures at once; the worker draws the others while the site is up already.
    """
    dates = Dates.for_now(now)
    with transaction():
        load_categories()
    drawn = pictures.draw_many(_to_draw())
    steps: dict[str, Callable[[], Iterator[bool]]] = {
        "people": lambda: accounts.load_people(dates),
        "organisations": lambda: accounts.load_organisations(dates),
        "listings": lambda: supply.load_listings(dates, drawn),
        "needs": lambda: supply.load_needs(dates),
        "inquiries": lambda: talks.load_inquiries(dates, now),
    }
    added = {}
    with tqdm(
        total=sum(len(seed.rows(name)) for name in STEPS),
        disable=quiet,
        bar_format="{desc:<14}{bar:30} {percentage:3.0f}%",
    ) as bar:
        for name in STEPS:
            bar.set_description_str(name)
            with transaction():
                news = queries.latest_news()
                added[name] = 0
                for is_new in steps[name]():
                    added[name] += is_new
                    bar.update()
                _hush(*news)
    with transaction():
        load_featured(now)
    with transaction():
        _needs_first(now)
        _let_the_worker_draw()
    return added


def featured_ids() -> list[str]:
    """The first listings of each section of the campaigns, section after section, so that neighbours differ."""
    sections = [
        section["listings"] for row in seed.rows("campaigns") if row["status"] != "ended" for section in row["sections"]
    ]
    chosen = [section[place] for place in range(FEATURED_A_SECTION) for section in sections if place < len(section)]
    return list(dict.fromkeys(chosen))


def _to_draw() -> list[tuple[str, str]]:
    """Featured listings that are not loaded yet, with their category."""
    loaded, listings = supply.ids_of("listings"), seed.by_id("listings")
    return [(id_, listings[id_]["category"]) for id_ in featured_ids() if id_ not in loaded]


def _needs_first(now: datetime) -> None:
    """Needs are matched before listings: they stand on the home page and find the same pairs."""
    db.session.execute(
        update(Job)
        .where(Job.name == "matching.match_need", Job.attempts == 0)
        .values(run_at=now - timedelta(minutes=1))
    )


def _let_the_worker_draw() -> None:
    """One chain of jobs draws what has no picture; a second load does not begin a second chain."""
    bare = supply.ids_without_picture()
    if bare and not queries.is_being_drawn():
        enqueue("demo.draw_pictures", listing_ids=bare)


def _hush(last_notice: int, last_mail: int) -> None:
    """History floods nobody: its notices count as read and its mail is not sent."""
    db.session.flush()
    db.session.execute(
        update(Notice).where(Notice.id > last_notice, Notice.read_at.is_(None)).values(read_at=Notice.created_at)
    )
    unsent = queries.mail_to_send_after(last_mail)
    for row in queries.jobs_that_send_mail():
        if row.arguments["mail_id"] in unsent:
            db.session.delete(row)
    db.session.execute(delete(Mail).where(Mail.id.in_(unsent)))


def load_featured(now: datetime) -> int:
    """Put listings of the running campaigns on the rota and write the turns they would have had; how many are new."""
    ids = supply.ids_of("listings")
    begin = now - FEATURED_FOR
    operator = accounts.person(accounts.REVIEWER)
    added = 0
    for place, id_ in enumerate(featured_ids()):
        listing = rota.listing_to_feature(ids[id_])
        if rota.slot_of(listing.id) is None and not what_is_missing(listing, now):
            campaigns.add_to_rota(listing, actor=operator, now=begin + place * BETWEEN_ADDING)
            added += 1
    if added:
        length = campaigns.turn_length()
        for turn in range(FEATURED_FOR // length):
            campaigns.plan_turns(begin + turn * length, ahead=timedelta(0))
    campaigns.plan_turns(now)
    return added
