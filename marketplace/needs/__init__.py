"""Procurement needs, and the parser that understands a sentence."""

from typing import Any

from flask import Flask

from marketplace.accounts import signals as accounts_signals
from marketplace.accounts.models import Organisation
from marketplace.accounts.organisation_views import PANELS
from marketplace.core.timeline import name_steps
from marketplace.needs import cli, editor_views, jobs, notices, policies, queries, step_views, views, wording
from marketplace.needs.labels import STEP_LABELS
from marketplace.needs.models import Need
from marketplace.needs.search import KIND, PAGE, documents, find_in_database
from marketplace.search import Searchable, browse, changed, register

__all__ = ["editor_views", "init_app", "jobs", "policies", "step_views"]


def _index_needs_of(organisation: Organisation, **_news: Any) -> None:
    """Who may see an organisation's needs, and under which name, depends on the organisation."""
    for need_id in queries.ids_of_organisation(organisation.id):
        changed(KIND, need_id)


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
    app.register_blueprint(views.bp)
    name_steps(Need.__tablename__, STEP_LABELS)
    app.cli.add_command(cli.needs_cli)
    register(Searchable(kind=KIND, documents=documents, find_in_database=find_in_database))
    browse.register(PAGE)
    notices.init_app()
    if views.panel not in PANELS:
        PANELS.append(views.panel)
    app.jinja_env.globals.update(need_row_facts=wording.row_facts, need_status_label=wording.status_label)
    for signal in (
        accounts_signals.organisation_verified,
        accounts_signals.organisation_suspended,
        accounts_signals.organisation_changed,
    ):
        signal.connect(_index_needs_of)
