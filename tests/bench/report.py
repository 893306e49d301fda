"""Measured figures as a table, as JSON and as a part of docs/benchmarks.md."""

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench.measuring import Measure, table
from tests.bench.picture import bars

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
FIGURES = ROOT / "docs" / "benchmarks.json"
PICTURE = ROOT / "docs" / "images" / "benchmarks.svg"


@dataclass
class Figures:
    """All that a run measured. `single` has one number a size, `{name: {size: number}}`, with its unit in the name."""

    sizes: list[int]
    on: date
    load_before: float = 0.0
    pages: list[Measure] = field(default_factory=list)
    inside: list[Measure] = field(default_factory=list)
    saves: list[Measure] = field(default_factory=list)
    statements: dict[str, dict[int, int]] = field(default_factory=dict)
    single: dict[str, dict[int, float]] = field(default_factory=dict)

    @property
    def measures(self) -> list[Measure]:
        return [*self.pages, *self.inside, *self.saves]

    def as_json(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(), "machine": machine(), "load_before": round(self.load_before, 2),
            "sizes": self.sizes,
            "times": {each.name: {"aim_p95_ms": each.aim_ms, "growth": round(each.growth(), 2),
                                  **{str(size): each.at(size).as_json() for size in self.sizes}}
                      for each in self.measures},
            "statements": {name: {str(size): count for size, count in row.items()}
                           for name, row in self.statements.items()},
            "single": {name: {str(size): round(number, 2) for size, number in row.items()}
                       for name, row in self.single.items()},
        }  # fmt: skip


def machine() -> dict[str, str]:
    """What the figures were measured on; no names and no paths."""
    model = ""
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        model = next((line.split(":", 1)[1].strip() for line in cpu.read_text().splitlines()
                      if line.startswith("model name")), "")  # fmt: skip
    return {
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "processor": model, "memory": memory(), "python": platform.python_version(),
        "system": platform.system(), "sqlite": sqlite3.sqlite_version,
    }  # fmt: skip


def memory() -> str:
    """Main memory in GB, as far as the system tells."""
    info = Path("/proc/meminfo")
    return f"{int(info.read_text().split('MemTotal:')[1].split()[0]) / 1024 / 1024:.0f} GB" if info.exists() else ""


def machine_line(figures: Figures) -> str:
    told = machine()
    return (f"Measured on {figures.on}: {told['cores']} cores ({told['processor'] or 'unknown'}), {told['memory']}, "
            f"{told['system']}, Python {told['python']}, SQLite {told['sqlite']}. "
            f"Load average before the run {figures.load_before:.1f}: other work may have taken part of the cores. "
            "The parks stand side by side and are asked in one shuffled run.")


def times(measures: Sequence[Measure], sizes: Sequence[int]) -> list[str]:
    """Median and p95 of each size in milliseconds, the growth and the aim."""
    head = ["ms", *(f"{size:,}: {what}" for size in sizes for what in ("median", "p95")), "growth", "aim p95"]
    rows = []
    for each in measures:
        cells = [f"{number:.1f}" for size in sizes for number in (each.at(size).median, each.at(size).p95)]
        rows.append([each.name, *cells, f"x {each.growth():.1f}", f"< {each.aim_ms:g}" if each.aim_ms else ""])
    return table(head, rows)


def singles(rows: dict[str, dict[int, Any]], sizes: Sequence[int], digits: int, what: str = "") -> list[str]:
    """One number for each size."""
    return table([what, *(f"{size:,} listings" for size in sizes)],
                 [[name, *(f"{row[size]:.{digits}f}" for size in sizes)] for name, row in rows.items()])


def lines(figures: Figures) -> list[str]:
    """The part of the page that this run writes, and what the terminal shows."""
    sizes = figures.sizes
    return [
        machine_line(figures), "",
        "Pages over HTTP, signed out, until the last byte:", "", *times(figures.pages, sizes), "",
        "Without the page around it, in one process:", "", *times(figures.inside, sizes), "",
        "From the commit of a changed listing, while the site serves:", "", *times(figures.saves, sizes), "",
        "SQL statements of a page:", "", *singles(figures.statements, sizes, 0, "page"), "",
        "Once:", "", *singles(figures.single, sizes, 1),
    ]  # fmt: skip


def write_part(name: str, part: Sequence[str], page: Path = PAGE) -> None:
    """Put `part` between the marks of `name` on the page, in place of what stood there."""
    begin, end = f"<!-- {name} begins -->", f"<!-- {name} ends -->"
    before, _mark, rest = page.read_text("utf-8").partition(begin)
    _old, _mark, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n" + "\n".join(part) + f"\n{end}{after}", "utf-8")


def merge_json(name: str, part: Any, file: Path = FIGURES) -> None:
    """Put `part` under `name` in the file of figures; the other parts stay."""
    told = json.loads(file.read_text("utf-8")) if file.exists() else {}
    told[name] = part
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def write_down(figures: Figures) -> None:
    """JSON, picture and page."""
    merge_json("speed", figures.as_json())
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(bars([*figures.pages, *figures.inside], "How long pages and searches take"), "utf-8")
    write_part("speed", lines(figures))
