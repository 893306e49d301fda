"""Series of seconds, and what is told of them."""

import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, TypeVar

from marketplace.core.garbage_and_caches import collect_what_is_due

Result = TypeVar("Result")


@dataclass
class Series:
    """Measured seconds of one thing at one size."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """In milliseconds."""
        return statistics.median(self.seconds) * 1000

    @property
    def p95(self) -> float:
        """In milliseconds: at most this in 95 of 100 cases."""
        return self.at_most(0.95)

    @property
    def p99(self) -> float:
        """In milliseconds: at most this in 99 of 100 cases."""
        return self.at_most(0.99)

    def at_most(self, share: float) -> float:
        """In milliseconds: at most this in such a share of the cases."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000

    def later(self) -> "Series":
        """All but the first, which warmed things up."""
        return Series(self.seconds[1:])

    def as_json(self) -> dict[str, float]:
        return {
            "median_ms": round(self.median, 3),
            "p95_ms": round(self.p95, 3),
            "p99_ms": round(self.p99, 3),
            "count": len(self.seconds),
        }


@dataclass
class Measure:
    """One row of the table: what was measured, the aim for its p95 and a series for each size."""

    name: str
    aim_ms: float | None = None
    by_size: dict[int, Series] = field(default_factory=dict)

    def at(self, size: int) -> Series:
        return self.by_size.setdefault(size, Series())

    def growth(self) -> float:
        """How many times longer the median takes at the largest size than at the smallest."""
        return self.by_size[max(self.by_size)].median / self.by_size[min(self.by_size)].median


def spread(things: Sequence[Result], count: int) -> list[Result]:
    """`count` of the things at most, spread over all."""
    return list(things[:: max(1, len(things) // count)][:count])


def timed(call: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds that the call took, and what it gave."""
    started = perf_counter()
    result = call()
    seconds = perf_counter() - started
    collect_what_is_due()
    return seconds, result


def resampled_interval(values: Sequence[float], rounds: int = 1000, seed: int = 7) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean; the same values give the same one."""
    chance = random.Random(seed)
    means = sorted(statistics.fmean(chance.choices(values, k=len(values))) for _ in range(rounds))
    return means[int(0.025 * rounds)], means[int(0.975 * rounds) - 1]


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Lines of a Markdown table, numbers to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
