"""Categories and listings: what suppliers offer."""

from pathlib import Path

from flask import Flask

from marketplace.accounts import signals as accounts_signals
from marketplace.accounts.organisation_views import PANELS
from marketplace.catalog import jobs, policies, shelf, staff_views, supplier_views, views
from marketplace.catalog.labels import STEP_LABELS
from marketplace.catalog.models import Listing
from marketplace.catalog.notices import LISTENERS
from marketplace.catalog.queries import categories
from marketplace.catalog.search import KIND, PAGE, documents, find_in_database
from marketplace.catalog.tree import CATEGORIES_FILE, use_tree
from marketplace.core.timeline import name_steps
from marketplace.search import Searchable, browse, register

__all__ = ["init_app", "policies", "staff_views", "supplier_views"]


def init_app(app: Flask) -> None:
    """Register pages, search, clocks, and the listeners on the news of organisations and listings."""
    use_tree(Path(app.config["CATEGORIES_FILE"] or CATEGORIES_FILE))
    app.register_blueprint(views.bp)
    categories.init_app(app)
    shelf.init_app(app)
    name_steps(Listing.__tablename__, STEP_LABELS)
    app.jinja_env.globals.update(views.template_words())
    register(Searchable(kind=KIND, documents=documents, find_in_database=find_in_database))
    browse.register(PAGE)
    if views.panel not in PANELS:
        PANELS.append(views.panel)
    for signal, listener in LISTENERS.items():
        signal.connect(listener)
    for signal in (
        accounts_signals.organisation_verified,
        accounts_signals.organisation_suspended,
        accounts_signals.organisation_changed,
    ):
        signal.connect(jobs.on_organisation_changed)
