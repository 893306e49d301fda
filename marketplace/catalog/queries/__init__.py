"""Every read of categories and listings."""

from marketplace.catalog.queries.cards import ListingCard, cards_by_ids, newest_cards
from marketplace.catalog.queries.categories import (
    CategoryNode,
    CategoryTree,
    category_by_code,
    category_or_404,
    category_tree,
)
from marketplace.catalog.queries.listings import (
    count_by_status,
    count_to_review,
    ids_of_organisation,
    ids_with_certificate_ended,
    listing_by_id,
    listing_or_404,
    listings_to_expire,
    listings_to_remind,
    listings_to_review,
    own_listings,
    picture_or_404,
    public_listings,
    versions_of,
    with_facts,
)

__all__ = [
    "CategoryNode",
    "CategoryTree",
    "ListingCard",
    "cards_by_ids",
    "category_by_code",
    "category_or_404",
    "category_tree",
    "count_by_status",
    "count_to_review",
    "ids_of_organisation",
    "ids_with_certificate_ended",
    "listing_by_id",
    "listing_or_404",
    "listings_to_expire",
    "listings_to_remind",
    "listings_to_review",
    "newest_cards",
    "own_listings",
    "picture_or_404",
    "public_listings",
    "versions_of",
    "with_facts",
]
