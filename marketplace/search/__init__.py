"""The engine behind every search. It knows no domain: a domain registers what it offers and asks by kind."""
from flask import Flask


def init_app(app: Flask) -> None:
    """Register what the engine offers."""
