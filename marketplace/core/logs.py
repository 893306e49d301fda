"""Structured logs on standard output: one line a request, with its id and never with personal data."""

import logging
import time

import structlog
from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy import event

from marketplace.core.db import db

QUIET = {"web.healthz", "web.readyz", "static"}


def configure(json_lines: bool) -> None:
    """Send structlog and the standard library's warnings to standard output in one form.

    A line goes out in one piece, its end included: several processes and threads write to one log.
    """
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if json_lines else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=False,
    )


def init_app(app: Flask) -> None:
    configure(app.config["LOG_JSON"])
    log = structlog.get_logger()

    @app.before_request
    def started() -> None:
        g.started = time.perf_counter()
        g.queries = 0

    with app.app_context():

        @event.listens_for(db.engine, "before_cursor_execute")
        def count(*_statement: object) -> None:
            if g and "queries" in g:
                g.queries += 1

    @app.after_request
    def finished(response: Response) -> Response:
        if request.endpoint not in QUIET and "started" in g:
            log.info(
                "request",
                endpoint=request.endpoint,
                method=request.method,
                status=response.status_code,
                ms=round((time.perf_counter() - g.started) * 1000, 1),
                queries=g.queries,
                signed_in=bool(current_user and current_user.is_authenticated),
            )
        return response
