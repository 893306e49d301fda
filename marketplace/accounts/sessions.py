"""The one module that touches Flask-Login: who is signed in, and the device that signed in before."""

from flask import Flask, Response, current_app, g, request, session
from flask_login import LoginManager, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.accounts import queries
from marketplace.accounts.models import Person, Visitor

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


def begin(person: Person) -> None:
    """Sign in with a fresh session, so that a cookie known before is worth nothing."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    login_user(person)
    g.known_device = _device_signer().dumps(person.id)


def end() -> None:
    logout_user()
    session.clear()


def init_app(app: Flask) -> None:
    manager.init_app(app)
    manager.anonymous_user = Visitor
    manager.session_protection = None

    @manager.user_loader
    def load(key: str) -> Person | None:
        if "without_database" in g:
            return None
        id_, _dot, session_key = key.partition(".")
        person = queries.person_for_session(int(id_)) if id_.isdigit() else None
        return person if person is not None and person.is_active and person.session_key == session_key else None

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
