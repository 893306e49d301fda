"""The cards of a shelf: a card is drawn once for the values that it shows, and stays at hand for the next shelf."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, get_template_attribute, request
from markupsafe import Markup

from marketplace.catalog.distances import Point, kilometres
from marketplace.catalog.queries import ListingCard
from marketplace.core.policies import may
from marketplace.core.presentation import page_language

CARDS = 2048
"""Cards that are at hand in a process, some 2 kB each."""
TITLE = Markup("<title/>")
"""Where the title goes: no text that somebody wrote can hold it, as it comes escaped."""


def drawn_cards(cards: Iterable[ListingCard], origin: Point | None, heading: str) -> list[tuple[Markup, str, Markup]]:
    """What stands before the title of each card, its title, whose marks differ from search to search, and the rest."""
    draw, language, root_path = current_app.extensions["drawn_card"], page_language(), request.root_path
    drawn = []
    for card in cards:
        closed = not may("listings.terms", card)
        before, after = draw(card, kilometres(card, origin), closed, heading, language, root_path)
        drawn.append((before, card.title, after))
    return drawn


def _draw(
    card: ListingCard, km: float | None, closed: bool, heading: str, _language: str, _root_path: str
) -> tuple[Markup, Markup]:
    macro: Any = get_template_attribute("catalog/_card.html", "card")
    before, _title, after = Markup(macro(card, TITLE, km, closed, heading)).partition(TITLE)  # noqa: S704 - it is drawn
    return before, after


def init_app(app: Flask) -> None:
    """While templates and styles are being written, each card is drawn anew."""
    app.extensions["drawn_card"] = _draw if app.debug else lru_cache(CARDS)(_draw)
