"""How far a listing is from its reader."""

from typing import Any

from marketplace.catalog.models import Listing
from marketplace.catalog.queries import ListingCard
from marketplace.core.places import distance_km
from marketplace.core.site import gazetteer, home_place

Point = tuple[float, float]


def origin_of(person: Any) -> Point | None:
    """Where the reader's organisation is; the site's home place for everybody else (lat, lon)."""
    own = person.organisation
    if own is not None and own.latitude is not None and own.longitude is not None:
        return own.latitude, own.longitude
    home = home_place()
    return (home.lat, home.lon) if home is not None else None


def kilometres(listing: Listing | ListingCard, origin: Point | None) -> float | None:
    """As the crow flies from `origin` to where the listing comes from; None when one of them is unknown."""
    if origin is None:
        return None
    supplier = listing.organisation
    if listing.town and listing.town != supplier.town:
        place = gazetteer().find(listing.town)
        return distance_km(origin, (place.lat, place.lon)) if place is not None else None
    if supplier.latitude is None or supplier.longitude is None:
        return None
    return distance_km(origin, (supplier.latitude, supplier.longitude))
