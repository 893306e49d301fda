"""Every read of listings."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from flask import abort
from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import Organisation
from marketplace.catalog.lifecycle import RENEWAL_NOTICES, ListingStatus
from marketplace.catalog.models import (
    Category,
    Listing,
    ListingCertificate,
    ListingPicture,
    ListingTier,
    ListingVersion,
)
from marketplace.catalog.queries.categories import read_category_tree
from marketplace.core.db import db, like
from marketplace.core.loading import children_of

PORTION = 500
"""Listings that are read at once for the index."""
LISTING_WITH_ITS_MAKER = (
    select(Listing)
    .where(Listing.id == bindparam("id"))
    .options(joinedload(Listing.organisation), joinedload(Listing.category))
)
load_tiers = children_of(Listing.tiers)
load_certificates = children_of(Listing.certificates)
load_pictures = children_of(Listing.pictures, joinedload(ListingPicture.file))


def with_card(statement: Select[Listing]) -> Select[Listing]:
    """Load what a card shows: supplier, category, prices, pictures."""
    return statement.options(
        joinedload(Listing.organisation),
        joinedload(Listing.category),
        selectinload(Listing.tiers),
        selectinload(Listing.pictures).joinedload(ListingPicture.file),
    )


def with_facts(statement: Select[Listing]) -> Select[Listing]:
    """Load what an index document or a match is made of: a card, certificates and the supplier's licences."""
    return with_card(statement).options(
        selectinload(Listing.certificates), joinedload(Listing.organisation).selectinload(Organisation.licences)
    )


def public_listings(now: datetime) -> Select[Listing]:
    """Listings that everybody may see, newest first, with what a card shows."""
    statement = with_card(select(Listing).where(Listing.is_public(now)))
    return statement.order_by(Listing.published_at.desc(), Listing.id.desc())


def shelf_rows(now: datetime) -> Select[Listing]:
    """Listings that everybody may see, with supplier and category at hand for conditions and columns."""
    return (
        select(Listing)
        .join(Organisation, Listing.organisation_id == Organisation.id)
        .outerjoin(Category, Listing.category_id == Category.id)
        .where(Listing.is_public(now))
    )


def open_prices() -> Select[int, Decimal]:
    """The lowest unit price in yuan of each listing that has one which everybody may read."""
    restricted = [node.id for node in read_category_tree().nodes if node.is_restricted]
    prices = select(ListingTier.listing_id, func.min(ListingTier.unit_price)).join(ListingTier.listing)
    return prices.where(func.coalesce(Listing.category_id, 0).not_in(restricted)).group_by(ListingTier.listing_id)


def kinds_of_valid_certificates(on: date) -> Select[int, str]:
    """The certificates of each listing that hold on a day."""
    kinds = select(ListingCertificate.listing_id, ListingCertificate.kind).distinct()
    return kinds.where(ListingCertificate.is_valid(on))


def listing_or_404(listing_id: int) -> Listing:
    """The listing with everything its page shows."""
    listing = db.session.scalars(LISTING_WITH_ITS_MAKER, {"id": listing_id}).first() or abort(404)
    for load in (load_tiers, load_pictures, load_certificates):
        load([listing])
    return listing


def listing_by_id(listing_id: int) -> Listing | None:
    """The listing with its supplier, to ask a policy about it."""
    return db.session.scalar(select(Listing).where(Listing.id == listing_id).options(joinedload(Listing.organisation)))


def own_listings(organisation_id: int, status: ListingStatus | None = None, words: str = "") -> Select[Listing]:
    """A supplier's own listings of one status, or all but the withdrawn, last changed first."""
    statement = with_card(select(Listing).where(Listing.organisation_id == organisation_id))
    statement = statement.where(Listing.status == status if status else Listing.status != ListingStatus.WITHDRAWN)
    if words:
        statement = statement.where(or_(like(Listing.title, words), like(Listing.description, words)))
    return statement.order_by(Listing.updated_at.desc(), Listing.id.desc())


def count_by_status(organisation_id: int) -> dict[ListingStatus, int]:
    """How many listings a supplier has in each status."""
    rows = db.session.execute(
        select(Listing.status, func.count().label("listings"))
        .where(Listing.organisation_id == organisation_id)
        .group_by(Listing.status)
    )
    return {row.status: row.listings for row in rows}


def listings_to_review(words: str = "") -> Select[Listing]:
    """Listings that wait for the park staff, longest waiting first."""
    statement = with_facts(select(Listing).where(Listing.status == ListingStatus.IN_REVIEW))
    if words:
        statement = statement.where(
            or_(like(Listing.title, words), Listing.organisation.has(like(Organisation.name, words)))
        )
    return statement.order_by(Listing.submitted_at, Listing.id)


def count_to_review() -> int:
    return (
        db.session.scalar(select(func.count()).select_from(Listing).where(Listing.status == ListingStatus.IN_REVIEW))
        or 0
    )


def listings_to_expire(now: datetime) -> Select[Listing]:
    """Published listings whose life is over."""
    return (
        select(Listing)
        .where(Listing.status == ListingStatus.PUBLISHED, Listing.expires_at <= now)
        .options(joinedload(Listing.organisation))
        .order_by(Listing.expires_at, Listing.id)
    )


def listings_to_remind(now: datetime) -> Select[Listing]:
    """Published listings near their end that have not had the last renewal notice (R6)."""
    return (
        select(Listing)
        .where(
            Listing.is_live(now),
            Listing.expires_at <= now + timedelta(days=max(RENEWAL_NOTICES)),
            or_(Listing.reminded_days.is_(None), Listing.reminded_days > min(RENEWAL_NOTICES)),
        )
        .options(joinedload(Listing.organisation))
        .order_by(Listing.expires_at, Listing.id)
    )


def versions_of(listing: Listing) -> list[ListingVersion]:
    """How it read before each edit, newest first."""
    return list(
        db.session.scalars(
            select(ListingVersion)
            .where(ListingVersion.listing_id == listing.id)
            .options(joinedload(ListingVersion.replaced_by))
            .order_by(ListingVersion.number.desc(), ListingVersion.id)
        )
    )


def last_version_number(listing_id: int) -> int:
    """The number of the latest earlier version; 0 when it was never edited."""
    return (
        db.session.scalar(select(func.max(ListingVersion.number)).where(ListingVersion.listing_id == listing_id)) or 0
    )


def listings_for_index(ids: Iterable[int] | None) -> Iterator[Listing]:
    """Listings of `ids`, or all, that were not withdrawn, read in portions, with all that the index tells."""
    wanted = None if ids is None else sorted({int(id_) for id_ in ids})
    last = 0
    while wanted is None or wanted:
        statement = with_facts(select(Listing).where(Listing.id > last, Listing.status != ListingStatus.WITHDRAWN))
        if wanted is not None:
            part, wanted = wanted[:PORTION], wanted[PORTION:]
            statement = statement.where(Listing.id.in_(part))
        rows = db.session.scalars(statement.order_by(Listing.id).limit(PORTION)).all()
        yield from rows
        if wanted is None:
            if not rows:
                return
            last = rows[-1].id
        db.session.expire_all()


def picture_or_404(listing: Listing, picture_id: int) -> ListingPicture:
    """A picture of this listing."""
    return next((picture for picture in listing.pictures if picture.id == picture_id), None) or abort(404)


def ids_of_organisation(organisation_id: int) -> list[int]:
    return list(
        db.session.scalars(select(Listing.id).where(Listing.organisation_id == organisation_id).order_by(Listing.id))
    )


def ids_with_certificate_ended(today: date) -> list[int]:
    """Listings on the shelf with a certificate whose last day was yesterday or the day before."""
    return list(
        db.session.scalars(
            select(ListingCertificate.listing_id)
            .distinct()
            .join(Listing)
            .where(
                Listing.status == ListingStatus.PUBLISHED,
                ListingCertificate.valid_until < today,
                ListingCertificate.valid_until >= today - timedelta(days=2),
            )
            .order_by(ListingCertificate.listing_id)
        )
    )
