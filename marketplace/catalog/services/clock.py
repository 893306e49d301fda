"""What the clock does to listings: the end of a life, and the notices before it (R6)."""

from datetime import datetime, timedelta

from sqlalchemy import update

from marketplace.catalog.lifecycle import due_reminder
from marketplace.catalog.models import Listing
from marketplace.catalog.queries import listings_to_expire, listings_to_remind
from marketplace.catalog.services.publication import expire_listing
from marketplace.catalog.signals import listing_expires_soon
from marketplace.core.db import db

BATCH = 200


def expire_due(now: datetime) -> int:
    """End the life of up to `BATCH` listings that are due; returns how many."""
    due = list(db.session.scalars(listings_to_expire(now).limit(BATCH)))
    for listing in due:
        expire_listing(listing, now)
    return len(due)


def remind_due(now: datetime) -> int:
    """Ask for the renewal of listings that end in 14, 7 or 1 days, once each; returns how many were asked (R6).

    The mark is written past the version column: an open editor must not be refused because a notice went out.
    """
    asked = 0
    for listing in db.session.scalars(listings_to_remind(now)).all():
        ends = listing.expires_at or now
        days = due_reminder((ends - now) / timedelta(days=1), listing.reminded_days)
        if days is None:
            continue
        db.session.execute(
            update(Listing)
            .where(Listing.id == listing.id)
            .values(reminded_days=days)
            .execution_options(synchronize_session="fetch")
        )
        listing_expires_soon.send(listing, days=days, now=now)
        asked += 1
    return asked
