"""Devices on which people are signed in: one row each."""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete

from marketplace.accounts.models import Person, SignIn
from marketplace.core.db import db
from marketplace.core.refusals import StepNotPossible


def token_hash(token: str) -> str:
    """What the database knows of a token: nobody who reads the table can make a cookie of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def oldest_sign_in(now: datetime) -> datetime:
    """A device signed in before this has to sign in again."""
    return now - timedelta(days=current_app.config["SIGN_IN_DAYS"])


def start_sign_in(person: Person, *, now: datetime, instead_of: str = "") -> str:
    """Sign `person` in on one more device; returns the token for its cookie.

    `instead_of` is the token that the device had before; it ends.
    """
    if instead_of:
        end_sign_in(instead_of)
    token = secrets.token_urlsafe(32)
    db.session.add(SignIn(person=person, token_hash=token_hash(token), at=now))
    return token


def ensure_password_stands(person: Person, password_hash: str) -> None:
    """Refuse to go on with a password that was right a moment ago and was changed since.

    Raises:
        StepNotPossible: it was changed, or the account was disabled.
    """
    if person.password_hash != password_hash or not person.is_active:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))


def end_sign_in(token: str) -> None:
    """Sign one device out."""
    db.session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def end_sign_ins_of(person: Person) -> None:
    """Sign every device of `person` out."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person.id))


def drop_old_sign_ins(now: datetime) -> None:
    db.session.execute(delete(SignIn).where(SignIn.at < oldest_sign_in(now)))
