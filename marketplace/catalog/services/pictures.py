"""Pictures of a listing: checked and re-encoded before the transaction, kept in it."""

from datetime import datetime

from flask import current_app
from flask_babel import gettext as _

from marketplace.accounts.models import Person
from marketplace.catalog.content import ALT_LENGTH
from marketplace.catalog.lifecycle import EDITABLE
from marketplace.catalog.models import Listing, ListingPicture
from marketplace.core.db import db
from marketplace.core.files import store_picture
from marketplace.core.refusals import RuleBroken, StepNotPossible
from marketplace.core.timeline import record


def add_picture(
    listing: Listing,
    actor: Person | None,
    prepared: dict[str, bytes],
    now: datetime,
    *,
    name: str | None = None,
    alt: str = "",
) -> ListingPicture:
    """Keep a picture that `core.files.prepare_picture` made; it comes last.

    Raises:
        RuleBroken: the listing has as many files as R13 allows, or `alt` is too long.
        StepNotPossible: it is in review or withdrawn.
    """
    _ensure_editable(listing)
    most = current_app.config["MAX_FILES_PER_LISTING"]
    if len(listing.pictures) >= most:
        raise RuleBroken(_("A listing may have at most %(max)d pictures.", max=most))
    file = store_picture(prepared, name=name, owner=listing, actor=actor)
    picture = ListingPicture(
        file=file, alt=_alt(alt), position=1 + max((other.position for other in listing.pictures), default=0)
    )
    listing.pictures.append(picture)
    db.session.flush()
    record(listing, "picture_added", at=now, actor=actor, organisation=listing.organisation, note=file.name)
    return picture


def describe_picture(picture: ListingPicture, alt: str) -> None:
    """Say what the picture shows, for those who cannot see it."""
    picture.alt = _alt(alt)


def remove_picture(listing: Listing, picture: ListingPicture, actor: Person | None, now: datetime) -> None:
    """Take a picture away; its file row goes with it."""
    _ensure_editable(listing)
    file = picture.file
    listing.pictures.remove(picture)
    db.session.flush()
    db.session.delete(file)
    record(listing, "picture_removed", at=now, actor=actor, organisation=listing.organisation, note=file.name)


def _alt(text: str) -> str:
    if len(text) > ALT_LENGTH:
        raise RuleBroken(_("Use at most %(max)d characters.", max=ALT_LENGTH))
    return text.strip()


def _ensure_editable(listing: Listing) -> None:
    if listing.status not in EDITABLE:
        raise StepNotPossible(_("This listing cannot be changed while it is in review or after it was withdrawn."))
