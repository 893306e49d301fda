"""The engine behind every search. It knows no domain: a domain registers what it offers and asks by kind."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from flask import Flask, current_app, request

from marketplace.core.jobs import on_tick
from marketplace.core.serving import PRELOADS
from marketplace.core.web import READINESS
from marketplace.search import outbox, staff_words_sync
from marketplace.search.cli import search_cli
from marketplace.search.documents import Document
from marketplace.search.lexicon import WordPair
from marketplace.search.marks import excerpt, mark
from marketplace.search.prefix_index import Beginnings
from marketplace.search.query import Filters, Hits, Query, Searchable, WordSource
from marketplace.search.registry import REGISTERED, use_words, word_source
from marketplace.search.staff_words_sync import Follower
from marketplace.search.whoosh_engine import search_checks
from marketplace.search.whoosh_engine.consumer import Consumer, rebuild
from marketplace.search.whoosh_engine.engine import Engine
from marketplace.search.whoosh_engine.preview import Change, preview
from marketplace.search.whoosh_engine.search_checks import Found

__all__ = [
    "Beginnings", "Change", "Document", "Engine", "Filters", "Found", "Hits", "Query", "Searchable", "WordPair",
    "WordSource", "changed", "consumer", "drain", "engine", "excerpt", "find", "follower", "index_again", "init_app",
    "look_for", "mark", "named", "note", "register", "related", "renew_words", "saying", "suggest", "use_words",
    "would_change",
]  # fmt: skip


def register(searchable: Searchable) -> None:
    """Offer a kind of thing to search; called in a domain's `init_app`."""
    REGISTERED[searchable.kind] = searchable


def changed(kind: str, object_id: int) -> None:
    """Note, in the caller's transaction, that a row must be indexed again (or is gone)."""
    if kind not in REGISTERED:
        raise LookupError(f"Nothing is registered under {kind}.")
    outbox.put(kind, object_id)


def find(kind: str, query: Query) -> Hits:
    """Answer a query; never fails because of the index (then `degraded`)."""
    return engine().find(REGISTERED[kind], query)


def tally(kind: str, text: str, filters: Filters, facets: tuple[str, ...] = ()) -> Hits:
    """The counts of a search for what everybody may see, without its rows; kept until the index changes."""
    return engine().tally(REGISTERED[kind], text, filters, facets)


def suggest(kind: str, typed: str, limit: int = 8) -> list[str]:
    """Words of titles that everybody may see and that complete what is typed: letters, pinyin, initials."""
    return engine().suggest(kind, typed, limit)


def named(kind: str, typed: str, limit: int = 8) -> list[int]:
    """Ids of what everybody may see and is called like what is typed; for kinds whose documents have `names`."""
    return engine().named(kind, typed, limit)


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
    return preview(engine(), pair, filters, instead_of=instead_of)


def saying(kind: str, words: Iterable[str]) -> set[int]:
    """Ids of the newest documents of a kind that say one of the words or another name of it."""
    return staff_words_sync.saying_any(engine(), kind, words)


def look_for(kind: str, texts: Iterable[str]) -> dict[str, Found]:
    """What searches of everybody for these texts find now, and what may have been meant by one in vain; by text.

    Nothing while the index is sick.
    """
    return search_checks.look_for(engine(), kind, texts)


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


def engine() -> Engine:
    """The engine of this application."""
    found: Engine = current_app.extensions["search"]
    return found


def consumer() -> Consumer:
    """The index writer of this application; only the worker lets it run."""
    found: Consumer = current_app.extensions["search_consumer"]
    return found


def drain() -> int:
    """Take in the words of staff, repair a sick index and apply the outbox; the worker calls this at each tick."""
    follower().renew()
    return consumer().drain()


def build_missing() -> None:
    """Build the index of each kind that has none yet: at set-up that is no repair and no warning."""
    follower().look()
    for searchable in REGISTERED.values():
        if not engine().cache(searchable.kind).store.directory.exists():
            rebuild(engine(), searchable)


def preload() -> None:
    """Read the words of staff and the index of each kind; one that is missing or sick is left to the worker."""
    follower().look()
    for kind in REGISTERED:
        if engine().cache(kind).store.directory.exists():
            with suppress(Exception):  # whatever a sick index throws: the worker says so and makes it anew
                engine().snapshot(kind, now=True)


def problem() -> str:
    """What is wrong with the index, for `/readyz`; empty when every kind can be searched."""
    wrong = []
    for kind in REGISTERED:
        try:
            engine().snapshot(kind)
        except Exception as error:  # whatever the index throws, it is not ready
            wrong.append(f"{kind}: {error.__class__.__name__}")
    return ", ".join(wrong)


def init_app(app: Flask) -> None:
    """Give the application its engine, its words and its commands, and the worker its index job."""
    app.extensions["search"] = Engine(Path(app.instance_path) / "index")
    app.extensions["search_consumer"] = Consumer(app.extensions["search"], REGISTERED)
    app.extensions["search_words"] = Follower(app.extensions["search"])
    app.jinja_env.filters["mark"] = mark
    app.cli.add_command(search_cli)
    on_tick("search", drain)
    READINESS["index"] = problem
    PRELOADS["index"] = preload

    @app.before_request
    def know_all_words() -> None:
        if request.endpoint != "static":
            follower().look()
