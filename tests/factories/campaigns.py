"""Listings that may be featured."""

import secrets

from marketplace.catalog.models import Listing, ListingPicture
from marketplace.core.db import db, transaction
from marketplace.core.files import StoredFile
from tests.factories.accounts import NOW
from tests.factories.catalog import ListingFactory


def pictured_listing(**values: object) -> Listing:
    """A published listing of a verified park organisation, with a picture row (and no file behind it)."""
    listing = ListingFactory(**values)
    with transaction() as session:
        file = StoredFile(
            key=secrets.token_hex(16),
            name="picture.png",
            media_type="image/webp",
            size=1,
            sha256="0",
            owner_kind="listings",
            owner_id=listing.id,
            created_at=NOW,
        )
        session.add(ListingPicture(listing=listing, file=file, position=1))
    db.session.refresh(listing)
    return listing
