"""Listings and needs of files, indexed in memory: the same documents, analysis and scores as the pages have."""

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

from tqdm import tqdm

from marketplace.core.places import load_gazetteer
from marketplace.matching.documents import listing_document, need_document
from marketplace.matching.facts import ListingFacts, NeedFacts
from marketplace.matching.judge import Ground, is_shown
from marketplace.matching.scorer import MatchIndex
from marketplace.search.postings import snapshot_of_documents

Facts = TypeVar("Facts", ListingFacts, NeedFacts)


def index_of_files(listings: Sequence[ListingFacts], needs: Sequence[NeedFacts], today: date) -> MatchIndex:
    """Both sides, ready to be matched; listings that no page would show are left out."""
    shown = {listing.id: listing for listing in listings if is_shown(listing, today)}
    by_id = {need.id: need for need in needs}
    documents = tqdm(shown.values(), desc="index", unit="listings", disable=quiet())
    return MatchIndex(
        listings=snapshot_of_documents(listing_document(listing) for listing in documents),
        needs=snapshot_of_documents(need_document(need) for need in needs),
        listings_of=partial(_chosen, shown),
        needs_of=partial(_chosen, by_id),
        ground=Ground(today, load_gazetteer()),
    )


def _chosen(facts: dict[str, Facts], ids: Iterable[str]) -> dict[str, Facts]:
    return {id_: facts[id_] for id_ in ids if id_ in facts}


def quiet() -> bool:
    """True when nobody watches, so that no progress is drawn."""
    return not sys.stderr.isatty()
