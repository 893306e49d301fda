"""Needs: what buyers want to procure, line by line, with the earlier versions of published text."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

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
    not_,
    or_,
)
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Organisation, Person, enum_column
from marketplace.catalog.models import Category
from marketplace.core.db import UTCDateTime, db
from marketplace.core.lifecycle import ensure_step
from marketplace.needs.contents import content_of
from marketplace.needs.lifecycle import (
    EDITABLE,
    PUBLIC_STATUSES,
    STEPS,
    LocalPreference,
    NeedStatus,
    QuotationMode,
    UnmetReason,
)


class Need(db.Model):
    """What a buyer wants to procure; open until `closes_at`."""

    __tablename__ = "needs"
    __table_args__ = (
        CheckConstraint("budget_fen > 0", "budget_is_positive"),
        CheckConstraint("status <> 'open' OR (closes_at IS NOT NULL AND posted_at IS NOT NULL)", "open_has_a_clock"),
        CheckConstraint("(status = 'unmet') = (unmet_reason IS NOT NULL)", "unmet_has_a_reason"),
        Index("ix_needs_status", "status", "closes_at", "id"),
        Index("ix_needs_organisation", "organisation_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), comment="the buyer")
    title: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    sentence: Mapped[str] = mapped_column(Text, default="", comment="as the buyer typed it")
    budget_fen: Mapped[int | None] = mapped_column(comment="for all lines together")
    deliver_by: Mapped[date | None] = mapped_column(comment="day in Asia/Shanghai")
    deliver_town: Mapped[str] = mapped_column(default="", comment="full name in the gazetteer")
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="last moment for answers (R4)")
    local_preference: Mapped[LocalPreference] = mapped_column(
        enum_column(LocalPreference, "local_preference_is_known"), default=LocalPreference.NONE
    )
    hard_words: Mapped[list[str]] = mapped_column(JSON, default=list, comment="what must or must not be, e.g. 无硫")
    certificates: Mapped[list[str]] = mapped_column(JSON, default=list, comment="canonical names, for every line")
    quotation_mode: Mapped[QuotationMode] = mapped_column(
        enum_column(QuotationMode, "quotation_mode_is_known"), default=QuotationMode.OPEN
    )
    status: Mapped[NeedStatus] = mapped_column(enum_column(NeedStatus, "status_is_known"), default=NeedStatus.DRAFT)
    unmet_reason: Mapped[UnmetReason | None] = mapped_column(enum_column(UnmetReason, "unmet_reason_is_known"))
    posted_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="first time it was open")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    organisation: Mapped[Organisation] = relationship()
    created_by: Mapped[Person | None] = relationship(foreign_keys=[created_by_id])
    lines: Mapped[list["NeedLine"]] = relationship(
        back_populates="need", order_by="NeedLine.number", cascade="all, delete-orphan"
    )
    versions: Mapped[list["NeedVersion"]] = relationship(
        back_populates="need", order_by="NeedVersion.number", cascade="all, delete-orphan"
    )

    def move_to(self, status: NeedStatus) -> None:
        """Take the step to `status`, or raise `StepNotPossible`."""
        ensure_step(STEPS, self.status, status)
        self.status = status

    @hybrid_method
    def is_open(self, now: datetime) -> bool:
        """True while suppliers may still answer."""
        return self.status == NeedStatus.OPEN and self.closes_at is not None and self.closes_at > now

    @is_open.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_open(cls, now: datetime) -> ColumnElement[bool]:
        return and_(cls.status == NeedStatus.OPEN, cls.closes_at > now)

    @hybrid_property
    def is_public(self) -> bool:
        """True when everybody may read it: posted by a buyer whom staff have verified."""
        return self.status in PUBLIC_STATUSES and self.organisation.is_verified

    @is_public.inplace.expression
    @classmethod
    def _is_public(cls) -> ColumnElement[bool]:
        return and_(cls.status.in_(PUBLIC_STATUSES), cls.organisation.has(Organisation.is_verified))

    @property
    def audiences(self) -> frozenset[str]:
        """Who may find it: everybody once it is posted; drafts only the buyer, withdrawn ones also staff."""
        if self.is_public:
            return frozenset({"public"})
        own = {f"org:{self.organisation_id}"}
        return frozenset(own if self.status == NeedStatus.DRAFT else own | {"staff"})

    @hybrid_method
    def may_be_found_by(self, audiences: Iterable[str]) -> bool:
        """True when one of the audiences may find it."""
        return not self.audiences.isdisjoint(audiences)

    @may_be_found_by.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _may_be_found_by(cls, audiences: Iterable[str]) -> ColumnElement[bool]:
        own = [int(name.removeprefix("org:")) for name in audiences if name.startswith("org:")]
        inside: list[ColumnElement[bool]] = [cls.organisation_id.in_(own)]
        if "staff" in audiences:
            inside.append(cls.status != NeedStatus.DRAFT)
        hidden = and_(not_(cls.is_public), or_(*inside))
        return or_(cls.is_public, hidden) if "public" in audiences else hidden

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE

    @property
    def value_fen(self) -> int | None:
        """What it may cost: the budget, or the sum of the lines' limits when each line has one."""
        return content_of(self).value_fen

    @property
    def all_certificates(self) -> list[str]:
        """Those for every line and those of single lines, each once."""
        return list(dict.fromkeys([*self.certificates, *(name for line in self.lines for name in line.certificates)]))


class NeedLine(db.Model):
    """One thing of a need. An unknown quantity is None, and then the unit may be empty."""

    __tablename__ = "need_lines"
    __table_args__ = (
        UniqueConstraint("need_id", "number"),
        CheckConstraint("quantity > 0", "quantity_is_positive"),
        CheckConstraint("max_unit_price >= 0", "max_unit_price_is_no_debt"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"))
    number: Mapped[int] = mapped_column(comment="from 1")
    item: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"), index=True)
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 3))
    unit: Mapped[str] = mapped_column(default="", comment="as written, e.g. 只")
    unit_code: Mapped[str] = mapped_column(default="", comment="UN/ECE Recommendation 20")
    max_unit_price: Mapped[Decimal | None] = mapped_column(Numeric(18, 6), comment="yuan per price_per")
    price_per: Mapped[str] = mapped_column(default="", comment="unit of the price as written; empty means `unit`")
    certificates: Mapped[list[str]] = mapped_column(JSON, default=list, comment="for this line only")

    need: Mapped[Need] = relationship(back_populates="lines")
    category: Mapped[Category | None] = relationship()

    @property
    def price_unit(self) -> str:
        """The unit that the limit is for."""
        return self.price_per or self.unit


class NeedVersion(db.Model):
    """What a published need said before a change."""

    __tablename__ = "need_versions"
    __table_args__ = (UniqueConstraint("need_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"))
    number: Mapped[int] = mapped_column(comment="from 1")
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    replaced_at: Mapped[datetime] = mapped_column(UTCDateTime)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    need: Mapped[Need] = relationship(back_populates="versions")
    replaced_by: Mapped[Person | None] = relationship()
