"""Categories and listings."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import get_locale
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    and_,
    or_,
)
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Organisation, Person, enum_column
from marketplace.catalog.lifecycle import STEPS, CapacityPer, ListingKind, ListingStatus
from marketplace.catalog.prices import price_for
from marketplace.core.db import UTCDateTime, db
from marketplace.core.files import StoredFile
from marketplace.core.lifecycle import ensure_step


def in_english() -> bool:
    """True when the reader reads English."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def path_codes(code: str) -> list[str]:
    """The codes from the root to `code`: J0101 -> J, J01, J0101."""
    return [code[:length] for length in (1, 3, 5) if len(code) >= length]


class Category(db.Model):
    """A place in the tree of what is offered: a letter, then two digits for each level below."""

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, comment="letter, +2 digits, +2 digits")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"), index=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    chain_stage: Mapped[str] = mapped_column(comment="place in the industry chain, e.g. packaging")
    national_code: Mapped[str] = mapped_column(default="", comment="nearest class of GB/T 4754-2017")
    seller_licences: Mapped[list[str]] = mapped_column(
        JSON, default=list, comment="a supplier must hold every one to publish"
    )
    buyer_licences: Mapped[list[str]] = mapped_column(
        JSON, default=list, comment="a buyer must hold one of them to inquire"
    )
    position: Mapped[int] = mapped_column(default=0)

    parent: Mapped["Category | None"] = relationship(remote_side=[id])

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if in_english() else self.name_zh

    @property
    def path_codes(self) -> list[str]:
        return path_codes(self.code)

    @property
    def is_restricted(self) -> bool:
        return bool(self.seller_licences or self.buyer_licences)


class Listing(db.Model):
    """What a supplier offers: a product, a service or a capability."""

    __tablename__ = "listings"
    __table_args__ = (
        Index("ix_listings_organisation_status", "organisation_id", "status", "id"),
        Index("ix_listings_status_expires", "status", "expires_at", "organisation_id", "id"),
        CheckConstraint("moq_quantity IS NULL OR moq_quantity > 0", "moq_is_positive"),
        CheckConstraint("capacity_quantity IS NULL OR capacity_quantity > 0", "capacity_is_positive"),
        CheckConstraint(
            "lead_time_min_days IS NULL OR lead_time_max_days IS NULL OR lead_time_min_days <= lead_time_max_days",
            "lead_time_is_a_range",
        ),
        CheckConstraint(
            "status <> 'published' OR (published_at IS NOT NULL AND expires_at IS NOT NULL)",
            "published_has_its_moments",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[ListingKind] = mapped_column(enum_column(ListingKind, "kind_is_known"), default=ListingKind.PRODUCT)
    category_id: Mapped[int | None] = mapped_column(
        ForeignKey("categories.id"), index=True, comment="null only while it is a draft"
    )
    title: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list, comment="other names of the same thing")
    specs: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, comment="name and value, in order")
    unit: Mapped[str] = mapped_column(default="", comment="what prices are for, as written, e.g. 千克")
    unit_code: Mapped[str] = mapped_column(default="", comment="UN/ECE Recommendation 20 or 21")
    negotiable: Mapped[bool] = mapped_column(default=False)
    tax_included: Mapped[bool] = mapped_column(default=True)
    moq_quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 3), comment="in moq_unit")
    moq_unit: Mapped[str] = mapped_column(default="")
    capacity_quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 3), comment="in capacity_unit")
    capacity_unit: Mapped[str] = mapped_column(default="")
    capacity_per: Mapped[CapacityPer] = mapped_column(
        enum_column(CapacityPer, "capacity_per_is_known"), default=CapacityPer.MONTH
    )
    lead_time_min_days: Mapped[int | None] = mapped_column(comment="days")
    lead_time_max_days: Mapped[int | None] = mapped_column(comment="days")
    town: Mapped[str] = mapped_column(default="", comment="full name in the gazetteer; empty: where the supplier sits")
    status: Mapped[ListingStatus] = mapped_column(
        enum_column(ListingStatus, "status_is_known"), default=ListingStatus.DRAFT
    )
    status_reason: Mapped[str] = mapped_column(Text, default="", comment="why returned or withdrawn")
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="when it was first published")
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_days: Mapped[int | None] = mapped_column(comment="last renewal notice, in days before the end")
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="who edited it last")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    organisation: Mapped[Organisation] = relationship()
    category: Mapped[Category | None] = relationship()
    updated_by: Mapped[Person | None] = relationship()
    tiers: Mapped[list["ListingTier"]] = relationship(
        back_populates="listing", order_by="ListingTier.min_quantity", cascade="all, delete-orphan"
    )
    certificates: Mapped[list["ListingCertificate"]] = relationship(
        back_populates="listing", order_by="ListingCertificate.id", cascade="all, delete-orphan"
    )
    pictures: Mapped[list["ListingPicture"]] = relationship(
        back_populates="listing", order_by="ListingPicture.position, ListingPicture.id", cascade="all, delete-orphan"
    )

    def move_to(self, status: ListingStatus) -> None:
        """Take the step to `status`, or raise `StepNotPossible`."""
        ensure_step(STEPS, self.status, status)
        self.status = status

    @hybrid_property
    def is_on_shelf(self) -> bool:
        """True when everybody may see it as long as its life lasts: published, of a verified organisation."""
        return self.status == ListingStatus.PUBLISHED and self.organisation.is_verified

    @is_on_shelf.inplace.expression
    @classmethod
    def _is_on_shelf(cls) -> ColumnElement[bool]:
        return and_(cls.status == ListingStatus.PUBLISHED, cls.organisation.has(Organisation.is_verified))

    @hybrid_method
    def is_live(self, now: datetime) -> bool:
        """True while it is published and not past its life, whoever offers it."""
        return self.status == ListingStatus.PUBLISHED and self.expires_at is not None and self.expires_at > now

    @is_live.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_live(cls, now: datetime) -> ColumnElement[bool]:
        return and_(cls.status == ListingStatus.PUBLISHED, cls.expires_at > now)

    @hybrid_method
    def is_public(self, now: datetime) -> bool:
        """True while everybody may see it: live, of a verified organisation."""
        return self.is_live(now) and self.organisation.is_verified

    @is_public.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_public(cls, now: datetime) -> ColumnElement[bool]:
        return and_(cls.is_live(now), cls.organisation.has(Organisation.is_verified))

    def price_for(self, quantity: Decimal | None) -> Decimal | None:
        """The unit price in yuan at `quantity` of `unit`; None when the price is on request."""
        return price_for(self.tiers, quantity)

    @property
    def lowest_price(self) -> Decimal | None:
        return min((tier.unit_price for tier in self.tiers), default=None)

    @property
    def open_price(self) -> Decimal | None:
        """The lowest price where everybody may read it: prices of restricted goods are not for all."""
        return None if self.category is not None and self.category.is_restricted else self.lowest_price

    @property
    def highest_price(self) -> Decimal | None:
        return max((tier.unit_price for tier in self.tiers), default=None)

    @property
    def cover(self) -> "ListingPicture | None":
        """The first picture."""
        return self.pictures[0] if self.pictures else None

    @property
    def place(self) -> str:
        """The town it comes from."""
        return self.town or self.organisation.town


class ListingTier(db.Model):
    """From `min_quantity` on, one unit costs `unit_price`."""

    __tablename__ = "listing_tiers"
    __table_args__ = (
        UniqueConstraint("listing_id", "min_quantity"),
        CheckConstraint("min_quantity > 0", "minimum_is_positive"),
        CheckConstraint("unit_price > 0", "price_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"))
    min_quantity: Mapped[Decimal] = mapped_column(Numeric(18, 3), comment="in the listing's unit")
    unit_price: Mapped[Decimal] = mapped_column(Numeric(18, 6), comment="yuan")

    listing: Mapped[Listing] = relationship(back_populates="tiers")


class ListingCertificate(db.Model):
    """A certificate that the supplier names for this listing."""

    __tablename__ = "listing_certificates"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(comment="canonical certificate name")
    number: Mapped[str] = mapped_column(default="")
    valid_until: Mapped[date | None] = mapped_column(comment="last valid day; null when it does not run out")

    listing: Mapped[Listing] = relationship(back_populates="certificates")

    @hybrid_method
    def is_valid(self, on: date) -> bool:
        """True when it holds on a day; one without an end always does."""
        return self.valid_until is None or self.valid_until >= on

    @is_valid.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_valid(cls, on: date) -> ColumnElement[bool]:
        return or_(cls.valid_until.is_(None), cls.valid_until >= on)


class ListingPicture(db.Model):
    """A picture of a listing; the first is its cover."""

    __tablename__ = "listing_pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    alt: Mapped[str] = mapped_column(default="", comment="what the picture shows")

    listing: Mapped[Listing] = relationship(back_populates="pictures")
    file: Mapped[StoredFile] = relationship()


class ListingVersion(db.Model):
    """How a published listing read before an edit."""

    __tablename__ = "listing_versions"
    __table_args__ = (UniqueConstraint("listing_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(comment="from 1")
    content: Mapped[dict[str, Any]] = mapped_column(JSON, comment="the text before the edit")
    replaced_at: Mapped[datetime] = mapped_column(UTCDateTime)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    replaced_by: Mapped[Person | None] = relationship()
