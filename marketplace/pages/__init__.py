"""Home, language, workbench and help: puts the domains' pieces together, owns no table."""
from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this domain offers."""
