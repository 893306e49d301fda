"""Accounts of people."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from marketplace.accounts import passwords, queries
from marketplace.accounts.lifecycle import StaffRole
from marketplace.accounts.models import Person, new_reset_key
from marketplace.accounts.services.sign_ins import end_sign_ins_of
from marketplace.core.db import db
from marketplace.core.refusals import RuleBroken


def create_person(
    *,
    email: str,
    name: str,
    password: str,
    phone: str = "",
    title: str = "",
    now: datetime,
    staff_role: StaffRole = StaffRole.NONE,
    password_hash: str = "",
    language: str = "zh_Hans",
) -> Person:
    """A new account. `password_hash` takes the place of `password` where many are made at once.

    Raises:
        RuleBroken: the e-mail has an account, or the password is weak.
    """
    email = email.strip().lower()
    if queries.person_by_email(email) is not None:
        raise RuleBroken(_("This account exists. Sign in instead."))
    if not password_hash:
        passwords.ensure_good(password, email, name)
        password_hash = passwords.hash_password(password)
    person = Person(
        email=email,
        name=name,
        phone=phone,
        title=title,
        password_hash=password_hash,
        created_at=now,
        staff_role=staff_role,
        language=language,
    )
    db.session.add(person)
    db.session.flush()
    return person


def end_reset_links(person: Person) -> None:
    """Links to a new password that were mailed before work no longer."""
    person.reset_key = new_reset_key()


def change_password(person: Person, password: str) -> None:
    """Set a new password; every device of this person is signed out, and links to a new password end."""
    passwords.ensure_good(password, person.email, person.name)
    person.password_hash = passwords.hash_password(password)
    end_reset_links(person)
    end_sign_ins_of(person)


def edit_person(person: Person, *, name: str, phone: str, title: str) -> None:
    person.name, person.phone, person.title = name, phone, title


def set_language(person: Any, language: str) -> None:
    person.language = language
