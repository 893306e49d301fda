"""Refusals and failures in the reader's words, and the one handler that shows them."""

from typing import Any

import structlog
from flask import Flask, Response, g, render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug import Response as BaseResponse
from werkzeug.exceptions import HTTPException

from marketplace.core.db import db
from marketplace.core.quick_check import is_damage
from marketplace.core.refusals import DomainError, Msgid, Throttled

log = structlog.get_logger()


PAGES: dict[int, tuple[Any, Any]] = {
    400: (_l("That request was not understood"), _l("Go back, reload the page and try again.")),
    403: (_l("This is not yours to do"), ""),
    404: (_l("There is no such page"), _l("It may have been withdrawn, or the address has a typing error.")),
    405: (_l("That request was not understood"), _l("Go back, reload the page and try again.")),
    409: (_l("Somebody was faster"), _l("Reload the page to see how it stands now.")),
    413: (_l("That is too large"), _l("A file may have at most 10 MB. Make it smaller and try again.")),
    422: (_l("This could not be saved"), _l("Go back, correct what is named below and try again.")),
    429: (_l("Too many tries"), _l("Wait a moment, then try again.")),
    500: (
        _l("Something broke on our side"),
        _l(
            "It is not certain that what you sent was saved. Look before you send it again, "
            "and tell the park staff the number below."
        ),
    ),
    503: (_l("The site is busy"), _l("Nothing was saved. Wait a moment, then try again.")),
}
"""Title and advice by status; whom to ask at a 403 depends on the person: `accounts.labels.whom_to_ask`."""

DAMAGED = (
    _l("The database of this site is damaged"),
    _l(
        "Nothing can be saved, and what is shown may be incomplete. The park staff have to put a copy back first: "
        "tell them the number below."
    ),
)


def worded(refusal: DomainError) -> object:
    """The sentence of `refusal` in the reader's language."""
    message = refusal.message
    return gettext(message) if isinstance(message, Msgid) else message


def error_page(status: int, detail: object = "", *, damaged: bool = False) -> Response:
    """The page for `status` in the reader's language, with the request id to quote.

    From 500 on it asks the database nothing, not even who is reading.
    """
    if status >= 500:
        g.without_database = True
        g.pop("_login_user", None)  # Flask-Login's: a row that would be read again after a rollback
    title, advice = DAMAGED if damaged else PAGES.get(status, PAGES[400 if status < 500 else 500])
    html = render_template(
        "errors/error.html",
        status=status,
        title=title,
        advice=advice,
        detail=detail,
        request_id=g.get("request_id", ""),
    )
    return Response(html, status)


def _tells_of_damage(error: BaseException | None) -> bool:
    """True when the database file was found broken, wherever the exception was wrapped."""
    return is_damage(error) or is_damage(getattr(error, "orig", None))


def _let_the_session_go(_error: BaseException | None) -> None:
    """End the request's session; one that cannot even be ended is dropped, and its page is answered all the same."""
    try:
        db.session.remove()
    except Exception as error:
        log.error("session_not_ended", exc_info=error)
        db.session.registry.clear()


def init_app(app: Flask) -> None:
    app.teardown_appcontext(_let_the_session_go)

    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> Response:
        response = error_page(error.status, worded(error))
        if isinstance(error, Throttled):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> BaseResponse:
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        response = error_page(error.code or 500, damaged=_tells_of_damage(getattr(error, "original_exception", None)))
        response.headers.extend({k: v for k, v in error.get_headers() if k not in {"Content-Type", "Content-Length"}})
        return response

    @app.errorhandler(Exception)
    def broke(error: Exception) -> Response:
        if app.testing or app.debug:
            raise error
        log.error("request_failed", exc_info=error)
        locked = "database is locked" in str(error) or "disk is full" in str(error)
        return error_page(503 if locked else 500, damaged=_tells_of_damage(error))
