"""Is the database file whole? A look of seconds at each start, the whole file at night, and what pages come upon.

The last verdict is a file of the instance, so that it can be read when the database cannot. Of PostgreSQL nothing is
asked: it looks after its files itself.
"""

import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from flask import Flask, current_app
from sqlalchemy import event

from marketplace.core import quick_check
from marketplace.core.clock import local, utc_now
from marketplace.core.db import db, file_of
from marketplace.core.jobs import clock
from marketplace.core.quick_check import is_damage
from marketplace.core.web import READINESS

log = structlog.get_logger()
SECONDS_AT_START = 3.0
"""Enough for some gigabytes that lie in memory: 324 MB took 0.3 s."""
NIGHT = range(2, 5)
"""Hours of the park's clock in which the whole file is looked at."""
BY_NIGHT, AT_THE_LATEST = timedelta(hours=20), timedelta(days=2)
FILE = "database.check"
OF_A_FULL_SITE = ("uploads", "index", FILE)
"""What a site has only once its database holds something; an empty file beside it has lost that."""
EMPTY = "it is empty, but {beside} of a site lies beside it"


class Damaged(Exception):
    """The database file is broken; the site must not start on it."""


@dataclass(frozen=True)
class Verdict:
    """What the last look at the file found: nothing when `finding` is empty. An incomplete one ran out of time."""

    at: str
    finding: str = ""
    complete: bool = True
    seconds: float = 0.0


def look(file: str, now: datetime, seconds: float | None = None) -> Verdict:
    """Let another process check the whole file, or as much as it can in `seconds`."""
    started = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-I", quick_check.__file__, file],
            timeout=seconds,
            check=False,
            capture_output=True,
            text=True,
        )
        finding, complete = done.stdout.strip(), done.returncode == 0
    except subprocess.TimeoutExpired:
        finding, complete = "", False
    return Verdict(now.isoformat(timespec="seconds"), finding, complete, round(time.monotonic() - started, 2))


def last_verdict(instance: Path) -> Verdict | None:
    """The verdict that stands; None before the first."""
    try:
        return Verdict(**json.loads((instance / FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _remember(instance: Path, verdict: Verdict) -> None:
    """Keep the verdict where every process finds it. An incomplete one takes no finding back."""
    before = last_verdict(instance)
    if not verdict.finding and not verdict.complete and before is not None:
        return
    try:
        fresh = instance / f".{FILE}.{threading.get_ident()}"
        fresh.write_text(json.dumps(asdict(verdict)), "utf-8")
        fresh.replace(instance / FILE)
    except OSError as error:
        log.error("database_check_not_kept", problem=error.strerror)
    if verdict.finding and (before is None or before.finding != verdict.finding):
        log.error("database_damaged", finding=verdict.finding)


def is_damaged(instance: Path) -> bool:
    """True when the verdict that stands names damage."""
    verdict = last_verdict(instance)
    return verdict is not None and bool(verdict.finding)


def _emptied(instance: Path) -> str:
    """What is wrong with a file of 0 bytes: nothing at a new site, which has no data beside it either."""
    for path in (instance / name for name in OF_A_FULL_SITE):
        if path.is_file() or any(found.is_file() for found in path.rglob("*")):
            return EMPTY.format(beside=path.name)
    return ""


def examine(app: Flask, now: datetime, seconds: float | None = None) -> Verdict | None:
    """Look, and keep the verdict; None where there is no SQLite file yet, or an empty one of a new site."""
    file, instance = file_of(app), Path(app.instance_path)
    if file is None or not Path(file).exists():
        return None
    if not Path(file).stat().st_size:
        finding = _emptied(instance)
        verdict = Verdict(now.isoformat(timespec="seconds"), finding) if finding else None
    else:
        verdict = look(file, now, seconds)
    if verdict is not None:
        _remember(instance, verdict)
    return verdict


def ensure_sound(app: Flask, now: datetime) -> None:
    """Go on only with a database in which a short look finds nothing; after damage the whole file is looked at.

    Raises:
        Damaged: with a sentence that says what to do.
    """
    verdict = examine(app, now, None if is_damaged(Path(app.instance_path)) else SECONDS_AT_START)
    if verdict is not None and verdict.finding:
        raise Damaged(
            f"The database {file_of(app)} is damaged ({verdict.finding}), so the site does not start. "
            "Put a copy back, as docs/operation.md says; flask site check looks again."
        )


@clock("core.check_database", every=timedelta(minutes=30))
def check_by_night(now: datetime) -> None:
    """Look at the whole file once a night, beside the worker's other work; a site that sleeps at night, by day."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    verdict = last_verdict(Path(app.instance_path))
    age = now - datetime.fromisoformat(verdict.at) if verdict is not None else AT_THE_LATEST
    if age >= AT_THE_LATEST or (age >= BY_NIGHT and local(now).hour in NIGHT):
        threading.Thread(target=examine, args=(app, now), name="database check", daemon=True).start()


def _not_sound() -> str:
    return "damaged" if is_damaged(Path(current_app.instance_path)) else ""


def init_app(app: Flask) -> None:
    READINESS["database"] = _not_sound
    instance = Path(app.instance_path)
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "handle_error")
    def noticed(context) -> None:  # type: ignore[no-untyped-def]
        if is_damage(context.original_exception) and not is_damaged(instance):
            _remember(instance, Verdict(utc_now().isoformat(timespec="seconds"), str(context.original_exception)))
