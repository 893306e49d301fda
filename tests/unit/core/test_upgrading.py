"""The database is brought to the newest tables once, and copied before."""

import sqlite3

from marketplace import create_app
from marketplace.core.db import db
from marketplace.core.upgrading import back_up, upgrade_database
from tests.conftest import TEST_SETTINGS
from tests.factories.accounts import NOW


def test_upgrades_once_and_keeps_a_copy(tmp_path):
    app = create_app(TEST_SETTINGS, instance=tmp_path)
    with app.app_context():
        assert upgrade_database(NOW)
        assert not upgrade_database(NOW)
        copy = back_up(NOW)
        db.engine.dispose()
    with sqlite3.connect(copy) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    database.close()
    assert copy.parent.name == "backups"
    assert {"listings", "needs", "alembic_version"} <= tables
