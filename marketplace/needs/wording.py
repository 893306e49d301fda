"""Needs in words: what was understood of a sentence, the facts of a need, its history."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from marketplace.core.clock import utc_now
from marketplace.core.presentation import clauses, day, listed, price, quantity, yuan
from marketplace.needs.contents import LineContent, NeedContent
from marketplace.needs.labels import PREFERENCE_LABELS, STATUS_LABELS, UNMET_LABELS
from marketplace.needs.lifecycle import LocalPreference, NeedStatus
from marketplace.needs.models import Need, NeedLine
from marketplace.needs.understanding import Understanding

FIELD_LABELS = {
    "title": _l("Title"),
    "description": _l("What suppliers should know"),
    "sentence": _l("Your sentence"),
    "lines": _l("What"),
    "budget": _l("Budget for everything"),
    "budget_fen": _l("Budget for everything"),
    "deliver_by": _l("Latest delivery day"),
    "deliver_town": _l("Deliver to"),
    "certificates": _l("Certificates"),
    "hard_words": _l("Conditions"),
    "local_preference": _l("Do neighbours come first?"),
}


def line_quantity(line: LineContent | NeedLine) -> str:
    """20,000 只; nothing when no quantity is said."""
    return quantity(line.quantity, line.unit)


def line_limit(line: LineContent | NeedLine) -> str:
    """≤ ¥0.30 /只; nothing without a limit."""
    if line.max_unit_price is None:
        return ""
    return f"≤ {price(line.max_unit_price, line.price_unit)}"


def understood_facts(understanding: Understanding) -> list[tuple[str, str]]:
    """What was understood, as label and value, in the order of a need's page."""
    content = understanding.content
    facts = [(_("What"), listed(line.item for line in content.lines))]
    facts += [(_("Quantity"), listed(filter(None, map(line_quantity, content.lines))))]
    facts += [(_("Limit"), listed(filter(None, map(line_limit, content.lines))))]
    facts += [
        (_("Budget"), f"≤ {yuan(content.budget_fen)}" if content.budget_fen else ""),
        (_("Latest day"), day(content.deliver_by)),
        (_("Deliver to"), content.deliver_town),
        (_("Certificates"), listed(content.certificates)),
        (_("Conditions"), listed(content.hard_words)),
    ]
    return [(label, value) for label, value in facts if value]


def understood_words(understanding: Understanding) -> str:
    """One line: which kinds of facts were understood."""
    content = understanding.content
    certificates = len(content.certificates)
    kinds = [
        _("the thing") if content.lines else "",
        _("quantity") if any(line.quantity for line in content.lines) else "",
        _("price limit") if understanding.parsed.unit_price or _has_limit(content) else "",
        _("budget") if content.budget_fen else "",
        _("day") if content.deliver_by else "",
        _("place") if content.deliver_town else "",
        ngettext("%(num)d certificate", "%(num)d certificates", certificates) if certificates else "",
        _("conditions") if content.hard_words else "",
    ]
    found = [kind for kind in kinds if kind]
    if not found:
        return _("Nothing understood yet. Say what you need, how much, by when and where to.")
    return _("Understood: %(kinds)s", kinds=listed(found))


def missing_words(understanding: Understanding) -> str:
    """What would make the matches better, in one line; empty when all is said."""
    content = understanding.content
    missing = [
        _("quantity") if not any(line.quantity for line in content.lines) else "",
        _("price limit") if not _has_limit(content) and not content.budget_fen else "",
        _("day") if not content.deliver_by else "",
        _("place") if not content.deliver_town else "",
    ]
    found = [kind for kind in missing if kind]
    return _("Not said: %(kinds)s", kinds=listed(found)) if found else ""


def _has_limit(content: NeedContent) -> bool:
    return any(line.max_unit_price is not None for line in content.lines)


def need_facts(need: Need) -> list[tuple[str, str]]:
    """The facts under the title of a need's page."""
    single = need.lines[0] if len(need.lines) == 1 else None
    preferred = need.local_preference is not LocalPreference.NONE
    return [
        (_("Quantity"), line_quantity(single) if single else ""),
        (_("Limit"), line_limit(single) if single else ""),
        (_("Budget"), f"≤ {yuan(need.budget_fen)}" if need.budget_fen else ""),
        (_("Deliver to"), need.deliver_town),
        (_("Latest day"), day(need.deliver_by)),
        (_("Certificates"), listed(need.all_certificates if single else need.certificates)),
        (_("Conditions"), listed(need.hard_words)),
        (_("Neighbours"), str(PREFERENCE_LABELS[need.local_preference]) if preferred else ""),
    ]


def why_unmet(need: Need) -> tuple[str, str]:
    """The fact that the buyer and the park staff read of a need that found no supplier."""
    return _("Why it was not met"), str(UNMET_LABELS[need.unmet_reason]) if need.unmet_reason else ""


def row_facts(need: Need) -> list[str]:
    """Short words of a row in a list: quantity and limit of the first line, how many more lines there are."""
    if not need.lines:
        return []
    first, more = need.lines[0], len(need.lines) - 1
    words = [line_quantity(first), line_limit(first)]
    if more:
        words.append(ngettext("and %(num)d more line", "and %(num)d more lines", more))
    return [word for word in words if word]


def status_label(need: Need) -> str:
    """Where the need stands; one whose closing moment has passed counts as closed before the clock has come by."""
    over = need.status is NeedStatus.OPEN and need.closes_at is not None and need.closes_at <= utc_now()
    return str(STATUS_LABELS[NeedStatus.CLOSED if over else need.status])


def version_changes(older: Mapping[str, Any], newer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Which fields a change touched, with what stood there before."""
    return [
        (str(FIELD_LABELS[name]), _old_words(name, older.get(name)))
        for name in older
        if name in FIELD_LABELS and older.get(name) != newer.get(name)
    ]


def _old_words(name: str, value: Any) -> str:
    if not value:
        return _("nothing")
    if name == "lines":
        return clauses(
            " ".join(filter(None, (line["item"], _figure(line["quantity"], line["unit"])))) for line in value
        )
    if name == "budget_fen":
        return yuan(value)
    if name == "deliver_by":
        return day(date.fromisoformat(value))
    if name == "local_preference":
        return str(PREFERENCE_LABELS[value])
    return listed(value) if isinstance(value, list) else str(value)


def _figure(number: str | None, unit: str) -> str:
    return quantity(Decimal(number), unit) if number else ""
