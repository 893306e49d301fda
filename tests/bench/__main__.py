"""`python -m tests.bench`: speed and growth. Makes a park of each size, serves them side by side, measures, writes."""

import argparse
import os
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from marketplace.core.serving import collect_seldom
from tests.bench import inside, pages, report
from tests.bench.measuring import Measure
from tests.bench.park import Park, build, quiet
from tests.bench.report import Figures

SIZES = (200, 10_000)


def measure(parks: list[Park], *, requests: int, needs: int, saves: int, rounds: int = 3) -> Figures:
    """All figures of parks that are loaded; their sites are started and stopped here."""
    figures = Figures([park.listings for park in parks], date.today())
    jobs = inside.compute_matches(parks, needs)
    figures.inside = [*inside.measure_inside(parks, needs, rounds), jobs]
    statements = {park.listings: pages.count_statements(park) for park in parks}
    figures.statements = {name: {size: statements[size][name] for size in figures.sizes}
                          for name in pages.addresses(parks[0])}  # fmt: skip
    with ExitStack() as running:
        for park in parks:
            park.site.start()
            running.callback(park.site.stop)
        figures.pages = pages.measure_pages(parks, requests)
        findable, matched = Measure("findable", 2000), Measure("needs found again", 5000)
        for park in parks:
            seen, found = pages.measure_saves(park, saves)
            figures.single.setdefault("needs found after the first save since a start, s", {})[
                park.listings] = found.seconds[0]  # fmt: skip
            findable.by_size[park.listings], matched.by_size[park.listings] = seen.later(), found.later()
        figures.saves = [findable, matched]
        for park in parks:
            for name, megabytes in inside.memory_of(park).items():
                figures.single.setdefault(f"memory of the {name}, MB", {})[park.listings] = megabytes
    for park in parks:
        for name, seconds in park.seconds.items():
            figures.single.setdefault(f"{name}, s", {})[park.listings] = seconds
    return figures


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--listings", type=int, nargs="+", default=list(SIZES), help="sizes of the parks")
    parser.add_argument("--requests", type=int, default=120, help="of each page and park")
    parser.add_argument("--needs", type=int, default=30, help="needs that are matched")
    parser.add_argument("--saves", type=int, default=12, help="saves that are waited for")
    parser.add_argument("--print-only", action="store_true", help="leave docs/ as it is")
    asked = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        parks = []
        for size in sorted(set(asked.listings)):
            print(f"A park of {size:,} listings ...", flush=True)
            instance = Path(folder) / str(size)
            instance.mkdir()
            parks.append(build(size, instance))
        print("Measuring ...", flush=True)
        collect_seldom()  # as in a process of the site
        with quiet():
            figures = measure(parks, requests=asked.requests, needs=asked.needs, saves=asked.saves)
            figures.load_before = load
    print("\n".join(report.lines(figures)))
    if not asked.print_only:
        report.write_down(figures)
        print(f"\nWritten to {report.PAGE.relative_to(report.ROOT)}.")


if __name__ == "__main__":
    main()
