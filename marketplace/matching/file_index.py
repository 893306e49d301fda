"""Listings and needs of files, indexed in memory: the same documents, analysis and scores as the pages have."""

import gc
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from tqdm import tqdm

from marketplace.core.places import load_gazetteer
from marketplace.matching.documents import listing_document, need_document
from marketplace.matching.facts import ListingFacts, NeedFacts
from marketplace.matching.find_matches import MatchIndex
from marketplace.matching.judge import JudgingContext, is_shown
from marketplace.search import IndexPart, candidates_of_parts, index_part

Facts = TypeVar("Facts", ListingFacts, NeedFacts)
LEAST_SHARE = 5000
"""Fewer listings than this are not worth a process of their own."""


def index_of_files(
    listings: Sequence[ListingFacts], needs: Sequence[NeedFacts], today: date, processes: int = 1
) -> MatchIndex:
    """Both sides, ready to be matched; listings that no page would show are left out. Processes share large files."""
    parts = parts_of(listings, today, processes)
    by_id = {listing.id: listing for listing in listings}
    shown = {id_: by_id[id_] for part in parts for id_ in part.ids}
    return MatchIndex(
        listings=candidates_of_parts(parts),
        needs=candidates_of_parts([index_part(need_document(need) for need in needs)]),
        listings_of=partial(_chosen, shown),
        needs_of=partial(_chosen, {need.id: need for need in needs}),
        judging_context=JudgingContext(today, load_gazetteer()),
    )


def parts_of(listings: Sequence[ListingFacts], today: date, processes: int) -> list[IndexPart]:
    """The postings of the listings that a page would show, in order; of many, each process reads its share."""
    shares = min(processes, max(1, len(listings) // LEAST_SHARE))
    size = -(-len(listings) // shares) or 1
    parts = [listings[start : start + size] for start in range(0, len(listings), size)] or [listings]
    if len(parts) == 1:
        return [_part(parts[0], today)]
    # What a process is begun with it has by being forked; what it is sent later has to be packed and read again.
    with get_context("fork").Pool(len(parts), initializer=_share, initargs=(parts, today)) as pool:
        return pool.map(_part_of_share, range(len(parts)), chunksize=1)


_shared: tuple[Sequence[Sequence[ListingFacts]], date] = ((), date.min)


def _share(parts: Sequence[Sequence[ListingFacts]], today: date) -> None:
    """Begin a process that makes one part: nothing it makes is in a circle, so nothing is collected."""
    global _shared  # noqa: PLW0603 - set once in a process of its own
    gc.disable()
    _shared = (parts, today)


def _part_of_share(number: int) -> IndexPart:
    parts, today = _shared
    return _part(parts[number], today)


def _part(listings: Sequence[ListingFacts], today: date) -> IndexPart:
    told = tqdm(listings, desc="index", unit="listings", disable=quiet())
    documents = (listing_document(listing) for listing in told if is_shown(listing, today))
    return index_part(documents)


def _chosen(facts: dict[str, Facts], ids: Iterable[str]) -> dict[str, Facts]:
    return {id_: facts[id_] for id_ in ids if id_ in facts}


def quiet() -> bool:
    """True when nobody watches, so that no progress is drawn."""
    return not sys.stderr.isatty()
