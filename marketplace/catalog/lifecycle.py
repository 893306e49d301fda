"""Kinds of listings and the life of one."""

from enum import StrEnum


class ListingKind(StrEnum):
    PRODUCT = "product"
    SERVICE = "service"
    CAPABILITY = "capability"


class ListingStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    PUBLISHED = "published"
    PAUSED = "paused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class CapacityPer(StrEnum):
    """The time that a capacity is told for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


# A published listing goes back in review only when an edit brings in what staff must see first (R11, restricted).
STEPS = {
    ListingStatus.DRAFT: {ListingStatus.IN_REVIEW, ListingStatus.WITHDRAWN},
    ListingStatus.IN_REVIEW: {ListingStatus.PUBLISHED, ListingStatus.RETURNED, ListingStatus.WITHDRAWN},
    ListingStatus.RETURNED: {ListingStatus.IN_REVIEW, ListingStatus.WITHDRAWN},
    ListingStatus.PUBLISHED: {
        ListingStatus.PAUSED,
        ListingStatus.EXPIRED,
        ListingStatus.IN_REVIEW,
        ListingStatus.WITHDRAWN,
    },
    ListingStatus.PAUSED: {ListingStatus.PUBLISHED, ListingStatus.IN_REVIEW, ListingStatus.WITHDRAWN},
    ListingStatus.EXPIRED: {ListingStatus.PUBLISHED, ListingStatus.IN_REVIEW, ListingStatus.WITHDRAWN},
    ListingStatus.WITHDRAWN: set(),
}
EDITABLE = frozenset(
    {ListingStatus.DRAFT, ListingStatus.RETURNED, ListingStatus.PUBLISHED, ListingStatus.PAUSED, ListingStatus.EXPIRED}
)
SUBMITTABLE = frozenset({ListingStatus.DRAFT, ListingStatus.RETURNED})
RENEWABLE = frozenset({ListingStatus.PUBLISHED, ListingStatus.EXPIRED})
RENEWAL_NOTICES = (14, 7, 1)
"""Days before the end of its life at which a listing asks for renewal (R6)."""


def due_reminder(days_left: float, reminded: int | None) -> int | None:
    """The renewal notice to send now: days before the end (14, 7 or 1), or None when it was sent already (R6).

    A worker that slept through one notice sends only the sharpest that is due.
    """
    reached = [days for days in RENEWAL_NOTICES if days_left <= days]
    if not reached or (reminded is not None and min(reached) >= reminded):
        return None
    return min(reached)
