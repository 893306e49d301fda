"""Every read of the listings and needs that are matched."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from marketplace.accounts.models import Organisation
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Listing, ListingPicture
from marketplace.core.db import db
from marketplace.needs.models import Need

LISTING_ROW = (
    contains_eager(Listing.organisation).selectinload(Organisation.licences),
    joinedload(Listing.category),
    selectinload(Listing.tiers),
    selectinload(Listing.certificates),
    selectinload(Listing.pictures).joinedload(ListingPicture.file),
)


def is_on_offer(now: Any) -> ColumnElement[bool]:
    """A listing, joined with its organisation, that everybody may see."""
    return Listing.is_public(now)  # type: ignore[return-value]


def listings_to_show(ids: Iterable[int], now: datetime) -> list[Listing]:
    """Those of `ids` that are on offer at `now`, with what their rows show."""
    statement = (
        select(Listing)
        .join(Listing.organisation)
        .options(*LISTING_ROW)
        .where(Listing.id.in_(list(ids)), is_on_offer(now))
        .order_by(Listing.id)
    )
    return list(db.session.scalars(statement).unique())


def open_need_ids(now: datetime) -> list[int]:
    """Needs whose pairs the clock renews each day."""
    return list(db.session.scalars(select(Need.id).where(Need.is_open(now)).order_by(Need.id)))


def published_listing_ids(organisation_id: int) -> list[int]:
    return list(
        db.session.scalars(
            select(Listing.id)
            .where(Listing.organisation_id == organisation_id, Listing.status == ListingStatus.PUBLISHED)
            .order_by(Listing.id)
        )
    )


def listing_or_404(listing_id: int, now: datetime) -> Listing:
    """A listing that everybody may see, with what its match rows show."""
    statement = (
        select(Listing)
        .join(Listing.organisation)
        .where(Listing.id == listing_id, is_on_offer(now))
        .options(*LISTING_ROW)
    )
    return db.session.scalars(statement).unique().first() or abort(404)


def listing_by_id_or_404(listing_id: int) -> Listing:
    """A listing in any state, with its supplier."""
    statement = select(Listing).where(Listing.id == listing_id).options(joinedload(Listing.organisation))
    return db.session.scalars(statement).first() or abort(404)


def listing_ids_on_offer(now: datetime) -> list[int]:
    return list(
        db.session.scalars(select(Listing.id).join(Listing.organisation).where(is_on_offer(now)).order_by(Listing.id))
    )
