"""What each role of the park staff may do: the one table that every policy asks."""

from marketplace.accounts.lifecycle import StaffRole

EVERYBODY = frozenset({StaffRole.SERVICE_OFFICER, StaffRole.OPERATOR, StaffRole.ADMINISTRATOR})
OFFICE = frozenset({StaffRole.OPERATOR, StaffRole.ADMINISTRATOR})
"""Those who decide. Service officers look after organisations: they read, and decide nothing."""

STAFF_RIGHTS = {
    "staff.board": EVERYBODY,
    "organisations.file": EVERYBODY,
    "organisations.verify": OFFICE,
    "organisations.suspend": OFFICE,
    "listings.unpublished": EVERYBODY,
    "listings.terms": EVERYBODY,
    "listings.review": OFFICE,
    "listings.suspend": OFFICE,
    "needs.withdrawn": EVERYBODY,
    "needs.suspend": OFFICE,
    "featured.manage": OFFICE,
    "words.keep": OFFICE,
    "calendar.keep": OFFICE,
}
"""Right -> roles that have it. Nobody else of the staff has it, and no right stands outside this table."""


def has_right(role: StaffRole, right: str) -> bool:
    """True when `role` has `right`. A right that is not in the table is a mistake of ours: KeyError."""
    return role in STAFF_RIGHTS[right]


def roles_with(right: str) -> frozenset[StaffRole]:
    """The roles that have `right`."""
    return STAFF_RIGHTS[right]
