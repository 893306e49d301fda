"""Which listings the park promotes, and when each of them was or will be shown."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.catalog.models import Listing
from marketplace.core.db import UTCDateTime, db


class FeaturedSlot(db.Model):
    """Staff put a listing on the rota of the home page; it takes turns while it is eligible."""

    __tablename__ = "featured_slots"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), unique=True)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, comment="when it joined the queue, the last time")
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    listing: Mapped[Listing] = relationship()
    added_by: Mapped[Person] = relationship()


class FeaturedTurn(db.Model):
    """A listing is shown on the home page for one turn. Turns that have begun are the public record."""

    __tablename__ = "featured_turns"
    __table_args__ = (
        UniqueConstraint("starts_at", "listing_id"),
        Index("ix_featured_turns_listing_id", "listing_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", "ends_after_it_starts"),
        CheckConstraint("position > 0", "position_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    position: Mapped[int] = mapped_column(comment="place in the turn, from 1")

    listing: Mapped[Listing] = relationship()
