"""Inquiries, their messages, and who was shown whose contact data."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import Organisation, Person, enum_column
from marketplace.catalog.models import Listing
from marketplace.core.db import UTCDateTime, db
from marketplace.core.files import StoredFile
from marketplace.core.lifecycle import ensure_step
from marketplace.inquiries.lifecycle import OPEN, STEPS, InquiryStatus, Side
from marketplace.needs.models import Need


class Inquiry(db.Model):
    """One buyer asks one supplier. Inquiries of one letter share their `batch`; nobody sees the others' threads."""

    __tablename__ = "inquiries"
    __table_args__ = (
        UniqueConstraint("buyer_id", "batch", "number"),
        Index("ix_inquiries_supplier", "supplier_id", "status", "last_message_at", "id"),
        Index("ix_inquiries_buyer", "buyer_id", "last_message_at", "id"),
        Index("ix_inquiries_clock", "status", "reminded_at", "remind_at"),
        Index("ix_inquiries_listing", "listing_id"),
        Index("ix_inquiries_need", "need_id"),
        CheckConstraint("buyer_id <> supplier_id", "nobody_asks_himself"),
        CheckConstraint("quantity > 0", "quantity_is_positive"),
        CheckConstraint("status NOT IN ('declined', 'closed') OR reason <> ''", "an_end_has_a_reason"),
        CheckConstraint("status <> 'answered' OR answered_at IS NOT NULL", "answered_has_its_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(comment="random text shared by the inquiries of one letter")
    number: Mapped[int] = mapped_column(comment="place in the batch, from 1")
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listings.id"))
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id"), comment="a need of the buyer")
    buyer_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 3), comment="in unit")
    unit: Mapped[str] = mapped_column(default="", comment="as written, e.g. 只")
    wanted_by: Mapped[date | None] = mapped_column(comment="day in Asia/Shanghai")
    status: Mapped[InquiryStatus] = mapped_column(
        enum_column(InquiryStatus, "status_is_known"), default=InquiryStatus.SENT
    )
    reason: Mapped[str] = mapped_column(Text, default="", comment="why declined or closed")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    remind_at: Mapped[datetime] = mapped_column(UTCDateTime, comment="half of the time to answer (R1)")
    answer_due_at: Mapped[datetime] = mapped_column(UTCDateTime, comment="end of the time to answer (R1)")
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="first answer of the supplier")
    last_message_at: Mapped[datetime] = mapped_column(UTCDateTime)
    message_count: Mapped[int] = mapped_column(default=0)
    buyer_read: Mapped[int] = mapped_column(default=0, comment="number of the last message the buyer has seen")
    supplier_read: Mapped[int] = mapped_column(default=0, comment="number of the last message the supplier has seen")

    listing: Mapped[Listing | None] = relationship()
    need: Mapped[Need | None] = relationship()
    buyer: Mapped[Organisation] = relationship(foreign_keys=[buyer_id])
    supplier: Mapped[Organisation] = relationship(foreign_keys=[supplier_id])
    created_by: Mapped[Person | None] = relationship(foreign_keys=[created_by_id])
    messages: Mapped[list["InquiryMessage"]] = relationship(back_populates="inquiry", order_by="InquiryMessage.number")
    last_message: Mapped["InquiryMessage | None"] = relationship(
        primaryjoin=lambda: and_(
            Inquiry.id == foreign(InquiryMessage.inquiry_id), Inquiry.message_count == foreign(InquiryMessage.number)
        ),
        viewonly=True,
        uselist=False,
    )

    def move_to(self, status: InquiryStatus) -> None:
        """Take the step to `status`, or raise `StepNotPossible`."""
        ensure_step(STEPS, self.status, status)
        self.status = status

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def subject(self) -> str:
        """What it is about, in the words of the listing or of the need; empty for a letter to an organisation."""
        thing = self.listing or self.need
        return thing.title if thing is not None else ""

    def is_late(self, now: datetime) -> bool:
        """True when the supplier let the time to answer run out (R1)."""
        return self.status is InquiryStatus.SENT and now > self.answer_due_at

    def party(self, side: Side) -> Organisation:
        return self.buyer if side is Side.BUYER else self.supplier

    def side_of(self, person: Any) -> Side | None:
        """For which party `person` acts here; None for everybody else."""
        acting = [person.organisation.id] if person.organisation is not None else []
        for organisation_id in acting + [membership.organisation_id for membership in person.memberships]:
            if organisation_id == self.buyer_id:
                return Side.BUYER
            if organisation_id == self.supplier_id:
                return Side.SUPPLIER
        return None

    def unread(self, side: Side) -> int:
        """How many messages `side` has not seen."""
        return self.message_count - (self.buyer_read if side is Side.BUYER else self.supplier_read)

    def note_read(self, side: Side) -> None:
        """`side` has seen every message."""
        if side is Side.BUYER:
            self.buyer_read = self.message_count
        else:
            self.supplier_read = self.message_count

    @property
    def may_show_contact(self) -> bool:
        """Contact data is for the counterpart, after the first answer (DESIGN 3)."""
        return self.answered_at is not None


class InquiryMessage(db.Model):
    """What one side wrote. Never changed, never deleted."""

    __tablename__ = "inquiry_messages"
    __table_args__ = (UniqueConstraint("inquiry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    number: Mapped[int] = mapped_column(comment="from 1")
    side: Mapped[Side] = mapped_column(enum_column(Side, "side_is_known"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)

    inquiry: Mapped[Inquiry] = relationship(back_populates="messages")
    person: Mapped[Person | None] = relationship()
    attachments: Mapped[list["InquiryFile"]] = relationship(back_populates="message", order_by="InquiryFile.id")

    @property
    def files(self) -> list[StoredFile]:
        return [attachment.file for attachment in self.attachments]


class InquiryFile(db.Model):
    """A file that came with a message; a letter to several suppliers keeps its files once."""

    __tablename__ = "inquiry_files"
    __table_args__ = (UniqueConstraint("message_id", "file_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("inquiry_messages.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"), index=True)

    message: Mapped[InquiryMessage] = relationship(back_populates="attachments")
    file: Mapped[StoredFile] = relationship()


class ContactShowing(db.Model):
    """Somebody was shown the contact data of the other party. Never changed, never deleted."""

    __tablename__ = "contact_showings"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), comment="who saw it")
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True, comment="whose contact data was shown"
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    inquiry: Mapped[Inquiry] = relationship()
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()
