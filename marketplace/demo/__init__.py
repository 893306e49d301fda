"""The demonstration park as package data, loaded through the services."""
from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
