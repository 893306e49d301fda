"""The steps of a listing's life."""

from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _

from marketplace.accounts.models import Person
from marketplace.catalog.lifecycle import RENEWABLE, SUBMITTABLE, ListingStatus
from marketplace.catalog.models import Listing
from marketplace.catalog.services.editing import content_of, ensure_complete, ensure_may_sell, review_reasons
from marketplace.catalog.services.indexing import index_again
from marketplace.catalog.signals import (
    listing_approved,
    listing_expired,
    listing_published,
    listing_returned,
    listing_submitted,
    listing_suspended,
    listing_taken_down,
)
from marketplace.core.db import db
from marketplace.core.lifecycle import ensure_seen
from marketplace.core.refusals import RuleBroken, StepNotPossible
from marketplace.core.timeline import record

REASON_LENGTH = 500


def submit_listing(listing: Listing, actor: Person | None, now: datetime) -> Listing:
    """Hand a draft in. It is published at once unless staff must look first (`review_reasons`).

    Raises:
        RuleBroken: the organisation is not verified, something needed is missing, or a licence is.
        StepNotPossible: it is no draft and was not returned.
    """
    if listing.status not in SUBMITTABLE:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))
    _ensure_publishable(listing, now)
    listing.move_to(ListingStatus.IN_REVIEW)
    listing.submitted_at = now
    record(listing, "submitted", at=now, actor=actor, organisation=listing.organisation)
    if review_reasons(content_of(listing), listing.category):
        index_again(listing)
        listing_submitted.send(listing, actor=actor, now=now)
    else:
        _publish(listing, actor, now, by_staff=False)
    return listing


def approve_listing(listing: Listing, actor: Person, now: datetime, *, version: int | None = None) -> Listing:
    """Staff let a listing that waits be published.

    `version` is the one that they looked at, 0 when the form does not say.

    Raises:
        LostEdit: it was changed since then.
        RuleBroken: the organisation is no longer verified or a licence has run out.
        StepNotPossible: it does not wait.
    """
    if listing.status is not ListingStatus.IN_REVIEW:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))
    ensure_seen(version, listing.version)
    _ensure_publishable(listing, now)
    _publish(listing, actor, now, by_staff=True)
    listing_approved.send(listing, actor=actor, now=now)
    return listing


def return_listing(
    listing: Listing, actor: Person, reason: str, now: datetime, *, version: int | None = None
) -> Listing:
    """Staff send a listing that waits back with a reason.

    `version` is the one that they looked at, 0 when the form does not say.

    Raises:
        LostEdit: it was changed since then.
        RuleBroken: no reason was given.
        StepNotPossible: it does not wait.
    """
    reason = _reason(reason, _("Say what must be changed, so that the supplier can do it."))
    listing.move_to(ListingStatus.RETURNED)
    ensure_seen(version, listing.version)
    listing.status_reason = reason
    record(listing, "returned", at=now, actor=actor, note=reason)
    index_again(listing)
    listing_returned.send(listing, actor=actor, reason=reason, now=now)
    return listing


def pause_listing(listing: Listing, actor: Person, now: datetime) -> Listing:
    """Take it from the shelf for a while; its life goes on running."""
    listing.move_to(ListingStatus.PAUSED)
    record(listing, "paused", at=now, actor=actor, organisation=listing.organisation)
    _taken_down(listing, actor, now)
    return listing


def resume_listing(listing: Listing, actor: Person, now: datetime) -> Listing:
    """Put a paused listing back; a new life begins when the old one ended meanwhile.

    Raises:
        RuleBroken: the organisation is not verified or lacks a licence.
    """
    if listing.status is not ListingStatus.PAUSED:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))
    _ensure_publishable(listing, now)
    listing.move_to(ListingStatus.PUBLISHED)
    if listing.expires_at is None or listing.expires_at <= now:
        _new_life(listing, now)
    record(listing, "resumed", at=now, actor=actor, organisation=listing.organisation)
    _shown(listing, actor, now)
    return listing


def renew_listing(listing: Listing, actor: Person, now: datetime) -> Listing:
    """Begin a new life of `LISTING_LIFE_DAYS` from now; one click (R6). An expired listing is published again.

    Raises:
        RuleBroken: the organisation is not verified or lacks a licence.
        StepNotPossible: it is neither published nor expired.
    """
    if listing.status not in RENEWABLE:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))
    _ensure_publishable(listing, now)
    had_expired = listing.status is ListingStatus.EXPIRED
    if had_expired:
        listing.move_to(ListingStatus.PUBLISHED)
    _new_life(listing, now)
    record(listing, "renewed", at=now, actor=actor, organisation=listing.organisation)
    if had_expired:
        _shown(listing, actor, now)
    else:
        index_again(listing)
    return listing


def expire_listing(listing: Listing, now: datetime) -> Listing:
    """The clock ends the life of a published listing.

    Raises:
        StepNotPossible: it was renewed or taken down in the meantime.
    """
    if listing.status is not ListingStatus.PUBLISHED or listing.expires_at is None or listing.expires_at > now:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))
    listing.move_to(ListingStatus.EXPIRED)
    record(listing, "expired", at=now)
    _taken_down(listing, None, now)
    listing_expired.send(listing, now=now)
    return listing


def withdraw_listing(
    listing: Listing,
    actor: Person,
    now: datetime,
    *,
    reason: str = "",
    by_staff: bool = False,
    version: int | None = None,
) -> Listing:
    """Take it down for good. Staff must give a reason, which the supplier reads.

    `version` is the one that staff looked at, 0 when their form does not say.

    Raises:
        LostEdit: it was changed since then.
        RuleBroken: staff gave no reason.
        StepNotPossible: it was withdrawn before.
    """
    reason = _reason(reason, _("Say why it is taken down; the supplier reads it.")) if by_staff else _reason(reason)
    was_visible = listing.status is ListingStatus.PUBLISHED
    listing.move_to(ListingStatus.WITHDRAWN)
    ensure_seen(version, listing.version)
    listing.status_reason = reason
    record(
        listing,
        "suspended" if by_staff else "withdrawn",
        at=now,
        actor=actor,
        organisation=None if by_staff else listing.organisation,
        note=reason,
    )
    if was_visible:
        _taken_down(listing, actor, now)
    else:
        index_again(listing)
    if by_staff:
        listing_suspended.send(listing, actor=actor, reason=reason, now=now)
    return listing


def _reason(text: str, refusal: str = "") -> str:
    text = text.strip()
    if refusal and not text:
        raise RuleBroken(refusal)
    if len(text) > REASON_LENGTH:
        raise RuleBroken(_("Use at most %(max)d characters.", max=REASON_LENGTH))
    return text


def _ensure_publishable(listing: Listing, now: datetime) -> None:
    if not listing.organisation.is_verified:
        raise RuleBroken(
            _("Your organisation waits for verification. Until then you can prepare drafts, but not publish them.")
        )
    ensure_complete(content_of(listing))
    ensure_may_sell(listing, now)


def _new_life(listing: Listing, now: datetime) -> None:
    listing.published_at = listing.published_at or now
    listing.expires_at = now + timedelta(days=current_app.config["LISTING_LIFE_DAYS"])
    listing.reminded_days = None


def _publish(listing: Listing, actor: Person | None, now: datetime, *, by_staff: bool) -> None:
    listing.move_to(ListingStatus.PUBLISHED)
    listing.status_reason = ""
    _new_life(listing, now)
    record(listing, "published", at=now, actor=actor, organisation=None if by_staff else listing.organisation)
    _shown(listing, actor, now)


def _shown(listing: Listing, actor: Person | None, now: datetime) -> None:
    db.session.flush()
    index_again(listing)
    listing_published.send(listing, actor=actor, now=now)


def _taken_down(listing: Listing, actor: Person | None, now: datetime) -> None:
    db.session.flush()
    index_again(listing)
    listing_taken_down.send(listing, actor=actor, now=now)
