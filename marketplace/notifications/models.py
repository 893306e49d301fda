"""Notices on the site and the mail that goes with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import UTCDateTime, db


class Notice(db.Model):
    """Something a person should know, worded in his language when he reads it."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_person", "person_id", "read_at", "id"),
        Index("ix_notices_subject", "person_id", "subject_kind", "subject_id"),
        UniqueConstraint("person_id", "once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(comment="e.g. inquiry_answered; decides the sign beside it")
    subject_kind: Mapped[str] = mapped_column(default="", comment="table name of the thing it is about")
    subject_id: Mapped[int | None]
    message: Mapped[str] = mapped_column(Text, comment="msgid of the sentence")
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    url: Mapped[str] = mapped_column(comment="path of the one page where one can act")
    once: Mapped[str | None] = mapped_column(comment="a second notice with this key is not written")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Any] = relationship("Person")

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


class Mail(db.Model):
    """One e-mail, worded when the news came, sent by a job."""

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="null for a stranger")
    to: Mapped[str] = mapped_column(comment="one address")
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    personal_link: Mapped[bool] = mapped_column(default=False, comment="holds a signed link: forgotten once sent")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
