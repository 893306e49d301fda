"""Commands of the words that park staff keep: out to a file in the form of the project's own lists, and in from one."""

import csv
import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from marketplace import search
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.jsonlines import EXIT_BAD_LINE
from marketplace.core.refusals import RuleBroken
from marketplace.search import WordPair
from marketplace.words import queries
from marketplace.words.kinds import LONGEST_NOTE
from marketplace.words.services import other_names

COLUMNS = ("term", "variant", "kind", "note")

words_cli = AppGroup("words", help="Words that park staff link: export and import (term,variant,kind,note).")


@words_cli.command("export")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export_words(out: Path) -> None:
    """Write the pairs in force as CSV, in the form of the project's own lists."""
    rows = list(db.session.scalars(queries.names(sort="term")))
    with out.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(COLUMNS)
        lines.writerows((row.term, row.variant, row.kind, row.note) for row in rows)
    click.echo(f"Written: {len(rows)}.")


@words_cli.command("import")
@click.option("--in", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_words(file: Path) -> None:
    """Put the pairs of a CSV file into force: all, or none when a line is wrong. Known ones are passed over."""
    added = known = 0
    wrong: list[str] = []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if not set(COLUMNS[:3]) <= set(reader.fieldnames or ()):
            click.echo(f"{file}:1: the first line must name {','.join(COLUMNS)}", err=True)
            sys.exit(EXIT_BAD_LINE)
        rows = [
            (reader.line_num, {name: " ".join((row.get(name) or "").split()) for name in COLUMNS}) for row in reader
        ]
    try:
        with force_locale("en"), transaction():
            for number, row in rows:
                pair = WordPair(row["term"], row["variant"], row["kind"])
                try:
                    other_names.add_name(pair, note=row["note"][:LONGEST_NOTE], actor=None, now=utc_now())
                    db.session.flush()
                    added += 1
                except other_names.KnownAlready:
                    known += 1
                except RuleBroken as refusal:
                    wrong.append(f"{file}:{number}: {refusal.message}")
            if wrong:
                raise _Wrong
    except _Wrong:
        click.echo("\n".join(wrong), err=True)
        sys.exit(EXIT_BAD_LINE)
    search.renew_words()
    click.echo(f"Added: {added}, known already: {known}.")


class _Wrong(Exception):
    """Some line is wrong; nothing of the file is kept."""
