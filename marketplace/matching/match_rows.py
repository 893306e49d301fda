"""What a row of matches shows: the pair in the reader's words, from the same figures as its score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup

from marketplace import search
from marketplace.catalog.models import Listing
from marketplace.core.policies import may
from marketplace.core.presentation import quantity
from marketplace.matching import finding as stored
from marketplace.matching import reasons
from marketplace.matching.fitting import RULES, Proposal
from marketplace.matching.judge import Finding, State
from marketplace.matching.models import Match, Side
from marketplace.matching.near_misses import Improvement
from marketplace.matching.pairing import Pair, requirements
from marketplace.needs.models import Need, NeedLine

NAMED = {
    "certificate": _l("Certificate"),
    "licence": _l("Licence"),
    "refused": _l("Condition"),
    "wanted": _l("Condition"),
}
"""Requirements that have a name of their own, and what they are."""
TERMS = frozenset({"quantity", "price", "budget"})
"""Findings that tell a price or a capacity."""
QUICK_HOURS = 9
"""Within a working day: "usually answers the same day"."""
MOST_CHANGES = 4
"""So many changes are proposed beside a list: more would be no advice."""


@dataclass(frozen=True)
class ShownFinding:
    """One requirement as a row of the checklist."""

    state: State
    requirement: str
    fact: str


@dataclass(frozen=True)
class ShownMatch:
    """One row; the fields are the arguments of the component `match_row`."""

    title: Markup
    href: str
    maker: str
    findings: list[ShownFinding]
    met: int
    asked: int
    picture_src: str | None = None
    category: str | None = None
    locality: Any = None
    place: str = ""
    km: float | None = None
    quantity_text: str = ""
    cost_fen: int | None = None
    answer_text: str = ""
    fits_if: str = ""
    note: str = ""
    ask_value: int | None = None
    ask_checked: bool = False
    dismiss_href: str | None = None
    supplier_id: int = 0
    missed: int = 0
    score: float = 0.0


@dataclass(frozen=True)
class ShownChange:
    """One change that would make more fit: both halves of the sentence; the second leads to what is counted."""

    change: str
    gain: str
    href: str
    active: bool = False
    title: str = ""
    title_href: str = ""


def worded(findings: Iterable[Finding]) -> list[ShownFinding]:
    """Findings in the reader's words, in the order they were judged; a long name stands with the fact."""
    rows = []
    for finding in requirements(findings):
        words = reasons.word(finding)
        if finding.code in NAMED:
            fact = _("%(name)s: %(fact)s", name=words.requirement, fact=words.fact)
            rows.append(ShownFinding(finding.state, str(NAMED[finding.code]), fact))
        else:
            rows.append(ShownFinding(finding.state, words.requirement, words.fact))
    return rows


def answer_words(hours: int | None) -> str:
    """How fast a supplier usually answers."""
    if hours is None:
        return ""
    if hours <= QUICK_HOURS:
        return ngettext("usually answers within %(num)d hour", "usually answers within %(num)d hours", max(hours, 1))
    days = -(-hours // 24)
    return ngettext("usually answers within %(num)d day", "usually answers within %(num)d days", days)


def _picture(listing: Listing) -> str | None:
    return url_for("files.show", key=listing.cover.file.key, variant="small") if listing.cover else None


def _line_of(need: Need, number: int) -> NeedLine | None:
    return next((line for line in need.lines if line.number == number), None)


def readable(listing: Listing, findings: Sequence[Finding]) -> tuple[list[Finding], str]:
    """The findings that the reader may see, and why some are left out: prices and capacity of restricted goods."""
    if may("listings.terms", listing):
        return list(findings), ""
    seen = [finding for finding in findings if finding.code not in TERMS]
    return seen, _("Restricted goods: prices and capacity are shown to verified organisations only.")


def listing_row(
    match: Match, need: Need, *, local: bool, may_ask: bool, ticked: frozenset[int], own: int | None, may_dismiss: bool
) -> ShownMatch:
    """A listing under a need. `own` is the reader's organisation: nobody asks himself."""
    listing, line = match.listing, _line_of(need, match.line)
    judged, closed = readable(listing, stored.from_json(match.findings))
    dismiss = url_for("matching.dismiss", need_id=need.id, listing_id=listing.id, side=Side.BUYER.value)
    return ShownMatch(
        score=match.score if local else match.plain_score,
        title=search.mark(listing.title, match.words),
        **_listing_part(listing),
        km=match.distance_km,
        findings=worded(judged),
        **_counts(judged),
        quantity_text=quantity(line.quantity, line.unit) if line is not None else "",
        cost_fen=None if closed else match.cost_fen,
        note=closed or (_("for: %(item)s", item=line.item) if line is not None and len(need.lines) > 1 else ""),
        fits_if="" if closed else reasons.fits_if(judged),
        ask_value=listing.id if may_ask and listing.organisation_id != own else None,
        ask_checked=listing.id in ticked,
        dismiss_href=dismiss if may_dismiss else None,
    )


def sentence_row(pair: Pair, listing: Listing, amount: tuple[Decimal | None, str]) -> ShownMatch:
    """A listing under a sentence that nobody has posted yet."""
    judged, closed = readable(listing, pair.findings)
    return ShownMatch(
        score=pair.score,
        title=search.mark(listing.title, pair.words),
        **_listing_part(listing),
        km=pair.km,
        findings=worded(judged),
        **_counts(judged),
        quantity_text=quantity(*amount),
        cost_fen=None if closed else pair.cost_fen,
        note=closed,
        fits_if="" if closed else reasons.fits_if(judged),
    )


def _counts(findings: Sequence[Finding]) -> dict[str, Any]:
    """How many requirements there are, how many are met and missed, without the distance."""
    asked = requirements(findings)
    return {
        "asked": len(asked),
        "met": sum(finding.state is State.MET for finding in asked),
        "missed": sum(finding.state is State.MISSED for finding in asked),
    }


def _listing_part(listing: Listing) -> dict[str, Any]:
    organisation = listing.organisation
    return {
        "href": url_for("catalog.show", listing_id=listing.id),
        "maker": organisation.display_name,
        "picture_src": _picture(listing),
        "category": listing.category.code if listing.category else None,
        "locality": organisation.locality,
        "place": listing.place,
        "answer_text": answer_words(organisation.answer_hours_median),
        "supplier_id": organisation.id,
    }


def need_row(match: Match, *, may_dismiss: bool, note: str = "") -> ShownMatch:
    """A need under a listing."""
    need = match.need
    line = _line_of(need, match.line)
    dismiss = url_for("matching.dismiss", need_id=need.id, listing_id=match.listing_id, side=Side.SUPPLIER.value)
    judged, closed = readable(match.listing, stored.from_json(match.findings))
    return ShownMatch(
        score=match.score,
        title=search.mark(need.title, match.words),
        href=url_for("needs.show", need_id=need.id),
        maker=need.organisation.display_name,
        findings=worded(judged),
        **_counts(judged),
        category=line.category.code if line is not None and line.category else None,
        locality=need.organisation.locality,
        place=need.deliver_town or need.organisation.town,
        km=match.distance_km,
        quantity_text=quantity(line.quantity, line.unit) if line is not None else "",
        cost_fen=None if closed else match.cost_fen,
        fits_if="" if closed else reasons.fits_if(judged),
        dismiss_href=dismiss if may_dismiss else None,
        supplier_id=0,
        note=note or closed,
    )


def need_change(proposal: Proposal, href: str, active: bool = False) -> ShownChange:
    """What the buyer could change; of several lines the one is named."""
    pair = proposal.won[0]
    change = reasons.proposed(proposal.change)
    if RULES[proposal.change.kind].of_line and len(pair.need.lines) > 1:
        change = _("%(name)s: %(fact)s", name=pair.line.item, fact=change)
    return ShownChange(change, reasons.wins_suppliers(proposal.suppliers, len(proposal.listing_ids)), href, active)


def listing_change(proposal: Proposal, href: str, active: bool = False) -> ShownChange:
    """What the supplier could change about one listing."""
    return ShownChange(reasons.proposed(proposal.change), reasons.wins_needs(len(proposal.need_ids)), href, active)


def supplier_change(found: Improvement, active: bool = False) -> ShownChange:
    """What a supplier could change, among all of his: a paper leads to the needs of all listings, the rest to those of
    the listing that it names."""
    listing, address = found.listing, found.proposal.change.address
    if listing is None:
        return listing_change(found.proposal, url_for("matching.of_organisation", change=address), active)
    shown = listing_change(found.proposal, url_for("matching.of_listing", listing_id=int(listing.id), change=address))
    return replace(shown, title=listing.title, title_href=url_for("catalog.show", listing_id=int(listing.id)))


def few_changes(changes: Sequence[ShownChange]) -> list[ShownChange]:
    """The first ones, and the one that is looked at."""
    return [change for number, change in enumerate(changes) if number < MOST_CHANGES or change.active]


def parted(rows: Sequence[ShownMatch], floor: float | None) -> tuple[list[ShownMatch], list[ShownMatch]]:
    """The rows of the very thing or as good, and those that are only related."""
    above = [row for row in rows if floor is not None and row.score >= floor]
    return above, [row for row in rows if row not in above]


def best_three(rows: Iterable[ShownMatch]) -> list[ShownMatch]:
    """The best rows of three different suppliers that may be asked, those that miss something last."""
    askable = [row for row in rows if row.ask_value is not None]
    chosen: dict[int, ShownMatch] = {}
    for row in sorted(askable, key=lambda row: bool(row.missed)):
        chosen.setdefault(row.supplier_id, row)
    return list(chosen.values())[:3]
