"""Pairs of needs and listings that fit, when they were computed, and what people made of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, BigInteger, CheckConstraint, Float, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Organisation, Person, enum_column
from marketplace.catalog.models import Listing
from marketplace.core.db import UTCDateTime, db
from marketplace.needs.models import Need


class Side(StrEnum):
    """Which side of a pair somebody speaks for."""

    BUYER = "buyer"
    SUPPLIER = "supplier"


class SubjectKind(StrEnum):
    """What counterparts were computed for; the table's name."""

    NEED = "needs"
    LISTING = "listings"


class DismissalReason(StrEnum):
    """Why a pair is "not for us"; fixed words, so that the order can learn from them."""

    OTHER_THING = "other_thing"
    SIZE = "size"
    TOO_FAR = "too_far"
    PRICE = "price"
    QUALITY = "quality"
    KNOWN = "known"
    OTHER = "other"


class Judgement(StrEnum):
    """What people made of a pair: what the buyer or the supplier did about it."""

    DISMISSED = "dismissed"
    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"


DISMISSAL_REASONS = {
    DismissalReason.OTHER_THING: _l("Not what is meant"),
    DismissalReason.SIZE: _l("Quantity or specification does not fit"),
    DismissalReason.TOO_FAR: _l("Too far away"),
    DismissalReason.PRICE: _l("Price does not fit"),
    DismissalReason.QUALITY: _l("Quality does not fit"),
    DismissalReason.KNOWN: _l("We already know each other"),
    DismissalReason.OTHER: _l("Another reason"),
}


class Match(db.Model):
    """One pair with its one score, whichever side asks. A copy of a computation: it can be made again."""

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("need_id", "listing_id"),
        Index("ix_matches_need_order", "need_id", "score"),
        Index("ix_matches_listing_order", "listing_id", "score"),
        CheckConstraint("met >= 0 AND missed >= 0 AND unknown >= 0", "counts_are_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"))
    score: Mapped[float] = mapped_column(Float, comment="order of merit, greater is better; local lift included (R8)")
    plain_score: Mapped[float] = mapped_column(Float, comment="the same without the local lift")
    relevance: Mapped[float] = mapped_column("about", Float, comment="how far both are about the same thing, 0 to 1")
    line: Mapped[int] = mapped_column(comment="number of the need's line that it answers best")
    met: Mapped[int]
    missed: Mapped[int]
    unknown: Mapped[int]
    hard_missed: Mapped[int] = mapped_column(comment="missed ones that the buyer insists on")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, comment="language-neutral; see matching.reasons")
    words: Mapped[list[str]] = mapped_column(JSON, default=list, comment="words of the need that the listing has")
    distance_km: Mapped[float | None] = mapped_column(Float, comment="supplier to the town of delivery")
    cost_fen: Mapped[int | None] = mapped_column(BigInteger, comment="total at the need's quantity, in fen")
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="when both sides were told that it fits")

    need: Mapped[Need] = relationship()
    listing: Mapped[Listing] = relationship()

    @property
    def asked(self) -> int:
        """How many requirements were judged."""
        return self.met + self.missed + self.unknown

    @property
    def meets_all(self) -> bool:
        """True when every requirement is met and none is unknown."""
        return not self.missed and not self.unknown


class MatchRun(db.Model):
    """When the counterparts of a need or a listing were computed last; an open page waits for it."""

    __tablename__ = "match_runs"

    subject_kind: Mapped[SubjectKind] = mapped_column(
        enum_column(SubjectKind, "subject_kind_is_known"), primary_key=True
    )
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime, comment="when its facts were read")


class MatchDismissal(db.Model):
    """Somebody said "not for us" to a pair. It stays away from both sides, and is kept to learn from."""

    __tablename__ = "match_dismissals"
    __table_args__ = (UniqueConstraint("need_id", "listing_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"), index=True)
    side: Mapped[Side] = mapped_column(enum_column(Side, "side_is_known"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[DismissalReason] = mapped_column(enum_column(DismissalReason, "reason_is_known"))
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    need: Mapped[Need] = relationship()
    listing: Mapped[Listing] = relationship()
    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person | None] = relationship()


class MatchJudgement(db.Model):
    """What somebody made of a pair, and how the pair stood on that day: to learn from, without persons."""

    __tablename__ = "match_judgements"
    __table_args__ = (UniqueConstraint("need_id", "listing_id", "side", "judgement"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"), index=True)
    side: Mapped[Side] = mapped_column(enum_column(Side, "side_is_known"))
    judgement: Mapped[Judgement] = mapped_column(enum_column(Judgement, "judgement_is_known"))
    reason: Mapped[str] = mapped_column(default="", comment="of a dismissal: match_dismissals.reason; never free text")
    score: Mapped[float | None] = mapped_column(Float, comment="null when the pair was not among those kept")
    relevance: Mapped[float | None] = mapped_column(
        "about", Float, comment="how far both are about the same thing, 0 to 1"
    )
    line: Mapped[int | None] = mapped_column(comment="number of the need's line that it answered best")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, comment="as in matches")
    at: Mapped[datetime] = mapped_column(UTCDateTime)
