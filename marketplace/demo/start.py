"""`flask start`: everything that stands between a fresh clone and a running demonstration park."""

import sys

import click
from flask import current_app
from flask_babel import force_locale

from marketplace import search
from marketplace.accounts import queries as accounts
from marketplace.core.cli import sound_app
from marketplace.core.clock import utc_now
from marketplace.core.db import db
from marketplace.core.serving import refuse_public_dev_pages, serve
from marketplace.core.upgrading import upgrade_database
from marketplace.demo.cli import sign_in_table
from marketplace.demo.loading import load as load_park


@click.command("start")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=int)
def start(host: str, port: int) -> None:
    """Migrate, load the demonstration park where nothing is yet, build the index, then serve."""
    app = sound_app()
    refuse_public_dev_pages(app, host)
    upgrade_database(utc_now())
    if not accounts.has_administrator():
        with current_app.test_request_context(), force_locale("zh_Hans"):
            load_park(utc_now(), quiet=not sys.stderr.isatty())
        click.echo("Building the index; the worker computes matches and draws pictures while the site runs")
        search.build_missing()
    db.session.remove()
    db.engine.dispose()
    click.echo(f"\nDoorstep 家门口 serves on http://{host}:{port}   (Ctrl-C ends it)\n")
    for line in sign_in_table():
        click.echo("  " + line)
    click.echo("")
    sys.stdout.flush()
    serve(app, host=host, port=port, workers=2)
