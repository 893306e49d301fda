"""Bring the database to the newest tables, with a copy of it before."""

from datetime import datetime
from pathlib import Path

import structlog
from flask import current_app
from flask_migrate import upgrade

from marketplace.core.copying import copy_database
from marketplace.core.db import db
from marketplace.core.web import migrations_at_head

log = structlog.get_logger()


def back_up(now: datetime) -> Path | None:
    """A consistent copy of the SQLite database in `instance/backups/`; None where there is nothing to copy."""
    source = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not source or not Path(source).exists():
        return None
    target = Path(current_app.instance_path) / "backups" / f"before-upgrade-{now:%Y%m%dT%H%M%S}.sqlite"
    target.parent.mkdir(exist_ok=True)
    copy_database(source, target)
    return target


def upgrade_database(now: datetime) -> bool:
    """Migrate when the newest tables are not there yet; False when there was nothing to do."""
    if migrations_at_head():
        return False
    copy = back_up(now)
    db.session.remove()
    upgrade()
    log.info("database_upgraded", backup=str(copy.name) if copy else "")
    return True
