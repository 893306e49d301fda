"""The quality check of a listing: what a buyer would miss, and what must be there before it is published."""

from dataclasses import dataclass

from flask_babel import gettext as _

from marketplace.catalog.content import SHORT_DESCRIPTION, ListingContent

FEW_SPECS = 3


@dataclass(frozen=True)
class Check:
    """One line of the check; `needed` ones stop the publication, the others only cost buyers."""

    done: bool
    words: str
    field: str
    needed: bool = False


def check(content: ListingContent, pictures: int) -> list[Check]:
    """Every line of the check, the needed ones first; `pictures` is how many there are."""
    priced = bool(content.tiers)
    lines = [
        Check(bool(content.title), _("A title that names the thing and its size"), "title", needed=True),
        Check(bool(content.category), _("A category, so that buyers who browse find it"), "category", needed=True),
        Check(
            len(content.description) >= SHORT_DESCRIPTION,
            _(
                "A description of at least %(min)d characters: what it is made of and what it is for",
                min=SHORT_DESCRIPTION,
            ),
            "description",
            needed=True,
        ),
        *([Check(bool(content.unit), _("The unit that the price is for"), "unit", needed=True)] if priced else []),
        Check(priced or content.negotiable, _("A price, or the word that it is negotiable"), "tiers-0-unit_price"),
        Check(pictures > 0, _("A picture: listings with one are opened more often"), "pictures"),
        Check(len(content.specs) >= FEW_SPECS, _("Three specifications, so that it can be compared"), "specs-0-name"),
        Check(content.moq_quantity is not None, _("The smallest order"), "moq_quantity"),
        Check(content.capacity_quantity is not None, _("What you can make in a month"), "capacity_quantity"),
        Check(content.lead_time_max_days is not None, _("How many days until delivery"), "lead_time_max_days"),
        Check(bool(content.certificates), _("Certificates that buyers ask for"), "certificates-0-kind"),
        Check(bool(content.aliases), _("Other names that buyers search for"), "aliases"),
    ]
    return sorted(lines, key=lambda line: not line.needed)


def missing(content: ListingContent) -> list[Check]:
    """What must be there before it is published, and is not."""
    return [line for line in check(content, 0) if line.needed and not line.done]
