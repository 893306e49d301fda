"""The rows of the demonstration park, with their dates moved so that it lives today. Plain Python."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"
REFERENCE_DAY = date(2026, 11, 23)
"""The day that the files were written for."""
LATEST = datetime.fromisoformat("2026-11-23T08:00:00+00:00")
"""Nothing in the files happened later than this."""


@dataclass(frozen=True)
class Dates:
    """Moves every date of the files by the same whole number of days, so that all distances stay as written."""

    days: int

    @classmethod
    def for_now(cls, now: datetime) -> "Dates":
        """The latest day by which the files can be moved with everything in them already past at `now`."""
        return cls((now - LATEST) // timedelta(days=1))

    def moment(self, text: str) -> datetime:
        """A moment of the files, e.g. 2026-11-19T02:43:00Z."""
        return datetime.fromisoformat(text) + timedelta(days=self.days)

    def day(self, text: str | None) -> date | None:
        """A day of the files, or None."""
        return date.fromisoformat(text) + timedelta(days=self.days) if text else None


@lru_cache(maxsize=8)
def rows(name: str) -> tuple[dict[str, Any], ...]:
    """The rows of `data/<name>.jsonl`."""
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return tuple(json.loads(line) for line in lines)


def by_id(name: str) -> dict[str, dict[str, Any]]:
    """The rows of a file by their id."""
    return {row["id"]: row for row in rows(name)}


def decimal(value: Any) -> Decimal | None:
    """A number of the files without the error of a float; None stays None."""
    return None if value is None else Decimal(str(value))
