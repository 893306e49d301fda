"""A form whose token is no longer good: nothing is done, and what was typed comes back.

The token ends with the session: signing out, or in again, ends it for every page that is open elsewhere. Such a
request goes its usual way, but it may change nothing: forms refuse it with a sentence, `transaction()` raises
`ReadOnly`. Who is signed out takes the text along through the sign-in. Requests of other sites are refused at once.
"""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, flash, g, redirect, request, session
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug import Response as BaseResponse

from marketplace.core.db import ReadOnly
from marketplace.core.web import safe_next

csrf = CSRFProtect()
LOOK_AGAIN = "look_again"
"""Field by which a form is shown again as it was sent, and nothing is done; it holds the names of the files."""
NOT_KEPT = ("csrf_token", LOOK_AGAIN)
MOST_KEPT = 200_000
"""Characters of a form that go along through the sign-in."""


@dataclass(frozen=True)
class KeptForm:
    """A form that was sent by somebody who was signed out."""

    path: str
    fields: list[tuple[str, str]]
    files: str


def _is_from_here() -> bool:
    """True when the browser says that a page of this very site sent the request."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(sender).netloc == request.host


def page_of_the_form() -> str:
    """The page of this site on which the button was pressed, as far as the browser says."""
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    address = f"{page.path}?{page.query}" if page.query else page.path
    return safe_next(address if page.netloc == request.host else "", "")


def lead_to(where: str) -> BaseResponse:
    """A redirect, in the way that htmx understands when it asks."""
    if request.headers.get("HX-Request"):
        return Response("", 204, {"HX-Redirect": where})
    return redirect(where)


def _file_names() -> str:
    return "、".join(upload.filename for upload in request.files.values() if upload.filename)


def _refuse_to_act(words: str, files: str) -> None:
    """From now on this request changes nothing; `words` say to the person what to do."""
    if files:
        words = _("%(words)s Choose your files again: %(files)s.", words=words, files=files)
    g.act_refused, g.session_before = words, dict(session)


def keep_form() -> KeptForm | None:
    """What was typed into the form of this request; None when there is nothing to take along, or too much of it.

    Passwords and files are never kept.
    """
    fields = [
        (name, text) for name, text in request.form.items(multi=True) if name not in NOT_KEPT and "password" not in name
    ]
    typed = [text for name, text in fields if text and name != "form_key"]
    if not typed or not _is_from_here() or sum(len(name) + len(text) for name, text in fields) > MOST_KEPT:
        return None
    return KeptForm(request.full_path.rstrip("?"), fields, _file_names())


def write_kept(form: KeptForm) -> str:
    """The form as the text of a hidden field."""
    return json.dumps([form.path, form.fields, form.files], ensure_ascii=False)


def read_kept(text: str | None) -> KeptForm | None:
    """The form that a hidden field holds; None for none and for what no honest page sends."""
    try:
        path, fields, files = json.loads(text or "")
        kept = [(str(name), str(value)) for name, value in fields]
    except (ValueError, TypeError):
        return None
    path = safe_next(path, "") if isinstance(path, str) else ""
    return KeptForm(path, kept, str(files)) if path else None


def page_before_sign_in() -> str:
    """Where to go after signing in: the page that was asked for, or the one whose button was pressed."""
    return request.full_path.rstrip("?") if request.method == "GET" else page_of_the_form()


def init_app(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # asked here, where the answer can be the form
    csrf.init_app(app)

    @app.before_request
    def look_at_the_token() -> None:
        if app.config["WTF_CSRF_ENABLED"] and request.endpoint:
            try:
                csrf.protect(apply_exemptions=True)
            except CSRFError:
                if not _is_from_here():
                    raise
                again = _("You signed in again in the meantime. Nothing is lost: press the button once more.")
                long_ago = _("This page was open for a long time. Nothing is lost: press the button once more.")
                _refuse_to_act(again if current_user.is_authenticated else long_ago, _file_names())
                return
        if request.method == "POST" and LOOK_AGAIN in request.form:
            _refuse_to_act(
                _("You are signed in again. Here is what you typed: press the button once more."),
                request.form[LOOK_AGAIN],
            )

    @app.errorhandler(ReadOnly)
    def lead_back(error: ReadOnly) -> BaseResponse:
        if request.headers.get("HX-Request"):
            flash(g.pop("act_refused"), "warning")
        return lead_to(page_of_the_form() or "/")

    @app.after_request
    def say_why(response: Response) -> Response:
        """Take back what a view did to the session, and say on the next page why nothing was done."""
        if "act_refused" in g and 300 <= response.status_code < 400:
            session.clear()
            session.update(g.session_before)
            flash(g.act_refused, "warning")
        return response
