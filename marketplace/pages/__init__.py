"""Home, language, workbench and help: puts the domains' pieces together, owns no table."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
    from marketplace.pages import calendar_views, cli, policies, views  # noqa: F401

    app.register_blueprint(views.bp)
    app.register_blueprint(views.dev_bp)
    app.cli.add_command(cli.setup)
