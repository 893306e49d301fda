"""Which listings may be featured (R7): the whole rule in words for one listing, and its parts for many.

What columns say is asked in SQL (`is_eligible`); what the category and the texts say, of the rows (`suits_everybody`).
"""

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_

from marketplace.accounts.lifecycle import Locality
from marketplace.accounts.models import Organisation
from marketplace.catalog.models import Category, Listing, ListingPicture
from marketplace.matching.judge import asks

NEAR = (Locality.PARK, Locality.CITY)


def is_eligible(now: datetime) -> ColumnElement[bool]:
    """Published, of a verified organisation of the park or the city, with a picture. Needs a join with Organisation."""
    has_picture = ListingPicture.id.is_not(None)
    return and_(
        Listing.is_public(now),
        Organisation.locality.in_(NEAR),
        Listing.pictures.any(has_picture),
    )


def suits_everybody(category: Category | None, title: str, aliases: Iterable[str], description: str) -> bool:
    """True for an offer that everybody may buy: neither restricted goods nor a wanted advertisement (求购)."""
    return not (category is not None and category.is_restricted) and not asks(title, aliases, description)


def what_is_missing(listing: Listing, now: datetime) -> list[str]:
    """Sentences on what keeps `listing` from being featured; empty when nothing does."""
    missing = []
    if not listing.organisation.is_verified:
        missing.append(_("The organisation is not verified."))
    if not listing.is_live(now):
        missing.append(_("The listing is not published."))
    if listing.organisation.locality not in NEAR:
        missing.append(_("The supplier is neither in the park nor in the city."))
    if not listing.pictures:
        missing.append(_("The listing has no picture."))
    if listing.category is not None and listing.category.is_restricted:
        missing.append(_("Restricted goods are not for everybody and are not featured."))
    if asks(listing.title, listing.aliases, listing.description):
        missing.append(_("It asks for something and offers nothing."))
    return missing
