"""A site as its operator keeps it: its files are private, a clean stop leaves one whole database, a copy is a site."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import urllib.request
from contextlib import closing

import pytest

from tests.live import ROOT, Site
from tests.reliability.conftest import change_listings, rows, wait_until

LARGE_LOG = 64 * 1024 * 1024


@pytest.fixture(autouse=True)
def usual_umask():
    """A shell's umask, which lets everybody read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder):
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode))
        for path in (folder, *folder.rglob("*"))
        if path.exists() and path.stat().st_mode & 0o077
    }


def widen(folder):
    """As an older version left it."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def work(site):
    """A mail with a reset link, a session, a page of each kind, a search that is counted, rows of the index."""
    client = site.client().sign_in("member005@example.com")
    client.open("/listings?q=%E5%B7%9D%E8%8A%8E")
    assert client.open("/needs").status == 200
    asked = site.client().post("/password", {"email": "member005@example.com"})
    assert asked.status == 200
    change_listings(site, "改过的说明", count=3)
    assert wait_until(lambda: list((site.instance / "outbox").glob("*.eml")), 30)


@pytest.mark.slow
def test_files_of_the_instance_are_their_owners_alone(demo_site):
    site = demo_site()
    widen(site.instance)
    (site.instance / "settings.toml").write_text('mail_password = "secret"\n')
    site.settings["DOORSTEP_LOG_JSON"] = "1"
    site.start()
    try:
        work(site)
        assert open_to_others(site.instance) == {}
    finally:
        site.stop()
    site.flask("search", "rebuild")
    site.flask("people", "reset-password", "member005@example.com")
    assert open_to_others(site.instance) == {}
    assert stat.S_IMODE((site.instance / "doorstep.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE(site.instance.stat().st_mode) == 0o700


@pytest.mark.slow
def test_a_new_instance_is_private_from_the_first_command_on(tmp_path):
    site = Site(tmp_path / "new").prepare(demo=False)
    (site.instance / "doorstep.sqlite").chmod(0o644)
    site.start_anyway()
    try:
        assert open_to_others(site.instance) == {}
    finally:
        site.stop()
