"""Commands around the weights: what people made of pairs as a file, and what other weights would be worth."""

import sys
from datetime import datetime
from pathlib import Path

import click

from marketplace.core.clock import local_day, utc_now
from marketplace.core.jsonlines import EXIT_BAD_LINE, BadLine, write_json_line
from marketplace.core.site import gazetteer
from marketplace.matching import queries, rows
from marketplace.matching.cli import PARK, match_cli
from marketplace.matching.judgements import read_grades, row_of
from marketplace.matching.tuning import (
    STEPS,
    JudgedSet,
    cross_validated,
    interval,
    judged_set,
    moved,
    read_bench,
    steps,
)
from marketplace.matching.weights import WEIGHTS


@match_cli.command("judgements")
@click.option("--out", required=True, type=click.Path(dir_okay=False))
def judgements(*, out: str) -> None:
    """Write what people made of pairs (JSON lines, no persons), with how each pair stood on that day."""
    count = 0
    with open(out, "w", encoding="utf-8", newline="\n") as lines:
        for row in queries.judgements():
            count += 1
            write_json_line(
                lines,
                row_of(
                    row.need_id,
                    row.listing_id,
                    row.side.value,
                    row.judgement.value,
                    row.reason,
                    score=row.score,
                    relevance=row.relevance,
                    line=row.line,
                    findings=row.findings,
                    when=row.at.isoformat(),
                ),
            )
    click.echo(f"{count} judgements.")


@match_cli.command("tune")
@click.option(
    "--folder",
    default="tests/relevance",
    show_default=True,
    type=click.Path(exists=True, file_okay=False),
    help="needs.jsonl, needs-qrels.tsv and the constraint files.",
)
@click.option(
    "--listings", default=str(PARK), show_default="the demonstration park", type=click.Path(exists=True, dir_okay=False)
)
@click.option("--today", default="2026-11-23", show_default=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--weight", "names", multiple=True, type=click.Choice(sorted(STEPS)), help="Only these weights.")
@click.option(
    "--judgements",
    "judged_file",
    type=click.Path(exists=True, dir_okay=False),
    help="A file of `flask match judgements` of this site, judged beside the folder.",
)
def tune(*, folder: str, listings: str, today: datetime, names: tuple[str, ...], judged_file: str | None) -> None:
    """Show what other weights would be worth on judged needs; writes nothing."""
    bench = read_bench(Path(folder), Path(listings), today.date())
    if judged_file is not None:
        try:
            grades = read_grades(judged_file)
        except BadLine as problem:
            click.echo(str(problem), err=True)
            sys.exit(EXIT_BAD_LINE)
        site = site_set(grades)
        bench.sets.append(site)
        click.echo(f"{len(site.needs)} of {len(grades)} needs that people judged here have a good listing on offer.")
    base = bench.trial("in force", 0.0, WEIGHTS)
    mean = sum(base.by_need.values()) / len(base.by_need)
    click.echo(f"{len(base.by_need)} needs, nDCG@10 {mean:.4f}, constraint pairs {_share(base.pairs)}")
    click.echo(f"{'weight':<18}{'in force':>9}{'tried':>9}{'gain':>9}  {'95 % interval':<20}{'pairs':>6}")
    trials = []
    for name, value in steps(names):
        trial = bench.trial(name, value, moved(name, value))
        trials.append(trial)
        gain, low, high = interval([trial.by_need[id_] - base.by_need[id_] for id_ in sorted(base.by_need)])
        told = f"{gain:+.4f}  {f'{low:+.4f} to {high:+.4f}':<20}{_share(trial.pairs):>6}"
        click.echo(f"{name:<18}{getattr(WEIGHTS, name):>9g}{value:>9g}  {told}")
    gains, chosen = cross_validated(base, trials)
    gain, low, high = interval(gains)
    click.echo(f"Chosen outside each fold ({', '.join(chosen)}): gain inside {gain:+.4f} ({low:+.4f} to {high:+.4f})")


def site_set(grades: dict[str, dict[str, int]]) -> JudgedSet:
    """What people judged on this site, against all that is on offer today."""
    now, places = utc_now(), gazetteer()
    return judged_set(
        list(rows.listings_on_offer(queries.listing_ids_on_offer(now), now, places).values()),
        list(rows.needs_of_any_status((int(id_) for id_ in grades if id_.isdecimal()), places).values()),
        grades,
        local_day(now),
        name="site:",
    )


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f}"
