"""The port of the search: everything that other packages need of it. It knows no domain.

A domain registers what it offers and asks by kind; what finds and counts is an engine behind `port.SearchEngine`.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from flask import Flask, current_app, request

from marketplace.core.jobs import on_tick
from marketplace.core.serving import PRELOADS
from marketplace.core.web import READINESS
from marketplace.search import outbox, staff_words_sync
from marketplace.search.cli import search_cli
from marketplace.search.documents import Document
from marketplace.search.lexicon import WordPair, is_listed, other_names, until_lexicon_changes
from marketplace.search.marks import excerpt, mark, standing_in
from marketplace.search.pieces import as_written, whole_tokens
from marketplace.search.port import (
    Bools,
    Candidates,
    Change,
    Floats,
    Found,
    Holder,
    IndexPart,
    Proposal,
    Reading,
    Rows,
    SearchEngine,
    SickIndex,
    Wish,
)
from marketplace.search.prefix_index import Beginnings
from marketplace.search.queries import count_waiting
from marketplace.search.query import Filters, Hits, Query, Searchable, WordSource
from marketplace.search.registry import REGISTERED, name_categories, use_words, word_source
from marketplace.search.staff_words_sync import Follower
from marketplace.search.whoosh_engine.adapter import WhooshEngine, candidates_of_parts, index_part
from marketplace.search.words import has_words, in_trade_use, tagged

__all__ = [
    # what is told to the search
    "Document", "Searchable", "WordSource", "changed", "name_categories", "register", "use_words",
    # asking
    "Filters", "Hits", "Query", "count", "find", "kinds", "named", "note", "related", "suggest", "tally",
    # candidates for matching
    "Bools", "Candidates", "Floats", "Holder", "IndexPart", "Reading", "Rows", "SickIndex", "Wish", "candidates",
    "candidates_of_parts", "index_part", "saying",
    # keeping the index
    "build_missing", "check", "count_waiting", "drain", "problem", "rebuild",
    # words
    "Change", "Found", "Proposal", "WordPair", "index_again", "look_for", "renew_words", "would_change",
    # text, without an index
    "Beginnings", "as_written", "excerpt", "has_words", "in_trade_use", "is_listed", "mark", "other_names",
    "standing_in", "tagged", "until_lexicon_changes", "whole_tokens",
]  # fmt: skip


def register(searchable: Searchable) -> None:
    """Offer a kind of thing to search; called in a domain's `init_app`."""
    REGISTERED[searchable.kind] = searchable


def kinds() -> list[str]:
    """The kinds of things that can be searched."""
    return list(REGISTERED)


def changed(kind: str, object_id: int) -> None:
    """Note, in the caller's transaction, that a row must be indexed again (or is gone).

    This is add and remove in one: a row of which its domain yields a document is added, another removed.
    """
    if kind not in REGISTERED:
        raise LookupError(f"Nothing is registered under {kind}.")
    outbox.put(kind, object_id)


def find(kind: str, query: Query) -> Hits:
    """Answer a query; never fails because of the index (then `degraded`)."""
    return engine().find(REGISTERED[kind], query)


def count(kind: str, query: Query) -> int:
    """How many rows a query finds."""
    return find(kind, replace(query, limit=0, facets=())).total


def tally(kind: str, text: str, filters: Filters, facets: tuple[str, ...] = ()) -> Hits:
    """The counts of a search for what everybody may see, without its rows; kept until the index changes."""
    return engine().tally(REGISTERED[kind], text, filters, facets)


def suggest(kind: str, typed: str, limit: int = 8) -> list[str]:
    """Words of titles that everybody may see and that complete what is typed: letters, pinyin, initials."""
    return engine().suggest(kind, typed, limit)


def named(kind: str, typed: str, limit: int = 8) -> list[int]:
    """Ids of what everybody may see and is called like what is typed; for kinds whose documents have `names`."""
    return engine().named(kind, typed, limit)


def candidates(kind: str, *, now: bool = False) -> Candidates:
    """Everything of a kind that may answer a wish; `now`: with all that was committed before this moment.

    Raises:
        SickIndex: the index is missing or damaged; the worker rebuilds it.
    """
    return engine().candidates(kind, now=now)


def note(kind: str, text: str, hits: Hits) -> None:
    """Count a search of the page that is being answered; who asked is not kept."""
    word_source().note(kind, text, hits)


def related(kind: str, text: str) -> list[str]:
    """A few texts that others searched and that share something with this one; never one in vain."""
    return word_source().related(kind, text)


def would_change(
    pair: WordPair, filters: Mapping[str, Filters], *, instead_of: WordPair | None = None
) -> dict[str, dict[str, Change]]:
    """What a pair of words would change, by word and then by kind, counted before anybody saves it.

    `filters` are those that the page of a kind has by itself; `instead_of` is a pair in force that would go.

    Raises:
        SickIndex: an index is missing or damaged.
    """
    return engine().would_change(pair, filters, instead_of=instead_of)


def saying(kind: str, words: Iterable[str]) -> set[int]:
    """Ids of the newest documents of a kind that say one of the words or another name of it.

    Raises:
        SickIndex: the index is missing or damaged.
    """
    asked = list(words)
    return engine().saying(kind, {name for word in asked for name in other_names(word)}.union(asked))


def look_for(kind: str, texts: Iterable[str]) -> dict[str, Found]:
    """What searches of everybody for these texts find now, and what may have been meant by one in vain; by text.

    Nothing while the index is sick.
    """
    return engine().look_for(kind, texts)


def index_again(words: Iterable[str]) -> None:
    """Have the documents indexed again that are cut otherwise now that these words are known, or known no longer."""
    staff_words_sync.index_again(engine(), words)


def renew_words() -> None:
    """Let this process search by the pairs that were committed by now, and the others at their next search."""
    follower().renew()


def follower() -> Follower:
    """What keeps the words of this process those that park staff keep."""
    found: Follower = current_app.extensions["search_words"]
    return found


def engine() -> SearchEngine:
    """The engine of this application."""
    found: SearchEngine = current_app.extensions["search"]
    return found


def drain() -> int:
    """Take in the words of staff, repair a sick index and apply the outbox; the worker calls this at each tick."""
    follower().renew()
    return engine().drain()


def check(kind: str) -> list[str]:
    """Every difference between database and index, in words."""
    return engine().check(REGISTERED[kind])


def rebuild(kind: str) -> int:
    """Build the index of a kind anew beside the one in use; how many documents it holds."""
    return engine().rebuild(REGISTERED[kind])


def build_missing() -> None:
    """Build the index of each kind that has none yet: at set-up that is no repair and no warning."""
    follower().look()
    for kind in kinds():
        if not engine().is_built(kind):
            rebuild(kind)


def preload() -> None:
    """Read the words of staff and the index of each kind; one that is missing or sick is left to the worker."""
    follower().look()
    for kind in kinds():
        if engine().is_built(kind):
            with suppress(Exception):  # whatever a sick index throws: the worker says so and makes it anew
                candidates(kind, now=True)


def problem() -> str:
    """What is wrong with the index, for `/readyz`; empty when every kind can be searched."""
    return ", ".join(f"{kind}: {wrong}" for kind in kinds() if (wrong := engine().problem(kind)))


def init_app(app: Flask) -> None:
    """Give the application its engine, its words and its commands, and the worker its index job."""
    instance = Path(app.instance_path)
    app.extensions["search"] = WhooshEngine(instance / "index")
    app.extensions["search_words"] = Follower(app.extensions["search"], instance / "words.stamp")
    app.jinja_env.filters["mark"] = mark
    app.cli.add_command(search_cli)
    on_tick("search", drain)
    READINESS["index"] = problem
    PRELOADS["index"] = preload

    @app.before_request
    def know_all_words() -> None:
        if request.endpoint != "static":
            follower().look()
