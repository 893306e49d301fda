"""People, organisations, memberships, verification and sign-in."""
from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
