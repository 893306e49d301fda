"""Commands of matching: two files matched without a database."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from tqdm import tqdm

from marketplace.core.clock import local_day, utc_now
from marketplace.core.garbage_and_caches import without_collecting
from marketplace.core.jsonlines import EXIT_BAD_LINE, BadLine, SkippedLines, read_json_lines, write_json_line
from marketplace.core.places import load_gazetteer
from marketplace.matching import reasons
from marketplace.matching.batch import PartFailed, TwoWayRun, folder_for
from marketplace.matching.facts import ListingFacts, NeedFacts, need_facts_from_json
from marketplace.matching.file_index import Facts, index_of_files, quiet
from marketplace.matching.find_matches import Match, MatchIndex, match_listing, match_need
from marketplace.matching.judge import State
from marketplace.matching.told import listing_from_json
from marketplace.matching.weights import WEIGHTS

PARK = Path(__file__).parent.parent / "demo" / "data" / "listings.jsonl"
match_cli = AppGroup("match", help="Matching needs and listings.")


@match_cli.command("run")
@click.option("--listings", "listings_file", required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--needs", "needs_file", required=True, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--direction",
    type=click.Choice(["needs", "listings", "both"]),
    default="needs",
    show_default=True,
    help="Which side asks: needs get listings, listings get needs.",
)
@click.option("--top", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False),
    help="With both directions the listings' matches go beside it, with .listings before the suffix.",
)
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Day on which to judge; today when left out.")
@click.option("--skip-bad", is_flag=True, help="Pass over bad lines and count them.")
@click.option("--plain", is_flag=True, help="Plain BM25 over the same words, to compare with.")
@click.option("--language", default="zh_Hans", show_default=True, help="Language of met, missed and unknown.")
@click.option("--brief", is_flag=True, help="Only ids and scores: no words on what is met, missed and unknown.")
@click.option(
    "--processes",
    default=os.cpu_count() or 1,
    show_default="one a processor",
    type=click.IntRange(1, 64),
    help="How many share the work of both directions.",
)
@without_collecting()
def run(
    *,
    listings_file: str,
    needs_file: str,
    direction: str,
    top: int,
    out: str,
    today: datetime | None,
    skip_bad: bool,
    plain: bool,
    language: str,
    brief: bool,
    processes: int,
) -> None:
    """Match a file of listings and a file of needs (JSON lines), without a database.

    With both directions several processes share the work, and a run that was cut off goes on where it stopped.
    """
    day = today.date() if today else local_day(utc_now())
    skipped = SkippedLines()
    gazetteer = load_gazetteer()
    try:
        listings = read_facts(listings_file, partial(listing_from_json, today=day), skip_bad, skipped)
        read_need = partial(need_facts_from_json, today=day, gazetteer=gazetteer)
        needs = read_facts(needs_file, read_need, skip_bad, skipped)
    except BadLine as problem:
        click.echo(str(problem), err=True)
        sys.exit(EXIT_BAD_LINE)
    two_way = direction == "both" and not plain
    index = index_of_files(listings, () if two_way else needs, day, processes)  # both ways start from the needs
    told = None if brief else findings_in_words
    with force_locale(language):
        if two_way:
            folder = folder_for(out, (listings_file, needs_file), f"{day} {top} {language} {brief} {WEIGHTS}")
            both = TwoWayRun(index, listings, needs, top, told, folder)
            try:
                both.run(processes)
            except PartFailed:
                click.echo(f"A process ended early. What is done is kept in {folder}; run again to go on.", err=True)
                sys.exit(1)
            both.join("needs", out)
            both.join("listings", beside(out))
            shutil.rmtree(folder)
        if direction == "needs" or (direction == "both" and plain):
            ask = partial(plain_need if plain else match_need, index=index, top=top)
            write_run(out, needs, ask, lambda match: hit(match, match.listing_id, told))
        if direction == "listings" or (direction == "both" and plain):
            answer = partial(plain_listing if plain else match_listing, index=index, top=top)
            path = beside(out) if direction == "both" else out
            write_run(path, listings, answer, lambda match: hit(match, match.need_id, told))
    if len(skipped):
        click.echo(f"{len(skipped)} bad lines passed over.", err=True)


def beside(out: str) -> str:
    """`pairs.jsonl` gives `pairs.listings.jsonl`."""
    path = Path(out)
    return str(path.with_name(f"{path.stem}.listings{path.suffix}"))


def read_facts(
    path: str, understand_line: Callable[[dict[str, Any]], Facts], skip_bad: bool, skipped: SkippedLines
) -> list[Facts]:
    """All lines of a file as facts; of two lines with one id the last counts.

    Raises:
        BadLine: a line cannot be read, and bad lines are not to be skipped.
    """
    found: dict[str, Facts] = {}
    lines = read_json_lines(path, required=("id", "title"), skip_bad=skip_bad, skipped=skipped)
    for number, row in tqdm(lines, desc=Path(path).name, unit="lines", disable=quiet()):
        try:
            facts = understand_line(row)
        except ValueError as error:
            problem = BadLine(path, number, str(error))
            if not skip_bad:
                raise problem from error
            skipped.bad.append(problem)
            continue
        found[facts.id] = facts
    return list(found.values())


def write_run(
    path: str, queries: Sequence[Facts], ask: Callable[[Any], list[Match]], hit: Callable[[Match], dict[str, Any]]
) -> None:
    """One run line for each query; the time is that of its matching alone."""
    with open(path, "w", encoding="utf-8", newline="\n") as lines:
        for query in tqdm(queries, desc="match", disable=quiet()):
            started = time.perf_counter()
            matches = ask(query)
            elapsed = (time.perf_counter() - started) * 1000
            hits = [hit(match) for match in matches]
            write_json_line(lines, {"query": query.id, "hits": hits, "elapsed_ms": round(elapsed, 3)})


def hit(match: Match, id_: str, told: Callable[[Match], dict[str, Any]] | None) -> dict[str, Any]:
    """One answer as it is written."""
    return {"id": id_, "score": match.score} | (told(match) if told else {})


def findings_in_words(match: Match) -> dict[str, list[str]]:
    """What a pair meets, misses and leaves open."""
    return {state.value: [str(reasons.word(finding)) for finding in match.of(state)] for state in State}


def plain_need(need: NeedFacts, index: MatchIndex, top: int) -> list[Match]:
    """Plain BM25 over the same words: every word of the need, nothing judged."""
    text = [need.title, need.description, *(line.item for line in need.lines)]
    scores = index.listings.plain_relevance(" ".join(text))
    if need.organisation:
        scores[index.listings.facet_mask("organisation", [need.organisation])] = 0
    return [
        Match(need.id, index.listings.ids[row], round(float(scores[row]), 4), 0.0, 1, 0.0)
        for row in index.listings.best(scores, scores > 0, top)
    ]


def plain_listing(listing: ListingFacts, index: MatchIndex, top: int) -> list[Match]:
    """Plain BM25 over the same words: every word of the listing, nothing judged."""
    scores = index.needs.plain_relevance(" ".join((listing.title, *listing.keywords, listing.description)))
    if listing.organisation:
        scores[index.needs.facet_mask("organisation", [listing.organisation])] = 0
    return [
        Match(index.needs.ids[row], listing.id, round(float(scores[row]), 4), 0.0, 1, 0.0)
        for row in index.needs.best(scores, scores > 0, top)
    ]
