"""Pairs of needs and listings, their order and the reasons, both directions."""

from flask import Flask

from marketplace.matching import jobs, policies, tuning_cli, views
from marketplace.matching.cli import match_cli
from marketplace.matching.documents import category_path
from marketplace.matching.listeners import LISTENERS
from marketplace.matching.need_concepts import NeedViews
from marketplace.matching.queries import supply_counts
from marketplace.needs.supply import SUPPLY_COUNTERS
from marketplace.search import name_categories

__all__ = ["init_app", "jobs", "policies", "tuning_cli"]


def init_app(app: Flask) -> None:
    """Register pages, jobs, the clock, and the listeners on the news of needs, listings and organisations."""
    app.register_blueprint(views.bp)
    for signal, listener in LISTENERS:
        signal.connect(listener)
    if supply_counts not in SUPPLY_COUNTERS:
        SUPPLY_COUNTERS.append(supply_counts)
    app.cli.add_command(match_cli)
    name_categories(category_path)
    app.extensions["need_views"] = NeedViews()  # made ready by the worker: many jobs in a row share them
