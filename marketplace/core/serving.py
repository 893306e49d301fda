"""One process tree serves the site: gunicorn's master, its web processes, and a keeper with the worker beside them.

The application is loaded once and forked, so a second start takes no longer than one import. The keeper starts the
worker again when it dies, and both end with the master, however it ends.
"""

import faulthandler
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication

from marketplace.core.db import file_of, fold_at_the_end
from marketplace.core.garbage_and_caches import collect_between_tasks, collect_what_is_due, give_back_at_once
from marketplace.core.jobs import Worker
from marketplace.core.private_files import tighten

log = structlog.get_logger()
MEMORY = Path("/dev/shm")  # noqa: S108 - where gunicorn's heartbeat files cost no disk access
LOOK_EVERY = 0.2
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


def serve(app: Flask, *, host: str, port: int, workers: int) -> None:
    """Serve until a signal ends it, then leave the database as one whole file; it must have no open connection.

    A process that breaks in a library's machine code leaves in the log where each of its threads was.
    """
    faulthandler.enable()
    database = file_of(app)
    tighten(Path(app.instance_path), database)
    give_back_at_once()
    collect_between_tasks()
    keeper = Keeper(app)
    keeper.start()

    def end(_server: object) -> None:
        """After the web processes: the worker, then what is left of the log."""
        keeper.end()
        fold_at_the_end(database)

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
        "on_exit": end,
        "post_request": lambda _worker, _request, _environ, _response: collect_what_is_due(),
        **({"worker_tmp_dir": str(MEMORY)} if MEMORY.is_dir() else {}),
    }
    Server(app, options).run()
