"""What a supplier writes in a listing, as plain values, with the limits of R13."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from marketplace.catalog.lifecycle import CapacityPer, ListingKind

TITLE_LENGTH = 60
DESCRIPTION_LENGTH = 4000
ALIASES, ALIAS_LENGTH = 10, 40
SPECS, SPEC_NAME_LENGTH, SPEC_VALUE_LENGTH = 30, 40, 200
TIERS = 10
CERTIFICATES, CERTIFICATE_LENGTH = 20, 80
UNIT_LENGTH = 20
TOWN_LENGTH = 60
ALT_LENGTH = 120
SHORT_DESCRIPTION = 30
"""Below this many characters the quality check asks for more."""


@dataclass(frozen=True)
class Spec:
    """One row of the specification table."""

    name: str
    value: str


@dataclass(frozen=True)
class Tier:
    """From `min_quantity` (in the listing's unit) one unit costs `unit_price` yuan."""

    min_quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True)
class CertificateClaim:
    """A certificate that the supplier names, with the last day it is valid."""

    kind: str
    number: str = ""
    valid_until: date | None = None


@dataclass(frozen=True)
class ListingContent:
    """Everything of a listing that its supplier writes; only `title` is needed for a draft."""

    title: str
    kind: ListingKind = ListingKind.PRODUCT
    category: str = ""
    """Code of the category; empty while it is not chosen."""
    description: str = ""
    aliases: tuple[str, ...] = ()
    specs: tuple[Spec, ...] = ()
    unit: str = ""
    negotiable: bool = False
    tax_included: bool = True
    tiers: tuple[Tier, ...] = ()
    moq_quantity: Decimal | None = None
    moq_unit: str = ""
    capacity_quantity: Decimal | None = None
    capacity_unit: str = ""
    capacity_per: CapacityPer = CapacityPer.MONTH
    lead_time_min_days: int | None = None
    lead_time_max_days: int | None = None
    certificates: tuple[CertificateClaim, ...] = ()
    town: str = ""


def broken_limits(content: ListingContent) -> list[str]:
    """Sentences on every limit of R13 that `content` breaks, and on values that contradict each other."""
    wrong = [*_long_texts(content), *_long_lists(content), *_contradictions(content)]
    if not content.title:
        wrong.insert(0, _("Write a title, for example the name and the size of the product."))
    return wrong


def _long_texts(content: ListingContent) -> list[str]:
    longest = (
        (_("Title"), content.title, TITLE_LENGTH),
        (_("Description"), content.description, DESCRIPTION_LENGTH),
        (_("Unit"), content.unit, UNIT_LENGTH),
        (_("Unit of the smallest order"), content.moq_unit, UNIT_LENGTH),
        (_("Unit of the capacity"), content.capacity_unit, UNIT_LENGTH),
        (_("Town"), content.town, TOWN_LENGTH),
        *((_("Other names"), alias, ALIAS_LENGTH) for alias in content.aliases),
        *((_("Specifications"), spec.name, SPEC_NAME_LENGTH) for spec in content.specs),
        *((_("Specifications"), spec.value, SPEC_VALUE_LENGTH) for spec in content.specs),
        *((_("Certificates"), claim.kind, CERTIFICATE_LENGTH) for claim in content.certificates),
        *((_("Certificates"), claim.number, CERTIFICATE_LENGTH) for claim in content.certificates),
    )
    return [
        _("%(field)s: use at most %(max)d characters.", field=name, max=most)
        for name, text, most in longest
        if len(text) > most
    ]


def _long_lists(content: ListingContent) -> list[str]:
    lists = (
        (_("Other names"), content.aliases, ALIASES),
        (_("Specifications"), content.specs, SPECS),
        (_("Prices"), content.tiers, TIERS),
        (_("Certificates"), content.certificates, CERTIFICATES),
    )
    return [
        _("%(field)s: at most %(max)d rows.", field=name, max=most) for name, rows, most in lists if len(rows) > most
    ]


def _contradictions(content: ListingContent) -> list[str]:
    wrong = []
    minimums = [tier.min_quantity for tier in content.tiers]
    if len(set(minimums)) < len(minimums):
        wrong.append(_("Two prices begin at the same quantity. Keep one of them."))
    if any(tier.unit_price <= 0 or tier.min_quantity <= 0 for tier in content.tiers):
        wrong.append(_("Quantities and prices must be above zero."))
    shortest, longest = content.lead_time_min_days, content.lead_time_max_days
    if shortest is not None and longest is not None and shortest > longest:
        wrong.append(_("The shortest delivery time is longer than the longest."))
    return wrong
