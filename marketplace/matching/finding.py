"""The words of judging: findings and their form as JSON, what a text demands, and the context of a judgement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from marketplace.core.places import Gazetteer
from marketplace.matching.properties import Measure, Size


class State(StrEnum):
    """How an offer stands to one requirement."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


class Finding(NamedTuple):
    """One requirement and how it stands; `figures` are what the sentence about it needs."""

    code: str
    state: State
    hard: bool = True
    figures: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Demands:
    """What the words of one need line ask of the thing itself."""

    steels: frozenset[str] = frozenset()
    refused_steels: frozenset[str] = frozenset()
    refused: tuple[tuple[str, str], ...] = ()
    """As said, and the thing refused."""
    wanted: tuple[str, ...] = ()
    measures: tuple[tuple[Measure, bool], ...] = ()
    sizes: tuple[tuple[Size, bool], ...] = ()
    in_name: frozenset[tuple[Any, ...]] = frozenset()
    """Measures (base, low, high) and sides of sizes that stand in the name of the thing: they are what it is."""
    is_service: bool | None = None
    pace: int | None = None
    """Days after which the quantity is wanted again (每月); None when it is wanted once."""

    @cached_property
    def name_properties(self) -> bool:
        """True when the words ask for a property of the thing itself."""
        return any((self.steels, self.refused_steels, self.refused, self.wanted, self.measures, self.sizes))


@dataclass(frozen=True)
class JudgingContext:
    """The day and the map on which pairs are judged."""

    today: date
    gazetteer: Gazetteer


def to_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Plain values: a decimal becomes `{"decimal": "0.26"}`, a day `{"day": "2026-12-15"}`."""
    return [
        {
            "code": finding.code,
            "state": finding.state.value,
            "hard": finding.hard,
            "figures": {name: _plain(value) for name, value in finding.figures.items()},
        }
        for finding in findings
    ]


def from_json(stored: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """The findings that `to_json` told."""
    return [
        Finding(
            row["code"],
            State(row["state"]),
            row["hard"],
            {name: _figure(value) for name, value in row["figures"].items()},
        )
        for row in stored
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"decimal": f"{value:f}"}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value


def _figure(value: Any) -> Any:
    if isinstance(value, dict):
        return Decimal(value["decimal"]) if "decimal" in value else date.fromisoformat(value["day"])
    return value
