"""Commands of the whole site: `flask setup`, `flask jobs`, `flask settings`, `flask serve`."""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import structlog
from flask import Flask, current_app
from flask.cli import AppGroup

from marketplace.core.clock import utc_now
from marketplace.core.jobs import Worker, queue_state, work_off

log = structlog.get_logger()
jobs_cli = AppGroup("jobs", help="Work after the commit: index, mail, matching, clocks.")
RESTART_WAIT = 1.0
SECRETS = {"SECRET_KEY", "MAIL_PASSWORD"}
MEMORY = Path("/dev/shm")  # noqa: S108 - where gunicorn's heartbeat files cost no disk access


@jobs_cli.command("run")
def run_jobs() -> None:
    """Run the worker until it is stopped; a second one waits for the first to end."""
    Worker(current_app._get_current_object()).run()  # type: ignore[attr-defined]


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
@click.option("--workers", default=2, show_default=True, type=int)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site with gunicorn and run the worker beside it; both end together."""
    environment = {**os.environ, "DOORSTEP_WORKER_FOLLOWS": "1", "FLASK_APP": "app.py"}
    web = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", str(workers),
           "--threads", "8", "--bind", f"{host}:{port}", "--no-control-socket", "--log-level", "warning",
           "--preload", "--max-requests", "20000", "--max-requests-jitter", "2000",
           "--graceful-timeout", "10", "app:app"]
    if MEMORY.is_dir():
        web[-1:-1] = ["--worker-tmp-dir", str(MEMORY)]
    worker = [sys.executable, "-m", "flask", "jobs", "run"]
    server = subprocess.Popen(web, env=environment)
    helper = subprocess.Popen(worker, env=environment)

    def stop(*_signal: object) -> None:
        for process in (server, helper):
            if process.poll() is None:
                process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while server.poll() is None:
        if helper.poll() not in (None, 0) and server.poll() is None:
            log.error("worker_died", code=helper.returncode)
            time.sleep(RESTART_WAIT)
            helper = subprocess.Popen(worker, env=environment)
        time.sleep(0.2)
    stop()
    helper.wait(timeout=20)
    sys.exit(0 if server.returncode in (0, -signal.SIGTERM, -signal.SIGINT) else server.returncode)


def init_app(app: Flask) -> None:
    app.cli.add_command(jobs_cli)
    app.cli.add_command(show_settings)
    app.cli.add_command(serve)
