"""The life of a need, what its fields may say, and the rules with a clock. Plain Python."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from marketplace.core.clock import end_of_day, local_day


class NeedStatus(StrEnum):
    """`AWARDED` is kept for the column: no step leads there yet, and no page speaks of it."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    AWARDED = "awarded"
    UNMET = "unmet"
    WITHDRAWN = "withdrawn"


class LocalPreference(StrEnum):
    """How much nearness counts; a public body may not choose `REQUIRE` (R9)."""

    NONE = "none"
    PREFER = "prefer"
    REQUIRE = "require"


class QuotationMode(StrEnum):
    """How quotations are read (R5); kept for the column, no page offers the choice yet."""

    OPEN = "open"
    SEALED = "sealed"


class UnmetReason(StrEnum):
    NO_SUPPLY = "no_supply"
    PRICE = "price"
    QUALITY = "quality"
    TIME = "time"
    CANCELLED = "cancelled"


STEPS = {
    NeedStatus.DRAFT: {NeedStatus.OPEN, NeedStatus.WITHDRAWN},
    NeedStatus.OPEN: {NeedStatus.CLOSED, NeedStatus.WITHDRAWN},
    NeedStatus.CLOSED: {NeedStatus.UNMET, NeedStatus.OPEN},
    NeedStatus.AWARDED: set(),
    NeedStatus.UNMET: set(),
    NeedStatus.WITHDRAWN: set(),
}
PUBLIC_STATUSES = frozenset({NeedStatus.OPEN, NeedStatus.CLOSED, NeedStatus.UNMET})
"""What everybody may read; drafts and withdrawn needs are the buyer's own."""
ENDED_STATUSES = PUBLIC_STATUSES - {NeedStatus.OPEN}
EDITABLE = frozenset({NeedStatus.DRAFT, NeedStatus.OPEN})
USUAL_DAYS_OPEN = 14
MAX_LINES = 30


def allowed_preferences(public_body: bool) -> tuple[LocalPreference, ...]:
    """What a buyer may ask for: a public body cannot require local suppliers (R9)."""
    if public_body:
        return (LocalPreference.NONE, LocalPreference.PREFER)
    return tuple(LocalPreference)


def open_long_enough(closes_at: datetime, now: datetime, least: timedelta, most: timedelta) -> bool:
    """True when a need that opens at `now` stays open at least `least` and at most `most` (R4)."""
    return least <= closes_at - now <= most


def first_closing_day(now: datetime, least: timedelta) -> date:
    """The first day at whose end a need that opens at `now` may close."""
    day = local_day(now + least)
    return day if end_of_day(day) - now >= least else day + timedelta(days=1)


def last_closing_day(now: datetime, most: timedelta) -> date:
    """The last such day."""
    day = local_day(now + most)
    return day if end_of_day(day) - now <= most else day - timedelta(days=1)


def usual_closing_day(now: datetime, deliver_by: date | None, first: date, last: date) -> date:
    """A fortnight from `now`, or the delivery day when that is sooner, within what R4 allows."""
    usual = local_day(now) + timedelta(days=USUAL_DAYS_OPEN)
    return max(first, min(usual, deliver_by or usual, last))
