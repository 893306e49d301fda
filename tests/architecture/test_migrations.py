"""Migrations make exactly the tables of the models, up and down, on SQLite and on PostgreSQL, and survive a kill."""

import os
import signal
import subprocess
import sys
import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from marketplace import create_app
from marketplace.core.db import db
from marketplace.core.web import migrations_at_head
from tests.conftest import TEST_SETTINGS


def tables():
    return set(inspect(db.engine).get_table_names()) - {"alembic_version", "sqlite_sequence"}


def up_and_down(app):
    with app.app_context():
        upgrade()
        assert migrations_at_head()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
            assert compare_metadata(context, db.metadata) == []
        assert tables() == set(db.metadata.tables)
        downgrade(revision="base")
        assert tables() == set()
        upgrade()
        assert tables() == set(db.metadata.tables)
        db.engine.dispose()


def test_on_sqlite(tmp_path):
    up_and_down(create_app(TEST_SETTINGS, instance=tmp_path))


def test_on_postgresql(tmp_path, postgresql):
    up_and_down(create_app({**TEST_SETTINGS, "DATABASE_URL": postgresql}, instance=tmp_path))


@pytest.mark.slow
def test_a_killed_upgrade_leaves_nothing_half_done(tmp_path):
    """RELIABILITY finding 3: kill the upgrade at different moments, then it must go through."""
    environment = {**os.environ, "DOORSTEP_INSTANCE": str(tmp_path), "FLASK_APP": "app.py"}
    command = [sys.executable, "-m", "flask", "db", "upgrade"]
    for wait in (1.2, 1.5, 1.8, 2.1):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    app = create_app(TEST_SETTINGS, instance=tmp_path)
    with app.app_context():
        assert migrations_at_head()
        assert tables() == set(db.metadata.tables)
