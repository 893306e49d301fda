"""Finding the counterparts of what is new or has changed. Each job may run twice.

A job first lets the index take in everything committed so far, so that two newcomers always find each other.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from marketplace import search
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.jobs import clock, enqueue, job, on_tick, waiting
from marketplace.matching import match_notices, queries, services
from marketplace.matching.models import SubjectKind
from marketplace.matching.pairing import Pairing, facts_of_listing, facts_of_need


@job("matching.match_need")
def match_need(need_id: int) -> None:
    """Find the listings that fit a need; one that takes no answers loses nothing and gets nothing."""
    search.drain()
    now = utc_now()
    facts = facts_of_need(need_id, now)
    if facts is None:
        with transaction():
            services.note_run(SubjectKind.NEED, need_id, now)
        return
    pairs = Pairing(now, fresh=True).of_need(facts, also=queries.pairs_of(SubjectKind.NEED, need_id))
    db.session.rollback()
    with transaction():
        kept = services.store_pairs(SubjectKind.NEED, need_id, pairs, now)
        match_notices.tell_of_need(need_id, kept, now)


@job("matching.match_listing")
def match_listing(listing_id: int) -> None:
    """Find the open needs that a listing fits; one that is no longer on offer leaves all its pairs."""
    search.drain()
    now = utc_now()
    facts = facts_of_listing(listing_id, now)
    pairs = []
    if facts is not None:
        pairs = Pairing(now, fresh=True).of_listing(facts, also=queries.pairs_of(SubjectKind.LISTING, listing_id))
    db.session.rollback()
    with transaction():
        kept = services.store_pairs(SubjectKind.LISTING, listing_id, pairs, now)
        match_notices.tell_of_listing(listing_id, kept, now)


@job("matching.match_organisation")
def match_organisation(organisation_id: int) -> None:
    """Find again for each listing of an organisation whose facts changed."""
    ids = queries.published_listing_ids(organisation_id)
    with transaction():
        told = {row["listing_id"] for row in waiting("matching.match_listing")}
        for listing_id in ids:
            if listing_id not in told:
                enqueue("matching.match_listing", listing_id=listing_id)


@job("matching.match_words")
def match_words(words: list[str]) -> None:
    """Find again for the open needs that say one of the words or another name of it."""
    search.drain()
    saying_so = search.saying("needs", words)
    _match_again(need_id for need_id in queries.open_need_ids(utc_now()) if need_id in saying_so)


def keep_ready() -> int:
    """Have both indexes read, so that the first save after a start waits no longer than any other."""
    with suppress(Exception):  # the search before this one says what ails the index, and mends it
        search.candidates("listings", now=True)
        search.candidates("needs", now=True)
    return 0


on_tick("matching", keep_ready)


@clock("matching.renew", every=timedelta(days=1))
def renew(now: datetime) -> None:
    """Days pass and certificates run out: judge the pairs of all open needs again."""
    _match_again(queries.open_need_ids(now))


def _match_again(need_ids: Iterable[int]) -> None:
    ids = list(need_ids)
    with transaction():
        told = {row["need_id"] for row in waiting("matching.match_need")}
        for need_id in ids:
            if need_id not in told:
                enqueue("matching.match_need", need_id=need_id)
