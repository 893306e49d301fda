"""The weights in force, in words, for the page that explains the order."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.core.presentation import share
from marketplace.matching.weights import Weights

SORTS = {
    "kind": _l("Product or service"),
    "moq": _l("Minimum order"),
    "quantity": _l("Quantity"),
    "price": _l("Unit price"),
    "budget": _l("Budget"),
    "lead_time": _l("Delivery"),
    "certificate": _l("Certificate"),
    "licence": _l("Licence of the supplier"),
    "refused": _l("What must not be"),
    "steel": _l("Material"),
    "measure": _l("Specification"),
    "size": _l("Size"),
    "place": _l("Area served"),
    "wanted": _l("Sort of the thing"),
    "invoice": _l("Invoice"),
    "handover": _l("Handover"),
    "locality": _l("Local supplier, where it is required"),
}
"""Sorts of requirements by their code."""


@dataclass(frozen=True)
class WeightRow:
    """One weight in words and its value."""

    words: Any
    value: str


def relevance_rows(weights: Weights) -> list[WeightRow]:
    """What makes up how far both are about the same thing."""
    return [
        WeightRow(_("What the thing is called, with its other names"), share(weights.item)),
        WeightRow(_("The same category"), share(weights.category)),
        WeightRow(_("The other words of the need"), share(weights.context)),
    ]


def missed_rows(weights: Weights) -> list[WeightRow]:
    """What is left of the score when one requirement is missed, the heaviest first; sorts that weigh alike in one."""
    return [
        WeightRow(
            _(", ").join(str(words) for code, words in SORTS.items() if weights.missed[code] == left), share(left)
        )
        for left in sorted(set(weights.missed.values()))
    ]


def two_missed(weights: Weights) -> WeightRow:
    """An example: price and delivery missed by far."""
    heavier = min(weights.missed["price"], weights.missed["lead_time"])
    return WeightRow(
        _("%(first)s and %(second)s", first=SORTS["price"], second=SORTS["lead_time"]),
        share(heavier * weights.missed_again),
    )


def small_rows(weights: Weights) -> list[WeightRow]:
    """What only parts offers that are otherwise alike."""
    return [
        WeightRow(_("Something is not stated (at most four times)"), _less(1 - weights.unknown)),
        WeightRow(_("A certificate or a condition is not stated (at most twice)"), _less(1 - weights.unknown_hard)),
        WeightRow(_("The licence that the law asks for is not shown"), _less(1 - weights.licence_not_shown)),
        WeightRow(_("A wish is missed"), _less(1 - weights.soft)),
        WeightRow(_("100 km further away"), _less(weights.distance)),
        WeightRow(_("Published today, not half a year ago"), _more(weights.fresh)),
        WeightRow(_("Answers within hours, not after a day"), _more(weights.answers)),
    ]


def _less(value: float) -> str:
    return f"−{share(value)}"


def _more(value: float) -> str:
    return f"+{share(value)}"
