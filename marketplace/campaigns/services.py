"""Changes of the featured rota. All run inside a `transaction()`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app

from marketplace.accounts.models import Person
from marketplace.campaigns import queries
from marketplace.campaigns.eligibility import what_is_missing
from marketplace.campaigns.models import FeaturedSlot, FeaturedTurn
from marketplace.campaigns.rota import queue_of, take_turns, turn_start
from marketplace.catalog.models import Listing
from marketplace.core.db import db
from marketplace.core.refusals import RuleBroken
from marketplace.core.timeline import record


def turn_length() -> timedelta:
    return timedelta(hours=current_app.config["FEATURED_TURN_HOURS"])


def add_to_rota(listing: Listing, *, actor: Person, now: datetime) -> FeaturedSlot:
    """Put `listing` at the end of the queue; adding it twice changes nothing.

    Raises:
        RuleBroken: it is not eligible (R7).
    """
    if missing := what_is_missing(listing, now):
        raise RuleBroken(" ".join(missing))
    slot = queries.slot_of(listing.id)
    if slot is not None and slot.removed_at is None:
        return slot
    if slot is None:
        slot = FeaturedSlot(listing_id=listing.id, added_by_id=actor.id, added_at=now)
        db.session.add(slot)
    else:
        slot.added_by_id, slot.added_at, slot.removed_at = actor.id, now, None
    db.session.flush()
    record(listing, "featured", at=now, actor=actor)
    plan_turns(now)
    return slot


def remove_from_rota(slot: FeaturedSlot, *, actor: Person, now: datetime) -> None:
    """Take a listing off the rota; the turns it had stay in the record."""
    slot.removed_at = now
    db.session.flush()
    record(slot.listing, "no_longer_featured", at=now, actor=actor)
    plan_turns(now)


def plan_turns(now: datetime, *, ahead: timedelta = queries.SPAN) -> int:
    """Write who is shown from the running turn until `ahead`; returns how many rows that changed (R7).

    A turn that has begun stays as it is, but for places that are empty; later ones follow the queue as it stands.
    """
    length = turn_length()
    running = turn_start(now, length)
    rows = queries.turns_from(running)
    begun = [row for row in rows if row.starts_at == running]
    waiting = queries.waiting_for_a_turn(running, now)
    queue = queue_of(waiting)
    filled = _fill_places(running, length, queue, [row.listing_id for row in begun])
    line = [listing_id for listing_id in queue if listing_id not in filled] + filled
    turns = take_turns(line, slots=current_app.config["FEATURED_SLOTS"], turns=ahead // length)
    wanted = {
        (running + number * length, listing_id): place
        for number, shown in enumerate(turns, 1)
        for place, listing_id in enumerate(shown, 1)
    }
    return len(filled) + _write_turns([row for row in rows if row.starts_at > running], wanted, length)


def _fill_places(running: datetime, length: timedelta, queue: Sequence[int], shown: list[int]) -> list[int]:
    """Give the empty places of the running turn to the front of the queue; returns who got one."""
    taken = sum(listing_id in queue for listing_id in shown)
    empty = max(0, current_app.config["FEATURED_SLOTS"] - taken)
    filled = [listing_id for listing_id in queue if listing_id not in shown][:empty]
    for place, listing_id in enumerate(filled, len(shown) + 1):
        db.session.add(FeaturedTurn(listing_id=listing_id, starts_at=running, ends_at=running + length, position=place))
    return filled


def _write_turns(rows: list[FeaturedTurn], wanted: dict[tuple[datetime, int], int], length: timedelta) -> int:
    """Make the rows of coming turns those of `wanted`; rows that agree are left alone."""
    kept = {
        (row.starts_at, row.listing_id)
        for row in rows
        if wanted.get((row.starts_at, row.listing_id)) == row.position and row.ends_at == row.starts_at + length
    }
    changed = 0
    for row in rows:
        if (row.starts_at, row.listing_id) not in kept:
            db.session.delete(row)
            changed += 1
    db.session.flush()
    for (starts_at, listing_id), place in wanted.items():
        if (starts_at, listing_id) not in kept:
            db.session.add(
                FeaturedTurn(listing_id=listing_id, starts_at=starts_at, ends_at=starts_at + length, position=place)
            )
            changed += 1
    db.session.flush()
    return changed
