"""Commands of search: rebuild, check, status, and running a file of queries without a database."""

import json
import sys
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from tqdm import tqdm

from marketplace.core.folding import fold
from marketplace.core.jsonlines import EXIT_BAD_LINE, BadLine, SkippedLines, read_json_lines, write_json_line
from marketplace.search import queries
from marketplace.search.documents import Document
from marketplace.search.port import SearchEngine
from marketplace.search.query import Searchable
from marketplace.search.registry import REGISTERED, category_names
from marketplace.search.whoosh_engine.postings import Snapshot, snapshot_of_documents
from marketplace.search.whoosh_engine.ranking import plain_rank, rank

search_cli = AppGroup("search", help="The search index: rebuild, check, status, batch queries.")
DIFFERENCES_SHOWN = 1000
ASKING = ("求购", "收购")


def chosen(kind: str | None) -> list[Searchable]:
    """The registered kinds, or the one named."""
    if kind is not None and kind not in REGISTERED:
        raise click.BadParameter(f"choose one of {', '.join(sorted(REGISTERED))}", param_hint="--kind")
    return [REGISTERED[name] for name in sorted(REGISTERED) if kind in (None, name)]


@search_cli.command("rebuild")
@click.option("--kind", help="Only this kind (listings, needs, organisations, searches).")
def rebuild_index(kind: str | None) -> None:
    """Build the index anew beside the one in use, then swap. Searching goes on meanwhile."""
    _follow_words()
    for searchable in chosen(kind):
        total = searchable.count() if searchable.count else None
        with tqdm(total=total, desc=searchable.kind, unit="rows", disable=not sys.stderr.isatty()) as bar:
            count = _engine().rebuild(searchable, lambda done, bar=bar: bar.update(done - bar.n))  # type: ignore[misc]
        click.echo(f"{searchable.kind}: {count} indexed.")


@search_cli.command("check")
@click.option("--kind", help="Only this kind (listings, needs, organisations, searches).")
def check_index(kind: str | None) -> None:
    """Compare index and database; names every difference and ends with status 1 when there is one."""
    _follow_words()
    problems: list[str] = []
    for searchable in chosen(kind):
        problems += _engine().check(searchable)
    waiting = queries.count_waiting()
    if waiting:
        click.echo(f"{waiting} changes wait for the worker.")
    for problem in problems[:DIFFERENCES_SHOWN]:
        click.echo(problem)
    if problems:
        click.echo(f"{len(problems)} differences.")
        sys.exit(1)
    click.echo("Index and database agree.")


@search_cli.command("status")
def status() -> None:
    """Documents, generation and segments by kind, and how many changes wait, as JSON."""
    told: dict[str, Any] = {"waiting": queries.count_waiting(), "kinds": {}}
    for name in sorted(REGISTERED):
        told["kinds"][name] = _engine().status(name)
    click.echo(json.dumps(told, ensure_ascii=False))


@search_cli.command("run", with_appcontext=False)
@click.option("--listings", required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--queries", required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--top", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.option("--out", required=True, type=click.Path(dir_okay=False))
@click.option("--skip-bad", is_flag=True, help="Pass over bad lines and count them.")
@click.option("--plain", is_flag=True, help="Plain BM25 over the same words, to compare with.")
def run(*, listings: str, queries: str, top: int, out: str, skip_bad: bool, plain: bool) -> None:
    """Answer a file of queries ({"id", "text"}) over a file of listings, without a database."""
    skipped = SkippedLines()
    try:
        read = partial(read_json_lines, skip_bad=skip_bad, skipped=skipped)
        rows = [row for _, row in read(listings, required=("id", "title"))]
        asked = [row for _, row in read(queries, required=("id", "text"))]
    except BadLine as problem:
        click.echo(str(problem), err=True)
        sys.exit(EXIT_BAD_LINE)
    quiet = not sys.stderr.isatty()
    documents = (document_of_json(row) for row in tqdm(rows, desc="index", disable=quiet) if not asks_only(row))
    snapshot = snapshot_of_documents(documents)
    with open(out, "w", encoding="utf-8", newline="\n") as lines:
        for row in tqdm(asked, desc="search", disable=quiet):
            write_json_line(lines, answer(snapshot, str(row["id"]), str(row["text"]), top, plain))
    if len(skipped):
        click.echo(f"{len(skipped)} bad lines passed over.", err=True)


def answer(snapshot: Snapshot, id_: str, text: str, top: int, plain: bool = False) -> dict[str, Any]:
    """One run line: the hits of a query, best first, and its own time."""
    started = time.perf_counter()
    ranked = (plain_rank if plain else rank)(snapshot, text)
    rows = snapshot.best(ranked.score, ranked.hits, top)
    hits = [{"id": snapshot.id_of(row), "score": round(float(ranked.score[row]), 4)} for row in rows]
    return {"query": id_, "hits": hits, "elapsed_ms": round((time.perf_counter() - started) * 1000, 3)}


def asks_only(row: dict[str, Any]) -> bool:
    """A listing that says 求购 asks and offers nothing."""
    words: Iterable[Any] = row.get("keywords") or ()
    return any(word in fold(str(row["title"])) for word in ASKING) or "求购" in words


def document_of_json(row: dict[str, Any]) -> Document:
    """An index document of a listing line; absent and null keys are unknown."""
    specs = " ".join(f"{spec.get('name') or ''}:{spec.get('value') or ''}" for spec in row.get("specs") or ())
    return Document(
        id=str(row["id"]),
        title=str(row["title"]),
        aliases=tuple(str(word) for word in row.get("keywords") or () if word),
        category_path=category_names(str(row.get("category") or "")),
        specs=specs,
        body=str(row.get("description") or ""),
        facets={"category": [str(row["category"])]} if row.get("category") else {},
    )


def _follow_words() -> None:
    """Cut words as the site does: with those of park staff."""
    current_app.extensions["search_words"].look()


def _engine() -> SearchEngine:
    engine: SearchEngine = current_app.extensions["search"]
    return engine
