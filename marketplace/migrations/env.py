"""Alembic's environment: each upgrade is one transaction, on SQLite too (RELIABILITY 3)."""

from alembic import context
from flask import current_app

from marketplace.core.db import db

config = context.config


def include_object(_item, _name, kind, _reflected, _compare_to):  # type: ignore[no-untyped-def]
    """Leave what SQLite keeps for itself alone."""
    return not (kind == "table" and str(_name).startswith("sqlite_"))


def run() -> None:
    """Migrate within `BEGIN IMMEDIATE`: a killed upgrade leaves nothing half done."""
    engine = db.engine
    options = {"begin": "IMMEDIATE"} if engine.dialect.name == "sqlite" else {}
    with engine.connect() as connection:
        connection = connection.execution_options(**options)
        if engine.dialect.name == "sqlite":
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
            include_object=include_object,
            user_module_prefix="marketplace.core.db.",
        )
        with context.begin_transaction():
            context.run_migrations()
        if engine.dialect.name == "sqlite":
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"], target_metadata=db.metadata, literal_binds=True
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    run()
