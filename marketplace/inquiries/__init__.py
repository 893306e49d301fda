"""Inquiries: a buyer asks, a supplier answers."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the pages, the clocks and who is told what."""
    from marketplace.core.timeline import name_steps
    from marketplace.inquiries import jobs, policies, views  # noqa: F401
    from marketplace.inquiries.labels import STEP_LABELS
    from marketplace.inquiries.models import Inquiry
    from marketplace.inquiries.notices import LISTENERS

    app.register_blueprint(views.bp)
    name_steps(Inquiry.__tablename__, STEP_LABELS)
    for signal, listener in LISTENERS.items():
        signal.connect(listener)
