"""Promotion: featured slots by a public rota."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
    from marketplace.campaigns import jobs, policies, views  # noqa: F401

    app.register_blueprint(views.bp)
