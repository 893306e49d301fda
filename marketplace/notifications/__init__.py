"""Notices and mail: told by others, tells nobody."""
from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
