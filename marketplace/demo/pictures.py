"""Pictures for the listings of the demonstration park, drawn from the pictogram of their category."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, current_app

from marketplace.catalog.pictograms import draw_picture
from marketplace.catalog.queries import listing_or_404
from marketplace.catalog.services import add_picture
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.files import encode_picture
from marketplace.core.jobs import enqueue, job

#: How many one job draws before it lets other work pass.
AT_A_TIME = 4
THREADS = 2


def draw(category: str, seed: str) -> dict[str, bytes]:
    """A picture as `core.files` keeps it; the same category and seed give the same one."""
    return encode_picture(draw_picture(category, seed))


def draw_many(wanted: Iterable[tuple[str, str]]) -> dict[str, dict[str, bytes]]:
    """Pictures of `(id, category)`, by id."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def one(item: tuple[str, str]) -> tuple[str, dict[str, bytes]]:
        with app.app_context():
            return item[0], draw(item[1], item[0])

    with ThreadPoolExecutor(THREADS) as pool:
        return dict(pool.map(one, wanted))


@job("demo.draw_pictures")
def draw_pictures(listing_ids: list[int]) -> None:
    """Give the first few of these listings a picture, and put the others at the end of the queue."""
    listings = [listing_or_404(id_) for id_ in listing_ids[:AT_A_TIME]]
    drawn = {
        listing.id: draw(listing.category.code, listing.title)
        for listing in listings
        if listing.category is not None and not listing.pictures
    }
    with transaction():
        for listing in listings:
            if listing.id in drawn and not listing.pictures:
                add_picture(listing, None, drawn[listing.id], utc_now(), name=f"{listing.title}.png", alt=listing.title)
        if rest := listing_ids[AT_A_TIME:]:
            enqueue("demo.draw_pictures", listing_ids=rest)
