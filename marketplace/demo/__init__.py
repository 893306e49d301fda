"""The demonstration park as package data, loaded through the services."""
from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
    from marketplace.demo import cli, pictures  # noqa: F401 - its job is registered

    app.cli.add_command(cli.demo_cli)
