"""What a text says of invoice, tax, handover and supply: `data/terms.csv`, a pattern a row, each with why and examples.

Rows of one fact stand in their order of strength: what is denied stands before what is granted.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from marketplace.reading.facts import Fact
from marketplace.reading.folding import fold

TERMS_FILE = Path(__file__).parent / "data" / "terms.csv"
CLAUSE_MARKS = "，。；,;\n!?！？"
LONGEST_SAID = 30
OTHERS = ("其他", "其它", "别的", "另外几", "同行", "别家", "other ")
"""In a clause of others nothing is said of this offer."""


class Invoice(StrEnum):
    """The best invoice that is issued; `some` is one of which the sort is not told."""

    NONE = "none"
    ORDINARY = "ordinary"
    SOME = "some"
    SPECIAL = "special"


class Tax(StrEnum):
    """Whether a price holds the tax."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


class Handover(StrEnum):
    """Who carries it."""

    PICKUP = "pickup"
    DELIVERED = "delivered"


@dataclass(frozen=True)
class Terms:
    """What a text says of the terms of a sale; None where it says nothing, or both one thing and its contrary."""

    invoice: Fact[Invoice] | None = None
    tax: Fact[Tax] | None = None
    rate: Decimal | None = None
    """Rate of tax in per cent."""
    handover: Fact[Handover] | None = None
    sold_out: str = ""
    """The words that say that there is none at present."""
    is_last: str = ""
    """The words that say that no more will come."""
    queue: str = ""
    """The clause that names a day before which nothing leaves."""
    asks_delivery: str = ""
    """A buyer's words that ask for it to be brought."""


Kind = TypeVar("Kind", bound=StrEnum)


class Term(NamedTuple):
    """One row; `example` holds the pattern in its sense, `counter` does not."""

    fact: str
    value: str
    pattern: re.Pattern[str]
    why: str
    example: str
    counter: str


@lru_cache(maxsize=1)
def all_terms() -> tuple[Term, ...]:
    """Every row of the file, in its order."""
    with TERMS_FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Term(
                row["fact"],
                row["value"],
                re.compile(row["pattern"]),
                row["why"],
                row["example"],
                row["counter_example"],
            )
            for row in csv.DictReader(lines)
        )


@lru_cache(maxsize=8192)
def read_terms(text: str) -> Terms:
    """What `text` says of the terms of a sale; never fails, whatever the text."""
    folded = fold(text).lower()
    invoice = next(_found("invoice", folded, text), None)
    taxes = {term.value: said for term, _match, said in _rows("tax", folded, text)}
    handovers = {term.value: said for term, _match, said in _rows("handover", folded, text)}
    rates = [Decimal(match["figure"]) for _term, match, _said in _rows("rate", folded, text)]
    return Terms(
        invoice=Fact(Invoice(invoice[0]), invoice[1]) if invoice else None,
        tax=_only(Tax, taxes),
        rate=rates[0] if rates else None,
        handover=_only(Handover, handovers),
        sold_out=_first("supply", folded, text),
        is_last=_first("stock", folded, text),
        queue=_first("queue", folded, text),
        asks_delivery=_first("recipient", folded, text),
    )


def _rows(fact: str, folded: str, text: str) -> Iterator[tuple[Term, re.Match[str], str]]:
    """The rows of a fact that the text holds, each at its first place outside clauses of others, with the clause."""
    for term in all_terms():
        if term.fact != fact:
            continue
        for match in term.pattern.finditer(folded):
            said = clause_at(text, match.start(), match.end())
            if not any(word in said for word in OTHERS):
                yield term, match, said
                break


def _found(fact: str, folded: str, text: str) -> Iterator[tuple[str, str]]:
    for term, _match, said in _rows(fact, folded, text):
        yield term.value, said


def _first(fact: str, folded: str, text: str) -> str:
    return next((said for _value, said in _found(fact, folded, text)), "")


def _only(kind: type[Kind], said: dict[str, str]) -> Fact[Kind] | None:
    """The one value that is said; None where a text says a thing and its contrary."""
    if len(said) != 1:
        return None
    ((value, words),) = said.items()
    return Fact(kind(value), words)


def clause_at(text: str, start: int, end: int) -> str:
    """The clause around `start` to `end`, shortened at its ends where it is long."""
    first = max(text.rfind(mark, 0, start) for mark in CLAUSE_MARKS) + 1
    last = min((place for mark in CLAUSE_MARKS if (place := text.find(mark, end)) >= 0), default=len(text))
    return text[max(first, start - LONGEST_SAID) : min(last, end + LONGEST_SAID)].strip()
