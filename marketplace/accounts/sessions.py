"""The one module that touches Flask-Login: who is signed in, and the device that signed in before."""

from flask import Flask, Response, current_app, g, request, session
from flask_login import LoginManager, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.accounts import queries, services
from marketplace.accounts.models import Person, Visitor
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction

manager = LoginManager()
DEVICE_COOKIE = "device"
DEVICE_LIFE = 365 * 24 * 3600


def _device_signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="accounts.device")


def is_known_device(person: Person | None) -> bool:
    """True when this browser signed in as `person` before."""
    if person is None:
        return False
    try:
        return bool(_device_signer().loads(request.cookies.get(DEVICE_COOKIE, "")) == person.id)
    except BadSignature:
        return False


def token() -> str:
    """The token of this device's sign-in, empty when there is none."""
    return str(session.get("_user_id", ""))


def _person_of(token: str) -> Person | None:
    if "without_database" in g:
        return None
    since = services.oldest_sign_in(utc_now())
    person = queries.person_signed_in(services.token_hash(token), since=since) if token else None
    if person is not None:
        person.sign_in_token = token
    return person


def begin(token: str) -> None:
    """Go on as who signed in with `token`, in a fresh session, so that a cookie known before is worth nothing."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    person = _person_of(token)
    if person is not None:
        login_user(person)
        g.known_device = _device_signer().dumps(person.id)


def end() -> None:
    """Sign this device out, on the server too: a copy of its cookie is worth nothing afterwards."""
    if token():
        with transaction():
            services.end_sign_in(token())
    logout_user()
    session.clear()


def init_app(app: Flask) -> None:
    manager.init_app(app)
    manager.anonymous_user = Visitor
    manager.session_protection = None

    manager.user_loader(_person_of)

    @app.after_request
    def remember_device(response: Response) -> Response:
        if "known_device" in g:
            response.set_cookie(
                DEVICE_COOKIE,
                g.known_device,
                max_age=DEVICE_LIFE,
                httponly=True,
                samesite="Lax",
                secure=app.config["SECURE_COOKIES"],
            )
        return response
