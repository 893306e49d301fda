"""Passwords: argon2id at OWASP's small setting, so that many sign-ins at once stay cheap in memory."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask_babel import gettext as _

from marketplace.core.refusals import RuleBroken

SHORTEST, LONGEST = 10, 128
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def ensure_good(password: str, *about: str) -> None:
    """Refuse a password that is too short or long, of one character, or made of what is known of its owner.

    Raises:
        RuleBroken: with what to do.
    """
    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise RuleBroken(_("Use a password of %(least)d to %(most)d characters.", least=SHORTEST, most=LONGEST))
    known = {part for word in about for part in (word.lower(), word.lower().split("@")[0]) if len(part) > 3}
    if len(set(text)) < 4 or text.isdigit() or any(part in text.lower() for part in known):
        raise RuleBroken(_("This password is easy to guess. A short sentence is a good one."))


def hash_password(password: str) -> str:
    return _hasher.hash(_normal(password))


def is_right(stored: str, password: str) -> bool:
    """True when `password` is the one behind `stored`; an empty `stored` costs the same time and is never right."""
    try:
        _hasher.verify(stored or _nobody, _normal(password))
    except (Argon2Error, InvalidHashError):
        return False
    return bool(stored)
