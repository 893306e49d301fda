"""One process tree serves the site: gunicorn's master, its web processes, and a keeper with the worker beside them.

The application is loaded once and forked, so a second start takes no longer than one import. The keeper starts the
worker again when it dies, and both end with the master, however it ends.
"""

import faulthandler
import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication

from marketplace.core.db import db, file_of, fold_at_the_end
from marketplace.core.garbage_and_caches import collect_between_tasks, collect_what_is_due, give_back_at_once
from marketplace.core.jobs import Worker
from marketplace.core.limits import is_loopback
from marketplace.core.patterns import compile_all
from marketplace.core.private_files import tighten

log = structlog.get_logger()
MEMORY = Path("/dev/shm")  # noqa: S108 - where gunicorn's heartbeat files cost no disk access
LOOK_EVERY = 0.2
PRELOADS: dict[str, Callable[[], None]] = {}
"""What other packages load before the first request, once for all processes. One that fails is logged."""
RESTART_WAIT = 1.0
PATIENCE = 15.0


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with an application that is loaded already."""

    def __init__(self, app: Flask, options: dict[str, Any]):
        self.loaded = app
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.loaded


class Keeper:
    """A child process that keeps the worker running."""

    def __init__(self, app: Flask):
        self.app = app
        self.pid = 0
        self.stopping = False

    def start(self) -> None:
        """Fork the keeper; the caller goes on at once."""
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self._keep(parent)
            finally:
                os._exit(0)

    def end(self) -> None:
        """Let the worker finish what it does, then end it; Ctrl-C may have ended it, and gunicorn noticed."""
        if self.pid:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGTERM)
                os.waitpid(self.pid, 0)
            self.pid = 0

    def _stop(self, *_signal: object) -> None:
        self.stopping = True

    def _keep(self, parent: int) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        worker = self._fork_worker()
        while not self.stopping and os.getppid() == parent:
            ended, status = os.waitpid(worker, os.WNOHANG)
            if ended:
                log.error("worker_died", status=status)
                time.sleep(RESTART_WAIT)
                worker = self._fork_worker()
            time.sleep(LOOK_EVERY)
        os.kill(worker, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if os.waitpid(worker, os.WNOHANG)[0]:
                return
            time.sleep(LOOK_EVERY)
        os.kill(worker, signal.SIGKILL)

    def _fork_worker(self) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                Worker(self.app, follow=True).run()
            finally:
                os._exit(0)
        return pid


def preload(app: Flask) -> None:
    """Load what every process reads before they are forked: they share its memory, no first request waits for it."""
    with app.app_context():
        for name, load in PRELOADS.items():
            try:
                load()
            except Exception as error:
                log.warning("not_preloaded", part=name, problem=error.__class__.__name__)
        db.session.remove()
        db.engine.dispose()
    gc.collect()
    gc.freeze()


def warm_up() -> None:
    """In a web process that serves already: do what would hold up a first request, in the background."""
    threading.Thread(target=compile_all, daemon=True).start()


def refuse_public_dev_pages(app: Flask, host: str) -> None:
    """The dev pages show mail with its links, which open accounts: they are for this machine only.

    Raises:
        click.ClickException: they are on, and the site would serve, or calls itself, another host.
    """
    named = urlsplit(app.config["PUBLIC_URL"]).hostname or ""
    for name, value in (("HOST", host), ("PUBLIC_URL", named)):
        if app.config["DEV_PAGES"] and not is_loopback(value):
            raise click.ClickException(
                f"DEV_PAGES is on, and {name} is {value}: /dev/mail would show every mail with its links to whoever "
                "comes. Serve on 127.0.0.1, or switch the pages off: DOORSTEP_DEV_PAGES=0."
            )


def serve(app: Flask, *, host: str, port: int, workers: int) -> None:
    """Serve until a signal ends it, then leave the database as one whole file; it must have no open connection.

    A process that breaks in a library's machine code leaves in the log where each of its threads was.
    """
    refuse_public_dev_pages(app, host)
    faulthandler.enable()
    database = file_of(app)
    tighten(Path(app.instance_path), database)
    give_back_at_once()
    collect_between_tasks()
    preload(app)
    keeper = Keeper(app)
    keeper.start()

    def end(_server: object) -> None:
        """After the web processes: the worker, then what is left of the log."""
        keeper.end()
        try:
            fold_at_the_end(database)
        except Exception as error:  # a damaged file, a full disk: the log stays beside the database, nothing is lost
            log.error("log_not_folded", problem=error.__class__.__name__)

    options = {
        "bind": f"{host}:{port}",
        "worker_class": "gthread",
        "workers": workers,
        "threads": 8,
        "preload_app": True,
        "loglevel": "warning",
        "max_requests": 20000,
        "max_requests_jitter": 2000,
        "graceful_timeout": 10,
        "control_socket_disable": True,
        "post_worker_init": lambda _worker: warm_up(),
        "on_exit": end,
        "post_request": lambda _worker, _request, _environ, _response: collect_what_is_due(),
        **({"worker_tmp_dir": str(MEMORY)} if MEMORY.is_dir() else {}),
    }
    Server(app, options).run()
