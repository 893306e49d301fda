"""Every change of categories and listings, one public function a use case."""

from marketplace.catalog.services.categories import load_categories
from marketplace.catalog.services.clock import expire_due, remind_due
from marketplace.catalog.services.editing import content_of, create_listing, edit_listing, review_reasons
from marketplace.catalog.services.pictures import add_picture, describe_picture, remove_picture
from marketplace.catalog.services.publication import (
    approve_listing,
    expire_listing,
    pause_listing,
    renew_listing,
    resume_listing,
    return_listing,
    submit_listing,
    withdraw_listing,
)

__all__ = [
    "add_picture",
    "approve_listing",
    "content_of",
    "create_listing",
    "describe_picture",
    "edit_listing",
    "expire_due",
    "expire_listing",
    "load_categories",
    "pause_listing",
    "remind_due",
    "remove_picture",
    "renew_listing",
    "resume_listing",
    "return_listing",
    "review_reasons",
    "submit_listing",
    "withdraw_listing",
]
