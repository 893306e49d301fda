"""What a card on a shelf shows of a listing, as plain values: one statement for a shelf, and no rows of the session."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, select

from marketplace.accounts.lifecycle import Locality
from marketplace.accounts.models import Organisation
from marketplace.catalog.models import Listing, ListingPicture, ListingTier
from marketplace.catalog.queries.categories import CategoryNode, category_tree
from marketplace.core.db import db
from marketplace.core.files import StoredFile


class Maker(NamedTuple):
    """Who offers it, and where that is."""

    display_name: str
    locality: Locality
    town: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class ListingCard:
    """A listing as it stands on a shelf; policies and distances take it as they take the listing."""

    category: CategoryNode | None
    organisation: Maker
    organisation_id: int
    id: int
    title: str
    town: str
    unit: str
    lowest_price: Decimal | None
    highest_price: Decimal | None
    moq_quantity: Decimal | None
    moq_unit: str
    lead_time_max_days: int | None
    cover_key: str | None

    @property
    def place(self) -> str:
        """The town it comes from."""
        return self.town or self.organisation.town


TIERS_OF_LISTING = select(ListingTier).where(ListingTier.listing_id == Listing.id).correlate(Listing)
COVER_OF_LISTING = (
    select(StoredFile.key)
    .join(ListingPicture, ListingPicture.file_id == StoredFile.id)
    .where(ListingPicture.listing_id == Listing.id)
    .correlate(Listing)
    .order_by(ListingPicture.position, ListingPicture.id)
    .limit(1)
)
CARDS = (
    select(
        Listing.category_id,
        func.coalesce(func.nullif(Organisation.short_name, ""), Organisation.name),
        Organisation.locality,
        Organisation.town,
        Organisation.latitude,
        Organisation.longitude,
        Listing.organisation_id,
        Listing.id,
        Listing.title,
        Listing.town,
        Listing.unit,
        TIERS_OF_LISTING.with_only_columns(func.min(ListingTier.unit_price)).scalar_subquery(),
        TIERS_OF_LISTING.with_only_columns(func.max(ListingTier.unit_price)).scalar_subquery(),
        Listing.moq_quantity,
        Listing.moq_unit,
        Listing.lead_time_max_days,
        COVER_OF_LISTING.scalar_subquery(),
    )
    .join(Listing.organisation)
    .where(Listing.is_live(bindparam("now")), Organisation.is_verified)  # type: ignore[arg-type]
)
"""Of listings that everybody may see; the columns stand in the order of a card's fields."""
CARDS_BY_IDS = CARDS.where(Listing.id.in_(bindparam("ids", expanding=True)))
NEWEST_CARDS = (
    CARDS.where(Listing.organisation_id == bindparam("organisation_id"))
    .order_by(Listing.published_at.desc(), Listing.id.desc())
    .limit(bindparam("count"))
)


def cards_by_ids(ids: Iterable[int | str], now: datetime) -> list[ListingCard]:
    """The listings of `ids` in that order that everybody may see."""
    wanted = [int(id_) for id_ in ids]
    if not wanted:
        return []
    found = {card.id: card for card in _cards(db.session.execute(CARDS_BY_IDS, {"ids": wanted, "now": now}))}
    return [found[id_] for id_ in wanted if id_ in found]


def newest_cards(organisation_id: int, now: datetime, count: int) -> list[ListingCard]:
    """The newest that everybody may see of one supplier."""
    asked = {"organisation_id": organisation_id, "now": now, "count": count}
    return _cards(db.session.execute(NEWEST_CARDS, asked))


def _cards(rows: Iterable[Row[Any]]) -> list[ListingCard]:
    """A row of a category that the tree of this request does not know yet is left out: the price may be restricted."""
    categories = category_tree().by_id
    return [
        ListingCard(categories.get(category_id), Maker(name, locality, town, latitude, longitude), *rest)
        for category_id, name, locality, town, latitude, longitude, *rest in rows
        if category_id is None or category_id in categories
    ]
