"""The words of judging: what a finding is, what a need's text demands, and the ground on which pairs are judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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
    is_service: bool | None = None
    pace: int | None = None
    """Days after which the quantity is wanted again (每月); None when it is wanted once."""

    @cached_property
    def name_properties(self) -> bool:
        """True when the words ask for a property of the thing itself."""
        return any((self.steels, self.refused_steels, self.refused, self.wanted, self.measures, self.sizes))


@dataclass(frozen=True)
class Ground:
    """The day and the map on which pairs are judged."""

    today: date
    gazetteer: Gazetteer
