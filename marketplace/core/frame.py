"""The parts of a page's frame that are the same from page to page: drawn once, they stay at hand."""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request
from markupsafe import Markup

from marketplace.core.presentation import page_language
from marketplace.core.web import drawn

PARTS = 1024
"""Parts that are at hand in a process, some 6 kB each: of each endpoint that was asked for, in each language."""
ADDRESS = Markup("<address/>")
"""Where the address of the other language goes: it is another one on each page."""


def frame_part(template: str, *, language_url: str | None = None, **shown: Any) -> Markup:
    """A part that shows `shown` and what goes by language and endpoint, and nothing else: nobody's name, no key."""
    draw = current_app.extensions["frame_part"]
    place = ADDRESS if language_url else None
    part: Markup = draw(template, page_language(), request.endpoint, request.root_path, place, tuple(shown.items()))
    return part.replace(ADDRESS, language_url) if language_url else part


def _draw(
    template: str,
    _language: str,
    _endpoint: str | None,
    _root_path: str,
    language_url: Markup | None,
    shown: tuple[tuple[str, Any], ...],
) -> Markup:
    return drawn(template, language_url=language_url, **dict(shown))


def init_app(app: Flask) -> None:
    """While templates and styles are being written, each part is drawn anew."""
    app.extensions["frame_part"] = _draw if app.debug else lru_cache(PARTS)(_draw)
    app.jinja_env.globals["frame_part"] = frame_part
