"""Who may do what: one table of named policies, asked by every route that is not public."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from flask import Flask, Response, abort, g, request
from flask_login import current_user

from marketplace.core.errors import error_page
from marketplace.core.refusals import NotAllowed, SignInNeeded

log = structlog.get_logger()
Rule = Callable[[Any, Any], bool]
View = TypeVar("View", bound=Callable[..., Any])
POLICIES: dict[str, Rule] = {}


def policy(name: str) -> Callable[[Rule], Rule]:
    """Register `rule(person, subject) -> bool` under `name`, e.g. `listings.publish`."""

    def keep(rule: Rule) -> Rule:
        if name in POLICIES and POLICIES[name] is not rule:
            raise RuntimeError(f"The policy {name} is declared twice.")
        POLICIES[name] = rule
        return rule

    return keep


def may(name: str, subject: Any = None) -> bool:
    """True when the person of this request may do `name` to `subject`."""
    return POLICIES[name](current_user, subject)


def authorize(name: str, subject: Any = None, *, hidden: bool = False) -> None:
    """Go on only when the person of this request may do `name` to `subject`.

    `hidden` answers 404 as for a thing that does not exist, so that nobody, signed in or not, learns what is there.

    Raises:
        SignInNeeded: nobody is signed in.
        NotAllowed: this person may not.
    """
    g.policy_asked = name
    if may(name, subject):
        return
    if hidden:
        abort(404)
    if not current_user.is_authenticated:
        raise SignInNeeded
    raise NotAllowed


def public(view: View) -> View:
    """Mark a view that everybody may read; all others must ask a policy."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def partly_public(view: View) -> View:
    """Mark a view that asks a policy which lets visitors read some of its things; all others need a sign-in first."""
    view.is_partly_public = True  # type: ignore[attr-defined]
    return view


def admits_visitors(app: Flask, endpoint: str) -> bool:
    """True when visitors may come to `endpoint` at all."""
    return is_public(app, endpoint) or getattr(app.view_functions.get(endpoint), "is_partly_public", False)


def is_public(app: Flask, endpoint: str) -> bool:
    """True when `endpoint` is a static file or its view was marked `@public`."""
    return endpoint == "static" or getattr(app.view_functions.get(endpoint), "is_public", False)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["may"] = may

    @app.before_request
    def sign_in_first() -> None:
        """Visitors are asked to sign in before anything is looked up: the answer says nothing of what is there."""
        endpoint = request.endpoint
        if endpoint and not admits_visitors(app, endpoint) and not current_user.is_authenticated:
            g.policy_asked = "sign in"
            raise SignInNeeded

    @app.after_request
    def refuse_unasked(response: Response) -> Response:
        """A route that answers without having asked a policy is a mistake of ours: refuse by default."""
        endpoint = request.endpoint
        if endpoint is None or response.status_code >= 400 or "policy_asked" in g or is_public(app, endpoint):
            return response
        log.error("policy_not_asked", endpoint=endpoint)
        return error_page(500)
