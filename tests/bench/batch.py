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
    """Run the command in a process of its own.

    Raises:
        RuntimeError: it failed, or did not answer every row.
    """
    command = [sys.executable, "-m", "flask", *command_on_files(listings, needs, folder)]
    started, peak = perf_counter(), 0.0
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "FLASK_APP": "app.py"}, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, peak_mb(process.pid))
        sleep(LOOK_EVERY)
    seconds = perf_counter() - started
    if process.returncode or answered(folder) != (needs, listings):
        raise RuntimeError(f"flask match run ended with {process.returncode} or left rows out")
    return Batch(seconds, peak)


def command_on_files(listings: int, needs: int, folder: Path) -> list[str]:
    """Write both files; the words of the command after `flask`."""
    make_files(["--listings", str(listings), "--needs", str(needs), "--out", str(folder)])
    return ["match", "run", "--direction", "both", "--brief", "--top", str(TOP), "--today", str(TODAY),
            "--listings", str(folder / "listings.jsonl"), "--needs", str(folder / "needs.jsonl"),
            "--out", str(folder / "pairs.jsonl")]  # fmt: skip


def answered(folder: Path) -> tuple[int, int]:
    """How many needs and how many listings have their line."""
    needs, listings = (sum(1 for _line in (folder / name).open()) for name in ("pairs.jsonl", "pairs.listings.jsonl"))
    return needs, listings


def peak_mb(pid: int) -> float:
    """The most that the process or one of those it started has held up to now; 0 when they have just ended."""
    try:
        return max(memory_mb(one, "status", "VmHWM") for one in below(pid))
    except (OSError, IndexError):
        return 0.0
