"""`python -m tests.bench.quality`: how good the order is, beside plain BM25 over the same words."""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from marketplace import create_app
from marketplace.demo.seed import FOLDER, REFERENCE_DAY
from tests.bench import report
from tests.bench.measuring import resampled_interval, table
from tests.relevance import score

SET = Path(__file__).parents[1] / "relevance"
LISTINGS = FOLDER / "listings.jsonl"
Values = list[float]


@dataclass(frozen=True)
class Quality:
    """One figure: a value for each query, by our order and by plain BM25 (none where that makes no sense)."""

    name: str
    aim: float
    ours: Values
    plain: Values | None = None

    @property
    def mean(self) -> float:
        return statistics.fmean(self.ours)

    def as_json(self) -> dict[str, Any]:
        low, high = resampled_interval(self.ours)
        told: dict[str, Any] = {"value": round(self.mean, 4), "low": round(low, 4), "high": round(high, 4),
                                "aim": self.aim, "queries": len(self.ours)}  # fmt: skip
        if self.plain is not None:
            told["plain"] = round(statistics.fmean(self.plain), 4)
            differences = [one - other for one, other in zip(self.ours, self.plain, strict=True)]
            told["gain"] = [round(bound, 4) for bound in resampled_interval(differences)]
        return told


class Runs:
    """The batch commands, run in this process on files."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.app = create_app({"LOG_JSON": False, "DATABASE_URL": "sqlite://"}, instance=folder / "instance")

    def __call__(self, *words: str | Path) -> None:
        """Run a command.

        Raises:
            RuntimeError: it failed.
        """
        answer = self.app.test_cli_runner().invoke(args=[str(word) for word in words])
        if answer.exit_code:
            raise RuntimeError(answer.output)

    def match(self, name: str, listings: Path, needs: Path, *, plain: bool) -> tuple[Path, Path]:
        """Both directions: the files of the needs' and of the listings' hits."""
        out = self.folder / f"{name}{'-plain' * plain}.jsonl"
        self("match", "run", "--listings", listings, "--needs", needs, "--direction", "both", "--top", "50",
             "--out", out, "--today", REFERENCE_DAY, *["--plain"] * plain)  # fmt: skip
        return out, out.with_name(f"{out.stem}.listings.jsonl")

    def search(self, queries: Path, *, plain: bool, listings: Path = LISTINGS) -> Path:
        out = self.folder / f"queries{'-plain' * plain}.jsonl"
        self("search", "run", "--listings", listings, "--queries", queries, "--top", "50", "--out", out,
             *["--plain"] * plain)  # fmt: skip
        return out

    def parse(self, cases: Path) -> Path:
        out = self.folder / "parsed.jsonl"
        self("needs", "parse", "--in", cases, "--out", out)
        return out


def by_query(qrels: dict[str, dict[str, int]], run: Path, value: Callable[..., float | None]) -> Values:
    """The value of each judged query; those that have none by its definition are left out."""
    hits = {row["query"]: score.ranking(row) for row in score.read_jsonl(run)}
    values = [value(hits.get(query, []), grades) for query, grades in sorted(qrels.items())]
    return [number for number in values if number is not None]


def turned(qrels: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Judgements from the other side."""
    found: dict[str, dict[str, int]] = {}
    for query, grades in qrels.items():
        for document, grade in grades.items():
            found.setdefault(document, {})[query] = grade
    return found


def pairs_held(pairs: Sequence[dict[str, str]], run: Path) -> Values:
    """1 for each constraint pair in the right order, else 0."""
    hits = {row["query"]: score.ranking(row) for row in score.read_jsonl(run)}
    return [float(score.pair_held(hits.get(pair["query"], []), pair["better"], pair["worse"])) for pair in pairs]


def parse_values(cases: Sequence[dict[str, Any]], run: Path) -> tuple[Values, Values]:
    """For each case the share of its fields that are right, and 1 when all are."""
    rows = score.read_jsonl(run)
    fields, whole = [], []
    for case in cases:
        told = score.score_parse([case], rows)
        names = [name for name in case["expect"] if name in told]
        fields.append(statistics.fmean(told[name] for name in names))
        whole.append(told["all_fields_right"])
    return fields, whole


def measure(folder: Path) -> list[Quality]:
    """Every figure of the table."""
    run = Runs(folder)
    needs, queries = (score.read_qrels(SET / f"{name}-qrels.tsv") for name in ("needs", "queries"))
    pairs, cases = (score.read_jsonl(SET / f"{name}.jsonl") for name in ("constraint-pairs", "parse-cases"))
    matched = [run.match("needs", LISTINGS, SET / "needs.jsonl", plain=plain) for plain in (False, True)]
    fresh = score.read_qrels(SET / "fresh-needs-qrels.tsv")
    unseen = [run.match("fresh", LISTINGS, SET / "fresh-needs.jsonl", plain=plain) for plain in (False, True)]
    judged = [run.match("constraints", SET / "constraint-listings.jsonl", SET / "constraint-needs.jsonl",
                        plain=plain)[0] for plain in (False, True)]  # fmt: skip
    found = [run.search(SET / "queries.jsonl", plain=plain) for plain in (False, True)]
    fields, whole = parse_values(cases, run.parse(SET / "parse-cases.jsonl"))

    def both(name: str, aim: float, values: Callable[[Any], Values], runs: Sequence[Any]) -> Quality:
        return Quality(name, aim, *(values(each) for each in runs))

    return [
        both("Needs, nDCG@10", 0.97, lambda each: by_query(needs, each[0], score.ndcg), matched),
        both("Needs, Recall@50", 0.99, lambda each: by_query(needs, each[0], score.recall), matched),
        both("Fresh needs, nDCG@10", 0.97, lambda each: by_query(fresh, each[0], score.ndcg), unseen),
        both("Reverse, nDCG@10", 0.93, lambda each: by_query(turned(needs), each[1], score.ndcg), matched),
        both("Queries, nDCG@10", 0.93, lambda each: by_query(queries, each, score.ndcg), found),
        both("Queries, Recall@50", 0.95, lambda each: by_query(queries, each, score.recall), found),
        both("Constraint pairs in the right order", 0.92, lambda each: pairs_held(pairs, each), judged),
        Quality("Parsed fields right", 0.94, fields),
        Quality("Whole sentences right", 0.75, whole),
    ]


def measure_set(source: Path, folder: Path) -> list[Quality]:
    """The figures of a set in a folder of its own (`docs/benchmarks.md`, "Fresh sets"); what it lacks is left out."""
    run = Runs(folder)
    found: list[Quality] = []
    if (source / "told-needs.jsonl").exists():
        grades = score.read_qrels(source / "told-qrels.tsv")
        runs = [run.match("told", source / "told-listings.jsonl", source / "told-needs.jsonl", plain=plain)
                for plain in (False, True)]  # fmt: skip
        needs, back = ([by_query(judged, each[side], score.ndcg) for each in runs]
                       for side, judged in enumerate((grades, turned(grades))))  # fmt: skip
        found += [
            Quality("Needs told in words, nDCG@10", 0.95, *needs),
            Quality("Listings to needs, nDCG@10", 0.90, *back),
        ]
    if (source / "constraint-pairs.jsonl").exists():
        pairs = score.read_jsonl(source / "constraint-pairs.jsonl")
        runs = [run.match("pairs", source / "constraint-listings.jsonl", source / "constraint-needs.jsonl", plain=plain)
                for plain in (False, True)]  # fmt: skip
        found.append(Quality("Pairs in the right order", 0.92, *(pairs_held(pairs, each[0]) for each in runs)))
    if (source / "queries.jsonl").exists():
        grades = score.read_qrels(source / "queries-qrels.tsv")
        listings = folder / "all-listings.jsonl"
        listings.write_bytes(
            b"".join((source / f"{name}-listings.jsonl").read_bytes() for name in ("told", "constraint"))
        )
        asked = [by_query(grades, run.search(source / "queries.jsonl", plain=plain, listings=listings), score.ndcg)
                 for plain in (False, True)]  # fmt: skip
        found.append(Quality("Queries, nDCG@10", 0.90, *asked))
    if (source / "parse-cases.jsonl").exists():
        cases = score.read_jsonl(source / "parse-cases.jsonl")
        parsed = run.parse(source / "parse-cases.jsonl")
        rows = score.read_jsonl(parsed)
        named = [score.score_parse([case], rows)["lines"] for case in cases]
        found += [
            Quality("Lines of sentences right", 0.92, named),
            Quality("Whole sentences right", 0.80, parse_values(cases, parsed)[1]),
        ]
    return found


def lines(figures: Sequence[Quality], on: date) -> list[str]:
    """The table with intervals; the gain is the interval of the difference, query by query."""
    rows = []
    for each in figures:
        told = each.as_json()
        gain = "{:+.3f} to {:+.3f}".format(*told["gain"]) if "gain" in told else ""
        rows.append(
            [
                each.name,
                f"{told['value']:.3f} [{told['low']:.3f}, {told['high']:.3f}]",
                f"{told['plain']:.3f}" if "plain" in told else "",
                gain,
                f"{each.aim:.2f}",
                told["queries"],
            ]
        )
    head = ["figure", "Doorstep", "plain BM25", "gain, 95 %", "aim", "cases"]
    return [f"Measured on {on}.", "", *table(head, rows)]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quality", description=__doc__)
    parser.add_argument("--print-only", action="store_true", help="leave docs/ as it is")
    parser.add_argument("--set", type=Path, help="measure the set in this folder and only print its figures")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="doorstep-quality-") as folder:
        figures = measure_set(asked.set, Path(folder)) if asked.set else measure(Path(folder))
    part = lines(figures, date.today())
    print("\n".join(part))
    if not (asked.print_only or asked.set):
        report.merge_json("quality", {each.name: each.as_json() for each in figures})
        report.write_part("quality", part)
        print(f"\nWritten to {report.PAGE.relative_to(report.ROOT)}.")


if __name__ == "__main__":
    main()
