"""`python -m tests.bench`: speed, growth and memory, beside other engines, in one run.

Makes a park of each size, asks inside one process, asks the other engines the same, serves the parks side by side and
asks them over HTTP, saves and rebuilds meanwhile, and runs the batch command at last.
"""

import argparse
import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import fmean
from time import perf_counter

from marketplace.core.garbage_and_caches import collect_between_tasks
from tests.bench import batch, busy, engines, exact, inside, pages, report
from tests.bench.measuring import Measure
from tests.bench.park import Park, build, quiet
from tests.bench.report import Figures

SIZES = (10_000, 100_000)
NEEDS = 5000
BUILDING, MEMORY = "Building, once", "Memory, MB"
REBUILD_AIM = "< 360"


@dataclass(frozen=True)
class Extent:
    """How much is asked. `asked` are the needs and listings that every engine is asked, `busy_s` the seconds of search
    pages alone and beside a writer, `settling_saves` what is saved after a rebuild before memory is looked at."""

    requests: int = 120
    needs: int = 60
    saves: int = 100
    rounds: int = 3
    asked: int = 100
    busy_s: float = 15.0
    settling_saves: int = 10
    without: frozenset[str] = frozenset()
    """Parts left out: `engines`, `batch`."""


QUICK = Extent(requests=6, needs=5, saves=3, rounds=2, asked=5, busy_s=2.0, settling_saves=2)


def measure(parks: list[Park], extent: Extent, folder: Path) -> Figures:
    """All figures of parks that are loaded; their sites are started and stopped here, `folder` takes files."""
    figures = Figures([park.listings for park in parks], date.today())
    jobs = inside.compute_matches(parks, extent.needs)
    figures.inside = [*inside.measure_inside(parks, extent.needs, extent.rounds), jobs]
    for park in parks:
        compare(park, extent, folder / f"engines-{park.listings}", figures)
    statements = {park.listings: pages.count_statements(park) for park in parks}
    figures.statements = {name: {size: statements[size][name] for size in figures.sizes}
                          for name in pages.addresses(parks[0])}  # fmt: skip
    serve(parks, extent, figures)
    for park in parks:
        size, needs = park.listings, len(park.need_ids)
        for name, seconds in park.seconds.items():
            figures.note(BUILDING, f"{name}, s", size, seconds, REBUILD_AIM if name == "rebuild listings" else "")
        if "batch" not in extent.without:
            matched = batch.measure_batch(size, needs, folder / f"batch-{size}")
            figures.note(BUILDING, f"{needs:,} needs and all listings matched, s", size, matched.seconds, "< 60")
            figures.note(MEMORY, "the batch command at its most", size, matched.peak_mb)
    return figures


def compare(park: Park, extent: Extent, folder: Path, figures: Figures) -> None:
    """What our scores find beside exact ones, and beside the other engines."""
    folder.mkdir(parents=True)
    with inside.within(park):
        shelf = exact.listings_shelf()
        for name, shares in exact.candidate_overlaps(shelf, park.need_ids[: extent.asked]).items():
            figures.note("Overlap@10 with exact BM25", name, park.listings, fmean(shares), "≥ 0.99")
        if "engines" not in extent.without:
            figures.engines[park.listings] = engines.measure_engines(park, shelf, folder, extent.asked)


def serve(parks: list[Park], extent: Extent, figures: Figures) -> None:
    """What the running sites tell: pages, saves, pages while others write, memory."""
    with ExitStack() as running:
        for park in parks:
            park.site.start(patience=300)
            running.callback(park.site.stop)
        figures.pages = pages.measure_pages(parks, extent.requests)
        figures.saves = [Measure("findable", 2000), Measure("needs found again", 5000)]
        for park in parks:
            seen, found = pages.measure_saves(park, extent.saves)
            figures.note(BUILDING, "needs found after the first save since a start, s", park.listings, found.seconds[0])
            for measured, series in zip(figures.saves, (seen, found), strict=True):
                measured.by_size[park.listings] = series.later()
        others = busy.measure_busy(parks, extent.busy_s)
        figures.busy = others.measures
        for park in parks:
            pages.measure_saves(park, extent.settling_saves)  # by then the rebuilt index has been read
            size, memory = park.listings, inside.memory_of(park)
            for name, megabytes in memory.items():
                figures.note(MEMORY, name, size, megabytes, "" if "most" in name else "< 600")
            if size in figures.engines:
                figures.engines[size][0].rss_mb = memory[inside.RESIDENT]
            figures.note(BUILDING, "rebuild of all while pages search, s", size, others.rebuild_s[size], REBUILD_AIM)
            figures.note(BUILDING, "searches that failed meanwhile", size, others.failed[size], "0")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--listings", type=int, nargs="+", default=list(SIZES), help="sizes of the parks")
    parser.add_argument("--needs", type=int, default=NEEDS, help="in each park")
    parser.add_argument("--quick", action="store_true", help="ask little, to see that everything runs")
    parser.add_argument("--without", nargs="+", default=[], choices=["engines", "batch"], help="leave parts out")
    parser.add_argument("--parks", type=Path, help="keep the parks here, and take those that stand here")
    parser.add_argument("--print-only", action="store_true", help="leave docs/ as it is")
    asked = parser.parse_args(arguments)
    load, started = os.getloadavg()[0], perf_counter()
    extent = QUICK if asked.quick else Extent()
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        parks = []
        for size in sorted(set(asked.listings)):
            print(f"A park of {size:,} listings ...", flush=True)
            instance = (asked.parks or Path(folder)) / str(size)
            instance.mkdir(parents=True, exist_ok=True)
            parks.append(build(size, instance, asked.needs))
        print("Measuring ...", flush=True)
        collect_between_tasks()  # as in a process of the site
        with quiet():
            figures = measure(parks, replace(extent, without=frozenset(asked.without)), Path(folder))
    figures.load_before, figures.minutes = load, (perf_counter() - started) / 60
    print("\n".join(report.lines(figures)))
    if not asked.print_only:
        report.write_down(figures)
        print(f"\nWritten to {report.PAGE.relative_to(report.ROOT)}.")


if __name__ == "__main__":
    main()
