"""Every need matched with every listing, both ways, by the command that anyone may run on two files."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

from tests.bench.inside import below, memory_mb
from tests.bench.make_large import TODAY
from tests.bench.make_large import main as make_files
from tests.live import ROOT

TOP = 50
LOOK_EVERY = 0.1
"""Seconds."""


@dataclass
class Batch:
    """How long the command took from start to end, reading and indexing the files included; its largest process."""

    seconds: float
    peak_mb: float


def measure_batch(listings: int, needs: int, folder: Path) -> Batch:
    """Run the command.

    Raises:
        RuntimeError: it failed, or did not answer every row.
    """
    make_files(["--listings", str(listings), "--needs", str(needs), "--out", str(folder)])
    out = folder / "pairs.jsonl"
    command = [sys.executable, "-m", "flask", "match", "run", "--direction", "both", "--brief", "--top", str(TOP),
               "--listings", str(folder / "listings.jsonl"), "--needs", str(folder / "needs.jsonl"),
               "--out", str(out), "--today", str(TODAY)]  # fmt: skip
    started, peak = perf_counter(), 0.0
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "FLASK_APP": "app.py"}, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, peak_mb(process.pid))
        sleep(LOOK_EVERY)
    seconds = perf_counter() - started
    if process.returncode or [count_lines(out), count_lines(out.with_suffix(".listings.jsonl"))] != [needs, listings]:
        raise RuntimeError(f"flask match run ended with {process.returncode} or left rows out")
    return Batch(seconds, peak)


def peak_mb(pid: int) -> float:
    """The most that the process or one of those it started has held up to now; 0 when they have just ended."""
    try:
        return max(memory_mb(one, "status", "VmHWM") for one in below(pid))
    except (OSError, IndexError):
        return 0.0


def count_lines(file: Path) -> int:
    with file.open("rb") as rows:
        return sum(1 for _row in rows)
