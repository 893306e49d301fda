"""What every answer carries: a request id, security headers, and the choice between a page and its fragment."""

import hashlib
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, current_app, g, make_response, render_template, request, session
from flask_babel import gettext as _
from flask_compress import Compress
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from marketplace.core.arguments import Arguments, Text
from marketplace.core.clock import utc_now
from marketplace.core.db import db
from marketplace.core.jobs import last_beat, queue_state
from marketplace.core.policies import public

compress = Compress()
bp = Blueprint("web", __name__)
log = structlog.get_logger()
WORKER_SILENT = timedelta(seconds=60)
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
COMPRESSED = ("text/html", "text/plain", "application/json", "application/problem+json", "application/xml")
"""What is compressed on its way; built files lie compressed already, pictures are."""
FORM_TOKEN = re.compile(rb'csrf[_-]token" (?:type="hidden" )?(?:value|content)="[^"]+"')
# Checks of `/readyz` that other packages add: name -> callable returning "" or what is wrong.
READINESS: dict[str, Any] = {}


class RowNumber(IntegerConverter):
    """`<int:...>` of an address: at most 18 digits, so that a column can hold it; a longer one is no address."""

    regex = r"\d{1,18}"


def site_name() -> str:
    """What the site is called on pages and in mails: the setting, else its own name in the reader's language."""
    return str(current_app.config["SITE_NAME"] or _("Doorstep"))


def drawn(template: str, **context: Any) -> Markup:
    """A drawn fragment that a template of another domain puts on its page as it is."""
    return Markup(render_template(template, **context))  # noqa: S704 - the template escapes what people wrote


def page_or_fragment(page: str, fragment: str, **context: Any) -> Response:
    """The whole page, or only its fragment when htmx asked for it."""
    wants_fragment = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    response = make_response(render_template(fragment if wants_fragment else page, **context))
    response.vary.add("HX-Request")
    return response


def mark_version(response: Response) -> None:
    """Give a page that a visitor reads a weak ETag, so that reading it again costs no transfer while it is the same.

    The token of its forms is made anew each time and stays good as long as the session: it makes no other page.
    """
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.is_streamed:
        return
    if response.mimetype == "text/html" and not response.get_etag()[0]:
        told = hashlib.blake2b(FORM_TOKEN.sub(b"", response.get_data()), digest_size=16)
        told.update(str(session.get("csrf_token", "")).encode())
        response.set_etag(told.hexdigest(), weak=True)
        response.make_conditional(request)


class NextArguments(Arguments):
    """Where to go afterwards; to be asked of `safe_next`."""

    next = Text(2000)


def safe_next(target: str | None, default: str) -> str:
    """`target` when it is a path on this site, else `default`."""
    if not target or not target.startswith("/") or re.match(r"^/[/\\]", target) or re.search(r"[\\\x00-\x20]", target):
        return default
    return target


@bp.get("/healthz")
@public
def healthz() -> dict[str, str]:
    """Alive; asks nobody."""
    return {"status": "ok"}


def migrations_at_head() -> bool:
    """True when the database stands where the newest migration leaves it."""
    script = ScriptDirectory(str(Path(current_app.root_path) / "migrations"))
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(script.get_heads())


@bp.get("/readyz")
@public
def readyz() -> tuple[dict[str, Any], int]:
    """Ready to serve: database, migrations, worker, index. 503 and the reason when one is not."""
    wrong = {}
    try:
        db.session.execute(text("SELECT 1"))
        if not migrations_at_head():
            wrong["migrations"] = "not at head"
        beat = last_beat("worker")
        if beat is None or utc_now() - beat > WORKER_SILENT:
            wrong["worker"] = "silent"
        queue = queue_state(utc_now())
    except Exception as error:
        log.error("not_ready", exc_info=error)
        known = READINESS["database"]() if "database" in READINESS else ""
        return {"status": "not ready", "wrong": {"database": known or type(error).__name__}}, 503
    for name, check in READINESS.items():
        if problem := check():
            wrong[name] = problem
    return {"status": "not ready" if wrong else "ready", "wrong": wrong, "jobs": queue}, 503 if wrong else 200


def init_app(app: Flask) -> None:
    app.config.update(COMPRESS_MIMETYPES=COMPRESSED, COMPRESS_ALGORITHM=("br", "gzip"), COMPRESS_STREAMS=False)
    compress.init_app(app)
    app.url_map.converters["int"] = RowNumber
    app.register_blueprint(bp)
    app.jinja_env.globals["site_name"] = site_name
    if app.config["ICP_NUMBER"]:
        app.jinja_env.globals["icp_number"] = app.config["ICP_NUMBER"]
    if app.config["PROXIES"]:
        count = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    @app.before_request
    def name_request() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["SECURE_COOKIES"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            keep = "no-store" if current_user.is_authenticated else "no-cache"
            response.headers.setdefault("Cache-Control", f"private, {keep}")
            if keep == "no-cache":
                mark_version(response)
        response.headers["X-Request-ID"] = g.get("request_id", "")
        return response
