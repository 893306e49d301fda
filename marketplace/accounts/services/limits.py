"""Tries to sign in: counted, limited, forgotten."""

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from marketplace.accounts.models import SignInAttempt
from marketplace.core.db import db
from marketplace.core.errors import Throttled


def account_key(email: str) -> str:
    """A keyed hash, so that the table of wrong tries holds no addresses."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, email.strip().lower().encode(), hashlib.sha256).hexdigest()[:32]


def network_of(address: str) -> str:
    """The address itself, for IPv6 its /64: one household has that many."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if parsed.version == 6 else str(parsed)


def ensure_may_try(email: str, address: str, *, now: datetime, known_device: bool = False) -> None:
    """Refuse a further try after too many wrong passwords for the account or from the address.

    A device on which this account signed in before is not locked out by strangers who try.

    Raises:
        Throttled: with the seconds to wait.
    """
    window = timedelta(minutes=current_app.config["SIGN_IN_WINDOW_MINUTES"])
    limits = [(SignInAttempt.address, network_of(address), current_app.config["SIGN_IN_TRIES_ADDRESS"])]
    if not known_device:
        limits.append((SignInAttempt.account, account_key(email), current_app.config["SIGN_IN_TRIES"]))
    for column, value, most in limits:
        count, oldest = db.session.execute(
            select(func.count(), func.min(SignInAttempt.at)).where(column == value, SignInAttempt.at > now - window)
        ).one()
        if count >= most:
            wait = int((oldest + window - now).total_seconds()) + 1
            raise Throttled(
                _("Too many wrong tries. Wait %(minutes)d minutes, then try again.", minutes=-(-wait // 60)),
                retry_after=wait,
            )


def note_wrong_try(email: str, address: str, *, now: datetime) -> None:
    db.session.add(SignInAttempt(account=account_key(email), address=network_of(address), at=now))


def forget_tries(email: str) -> None:
    """A right password clears the account's count."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.account == account_key(email)))


def drop_old_tries(now: datetime) -> None:
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - timedelta(days=1)))
