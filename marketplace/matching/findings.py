"""Findings as JSON and back: no language, and no figure loses its kind."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.matching.judge import Finding, State


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
