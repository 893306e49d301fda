"""Who may do what to listings."""

from typing import Any

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.catalog.models import Listing
from marketplace.catalog.queries import ListingCard, listing_by_id
from marketplace.core.clock import utc_now
from marketplace.core.files import StoredFile, readers_of
from marketplace.core.policies import policy


@policy("listings.create")
def may_create(person: Any, _subject: Any) -> bool:
    """Members of an organisation that is not suspended; one that waits for verification prepares drafts."""
    return person.organisation is not None and person.organisation.status is not OrganisationStatus.SUSPENDED


@policy("listings.read")
def may_read(person: Any, listing: Listing) -> bool:
    """Everybody reads what is on the shelf; the rest its supplier and staff."""
    return listing.is_public(utc_now()) or may_read_history(person, listing)


@policy("listings.terms")
def may_read_terms(person: Any, listing: Listing | ListingCard) -> bool:
    """Prices and capacity: everybody, but of restricted goods only verified organisations, the supplier and staff."""
    if listing.category is None or not listing.category.is_restricted or person.may_as_staff("listings.terms"):
        return True
    verified = person.organisation is not None and person.organisation.is_verified
    return bool(verified or person.belongs_to(listing.organisation_id))


@policy("listings.edit")
def may_edit(person: Any, listing: Listing) -> bool:
    """Its supplier, unless the organisation is suspended. Staff never write in a supplier's name."""
    return (
        person.belongs_to(listing.organisation_id) and listing.organisation.status is not OrganisationStatus.SUSPENDED
    )


@policy("listings.history")
def may_read_history(person: Any, listing: Listing) -> bool:
    """Timeline and earlier versions: its supplier and staff."""
    return bool(person.belongs_to(listing.organisation_id) or person.may_as_staff("listings.unpublished"))


@policy("listings.own")
def may_see_own(person: Any, _subject: Any) -> bool:
    return person.organisation is not None


@policy("listings.review")
def may_review(person: Any, _subject: Any) -> bool:
    """Publish what waits, or return it."""
    return bool(person.may_as_staff("listings.review"))


@policy("listings.suspend")
def may_suspend(person: Any, _subject: Any) -> bool:
    """Take a listing down for good."""
    return bool(person.may_as_staff("listings.suspend"))


@readers_of("listings")
def may_read_pictures(person: Any, file: StoredFile) -> bool:
    """Whoever may read the listing sees its pictures."""
    listing = listing_by_id(file.owner_id)
    return listing is not None and may_read(person, listing)


@policy("listings.look")
def may_look(_person: Any, listing: Listing) -> bool:
    """Everybody may learn that something is no longer offered, nothing more of it."""
    return listing.published_at is not None
