"""What judging reads of listings and needs, as plain records: the one source of their facts.

Hundreds are read to answer one question, so columns are selected instead of whole objects: nothing is tracked, nothing
is loaded that no fact needs. Five statements for any number of listings, four for needs. A record names its columns
itself (`columns_of`): what a fact needs more is one field more.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from itertools import takewhile
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.accounts.lifecycle import Locality
from marketplace.accounts.models import Organisation, OrganisationLicence
from marketplace.catalog.lifecycle import CapacityPer, ListingKind, ListingStatus
from marketplace.catalog.models import Category, Listing, ListingCertificate, ListingTier
from marketplace.core.db import UTCDateTime, db
from marketplace.matching.queries.subjects import is_on_offer
from marketplace.needs.lifecycle import LocalPreference, NeedStatus
from marketplace.needs.models import Need, NeedLine

MOST_IDS = 500
"""Ids in one statement."""


@dataclass(slots=True)
class HeldRecord:
    """A certificate of a listing or a licence of an organisation."""

    kind: str
    valid_until: date | None


@dataclass(slots=True)
class TierRecord:
    """From `min_quantity` on one piece costs `unit_price` yuan."""

    min_quantity: Decimal
    unit_price: Decimal


@dataclass(slots=True)
class OrganisationRecord:
    """Who offers or asks, where it stands, and which licences it holds."""

    id: int
    locality: Locality | None
    town: str
    latitude: float | None
    longitude: float | None
    answer_hours_median: int | None
    licences: list[HeldRecord] = field(default_factory=list)


@dataclass(slots=True)
class CategoryRecord:
    """A category's code and the licences that it asks for."""

    code: str
    seller_licences: list[str]
    buyer_licences: list[str]


@dataclass(slots=True)
class ListingRecord:
    """The columns of a listing that are judged, named as on the model."""

    id: int
    organisation_id: int
    category_id: int | None
    kind: ListingKind
    title: str
    description: str
    aliases: list[str]
    specs: list[dict[str, str]]
    unit: str
    negotiable: bool
    moq_quantity: Decimal | None
    moq_unit: str
    capacity_quantity: Decimal | None
    capacity_unit: str
    capacity_per: CapacityPer
    lead_time_min_days: int | None
    lead_time_max_days: int | None
    town: str
    status: ListingStatus
    published_at: datetime | None
    expires_at: datetime | None
    organisation: OrganisationRecord
    category: CategoryRecord | None
    tiers: list[TierRecord] = field(default_factory=list)
    certificates: list[HeldRecord] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The town it comes from."""
        return self.town or self.organisation.town


@dataclass(slots=True)
class NeedLineRecord:
    """The columns of a need's line that are judged."""

    number: int
    item: str
    quantity: Decimal | None
    unit: str
    max_unit_price: Decimal | None
    price_per: str
    certificates: list[str]
    category: CategoryRecord | None

    @property
    def price_unit(self) -> str:
        """The unit that the limit is for."""
        return self.price_per or self.unit


@dataclass(slots=True)
class NeedRecord:
    """The columns of a need that are judged, named as on the model."""

    id: int
    organisation_id: int
    title: str
    description: str
    sentence: str
    budget_fen: int | None
    deliver_by: date | None
    deliver_town: str
    certificates: list[str]
    hard_words: list[str]
    local_preference: LocalPreference
    status: NeedStatus
    posted_at: datetime | None
    organisation: OrganisationRecord
    lines: list[NeedLineRecord] = field(default_factory=list)


def columns_of(model: type[Any], record: type[Any]) -> list[InstrumentedAttribute[Any]]:
    """The columns that a record is made of: its fields name them, in their order, up to the first that is none.

    The record is the one list of what is read: a row of these columns is its first fields, and none can change places.
    """
    held = takewhile(lambda field: field.name in model.__mapper__.columns, fields(record))
    return [getattr(model, field.name) for field in held]


IDS: BindParameter[Any] = bindparam("ids", expanding=True)
NOW: Any = bindparam("now", type_=UTCDateTime())
ON_OFFER = (
    select(*columns_of(Listing, ListingRecord))
    .join(Listing.organisation)
    .where(is_on_offer(NOW), Listing.id.in_(IDS))
    .order_by(Listing.id)
)
TIERS = (
    select(ListingTier.listing_id, *columns_of(ListingTier, TierRecord))
    .where(ListingTier.listing_id.in_(IDS))
    .order_by(ListingTier.min_quantity)
)
CERTIFICATES = (
    select(ListingCertificate.listing_id, *columns_of(ListingCertificate, HeldRecord))
    .where(ListingCertificate.listing_id.in_(IDS))
    .order_by(ListingCertificate.id)
)
NEEDS = select(*columns_of(Need, NeedRecord)).where(Need.id.in_(IDS)).order_by(Need.id)
OPEN_NEEDS = NEEDS.join(Need.organisation).where(Need.is_open(NOW), Need.is_public)
LINES = (
    select(NeedLine.need_id, NeedLine.category_id, *columns_of(NeedLine, NeedLineRecord))
    .where(NeedLine.need_id.in_(IDS))
    .order_by(NeedLine.need_id, NeedLine.number)
)
ORGANISATIONS = select(*columns_of(Organisation, OrganisationRecord)).where(Organisation.id.in_(IDS))
LICENCES = (
    select(OrganisationLicence.organisation_id, *columns_of(OrganisationLicence, HeldRecord))
    .where(OrganisationLicence.organisation_id.in_(IDS))
    .order_by(OrganisationLicence.id)
)
CATEGORIES = select(Category.id, *columns_of(Category, CategoryRecord)).where(Category.id.in_(IDS))
"""Statements as they are run, made once: making one anew each time costs more than the rows."""


def listings_on_offer(ids: Iterable[int], now: datetime) -> list[ListingRecord]:
    """Those of `ids` that are on offer at `now`, by id."""
    rows = _rows(ON_OFFER, ids, now=now)
    organisations = _organisations({row.organisation_id for row in rows})
    categories = _categories({row.category_id for row in rows})
    found = {
        row.id: ListingRecord(
            *row, organisation=organisations[row.organisation_id], category=categories.get(row.category_id)
        )
        for row in rows
    }
    for id_, *tier in _rows(TIERS, found):
        found[id_].tiers.append(TierRecord(*tier))
    for id_, *certificate in _rows(CERTIFICATES, found):
        found[id_].certificates.append(HeldRecord(*certificate))
    return list(found.values())


def open_needs(ids: Iterable[int], now: datetime) -> list[NeedRecord]:
    """Those of `ids` that take answers at `now`, by id."""
    return _needs(_rows(OPEN_NEEDS, ids, now=now))


def needs_of_any_status(ids: Iterable[int]) -> list[NeedRecord]:
    """Those of `ids` that there are, whatever became of them, by id."""
    return _needs(_rows(NEEDS, ids))


def _needs(rows: list[Any]) -> list[NeedRecord]:
    organisations = _organisations({row.organisation_id for row in rows})
    found = {row.id: NeedRecord(*row, organisation=organisations[row.organisation_id]) for row in rows}
    lines = _rows(LINES, found)
    categories = _categories({line.category_id for line in lines})
    for need_id, category_id, *line in lines:
        found[need_id].lines.append(NeedLineRecord(*line, category=categories.get(category_id)))
    return list(found.values())


def _organisations(ids: set[int]) -> dict[int, OrganisationRecord]:
    licences: dict[int, list[HeldRecord]] = defaultdict(list)
    for id_, *licence in _rows(LICENCES, ids):
        licences[id_].append(HeldRecord(*licence))
    return {row.id: OrganisationRecord(*row, licences=licences[row.id]) for row in _rows(ORGANISATIONS, ids)}


def _categories(ids: set[int | None]) -> dict[int | None, CategoryRecord]:
    told = (id_ for id_ in ids if id_ is not None)
    return {id_: CategoryRecord(*category) for id_, *category in _rows(CATEGORIES, told)}


def _rows(statement: Select[*tuple[Any, ...]], ids: Iterable[int], **values: Any) -> list[Any]:
    """The rows of some ids, in bites that one statement takes; no objects are made of them."""
    every, connection = sorted(ids), db.session.connection()
    return [
        row
        for start in range(0, len(every), MOST_IDS)
        for row in connection.execute(statement, {"ids": every[start : start + MOST_IDS], **values}).all()
    ]
