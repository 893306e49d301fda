"""Inquiries: a buyer asks, a supplier answers."""
from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
