"""What the news of listings means for people: who is told, and the words."""

from datetime import datetime
from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.catalog import signals
from marketplace.catalog.models import Listing
from marketplace.notifications.messages import N_
from marketplace.notifications.services import path_to, tell


def _tell_supplier(listing: Listing, kind: str, message: str, now: datetime, *, once: str = "", **params: Any) -> None:
    tell(
        accounts.people_of(listing.organisation_id),
        kind,
        message,
        {"title": listing.title, **params},
        path_to("catalog.show", listing_id=listing.id),
        now,
        subject=listing,
        once=once,
    )


def on_submitted(listing: Listing, *, now: datetime, **_news: Any) -> None:
    tell(
        accounts.staff_with("listings.review"),
        "listing_submitted",
        N_("“%(title)s” of %(organisation)s waits for review."),
        {"title": listing.title, "organisation": listing.organisation.display_name},
        path_to("catalog.review_queue"),
        now,
        subject=listing,
    )


def on_approved(listing: Listing, *, now: datetime, **_news: Any) -> None:
    _tell_supplier(listing, "listing_approved", N_("“%(title)s” is published."), now)


def on_returned(listing: Listing, *, reason: str, now: datetime, **_news: Any) -> None:
    _tell_supplier(
        listing, "listing_returned", N_("The park staff returned “%(title)s”: %(reason)s"), now, reason=reason
    )


def on_suspended(listing: Listing, *, reason: str, now: datetime, **_news: Any) -> None:
    _tell_supplier(
        listing, "listing_suspended", N_("The park staff took “%(title)s” down: %(reason)s"), now, reason=reason
    )


def on_expires_soon(listing: Listing, *, days: int, now: datetime, **_news: Any) -> None:
    """Once for each life and step, however often the clock runs (R6)."""
    assert listing.expires_at is not None
    _tell_supplier(
        listing,
        "listing_expires_soon",
        N_("“%(title)s” expires on %(day)s. Renew it with one click if it still holds."),
        now,
        once=f"listing-{listing.id}-{listing.expires_at:%Y%m%d}-{days}",
        day=listing.expires_at,
    )


def on_expired(listing: Listing, *, now: datetime, **_news: Any) -> None:
    _tell_supplier(
        listing, "listing_expired", N_("“%(title)s” has expired and is off the shelf. Renew it with one click."), now
    )


LISTENERS = {
    signals.listing_submitted: on_submitted,
    signals.listing_approved: on_approved,
    signals.listing_returned: on_returned,
    signals.listing_suspended: on_suspended,
    signals.listing_expires_soon: on_expires_soon,
    signals.listing_expired: on_expired,
}
