"""Commands of needs: understanding a file of sentences, without a database."""

import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import click
from flask.cli import AppGroup
from tqdm import tqdm

from marketplace.core.clock import local_day, utc_now
from marketplace.core.jsonlines import EXIT_BAD_LINE, BadLine, SkippedLines, read_json_lines, write_json_lines
from marketplace.core.places import Gazetteer
from marketplace.core.site import gazetteer
from marketplace.needs.parsing import parse_need

needs_cli = AppGroup("needs", help="Procurement needs: understand a file of sentences.")


@needs_cli.command("parse")
@click.option(
    "--in", "source", required=True, type=click.Path(exists=True, dir_okay=False), help='Lines {"id", "text"}.'
)
@click.option("--out", "target", required=True, type=click.Path(dir_okay=False), help="Where the lines go.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which lines without a 'today' of their own are read; else the present day.",
)
@click.option("--skip-bad", is_flag=True, help="Pass over bad lines and count them.")
def parse(source: str, target: str, today: datetime | None, skip_bad: bool) -> None:
    """Understand each line's text: lines, unit price, budget, deadline, town, certificates, what must not be.

    A line without "text" is read by its "title" and "description", as if typed.
    """
    skipped = SkippedLines()
    towns = gazetteer()
    try:
        rows = list(_sentences(source, today.date() if today else None, skip_bad, skipped))
    except BadLine as problem:
        click.echo(str(problem), err=True)
        sys.exit(EXIT_BAD_LINE)
    with tqdm(rows, desc="parse", unit="lines", disable=not sys.stderr.isatty()) as told:
        write_json_lines(target, (parsed_line(row, day, towns) for row, day in told))
    if len(skipped):
        click.echo(f"{len(skipped)} bad lines passed over.", err=True)


def parsed_line(row: dict[str, Any], today: date, towns: Gazetteer) -> dict[str, Any]:
    """One line of a parse run: `id` and the fields of `expect` in a parse case."""
    title, description = row.get("text") or row["title"], "" if row.get("text") else row.get("description") or ""
    parsed = parse_need(str(title), str(description), today=today, gazetteer=towns)
    return parsed.to_json(row["id"])


def _sentences(
    source: str, fixed: date | None, skip_bad: bool, skipped: SkippedLines
) -> Iterator[tuple[dict[str, Any], date]]:
    """Each row with the day on which it is read."""
    for number, row in read_json_lines(source, required=("id", "text|title"), skip_bad=skip_bad, skipped=skipped):
        try:
            yield row, _day_of(row, fixed)
        except ValueError:
            problem = BadLine(source, number, f"'today' is no day: {row['today']!r:.40}")
            if not skip_bad:
                raise problem from None
            skipped.bad.append(problem)


def _day_of(row: dict[str, Any], fixed: date | None) -> date:
    return date.fromisoformat(str(row["today"])) if row.get("today") else fixed or local_day(utc_now())
