"""The demonstration park as package data, loaded through the services."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
    from marketplace.demo import cli, pictures, start  # noqa: F401 - the job of pictures is registered

    app.cli.add_command(cli.demo_cli)
    app.cli.add_command(start.start)
