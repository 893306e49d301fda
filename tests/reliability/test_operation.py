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


def left_beside(site):
    return sorted(path.name for path in site.instance.glob("doorstep.sqlite-*"))


def alone(site, target):
    """The database file by itself, elsewhere: what SQLite says of it, and its rows."""
    target.mkdir()
    shutil.copy(site.instance / "doorstep.sqlite", target)
    with closing(sqlite3.connect(target / "doorstep.sqlite")) as database:
        verdict = database.execute("PRAGMA integrity_check").fetchall()
    return verdict, rows(Site(target))


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT], ids=["term", "ctrl-c"])
@pytest.mark.parametrize("command", ["serve", "start"])
def test_a_clean_stop_leaves_one_whole_file(demo_site, tmp_path, by, command):
    site = demo_site()
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", command, "--port", str(site.port)],
        cwd=ROOT,
        env=site.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert wait_until(lambda: answers(site), 60)
    work(site)
    change_listings(site, "很长的说明" * 300, count=200)
    before = rows(site)
    if by is signal.SIGINT:
        os.killpg(process.pid, by)
    else:
        process.send_signal(by)
    assert process.wait(timeout=40) == 0
    assert left_beside(site) == []
    verdict, after = alone(site, tmp_path / "elsewhere")
    assert verdict == [("ok",)]
    assert [name for name in before if not name.startswith(RENEWED) and not before[name] <= after[name]] == []


RENEWED = ("match", "featured_turns")
"""Tables whose rows the worker makes anew; it goes on until the site ends."""


def answers(site):
    try:
        return urllib.request.urlopen(site.base + "/readyz", timeout=5).status == 200
    except OSError:
        return False


@pytest.mark.slow
def test_a_command_and_a_worker_of_its_own_leave_one_whole_file_too(demo_site, tmp_path):
    site = demo_site()
    change_listings(site, "很长的说明" * 300, count=200)
    assert left_beside(site) == []
    site.flask("jobs", "work-off")
    assert left_beside(site) == []
    worker = subprocess.Popen([sys.executable, "-m", "flask", "jobs", "run"], cwd=ROOT, env=site.environment)
    assert wait_until(lambda: site.worker_pid() == worker.pid, 60, 0.05)
    change_listings(site, "又改过了" * 300, count=200)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    assert left_beside(site) == []
    assert alone(site, tmp_path / "elsewhere")[0] == [("ok",)]


@pytest.mark.slow
def test_a_log_of_64_mb_is_folded_within_seconds(demo_site):
    site = demo_site()
    log = site.instance / "doorstep.sqlite-wal"
    worker = subprocess.Popen([sys.executable, "-m", "flask", "jobs", "run"], cwd=ROOT, env=site.environment)
    try:
        assert wait_until(lambda: site.worker_pid() == worker.pid, 60, 0.05)
        with closing(sqlite3.connect(site.instance / "doorstep.sqlite", timeout=30)) as database:
            database.execute("PRAGMA wal_autocheckpoint=0")
            database.execute("CREATE TABLE filler (content BLOB)")
            for _ in range(70):
                database.execute("INSERT INTO filler VALUES (randomblob(1000000))")
            database.commit()
            assert log.stat().st_size > LARGE_LOG
            assert wait_until(lambda: log.stat().st_size < LARGE_LOG, 15)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=30)


def damage(site, *, share=0.5):
    """Overwrite pages from here on, as a bad disk does; the first ones, with the tables' names, stay."""
    file = site.instance / "doorstep.sqlite"
    size = file.stat().st_size
    with file.open("r+b") as content:
        content.seek(int(size * share))
        content.write(os.urandom(size - int(size * share)))


def cut(site):
    file = site.instance / "doorstep.sqlite"
    os.truncate(file, file.stat().st_size // 2)


def spoil_the_head(site):
    with (site.instance / "doorstep.sqlite").open("r+b") as content:
        content.write(b"no database at all")


@pytest.mark.slow
@pytest.mark.parametrize("harm", [damage, cut, spoil_the_head], ids=lambda harm: harm.__name__)
def test_a_damaged_database_is_not_started_upon(tmp_path, harm):
    site = Site(tmp_path / "site").prepare(demo=False)
    harm(site)
    for command in (["serve", "--port", str(site.port)], ["start", "--port", str(site.port)], ["jobs", "run"]):
        refused = site.flask(*command, check=False)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        sentence = refused.stderr.strip().splitlines()
        assert len([line for line in sentence if line.startswith("Error: The database")]) == 1
        assert f"{site.instance / 'doorstep.sqlite'} is damaged" in refused.stderr
        assert "docs/operation.md" in refused.stderr
    assert site.flask("site", "check", check=False).returncode == 1


@pytest.mark.slow
def test_a_database_that_breaks_while_it_is_used(demo_site, tmp_path):
    """The pages say so and no more than they know, /readyz too; with a copy put back all is well."""
    site = demo_site().start()
    copy = tmp_path / "copy"
    site.flask("site", "copy", str(copy))
    client = site.client().sign_in("member005@example.com")
    try:
        damage(site, share=0.02)
        pages = [client.open(path) for path in ("/", "/needs", "/needs/1", "/account", "/no-such-page", "/listings")]
        broken = [page.text for page in pages if page.status == 500]
        assert broken
        for text in broken:
            assert "数据库已损坏" in text
            assert 'rel="stylesheet"' in text
            assert "Nothing was lost" not in text
            assert "没有丢失" not in text
        assert site.client().open("/readyz").status == 503
        assert '"database":"damaged"' in site.client().open("/readyz").text.replace(" ", "")
        assert site.client().open("/healthz").status == 200
    finally:
        site.stop()
    assert site.flask("serve", check=False).returncode == 1
    for name in ("doorstep.sqlite", "doorstep.sqlite-wal", "doorstep.sqlite-shm"):
        (site.instance / name).unlink(missing_ok=True)
    shutil.copy(copy / "doorstep.sqlite", site.instance)
    site.start()
    site.stop()


@pytest.mark.slow
def test_a_copy_of_a_running_site_is_a_site(demo_site, tmp_path):
    site = demo_site().start()
    try:
        change_listings(site, "复制之前写的", count=5)
        before = rows(site)
        site.flask("site", "copy", str(tmp_path / "copy"))
        again = site.flask("site", "copy", str(tmp_path / "copy"), check=False)
        assert again.returncode == 1
        assert "not empty" in again.stderr
    finally:
        site.stop()
    copy = Site(tmp_path / "copy")
    assert open_to_others(copy.instance) == {}
    assert rows(copy) == before
    names = {path.relative_to(site.instance / "uploads") for path in (site.instance / "uploads").rglob("*")}
    assert {path.relative_to(copy.instance / "uploads") for path in (copy.instance / "uploads").rglob("*")} == names
    assert names
    copy.start(patience=120)
    try:
        client = copy.client().sign_in("member005@example.com")
        assert "川芎" in client.open("/listings?q=%E5%B7%9D%E8%8A%8E").text
    finally:
        copy.stop()
