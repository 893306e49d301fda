"""Searching while others write: pages alone, beside a writer that commits, and during a full rebuild.

python -m tests.bench.busy INSTANCE SECONDS    saves listings for so long, as a process of its own
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from time import monotonic, perf_counter, sleep

from sqlalchemy import select

from marketplace import create_app
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Listing
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from tests.bench.measuring import Measure, Series
from tests.bench.pages import PAGE_AIM_MS, save_with_word, search_addresses
from tests.bench.park import Park, quiet
from tests.live import ROOT

AT_ONCE, PAUSE = 20, 0.2
"""Listings in one transaction of the writer, and the seconds it rests between two."""
LEAST = 2
"""Pages opened in each moment, however short it is."""
SIMPLER = "notice--warning"
"""Stands on a page of results that came from the database, because the index could not be read."""
ALONE, WRITING, REBUILDING = "alone", f"while {AT_ONCE} listings are saved again and again", "during a full rebuild"


@dataclass
class Busy:
    """Search pages in three moments, how many of them failed, and how long the rebuild took."""

    measures: list[Measure] = field(default_factory=lambda: [
        Measure(name, PAGE_AIM_MS) for name in (ALONE, WRITING, REBUILDING)])  # fmt: skip
    failed: dict[int, float] = field(default_factory=dict)
    rebuild_s: dict[int, float] = field(default_factory=dict)


def measure_busy(parks: Sequence[Park], seconds: float) -> Busy:
    """The sites run; each moment lasts `seconds`, the rebuild as long as it takes."""
    busy = Busy()
    for park in parks:
        alone, writing, rebuilding = (measure.at(park.listings) for measure in busy.measures)
        end = monotonic() + seconds
        failed = ask(park, alone, lambda end=end: monotonic() < end)
        writer = subprocess.Popen([sys.executable, "-m", __name__, str(park.site.instance), str(seconds)], cwd=ROOT,
                                  stdout=subprocess.PIPE)  # fmt: skip
        assert writer.stdout is not None
        writer.stdout.readline()  # it is ready
        failed += ask(park, writing, lambda writer=writer: writer.poll() is None)
        started = perf_counter()
        rebuild = subprocess.Popen(
            [sys.executable, "-m", "flask", "search", "rebuild"],
            cwd=ROOT,
            env=park.site.environment,
            stdout=subprocess.DEVNULL,
        )
        failed += ask(park, rebuilding, lambda rebuild=rebuild: rebuild.poll() is None)
        busy.rebuild_s[park.listings] = perf_counter() - started
        busy.failed[park.listings] = failed
        if writer.returncode or rebuild.returncode:
            raise RuntimeError("a process that wrote beside the searches failed")
    return busy


def ask(park: Park, series: Series, goes_on: Callable[[], bool]) -> int:
    """Open one search page after the other; how many of them failed, or could not read the index."""
    addresses, client, failed = cycle(search_addresses(filtered=False)), park.site.client(), 0
    while len(series.seconds) < LEAST or goes_on():
        answer = client.open(next(addresses))
        series.seconds.append(answer.seconds)
        failed += answer.status != 200 or SIMPLER in answer.text
    return failed


def save_for(seconds: float) -> None:
    """Change listings, some in each transaction, until the time is over."""
    published = select(Listing.id).where(Listing.status == ListingStatus.PUBLISHED)
    ids = db.session.scalars(published.order_by(Listing.id.desc()).limit(200)).all()
    end, turn = monotonic() + seconds, 0
    while monotonic() < end:
        with transaction():
            for number in range(min(AT_ONCE, len(ids))):
                save_with_word(ids[(turn * AT_ONCE + number) % len(ids)], f"busy{turn}", utc_now())
        turn += 1
        sleep(PAUSE)


if __name__ == "__main__":
    with quiet(), create_app({"LOG_JSON": False}, instance=Path(sys.argv[1])).test_request_context():
        print("ready", flush=True)
        save_for(float(sys.argv[2]))
