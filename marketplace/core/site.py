"""The place this site serves, as its settings say."""

from functools import lru_cache
from pathlib import Path

import structlog
from flask import Flask, current_app

from marketplace.core.places import DEMO_TOWNS, BadPlaces, Gazetteer, Place, load_gazetteer
from marketplace.core.web import READINESS
from marketplace.settings import WrongSetting

log = structlog.get_logger()


def gazetteer() -> Gazetteer:
    """The towns that the settings name."""
    return load_gazetteer(current_app.config["PLACES_FILE"] or DEMO_TOWNS)


def home_place() -> Place | None:
    """Where distances are measured from when a reader has no place of his own."""
    return gazetteer().find(current_app.config["HOME_PLACE"])


@lru_cache(maxsize=2)
def _problem_of(path: str, _changed_at: int) -> str:
    """What is wrong with the file as it stands now; empty when nothing is."""
    try:
        Gazetteer.from_csv(path)
    except BadPlaces as problem:
        return str(problem)
    return ""


def _not_ready() -> str:
    """A file that was spoilt after the start is told before a restart fails on it."""
    path = current_app.config["PLACES_FILE"]
    if not path:
        return ""
    return _problem_of(path, Path(path).stat().st_mtime_ns if Path(path).exists() else 0)


def init_app(app: Flask) -> None:
    """Read the places; a site with places that cannot be read must not start.

    Raises:
        WrongSetting: with file, line and what is wrong.
    """
    READINESS["places"] = _not_ready
    try:
        places = load_gazetteer(app.config["PLACES_FILE"] or DEMO_TOWNS)
    except BadPlaces as problem:
        raise WrongSetting(f"PLACES_FILE cannot be used: {problem}.") from None
    if places.find(app.config["HOME_PLACE"]) is None:
        log.warning("home_place_unknown", place=app.config["HOME_PLACE"], answer="no distances for visitors")
