"""Kinds, statuses and steps of a listing, worded."""

from flask_babel import lazy_gettext as _l

from marketplace.catalog.lifecycle import CapacityPer, ListingKind, ListingStatus

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
