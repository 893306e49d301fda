"""A whole site for tests: its own instance folder, gunicorn and the worker as under `make run`, on a free port."""

import fcntl
import http.cookiejar
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketplace.core.jobs import WORKER_LOCK

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "doorstep-demo"
TOKEN = re.compile(r'name="csrf(?:_|-)token" (?:type="hidden" )?(?:value|content)="([^"]+)"')


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    status: int
    text: str
    url: str
    seconds: float


class Client:
    """A browser without a screen: cookies, tokens and forms over HTTP, to this machine only."""

    def __init__(self, base: str):
        self.base = base
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, path: str, data: dict[str, Any] | None = None) -> Answer:
        body = urllib.parse.urlencode(data, doseq=True).encode() if data is not None else None
        started = time.perf_counter()
        try:
            with self.opener.open(self.base + path, body, timeout=60) as reply:
                text, status, url = reply.read().decode(), reply.status, reply.url
        except urllib.error.HTTPError as error:
            text, status, url = error.read().decode(errors="replace"), error.code, error.url
        return Answer(status, text, url, time.perf_counter() - started)

    def token(self, path: str) -> str:
        found = TOKEN.search(self.open(path).text)
        assert found, f"no form on {path}"
        return found.group(1)

    def post(self, path: str, data: dict[str, Any], form: str | None = None) -> Answer:
        return self.open(path, {"form_key": secrets.token_hex(8), **data, "csrf_token": self.token(form or path)})

    def sign_in(self, email: str, password: str = PASSWORD) -> "Client":
        answer = self.post("/sign-in", {"email": email, "password": password})
        assert answer.status == 200, answer.text[:500]
        return self


@dataclass
class Site:
    """The site of one instance folder."""

    instance: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "FLASK_APP": "app.py",
            "DOORSTEP_INSTANCE": str(self.instance),
            "DOORSTEP_DEV_PAGES": "1",
            "DOORSTEP_PUBLIC_URL": self.base,
            **self.settings,
        }

    def flask(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of the site."""
        return subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=check,
            capture_output=True,
            text=True,
        )

    def prepare(self, demo: bool = True) -> "Site":
        """Make the tables and, unless told otherwise, load the demonstration park and build the index."""
        self.flask("db", "upgrade")
        if demo:
            self.flask("demo", "load")
            self.flask("jobs", "work-off")
        return self

    def start_anyway(self) -> "Site":
        """Start and wait for pages, not for readiness."""
        return self.start("/healthz")

    def start(self, until: str = "/readyz", patience: float = 60) -> "Site":
        """Start and wait, so many seconds at most."""
        log = (self.instance / "site.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
        )
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            try:
                if urllib.request.urlopen(self.base + until, timeout=5).status == 200:
                    return self
            except OSError:
                time.sleep(0.2)
        self.stop()
        raise AssertionError("the site did not start: " + self.log()[-3000:])

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)

    def log(self) -> str:
        return (self.instance / "site.log").read_text("utf-8", errors="replace")

    def client(self) -> Client:
        return Client(self.base)

    def worker_pid(self) -> int | None:
        """The process that runs as the worker of this site, as its lock says."""
        lock = self.instance / WORKER_LOCK
        text = lock.read_text() if lock.exists() else ""
        return int(text) if text and Path(f"/proc/{text}").exists() else None


def demo_copy(shared: Path, target: Path) -> Site:
    """A site with the demonstration park in `target`. It is prepared once for all test processes, then copied."""
    template = shared / "demo-site"
    with (shared / "demo-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (template / "ready").exists():
            shutil.rmtree(template, ignore_errors=True)
            template.mkdir()
            Site(template).prepare()
            (template / "ready").touch()
    shutil.copytree(template, target, dirs_exist_ok=True)
    return Site(target)
