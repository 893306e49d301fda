"""What the reliability tests share: a disk that can be made read-only or full, rows counted, changes made elsewhere."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.live import ROOT

KILLS = int(os.environ.get("DOORSTEP_KILLS", "3"))
"""Few within `make test`; `make torture` sets more."""
QUEUES = frozenset({"jobs", "search_outbox", "clock_ticks", "matches", "match_runs", "sqlite_stat1", "sqlite_stat4"})
"""Rows that come and go by themselves: work to do, what is computed from other rows, statistics."""
SOURCE = """
import sys
from marketplace import create_app, search
from marketplace.core.db import transaction
from marketplace.catalog.models import Listing
from sqlalchemy import select
app = create_app()
with app.app_context(), transaction() as session:
    wanted = select(Listing).where(Listing.id.not_in(map(int, sys.argv[3:])))
    for listing in session.scalars(wanted.order_by(Listing.id).limit(int(sys.argv[2]))):
        listing.description = sys.argv[1]
        search.changed("listings", listing.id)
"""


def change_listings(site, description, count=1, besides=()):
    """Give the first `count` listings another description, as a page would: with their outbox rows, in one commit."""
    subprocess.run(
        [sys.executable, "-c", SOURCE, description, str(count), *besides], cwd=ROOT, env=site.environment, check=True
    )


def rows(site):
    """The primary keys of every committed row by table, queues left out."""
    with closing(sqlite3.connect(site.instance / "doorstep.sqlite")) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {name: {row[0] for row in database.execute(f'SELECT rowid FROM "{name}"')} for name in tables - QUEUES}


def database_is_whole(site):
    """True when SQLite's own check finds nothing."""
    with closing(sqlite3.connect(site.instance / "doorstep.sqlite")) as database:
        return (
            database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            and not database.execute("PRAGMA foreign_key_check").fetchall()
        )


def agrees(site):
    """True when `flask search check` finds no difference."""
    return site.flask("search", "check", check=False).returncode == 0


def wait_until(true, seconds=60, every=0.5):
    """Whether something came true within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(every)
    return bool(true())


def lines(log, event, **fields):
    """The lines of a log that tell of an event."""
    told = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [line for line in told if line.get("event") == event and fields.items() <= line.items()]


@pytest.fixture
def tell(capsys):
    """`tell("5 kills ...")` shows a figure in the run."""

    def show(figure):
        with capsys.disabled():
            print(f"\n  {figure}")

    return show


class Disk:
    """A folder that can be made read-only and full."""

    def __init__(self, folder: Path):
        self.folder = folder

    def read_only(self, is_so=True):
        if os.geteuid():
            for path in (self.folder, *self.folder.rglob("*")):
                path.chmod((0o500 if is_so else 0o700) if path.is_dir() else (0o400 if is_so else 0o600))
            return
        remount = ["mount", "-o", f"remount,{'ro' if is_so else 'rw'}", str(self.folder)]
        done = wait_until(lambda: subprocess.run(remount, check=False, capture_output=True).returncode == 0, 20, 0.02)
        assert done, "the disk stayed busy"

    def fill(self):
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 65536)
            except OSError:
                pass

    def empty(self):
        (self.folder / "filler").unlink()


@pytest.fixture
def disk_of():
    """`disk_of(folder)` puts a folder on a disk of its own, in memory: as root, permissions stop nothing."""
    mounted = []

    def give(folder, size="64m"):
        if os.geteuid() == 0:
            kept = folder.with_name(folder.name + "-kept")
            folder.rename(kept)
            folder.mkdir(mode=0o700)
            mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)]
            done = subprocess.run(mount, check=False, capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"root cannot be kept from writing, and nothing can be mounted here: {done.stderr.strip()}")
            mounted.append(folder)
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        return Disk(folder)

    yield give
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
