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

from tests.bench import engines
from tests.bench.engines import Row
from tests.bench.measuring import Measure, table
from tests.bench.picture import bars, ladders

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
FIGURES = ROOT / "docs" / "benchmarks.json"
PICTURES = ROOT / "docs" / "images"


@dataclass
class Single:
    """One number a size, with the aim in words."""

    aim: str
    by_size: dict[int, float] = field(default_factory=dict)

    def growth(self) -> float | None:
        """The number at the largest size by that at the smallest; None where the smallest is nothing."""
        least = self.by_size[min(self.by_size)]
        return self.by_size[max(self.by_size)] / least if least else None


@dataclass
class Figures:
    """All that a run measured. `single` has numbers by group, then by name with its unit."""

    sizes: list[int]
    on: date
    load_before: float = 0.0
    minutes: float = 0.0
    pages: list[Measure] = field(default_factory=list)
    inside: list[Measure] = field(default_factory=list)
    saves: list[Measure] = field(default_factory=list)
    busy: list[Measure] = field(default_factory=list)
    statements: dict[str, dict[int, int]] = field(default_factory=dict)
    single: dict[str, dict[str, Single]] = field(default_factory=dict)
    engines: dict[int, list[Row]] = field(default_factory=dict)

    @property
    def measures(self) -> list[Measure]:
        return [*self.pages, *self.inside, *self.saves, *self.busy]

    def note(self, group: str, name: str, size: int, number: float, aim: str = "") -> None:
        """One number of the park of a size."""
        self.single.setdefault(group, {}).setdefault(name, Single(aim)).by_size[size] = number

    def as_json(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(), "machine": machine(), "load_before": round(self.load_before, 2),
            "minutes": round(self.minutes, 1), "sizes": self.sizes,
            "times": {each.name: {"aim_p95_ms": each.aim_ms, "growth": round(each.growth(), 2),
                                  **{str(size): each.at(size).as_json() for size in self.sizes}}
                      for each in self.measures},
            "statements": {name: {str(size): count for size, count in row.items()}
                           for name, row in self.statements.items()},
            "single": {group: {name: {"aim": row.aim, **{str(size): round(number, 4)
                                                         for size, number in row.by_size.items()}}
                               for name, row in rows.items()} for group, rows in self.single.items()},
            "engines": {str(size): {row.engine: row.as_json(rows[0]) for row in rows}
                        for size, rows in self.engines.items()},
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
    return (
        f"Measured on {figures.on}: {told['cores']} cores ({told['processor'] or 'unknown'}), {told['memory']}, "
        f"{told['system']}, Python {told['python']}, SQLite {told['sqlite']}. "
        f"Load average before the run {figures.load_before:.1f}: other work may have taken part of the cores. "
        f"The parks stand side by side and are asked in one shuffled run of {figures.minutes:.0f} minutes."
    )


def times(measures: Sequence[Measure], sizes: Sequence[int], shown: Sequence[str] = ("median", "p95")) -> list[str]:
    """Median and p95 of each size in milliseconds, the growth and the aim."""
    head = ["ms", *(f"{size:,}: {what}" for size in sizes for what in shown), "growth", f"aim {shown[-1]}"]
    rows = []
    for each in measures:
        cells = [f"{getattr(each.at(size), what):.1f}" for size in sizes for what in shown]
        rows.append([each.name, *cells, f"x {each.growth():.1f}", f"< {each.aim_ms:g}" if each.aim_ms else ""])
    return table(head, rows)


def singles(rows: dict[str, Single], sizes: Sequence[int]) -> list[str]:
    """One number for each size, the growth and the aim."""
    return table(
        ["", *(f"{size:,} listings" for size in sizes), "growth", "aim"],
        [
            [
                name,
                *(f"{row.by_size[size]:.4g}" for size in sizes),
                "" if row.growth() is None else f"x {row.growth():.1f}",
                row.aim,
            ]
            for name, row in rows.items()
        ],
    )


def statements(rows: dict[str, dict[int, int]], sizes: Sequence[int]) -> list[str]:
    """How many SQL statements each page takes."""
    return table(
        ["page", *(f"{size:,} listings" for size in sizes)],
        [[name, *(row[size] for size in sizes)] for name, row in rows.items()],
    )


def lines(figures: Figures) -> list[str]:
    """The part of the page that this run writes, and what the terminal shows."""
    sizes = figures.sizes
    told = [
        machine_line(figures), "",
        "### Pages", "", "Over HTTP, signed out, until the last byte.", "", *times(figures.pages, sizes), "",
        "SQL statements of a page:", "", *statements(figures.statements, sizes), "",
        "### Search and matching", "", "Without the page around it, in one process.", "",
        *times(figures.inside, sizes), "",
        "### Saves", "", "From the commit of a changed listing, while the site serves.", "",
        *times(figures.saves, sizes, ("median", "p95", "p99")), "",
        "### While others write", "", "The search page over HTTP, asked without a pause.", "",
        *times(figures.busy, sizes), "",
    ]  # fmt: skip
    for group, rows in figures.single.items():
        told += [f"### {group}", "", *singles(rows, sizes), ""]
    if figures.engines:
        told += ["### Other engines", "", "The same words; median / p95 in ms (x: the median beside ours).", "",
                 *engines.lines(figures.engines), ""]  # fmt: skip
    return told[:-1]


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
    PICTURES.mkdir(parents=True, exist_ok=True)
    drawn = bars([*figures.pages, *figures.inside], "How long pages and searches take")
    (PICTURES / "benchmarks.svg").write_text(drawn, "utf-8")
    if figures.engines:
        size = max(figures.engines)
        drawn = ladders(engines.medians(figures.engines[size]), f"Other engines over the same {size:,} listings")
        (PICTURES / "engines.svg").write_text(drawn, "utf-8")
    write_part("speed", lines(figures))
