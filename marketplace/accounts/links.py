"""Signed links in mail: registration, a new password, an invitation. They expire and carry no secret."""

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

HOUR = 3600
LIFE = {"register": 24 * HOUR, "reset": HOUR, "invite": 7 * 24 * HOUR}


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"accounts.{purpose}")


def make_token(purpose: str, content: dict[str, Any]) -> str:
    return _signer(purpose).dumps(content)


def read_token(purpose: str, token: str) -> dict[str, Any] | None:
    """What the token says, or None when it is forged, damaged or too old."""
    try:
        return dict(_signer(purpose).loads(token, max_age=LIFE[purpose]))
    except (BadSignature, ValueError, TypeError):
        return None
