"""Every number of the order of matches, in one table.

`flask match tune` prints what other values would be worth on judged needs, with intervals. Few of them, each with its
reason: a weight that nobody could argue for does not belong here.
"""

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Weights:
    """Shares and factors; all between 0 and 1 unless told otherwise."""

    item: float = 0.38
    """Share of relevance that the words of the wanted thing make up."""
    category: float = 0.40
    """Share of the same category; known for a need only when its lines name one."""
    context: float = 0.22
    """Share of the other words of the need: title and description."""
    title_in_context: float = 4.0
    """How often a word of the title counts beside one of the description."""
    bigrams: float = 0.1
    """Part of the item's share that character pairs can make up for words that no dictionary has."""
    whole_text: float = 0.9
    """Relevance of the listing that holds most of the words of a need without lines, were they all rare."""
    whole_item: float = 1.5
    """Power of the item's share: above 1 half of the wanted thing counts less than half (川芎 for 川芎油)."""
    same_branch: float = 0.35
    """What a sibling category counts beside the same one; a cousin under the same top counts `same_top`."""
    same_top: float = 0.15
    least_relevance: float = 0.04
    """Pairs less about each other than this are no match."""
    missed: dict[str, float] = field(
        default_factory=lambda: {
            "kind": 0.36, "moq": 0.4, "quantity": 0.4, "price": 0.4, "budget": 0.4, "lead_time": 0.4,
            "certificate": 0.4, "licence": 0.4, "refused": 0.36, "steel": 0.36, "measure": 0.4, "size": 0.4,
            "wanted": 0.4, "place": 0.36, "locality": 0.4, "invoice": 0.4, "handover": 0.4,
        }
    )  # fmt: skip
    """Factor for one missed requirement of each sort."""
    near_miss: float = 0.25
    """What a figure just missed keeps more of its factor than one missed by half or more."""
    offers: float = 0.6
    """From this relevance on a listing offers the very thing; below it is only related."""
    related_missed: float = 0.8
    """Factor for missed requirements of what is only related."""
    soft: float = 0.85
    """Factor for a missed wish: something the buyer named without insisting."""
    missed_again: float = 0.85
    """Factor for every further missed requirement after the heaviest."""
    unknown: float = 0.97
    """Factor for each requirement of which nothing is known, four of them at most."""
    unknown_hard: float = 0.8
    """Factor for each unknown hard word, certificate, licence or doubtful lead time, two of them at most."""
    licence_not_shown: float = 0.75
    """Factor more where other papers are shown, but not the licence that the law asks of the supplier."""
    distance: float = 0.04
    """What 100 km more cost, at most twice that."""
    fresh: float = 0.01
    """What an offer published today has over one of half a year."""
    answers: float = 0.01
    """What a supplier who answers within a working day has over one who never does."""

    def table(self) -> list[tuple[str, Any, str]]:
        """Name and value of each weight, for the page that explains the order."""
        values = asdict(self)
        return [(entry.name, values[entry.name], "") for entry in fields(self)]


WEIGHTS = Weights()
