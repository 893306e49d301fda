"""Who is told of new pairs that meet everything: one notice a run for each side, never one a pair."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from marketplace.accounts import queries as accounts
from marketplace.matching import queries
from marketplace.matching.models import Match
from marketplace.notifications.messages import N_
from marketplace.notifications.services import path_to, tell

FRESH = timedelta(days=2)
"""A pair is news while the need or the listing is this young; what was loaded from elsewhere is none."""
NAMED = 3
"""Titles named in one notice; the page shows the others."""
KIND = "new_match"


def tell_of_need(need_id: int, kept: Iterable[Match], now: datetime) -> None:
    """Tell the buyer of the offers, and each supplier of the need."""
    fresh = queries.untold([need_id], [row.listing_id for row in kept], now)
    fresh = _young(fresh, now)
    if not fresh:
        return
    need = fresh[0].need
    _tell_buyer(fresh, now)
    for organisation_id in dict.fromkeys(row.listing.organisation_id for row in fresh):
        tell(
            accounts.people_of(organisation_id),
            KIND,
            N_("A need fits your supply: %(need)s"),
            {"need": need.title},
            path_to("needs.show", need_id=need.id),
            now,
            subject=need,
        )
    _mark_told(fresh, now)


def tell_of_listing(listing_id: int, kept: Iterable[Match], now: datetime) -> None:
    """Tell the supplier of the needs, and each buyer of the offer."""
    fresh = queries.untold([row.need_id for row in kept], [listing_id], now)
    fresh = _young(fresh, now)
    if not fresh:
        return
    listing = fresh[0].listing
    tell(
        accounts.people_of(listing.organisation_id),
        KIND,
        N_("Open needs that “%(listing)s” fits: %(needs)s"),
        {"listing": listing.title, "needs": _titles([row.need.title for row in fresh])},
        path_to("matching.of_listing", listing_id=listing.id),
        now,
        subject=listing,
    )
    for row in fresh:
        _tell_buyer([row], now)
    _mark_told(fresh, now)


def _tell_buyer(rows: Sequence[Match], now: datetime) -> None:
    need = rows[0].need
    tell(
        accounts.people_of(need.organisation_id),
        KIND,
        N_("Offers that meet everything in “%(need)s”: %(listings)s"),
        {"need": need.title, "listings": _titles([row.listing.title for row in rows])},
        path_to("needs.show", need_id=need.id),
        now,
        subject=need,
    )


def _young(rows: Iterable[Match], now: datetime) -> list[Match]:
    return [row for row in rows if max(row.need.updated_at, row.listing.updated_at) > now - FRESH]


def _mark_told(rows: Iterable[Match], now: datetime) -> None:
    for row in rows:
        row.told_at = now


def _titles(titles: Sequence[str]) -> str:
    """The first titles in one line, with dots when there are more."""
    return " · ".join(titles[:NAMED]) + (" …" if len(titles) > NAMED else "")
