"""Every read of the featured rota."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import abort
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from marketplace.accounts.models import Organisation
from marketplace.campaigns.eligibility import is_eligible, suits_everybody
from marketplace.campaigns.models import FeaturedSlot, FeaturedTurn
from marketplace.campaigns.rota import Waiting
from marketplace.catalog.models import Category, Listing, ListingPicture
from marketplace.core.db import db

#: The stretch of R7: counts are told for as long before and after now.
SPAN = timedelta(days=7)


@dataclass(frozen=True)
class Turn:
    """One turn of the home page with the listings in their places."""

    starts_at: datetime
    ends_at: datetime
    listings: tuple[Listing, ...]

    def is_running(self, now: datetime) -> bool:
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True)
class Share:
    """How often a listing of the rota is shown, in turns, over seven days before and after now."""

    slot: FeaturedSlot
    shown: int
    planned: int
    next_turn: datetime | None


def _card_of(path: Any) -> list[Any]:
    """What a card shows, loaded with the listing: its category, prices and pictures."""
    return [
        path.joinedload(Listing.category),
        path.selectinload(Listing.tiers),
        path.selectinload(Listing.pictures).joinedload(ListingPicture.file),
    ]


def featured_now(now: datetime) -> list[Listing]:
    """The listings whose turn it is, in their places; those that are no longer eligible are left out."""
    statement = (
        select(FeaturedTurn)
        .join(FeaturedTurn.listing)
        .join(Listing.organisation)
        .join(FeaturedSlot, FeaturedSlot.listing_id == Listing.id)
        .where(
            FeaturedTurn.starts_at <= now,
            FeaturedTurn.ends_at > now,
            FeaturedSlot.removed_at.is_(None),
            is_eligible(now),
        )
        .options(
            *_card_of(contains_eager(FeaturedTurn.listing)),
            contains_eager(FeaturedTurn.listing).contains_eager(Listing.organisation),
        )
        .order_by(FeaturedTurn.position, FeaturedTurn.id)
    )
    shown = [turn.listing for turn in db.session.scalars(statement)]
    return [row for row in shown if suits_everybody(row.category, row.title, row.aliases, row.description)]


def slot_of(listing_id: int) -> FeaturedSlot | None:
    """The place of a listing on the rota, also when it was taken off."""
    return db.session.scalar(select(FeaturedSlot).where(FeaturedSlot.listing_id == listing_id))


def slot_or_404(slot_id: int) -> FeaturedSlot:
    statement = (
        select(FeaturedSlot)
        .where(FeaturedSlot.id == slot_id, FeaturedSlot.removed_at.is_(None))
        .options(joinedload(FeaturedSlot.listing))
    )
    return db.session.scalar(statement) or abort(404)


def slots_on_rota() -> list[FeaturedSlot]:
    """What staff put on the rota, the latest first, with all that decides whether it is eligible."""
    listing = joinedload(FeaturedSlot.listing)
    statement = (
        select(FeaturedSlot)
        .where(FeaturedSlot.removed_at.is_(None))
        .options(listing.joinedload(Listing.organisation), *_card_of(listing), joinedload(FeaturedSlot.added_by))
        .order_by(FeaturedSlot.added_at.desc(), FeaturedSlot.id.desc())
    )
    return list(db.session.scalars(statement))


def may_be_added(words: str, now: datetime) -> Select[tuple[Listing]]:
    """Listings that are not on the rota and whose title or supplier has `words`, the newest first.

    What its category and its texts say is not asked here: `what_is_missing` tells whether it may really be added.
    """
    on_rota = select(FeaturedSlot.listing_id).where(FeaturedSlot.removed_at.is_(None))
    statement = (
        select(Listing)
        .join(Listing.organisation)
        .where(is_eligible(now), Listing.id.not_in(on_rota))
        .options(
            contains_eager(Listing.organisation),
            joinedload(Listing.category),
            selectinload(Listing.tiers),
            selectinload(Listing.pictures).joinedload(ListingPicture.file),
        )
    )
    for word in words.split():
        statement = statement.where(
            Listing.title.icontains(word, autoescape=True)
            | Organisation.name.icontains(word, autoescape=True)
            | Organisation.short_name.icontains(word, autoescape=True)
        )
    return statement.order_by(Listing.published_at.desc(), Listing.id.desc())


def listing_to_feature(listing_id: int) -> Listing:
    """The listing with all that decides whether it is eligible, or 404."""
    statement = (
        select(Listing)
        .where(Listing.id == listing_id)
        .options(joinedload(Listing.organisation), joinedload(Listing.category), selectinload(Listing.pictures))
    )
    return db.session.scalar(statement) or abort(404)


def waiting_for_a_turn(running: datetime, now: datetime) -> list[Waiting]:
    """The queue: eligible listings of the rota with their latest turn up to the one that began at `running`."""
    latest = (
        select(FeaturedTurn.listing_id, func.max(FeaturedTurn.starts_at).label("at"))
        .where(FeaturedTurn.starts_at <= running)
        .group_by(FeaturedTurn.listing_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            FeaturedSlot.listing_id,
            FeaturedSlot.added_at,
            latest.c.at,
            FeaturedTurn.position,
            Category,
            Listing.title,
            Listing.aliases,
            Listing.description,
        )
        .join(Listing, Listing.id == FeaturedSlot.listing_id)
        .join(Listing.organisation)
        .outerjoin(Listing.category)
        .outerjoin(latest, latest.c.listing_id == FeaturedSlot.listing_id)
        .outerjoin(
            FeaturedTurn, (FeaturedTurn.listing_id == latest.c.listing_id) & (FeaturedTurn.starts_at == latest.c.at)
        )
        .where(FeaturedSlot.removed_at.is_(None), is_eligible(now))
    )
    return [
        Waiting(listing_id, added_at)
        if shown_at is None or shown_at < added_at
        else Waiting(listing_id, shown_at, position)
        for listing_id, added_at, shown_at, position, *texts in rows
        if suits_everybody(*texts)
    ]


def turns_from(begin: datetime) -> list[FeaturedTurn]:
    """Rows of the turns that begin at `begin` or later, in order."""
    statement = (
        select(FeaturedTurn)
        .where(FeaturedTurn.starts_at >= begin)
        .order_by(FeaturedTurn.starts_at, FeaturedTurn.position, FeaturedTurn.id)
    )
    return list(db.session.scalars(statement))


def rota_around(now: datetime, before: timedelta, after: timedelta) -> list[Turn]:
    """The turns from `before` ago to `after` from now, oldest first, with listings and suppliers."""
    statement = (
        select(FeaturedTurn)
        .where(FeaturedTurn.ends_at > now - before, FeaturedTurn.starts_at < now + after)
        .options(joinedload(FeaturedTurn.listing).joinedload(Listing.organisation))
        .order_by(FeaturedTurn.starts_at, FeaturedTurn.position, FeaturedTurn.id)
    )
    rows = groupby(db.session.scalars(statement), key=attrgetter("starts_at", "ends_at"))
    return [Turn(starts_at, ends_at, tuple(row.listing for row in turns)) for (starts_at, ends_at), turns in rows]


def _turns_by_listing(listing_ids: Iterable[int], begin: datetime, end: datetime) -> dict[int, tuple[int, datetime]]:
    """Turns that begin after `begin` and not after `end`: how many, and the first."""
    rows = db.session.execute(
        select(FeaturedTurn.listing_id, func.count(), func.min(FeaturedTurn.starts_at))
        .where(
            FeaturedTurn.listing_id.in_(list(listing_ids)),
            FeaturedTurn.starts_at > begin,
            FeaturedTurn.starts_at <= end,
        )
        .group_by(FeaturedTurn.listing_id)
    )
    return {listing_id: (count, first) for listing_id, count, first in rows}


def shares(now: datetime) -> list[Share]:
    """The counts of R7 for every listing on the rota, the next in turn first."""
    slots = slots_on_rota()
    ids = [slot.listing_id for slot in slots]
    shown = _turns_by_listing(ids, now - SPAN, now)
    planned = _turns_by_listing(ids, now, now + SPAN)
    rows = [
        Share(
            slot,
            shown.get(slot.listing_id, (0,))[0],
            planned.get(slot.listing_id, (0,))[0],
            planned[slot.listing_id][1] if slot.listing_id in planned else None,
        )
        for slot in slots
    ]
    never = now + 2 * SPAN
    return sorted(rows, key=lambda row: (row.next_turn or never, row.slot.id))
