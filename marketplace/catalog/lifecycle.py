"""Kinds of listings and the life of one."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l


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

KIND_LABELS = {
    ListingKind.PRODUCT: _l("Product"),
    ListingKind.SERVICE: _l("Service"),
    ListingKind.CAPABILITY: _l("Capability"),
}
STATUS_LABELS = {
    ListingStatus.DRAFT: _l("Draft"),
    ListingStatus.IN_REVIEW: _l("In review"),
    ListingStatus.RETURNED: _l("Returned"),
    ListingStatus.PUBLISHED: _l("Published"),
    ListingStatus.PAUSED: _l("Paused"),
    ListingStatus.EXPIRED: _l("Expired"),
    ListingStatus.WITHDRAWN: _l("Withdrawn"),
}
PER_LABELS = {
    CapacityPer.DAY: _l("a day"),
    CapacityPer.WEEK: _l("a week"),
    CapacityPer.MONTH: _l("a month"),
    CapacityPer.YEAR: _l("a year"),
}
CHAIN_STAGE_LABELS = {
    "upstream raw material": _l("Upstream raw material"),
    "processing": _l("Processing"),
    "packaging": _l("Packaging"),
    "equipment": _l("Equipment"),
    "service": _l("Services"),
    "distribution": _l("Distribution"),
    "application": _l("Application"),
}
STEP_LABELS = {
    "created": _l("Draft made"),
    "submitted": _l("Handed in"),
    "published": _l("Published"),
    "returned": _l("Returned by the park staff"),
    "edited": _l("Edited"),
    "paused": _l("Paused"),
    "resumed": _l("Offered again"),
    "withdrawn": _l("Withdrawn"),
    "suspended": _l("Taken down by the park staff"),
    "expired": _l("Expired"),
    "renewed": _l("Renewed"),
    "picture_added": _l("Picture added"),
    "picture_removed": _l("Picture removed"),
    "back_in_review": _l("Back in review after an edit"),
}
"""Steps of the timeline, worded."""


def due_reminder(days_left: float, reminded: int | None) -> int | None:
    """The renewal notice to send now: days before the end (14, 7 or 1), or None when it was sent already (R6).

    A worker that slept through one notice sends only the sharpest that is due.
    """
    reached = [days for days in RENEWAL_NOTICES if days_left <= days]
    if not reached or (reminded is not None and min(reached) >= reminded):
        return None
    return min(reached)
