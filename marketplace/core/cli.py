"""Commands of the whole site: `flask jobs`, `flask settings`, `flask serve`, `flask site`."""

import json
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from marketplace.core.clock import utc_now
from marketplace.core.copying import CannotCopy, copy_site
from marketplace.core.db import db, file_of
from marketplace.core.garbage_and_caches import collect_between_tasks, give_back_at_once
from marketplace.core.jobs import Worker, queue_state, work_off
from marketplace.core.private_files import tighten
from marketplace.core.serving import serve
from marketplace.core.soundness import Damaged, ensure_sound, examine
from marketplace.settings import SECRETS

jobs_cli = AppGroup("jobs", help="Work after the commit: index, mail, matching, clocks.")
site_cli = AppGroup("site", help="The data of this installation: is it whole, and a copy of it.")


def sound_app() -> Flask:
    """The application, when a look at its database finds nothing; else the command ends with a sentence."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        ensure_sound(app, utc_now())
    except Damaged as damaged:
        raise click.ClickException(str(damaged)) from None
    return app


@jobs_cli.command("run")
def run_jobs() -> None:
    """Run the worker until it is stopped; a second one waits for the first to end."""
    app = sound_app()
    tighten(Path(app.instance_path), file_of(app))
    give_back_at_once()
    collect_between_tasks()
    Worker(app).run()


@jobs_cli.command("work-off")
def work_off_jobs() -> None:
    """Do everything that is due now, then end."""
    work_off()


@jobs_cli.command("status")
def status() -> None:
    """Counts of waiting and dead jobs, as JSON; exit 1 when some are dead."""
    state = queue_state(utc_now())
    click.echo(json.dumps(state))
    if state["dead"]:
        sys.exit(1)


@click.command("settings")
def show_settings() -> None:
    """Print each setting, its value and where the value came from."""
    for name, origin in current_app.config["SETTING_ORIGINS"].items():
        value = current_app.config[name]
        value = "(hidden)" if name in SECRETS and value else value
        click.echo(f"{name} = {value!r}  # {origin}")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=int)
@click.option("--workers", default=2, show_default=True, type=int, help="Web processes.")
def serve_site(host: str, port: int, workers: int) -> None:
    """Serve the site with gunicorn and run the worker beside it; both end together."""
    app = sound_app()
    db.session.remove()
    db.engine.dispose()
    serve(app, host=host, port=port, workers=workers)


@site_cli.command("check")
def check_site() -> None:
    """Look at the whole database file; ends with status 1, and what is wrong first, when it is damaged."""
    verdict = examine(current_app._get_current_object(), utc_now())  # type: ignore[attr-defined]
    if verdict is None:
        click.echo("There is no SQLite file to look at.")
    elif verdict.finding:
        raise click.ClickException(f"The database is damaged: {verdict.finding}")
    elif not verdict.complete:
        raise click.ClickException("The database could not be looked at now. Try again.")
    else:
        click.echo(f"The database is whole ({verdict.seconds} s).")


@site_cli.command("copy")
@click.argument("folder", type=click.Path(path_type=Path))
def copy_to(folder: Path) -> None:
    """Copy the running or stopped site to a new FOLDER: database, uploads, mail, settings and key; not the index."""
    try:
        copy_site(current_app._get_current_object(), folder)  # type: ignore[attr-defined]
    except CannotCopy as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"DOORSTEP_INSTANCE={folder.resolve()} serves the copy.")


def init_app(app: Flask) -> None:
    app.cli.add_command(jobs_cli)
    app.cli.add_command(show_settings)
    app.cli.add_command(serve_site)
    app.cli.add_command(site_cli)
