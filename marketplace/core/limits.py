"""Limits on tries: each is counted before the work it asks for, so that many at once are no way around."""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Index, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import UTCDateTime, db, hold, transaction
from marketplace.core.jobs import clock
from marketplace.core.refusals import Throttled

log = structlog.get_logger()
KEPT = timedelta(days=1)
"""Longer than any window."""


class CountedTry(db.Model):
    """One try that counts against one limit, across processes and restarts."""

    __tablename__ = "counted_tries"
    __table_args__ = (Index("ix_counted_tries_kind", "kind", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(comment="what is limited, e.g. sign_in.account")
    key: Mapped[str] = mapped_column(comment="keyed hash of the account or network that it is counted for")
    at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, order=True)
class Limit:
    """At most `most` tries called `kind` for one `key` within `window`."""

    kind: str
    key: str
    most: int
    window: timedelta


def keyed(*parts: str) -> str:
    """A keyed hash, so that the table of tries holds no addresses."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, "\n".join(parts).encode(), hashlib.sha256).hexdigest()[:32]


def network_of(address: str) -> str:
    """The address itself, for IPv6 its /64: one household has that many."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if parsed.version == 6 else str(parsed)


def is_loopback(host: str) -> bool:
    """True for a name or address under which this machine is reached from itself only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def count_try(limits: Iterable[Limit], *, now: datetime) -> None:
    """Count a try against each of `limits`.

    To be called at the beginning of a transaction that is committed before the outcome of the try is known. A try
    that is refused is not counted, so that it does not make the wait longer.

    Raises:
        Throttled: one limit is reached; with the seconds to wait.
    """
    asked = sorted(limits)
    hold(*(f"{limit.kind} {limit.key}" for limit in asked))
    for limit in asked:
        count, oldest = db.session.execute(
            select(func.count(), func.min(CountedTry.at)).where(
                CountedTry.kind == limit.kind, CountedTry.key == limit.key, CountedTry.at > now - limit.window
            )
        ).one()
        if count >= limit.most:
            log.info("limit_reached", kind=limit.kind)
            wait = int(((oldest or now) + limit.window - now).total_seconds()) + 1
            raise Throttled(
                _("Too many tries. Wait %(minutes)d minutes, then try again.", minutes=-(-wait // 60)), retry_after=wait
            )
    db.session.add_all(CountedTry(kind=limit.kind, key=limit.key, at=now) for limit in asked)


def forget(limits: Iterable[Limit], *, at: datetime | None = None) -> None:
    """Forget the tries that count against `limits`: the one of the moment `at`, or all."""
    for limit in limits:
        which = delete(CountedTry).where(CountedTry.kind == limit.kind, CountedTry.key == limit.key)
        db.session.execute(which if at is None else which.where(CountedTry.at == at))


@clock("core.drop_old_tries", every=timedelta(hours=6))
def drop_old_tries(now: datetime) -> None:
    with transaction():
        db.session.execute(delete(CountedTry).where(CountedTry.at < now - KEPT))
