"""What is ready at once and from when on goods leave, as a supplier's words tell it beside his fields."""

from datetime import date

from marketplace.matching.facts import ListingFacts

SOLD_OUT_DAYS = (30, 365)
"""Days until there is something again where a text says that it is sold out and names no day."""


def lead_days(listing: ListingFacts, today: date) -> tuple[int | None, int | None]:
    """The shortest and longest days until goods leave, None where nothing is told."""
    shortest, longest = listing.lead_days_min, listing.lead_days_max
    shortest, longest = (longest if shortest is None else shortest), (shortest if longest is None else longest)
    wait = wait_days(listing, today)
    if wait is None:
        return shortest, longest
    return max(shortest or 0, wait[0]), max(longest or 0, wait[1])


def wait_days(listing: ListingFacts, today: date) -> tuple[int, int] | None:
    """Days until there is something again; None when there is something now."""
    if listing.ready_on is not None and listing.ready_on > today:
        days = (listing.ready_on - today).days
        return days, days
    return SOLD_OUT_DAYS if listing.is_sold_out and listing.ready_on is None else None
