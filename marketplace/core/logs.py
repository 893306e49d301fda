"""Structured logs on standard output: one line a request, with its id and never with personal data."""

import logging
import sys
import time
from types import TracebackType

import structlog
from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy import event
from structlog.typing import Processor

from marketplace.core.db import db
from marketplace.core.tracebacks import format_info, format_traceback

QUIET = {"web.healthz", "web.readyz", "static"}


class OneStream(logging.Handler):
    """Warnings of the libraries, written as structlog writes: each line in one piece."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.WriteLogger().msg(self.format(record))


def _report_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody caught ends on the console without what people typed, as in the log."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        sys.stderr.write(format_traceback(error) + "\n")


def configure(json_lines: bool) -> None:
    """Send structlog and the standard library's warnings to standard output in one form.

    A line goes out in one piece, its end included: several processes and threads write to one log.
    """
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if json_lines else structlog.dev.ConsoleRenderer()
    )
    steps: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(format_info),
    ]
    structlog.configure(
        processors=[*steps, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = OneStream(logging.WARNING)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=steps, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    for other in [other for other in root.handlers if isinstance(other, OneStream)]:
        root.removeHandler(other)
    root.addHandler(handler)
    sys.excepthook = _report_uncaught


def init_app(app: Flask) -> None:
    configure(app.config["LOG_JSON"])
    log = structlog.get_logger()
    for variable in app.config["UNKNOWN_VARIABLES"]:
        log.warning("variable_is_no_setting", name=variable)

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
