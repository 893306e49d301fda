"""Promotion: featured slots by a public rota."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
    from marketplace.campaigns import jobs, policies, views  # noqa: F401
    from marketplace.campaigns.labels import STEP_LABELS
    from marketplace.catalog.models import Listing
    from marketplace.core.timeline import name_steps

    app.register_blueprint(views.bp)
    name_steps(Listing.__tablename__, STEP_LABELS)
