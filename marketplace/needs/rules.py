"""Rules of needs that depend on settings: R4 (how long open), R9 (fair competition), R10 (threshold)."""

from datetime import date, datetime, timedelta

from flask import current_app

from marketplace.accounts.models import Organisation
from marketplace.needs.lifecycle import first_closing_day, last_closing_day, usual_closing_day


def least_open() -> timedelta:
    return timedelta(hours=current_app.config["NEED_OPEN_MIN_HOURS"])


def most_open() -> timedelta:
    return timedelta(days=current_app.config["NEED_OPEN_MAX_DAYS"])


def closing_days(now: datetime, deliver_by: date | None = None) -> tuple[date, date, date]:
    """The first, the usual and the last closing day that R4 allows a need opening at `now`."""
    first, last = first_closing_day(now, least_open()), last_closing_day(now, most_open())
    return first, usual_closing_day(now, deliver_by, first, last), last


def threshold_fen() -> int:
    """The public procurement threshold of the settings."""
    return int(current_app.config["PROCUREMENT_THRESHOLD_YUAN"]) * 100


def statutory_channel_applies(organisation: Organisation, value_fen: int | None) -> bool:
    """True for a public body's need whose value lies above the threshold (R10)."""
    return organisation.is_public_body and value_fen is not None and value_fen > threshold_fen()
