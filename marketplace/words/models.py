"""Words that park staff add, and what people search for: texts and counts, never who."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import UTCDateTime, db


class OtherName(db.Model):
    """A pair of words that park staff added to the lexicon. It is never deleted: one taken out can come back."""

    __tablename__ = "other_names"
    __table_args__ = (
        CheckConstraint("term_key <> variant_key", "words_differ"),
        Index(
            "uq_other_names_in_force",
            "term_key",
            "variant_key",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(comment="as it was typed")
    variant: Mapped[str] = mapped_column(comment="as it was typed")
    term_key: Mapped[str] = mapped_column(comment="as the lexicon knows it")
    variant_key: Mapped[str] = mapped_column(comment="as the lexicon knows it")
    kind: Mapped[str] = mapped_column(comment="a kind of marketplace.search.lexicon")
    note: Mapped[str] = mapped_column(default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), comment="null when a command did it")
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="taken out; null while in force")
    revision: Mapped[int] = mapped_column(default=1, comment="grows with each change; the sum tells a new state")

    __mapper_args__ = {"version_id_col": revision}

    added_by: Mapped[Any] = relationship("Person")


class SearchCount(db.Model):
    """How often a text was searched on one day. No person, no address, no session."""

    __tablename__ = "search_counts"
    __table_args__ = (UniqueConstraint("kind", "text", "day", name="uq_search_counts_kind_text_day"),
                      Index("ix_search_counts_day", "day"))  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(comment="listings, needs or organisations")
    text: Mapped[str] = mapped_column(comment="folded")
    day: Mapped[date] = mapped_column(comment="of the site's time zone")
    times: Mapped[int]
    unanswered: Mapped[int] = mapped_column(comment="times that found nothing")
    results: Mapped[int] = mapped_column(comment="how many were found at last")


TIMES_TO_SHOW = 3
DAYS_TO_SHOW = 2
"""Three searches on two days: the fewest that cannot be one person who looked twice in a sitting."""


class SearchedText(db.Model):
    """What the kept days say of one text together, and what a search for it would find now."""

    __tablename__ = "searched_texts"
    __table_args__ = (UniqueConstraint("kind", "text", name="uq_searched_texts_kind_text"),
                      Index("ix_searched_texts_vain", "in_vain", "set_aside_at", "kind"))  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(comment="listings, needs or organisations")
    text: Mapped[str] = mapped_column(comment="folded")
    times: Mapped[int] = mapped_column(default=0)
    days: Mapped[int] = mapped_column(default=0, comment="different days")
    unanswered: Mapped[int] = mapped_column(default=0, comment="times that found nothing")
    last_on: Mapped[date] = mapped_column(comment="day of the last search")
    results: Mapped[int] = mapped_column(default=0, comment="found at the last look")
    in_vain: Mapped[bool] = mapped_column(default=False, comment="the last look found nothing, or only parts of it")
    unknown: Mapped[str] = mapped_column(default="", comment="the part of the text that no row holds")
    proposals: Mapped[list[list[str]]] = mapped_column(
        JSON, default=list, comment="known words that may be meant: [word, kind of marketplace.search.lexicon]"
    )
    set_aside_at: Mapped[datetime | None] = mapped_column(UTCDateTime, comment="staff: not a word of ours")
    set_aside_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @hybrid_property
    def may_be_shown(self) -> bool:
        """True for a text that everybody may read beside the results of another search."""
        return (self.times >= TIMES_TO_SHOW and self.days >= DAYS_TO_SHOW and self.results > 0 and not self.in_vain
                and self.set_aside_at is None)  # fmt: skip

    @may_be_shown.inplace.expression
    @classmethod
    def _may_be_shown(cls) -> ColumnElement[bool]:
        return ((cls.times >= TIMES_TO_SHOW) & (cls.days >= DAYS_TO_SHOW) & (cls.results > 0)
                & cls.in_vain.is_(False) & cls.set_aside_at.is_(None))  # fmt: skip
