"""Writing a listing: the draft, its edits, and the earlier versions of what was published."""

from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from marketplace.accounts.models import Organisation, Person
from marketplace.catalog.claims import find_claims
from marketplace.catalog.content import CertificateClaim, ListingContent, Spec, Tier, broken_limits
from marketplace.catalog.lifecycle import EDITABLE, CapacityPer, ListingKind, ListingStatus
from marketplace.catalog.models import Category, Listing, ListingCertificate, ListingTier, ListingVersion
from marketplace.catalog.quality import missing
from marketplace.catalog.queries import category_by_code
from marketplace.catalog.queries.listings import last_version_number
from marketplace.catalog.services.indexing import index_again
from marketplace.catalog.signals import listing_changed, listing_submitted, listing_taken_down
from marketplace.core.certificates import canonical
from marketplace.core.clock import local, local_day
from marketplace.core.db import db
from marketplace.core.lifecycle import ensure_opened
from marketplace.core.presentation import clauses, listed
from marketplace.core.refusals import RuleBroken, StepNotPossible
from marketplace.core.timeline import record
from marketplace.core.units import unit_code

MADE_OTHERWISE = {"category", "aliases", "specs", "tiers", "certificates"}
AS_THEY_ARE = tuple(field.name for field in fields(ListingContent) if field.name not in MADE_OTHERWISE)
"""What stands on the row under the name and with the value that it has in the content."""


def create_listing(organisation: Organisation, actor: Person | None, content: ListingContent, now: datetime) -> Listing:
    """A draft of `organisation`; it may be as unfinished as its supplier likes.

    Raises:
        RuleBroken: a limit of R13 is passed, or there is no such category.
    """
    listing = Listing(organisation_id=organisation.id, status=ListingStatus.DRAFT, created_at=now)
    listing.organisation = organisation
    _write(listing, content)
    _signed(listing, actor, now)
    db.session.add(listing)
    db.session.flush()
    record(listing, "created", at=now, actor=actor, organisation=organisation)
    index_again(listing)
    return listing


def edit_listing(
    listing: Listing, actor: Person | None, content: ListingContent, now: datetime, *, opened_version: int | None = None
) -> Listing:
    """Write `content` over what stands there; published text keeps its earlier version.

    An edit that brings in words of R11 or a restricted category sends a published listing back in review.
    `opened_version` is the version that the editor was opened with, 0 when it does not say.

    Raises:
        RuleBroken: a limit of R13, no such category, or a licence is missing.
        LostEdit: somebody else saved in the meantime.
        StepNotPossible: it is in review or withdrawn.
    """
    if listing.status not in EDITABLE:
        raise StepNotPossible(_("This listing cannot be changed while it is in review or after it was withdrawn."))
    ensure_opened(opened_version, listing.version, partial(_lost_edit_words, listing))
    before = content_of(listing)
    was_published = listing.published_at is not None
    old_reasons = review_reasons(before, listing.category)
    _write(listing, content)
    after = content_of(listing)
    if after == before:
        return listing
    _signed(listing, actor, now)
    record(listing, "edited", at=now, actor=actor, organisation=listing.organisation)
    if was_published:
        ensure_complete(after)
        ensure_may_sell(listing, now)
        _keep_version(listing, before, actor, now)
        if review_reasons(after, listing.category) - old_reasons:
            _back_in_review(listing, actor, now)
        elif listing.status is ListingStatus.PUBLISHED:
            listing_changed.send(listing, actor=actor, now=now)
    db.session.flush()
    index_again(listing)
    return listing


def _lost_edit_words(listing: Listing) -> str:
    return _(
        "%(name)s saved another version at %(time)s. Look at it before you save yours.",
        name=listing.updated_by.name if listing.updated_by else _("The park staff"),
        time=f"{local(listing.updated_at):%H:%M}",
    )


def review_reasons(content: ListingContent, category: Category | None) -> set[str]:
    """Why staff must look before it is published: `always`, `restricted:<code>`, words of R11; empty: they need not."""
    reasons = {"always"} if current_app.config["REVIEW_LISTINGS"] == "always" else set()
    if category is not None and category.seller_licences:
        reasons.add(f"restricted:{category.code}")
    texts = (
        content.title,
        content.description,
        *content.aliases,
        *(f"{spec.name} {spec.value}" for spec in content.specs),
    )
    reasons |= {claim.word for text in texts for claim in find_claims(text, content.category)}
    return reasons


def ensure_complete(content: ListingContent) -> None:
    """Raise `RuleBroken` that names what a published listing must have and this one lacks."""
    lacking = missing(content)
    if lacking:
        raise RuleBroken(_("Still missing: %(things)s.", things=clauses(line.words for line in lacking)))


def missing_licences(listing: Listing, now: datetime) -> list[str]:
    """Licences of its category that the supplier does not hold today."""
    on = local_day(now)
    wanted = listing.category.seller_licences if listing.category else []
    return [licence for licence in wanted if not listing.organisation.holds(licence, on)]


def ensure_may_sell(listing: Listing, now: datetime) -> None:
    """Raise `RuleBroken` when the supplier lacks a licence that its category asks for."""
    lacking = missing_licences(listing, now)
    if lacking:
        raise RuleBroken(
            _(
                "This category is restricted. Your organisation must hold: %(licences)s. "
                "Add it to your organisation's licences and let the park staff check it.",
                licences=listed(lacking),
            )
        )


def content_of(listing: Listing) -> ListingContent:
    """What its supplier wrote, as plain values."""
    return ListingContent(
        **{name: getattr(listing, name) for name in AS_THEY_ARE},
        category=listing.category.code if listing.category else "",
        aliases=tuple(listing.aliases),
        specs=tuple(Spec(row["name"], row["value"]) for row in listing.specs),
        tiers=tuple(Tier(tier.min_quantity, tier.unit_price) for tier in listing.tiers),
        certificates=tuple(CertificateClaim(row.kind, row.number, row.valid_until) for row in listing.certificates),
    )


def as_json(content: ListingContent) -> dict[str, Any]:
    """`content` for a JSON column: decimals and days as text."""

    def plain(value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, (ListingKind, CapacityPer)):
            return value.value
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return value

    return plain(asdict(content))  # type: ignore[no-any-return]


def _write(listing: Listing, content: ListingContent) -> None:
    if wrong := broken_limits(content):
        raise RuleBroken(wrong[0])
    category = category_by_code(content.category)
    if content.category and category is None:
        raise RuleBroken(_("Choose a category from the list."))
    listing.category = category
    for name in AS_THEY_ARE:
        setattr(listing, name, getattr(content, name))
    listing.moq_unit = content.moq_unit or (content.unit if content.moq_quantity is not None else "")
    listing.capacity_unit = content.capacity_unit or (content.unit if content.capacity_quantity is not None else "")
    listing.unit_code = unit_code(content.unit)
    listing.aliases = list(dict.fromkeys(content.aliases))
    listing.specs = [{"name": spec.name, "value": spec.value} for spec in content.specs]
    _write_rows(listing, content)


def _signed(listing: Listing, actor: Person | None, now: datetime) -> None:
    listing.updated_at = now
    listing.updated_by_id = actor.id if actor is not None else None


def _write_rows(listing: Listing, content: ListingContent) -> None:
    """Tiers and certificates: kept when they are the same, else all anew."""
    before = content_of(listing) if listing.id is not None else None
    tiers = tuple(sorted(content.tiers, key=lambda tier: tier.min_quantity))
    claims = tuple(
        CertificateClaim(canonical(claim.kind), claim.number, claim.valid_until) for claim in content.certificates
    )
    if before is None or before.tiers != tiers:
        listing.tiers.clear()
        if before is not None:
            db.session.flush()
        listing.tiers.extend(ListingTier(min_quantity=tier.min_quantity, unit_price=tier.unit_price) for tier in tiers)
    if before is None or before.certificates != claims:
        listing.certificates = [
            ListingCertificate(kind=claim.kind, number=claim.number, valid_until=claim.valid_until) for claim in claims
        ]


def _keep_version(listing: Listing, before: ListingContent, actor: Person | None, now: datetime) -> None:
    db.session.add(
        ListingVersion(
            listing_id=listing.id,
            number=last_version_number(listing.id) + 1,
            content=as_json(before),
            replaced_at=now,
            replaced_by_id=actor.id if actor is not None else None,
        )
    )


def _back_in_review(listing: Listing, actor: Person | None, now: datetime) -> None:
    was_visible = listing.status is ListingStatus.PUBLISHED
    listing.move_to(ListingStatus.IN_REVIEW)
    listing.submitted_at = now
    record(listing, "back_in_review", at=now, actor=actor, organisation=listing.organisation)
    if was_visible:
        listing_taken_down.send(listing, actor=actor, now=now)
    listing_submitted.send(listing, actor=actor, now=now)
