"""Notices and mail: told by others, tells nobody."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the page of notices, the count in the layout, the mail job and the listeners."""
    from marketplace.notifications import jobs, messages, policies, views  # noqa: F401
    from marketplace.notifications.listeners import LISTENERS

    app.register_blueprint(views.bp)
    app.context_processor(views.layout_context)
    app.jinja_env.globals["notice_sentence"] = messages.sentence
    for signal, listener in LISTENERS.items():
        signal.connect(listener)
