"""Which listings may be featured (R7): the same rule for one listing, in words, and for many, in SQL."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_

from marketplace.accounts.lifecycle import Locality, OrganisationStatus
from marketplace.accounts.models import Organisation
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Listing, ListingPicture

NEAR = (Locality.PARK, Locality.CITY)


def is_eligible(now: datetime) -> ColumnElement[bool]:
    """Published, of a verified organisation of the park or the city, with a picture. Needs a join with Organisation."""
    has_picture = ListingPicture.id.is_not(None)
    return and_(
        Listing.status == ListingStatus.PUBLISHED,
        Listing.expires_at > now,
        Organisation.status == OrganisationStatus.VERIFIED,
        Organisation.locality.in_(NEAR),
        Listing.pictures.any(has_picture),
    )


def what_is_missing(listing: Listing, now: datetime) -> list[str]:
    """Sentences on what keeps `listing` from being featured; empty when nothing does."""
    missing = []
    if not listing.organisation.is_verified:
        missing.append(_("The organisation is not verified."))
    if listing.status is not ListingStatus.PUBLISHED or not listing.expires_at or listing.expires_at <= now:
        missing.append(_("The listing is not published."))
    if listing.organisation.locality not in NEAR:
        missing.append(_("The supplier is neither in the park nor in the city."))
    if not listing.pictures:
        missing.append(_("The listing has no picture."))
    return missing
