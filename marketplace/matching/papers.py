"""Which certificate serves where another is asked for: only what is certain, each with the goods it holds for.

A buyer of bags says "SC" and means the licence that makers of food packaging hold, which has another name. A standard
built wholly on another one contains it. The table of certificates (`core/data/certificates.csv`) says so, with traits
of categories instead of codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from marketplace.catalog.tree import park_tree
from marketplace.core.certificates import all_certificates, certificates_of_kind


@dataclass(frozen=True)
class Serves:
    """`held` serves where `asked` is asked for, for goods whose category has the trait (empty: for all)."""

    asked: str
    held: str
    trait: str = ""

    def holds_for(self, category: str) -> bool:
        return not self.trait or park_tree().has(category, self.trait)


SERVES = tuple(
    Serves(asked, certificate.name, trait) for certificate in all_certificates() for asked, trait in certificate.serves
)
"""Food packaging is licensed as 食品相关产品; FSSC 22000 contains ISO 22000, ISO 15378 contains ISO 9001; CNAS
accredits laboratories by ISO/IEC 17025."""

VOLUNTARY = certificates_of_kind("voluntary")
REPORTS = certificates_of_kind("report")
"""Papers that come with the goods: a supplier does not hold them once and for all."""


def accepted_certificate(asked: str, held: Mapping[str, date | None], category: str, on: date) -> str:
    """The held certificate that serves for `asked` on a day: itself while it is valid, else the longest valid of those
    that serve in its stead; one that has run out when there is no better; or nothing."""
    own = [asked] if asked in held else []
    if own and (held[asked] or date.max) >= on:
        return asked
    instead = [
        entry.held for entry in SERVES
        if entry.asked == asked and entry.held in held and entry.holds_for(category)
    ]  # fmt: skip
    return max(own + instead, key=lambda name: held[name] or date.max, default="")
