"""The place this site serves, as its settings say."""

from flask import current_app

from marketplace.core.places import DEMO_TOWNS, Gazetteer, Place, load_gazetteer


def gazetteer() -> Gazetteer:
    """The towns that the settings name."""
    return load_gazetteer(current_app.config["PLACES_FILE"] or DEMO_TOWNS)


def home_place() -> Place | None:
    """Where distances are measured from when a reader has no place of his own."""
    return gazetteer().find(current_app.config["HOME_PLACE"])
