"""Telling the index that a listing is no longer what it was."""

from marketplace.catalog.models import Listing
from marketplace.search import changed

KIND = "listings"


def index_again(listing: Listing) -> None:
    """An outbox row of the caller's transaction."""
    changed(KIND, listing.id)
