"""Matches of a need, of a listing and of a sentence; "not for us"; how the order comes about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug import Response

from marketplace.core.arguments import Arguments, Choice, Flag, RowId, RowIds, Text, Whole
from marketplace.core.clock import local_day, utc_now
from marketplace.core.db import transaction
from marketplace.core.form_keys import once
from marketplace.core.forms import refusals_on
from marketplace.core.paging import paginate
from marketplace.core.policies import authorize, may, partly_public, public
from marketplace.core.site import gazetteer
from marketplace.core.web import page_or_fragment
from marketplace.matching import match_rows, near_misses, pairing, queries, rows, services
from marketplace.matching.facts import NeedFacts
from marketplace.matching.fitting import LATEST, REACH, Proposal
from marketplace.matching.forms import DismissForm
from marketplace.matching.how_page import missed_rows, relevance_rows, small_rows, two_missed
from marketplace.matching.models import DISMISSAL_REASONS, Match, MatchDismissal, Side, SubjectKind
from marketplace.matching.policies import PairSide
from marketplace.matching.queries import MatchCounts, MatchFilter, MatchOrder
from marketplace.matching.score import STEP
from marketplace.matching.weights import WEIGHTS
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need
from marketplace.needs.queries import need_or_404
from marketplace.needs.understanding import understand
from marketplace.search import SickIndex

bp = Blueprint("matching", __name__)
FIRST_ROWS = 10
FIRST_RELATED = 3
"""Rows of what is only related that stand below at first."""
LONGEST_SENTENCE = 500
CHANGE_LENGTH = 1000
MOST_TRIES = 10_000
NOTHING_FOUND: dict[str, Any] = {"rows": [], "related": [], "counts": MatchCounts.of(()), "degraded": False}
ORDER_LABELS = {
    MatchOrder.MERIT: _l("Best fit"),
    MatchOrder.NEAREST: _l("Nearest"),
    MatchOrder.CHEAPEST: _l("Lowest cost"),
    MatchOrder.QUICKEST: _l("Quickest answer"),
}


class MatchArguments(Arguments):
    """What the pages of matches are asked for."""

    local = Flag(default=True)
    meets_all = Flag(name="all")
    hide_outside = Flag(name="near")
    order = Choice(MatchOrder, MatchOrder.MERIT, quiet=True)
    show = Whole(0, queries.KEPT)
    tries = Whole(0, MOST_TRIES)
    undo = RowId()
    ticked = RowIds(queries.KEPT, name="listing")
    change = Text(CHANGE_LENGTH)
    sentence = Text(LONGEST_SENTENCE)


def asked_filter() -> MatchFilter:
    """What the address asks for; nonsense means the usual."""
    asked = MatchArguments()
    return MatchFilter(
        local=asked.local and current_app.config["LOCAL_LIFT"],
        meets_all=asked.meets_all,
        hide_outside=asked.hide_outside,
        order=asked.order,
    )


def _in_address(wanted: MatchFilter) -> dict[str, Any]:
    """The filter as it stands in an address; what is usual is left out."""
    given = {
        "local": "" if wanted.local or not current_app.config["LOCAL_LIFT"] else "0",
        "all": "1" if wanted.meets_all else "",
        "near": "1" if wanted.hide_outside else "",
        "order": "" if wanted.order is MatchOrder.MERIT else wanted.order.value,
    }
    return {name: value for name, value in given.items() if value}


def _option(label: Any, active: bool, chosen: Mapping[str, Any], need: Need, **changes: str) -> dict[str, Any]:
    """A link that changes one choice; an empty value drops it."""
    arguments: dict[str, Any] = {name: value for name, value in {**chosen, **changes}.items() if value}
    return {"label": label, "active": active, "href": url_for("matching.of_need", need_id=need.id, **arguments)}


def _rows_wanted(counts: MatchCounts) -> int:
    """How many rows: what the address says, else the first ten, of which a few may be only related."""
    usual = min(FIRST_ROWS, counts.found + min(FIRST_RELATED, counts.near))
    return max(usual, MatchArguments().show)


def _organisation_id() -> int | None:
    organisation = current_user.organisation
    return organisation.id if organisation is not None else None


def _undo_action(need_id: int, listing_id: int, side: Side) -> str | None:
    """Where the notice's "undo" goes, right after somebody said no."""
    if MatchArguments().undo is None or queries.dismissal_of(need_id, listing_id, side) is None:
        return None
    return url_for("matching.take_back", need_id=need_id, listing_id=listing_id, side=side.value)


def dismissal_words(row: MatchDismissal) -> str:
    """Why it was said no to."""
    return row.note or str(DISMISSAL_REASONS[row.reason])


@bp.get("/needs/<int:need_id>/matches")
@partly_public
def of_need(need_id: int) -> Response:
    """The listings that fit a need; asked again by an open page until they are there."""
    need = need_or_404(need_id)
    authorize("needs.read", need, hidden=True)
    now = utc_now()
    if need.status is NeedStatus.DRAFT:
        return _of_draft(need, now)
    is_buyer, own = current_user.belongs_to(need.organisation_id), _organisation_id()
    ready = need.status is not NeedStatus.OPEN or queries.is_ready(SubjectKind.NEED, need)
    proposals = near_misses.of_need(need.id, now) if is_buyer and ready and need.is_open(now) else []
    proposal = near_misses.chosen(proposals, _asked_change())
    wanted = asked_filter()
    if proposal is not None:
        wanted = replace(wanted, only=frozenset(proposal.listing_ids))
    counts = queries.count_matches_of_need(need.id, now, wanted.local)
    size = max(_rows_wanted(counts), len(wanted.only or ()))
    page = paginate(queries.matches_of_need(need.id, wanted, now, counts.floor), 1, size)
    may_ask = need.is_open(now) and may("inquiries.ask")
    ticked = frozenset(MatchArguments().ticked)
    found = [
        match_rows.listing_row(
            match, need, local=wanted.local, may_ask=may_ask, ticked=ticked, own=own, may_dismiss=is_buyer
        )
        for match in page.items
    ]
    above, related = match_rows.parted(found, counts.floor)
    best = match_rows.best_three(above)
    # A need of one's own goes with the letter; a visitor may turn out to be its buyer once signed in.
    ask_need = is_buyer or not current_user.is_authenticated
    chosen = _in_address(wanted) | ({"change": proposal.change.address} if proposal else {})
    more, undone = _more_rows(size, page.total), MatchArguments().undo or 0
    return page_or_fragment(
        "matching/of_need.html",
        "matching/_of_need.html",
        need=need,
        rows=above,
        related=related,
        counts=counts,
        chosen=chosen,
        tries=MatchArguments().tries,
        narrowed=wanted.meets_all or wanted.hide_outside or proposal is not None,
        may_ask=may_ask,
        ask_need=ask_need,
        best=best,
        ready=ready,
        changes=_changes(
            proposals,
            proposal,
            match_rows.need_change,
            lambda change: url_for(
                "matching.of_need", need_id=need.id, change=change, local=chosen.get("local"), order=chosen.get("order")
            ),
        ),
        is_over=is_buyer and ready and proposal is None and bool(_asked_change()),
        ticked=[row for row in found if row.ask_checked],
        ask_best_href=url_for(
            "inquiries.create", listing=[row.ask_value for row in best], need=need.id if ask_need else None
        ),
        orders=_orders(need, wanted, chosen),
        filters=_filters(need, wanted, chosen),
        more_href=url_for("matching.of_need", need_id=need.id, show=more, **chosen) if more else None,
        dismissed=queries.dismissals_of_need(need.id) if is_buyer else [],
        dismissal_words=dismissal_words,
        undo_action=_undo_action(need.id, undone, Side.BUYER) if is_buyer else None,
    )


def _asked_change() -> str:
    """The change that a link speaks of."""
    return MatchArguments().change


def _changes(
    proposals: Sequence[Proposal],
    chosen: Proposal | None,
    told: Callable[..., match_rows.ShownChange],
    href: Callable[[str | None], str],
) -> list[match_rows.ShownChange]:
    """What would make more fit, each with the link to the rows that it counts; the one looked at leads back to all."""
    return match_rows.few_changes(
        [
            told(proposal, href(None if proposal is chosen else proposal.change.address), proposal is chosen)
            for proposal in proposals
        ]
    )


def _more_rows(size: int, total: int) -> int | None:
    """How many rows "show more" asks for; None when all are there."""
    return min(size + FIRST_ROWS, queries.KEPT) if total > size and size < queries.KEPT else None


def _orders(need: Need, wanted: MatchFilter, chosen: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        _option(label, wanted.order is order, chosen, need, order="" if order is MatchOrder.MERIT else order.value)
        for order, label in ORDER_LABELS.items()
    ]


def _filters(need: Need, wanted: MatchFilter, chosen: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Switches beside the order; the last one turns the local lift off and on (R8)."""
    options = [
        _option(
            _("Only those that meet everything"), wanted.meets_all, chosen, need, all="" if wanted.meets_all else "1"
        ),
        _option(_("Hide those far away"), wanted.hide_outside, chosen, need, near="" if wanted.hide_outside else "1"),
    ]
    if current_app.config["LOCAL_LIFT"]:
        options.append(
            _option(_("Neighbours first when equal"), wanted.local, chosen, need, local="0" if wanted.local else "")
        )
    return options


def _of_draft(need: Need, now: datetime) -> Response:
    """What a draft would find; nothing of it is stored."""
    found = _live_rows(rows.needs_of_any_status([need.id], gazetteer())[str(need.id)], now)
    return page_or_fragment(
        "matching/of_draft.html", "matching/_of_sentence.html", need=need, sentence=need.title, **found
    )


def _live_rows(facts: NeedFacts, now: datetime) -> dict[str, Any]:
    """The best listings for facts that nobody has posted; `degraded` while the index is being rebuilt."""
    try:
        pairs = pairing.Pairing(now).of_need(facts, top=FIRST_ROWS)
    except SickIndex:
        return {**NOTHING_FOUND, "degraded": True}
    listings = {row.id: row for row in queries.listings_to_show([pair.listing_id for pair in pairs], now)}
    amounts = {line.number: (line.quantity, line.unit) for line in facts.lines}
    counts = MatchCounts.of((pair.score, pair.relevance, pair.meets_all) for pair in pairs)
    above, related = match_rows.parted(
        [
            match_rows.sentence_row(pair, listings[pair.listing_id], amounts.get(pair.line, (None, "")))
            for pair in pairs
            if pair.listing_id in listings
        ],
        counts.floor,
    )
    return {"rows": above, "related": related[: min(FIRST_RELATED, counts.near)], "counts": counts, "degraded": False}


@bp.get("/listings/<int:listing_id>/matches")
@public
def of_listing(listing_id: int) -> Response:
    """The open needs that a listing fits: the same pairs from the other side."""
    now = utc_now()
    listing = queries.listing_or_404(listing_id, now)
    is_supplier = current_user.belongs_to(listing.organisation_id)
    ready = queries.is_ready(SubjectKind.LISTING, listing)
    proposals = near_misses.of_listing(listing.id, now) if is_supplier and ready else []
    proposal = near_misses.chosen(proposals, _asked_change())
    counts = queries.count_matches_of_listing(listing.id, now)
    only = proposal.need_ids if proposal else None
    size = max(_rows_wanted(counts), len(only or ()))
    page = paginate(queries.matches_of_listing(listing.id, now, only), 1, size)
    more = _more_rows(size, page.total)
    found = [match_rows.need_row(match, may_dismiss=is_supplier) for match in page.items]
    above, related = match_rows.parted(found, counts.floor)
    undone = MatchArguments().undo or 0
    return page_or_fragment(
        "matching/of_listing.html",
        "matching/_of_listing.html",
        listing=listing,
        counts=counts,
        rows=above,
        related=related,
        changes=_changes(
            proposals,
            proposal,
            match_rows.listing_change,
            lambda change: url_for("matching.of_listing", listing_id=listing.id, change=change),
        ),
        is_over=is_supplier and ready and proposal is None and bool(_asked_change()),
        ready=ready,
        is_supplier=is_supplier,
        tries=MatchArguments().tries,
        more_href=url_for("matching.of_listing", listing_id=listing.id, show=more) if more else None,
        undo_action=_undo_action(undone, listing.id, Side.SUPPLIER) if is_supplier else None,
    )


@bp.get("/workbench/improvements")
def of_organisation() -> Response:
    """What a supplier could change, over all his listings, and the needs that a paper of his would win."""
    authorize("matches.improve")
    now, organisation = utc_now(), current_user.organisation
    found = near_misses.of_organisation(organisation.id, now)
    papers = [improvement.proposal for improvement in found if improvement.listing is None]
    proposal = near_misses.chosen(papers, _asked_change())
    best: dict[int, Match] = {}
    if proposal is not None:
        pairs = [(int(pair.need.id), int(pair.listing.id)) for pair in proposal.won]
        for match in queries.matches_of_organisation(organisation.id, pairs, now):
            best.setdefault(match.need_id, match)
    return page_or_fragment(
        "matching/of_organisation.html",
        "matching/_of_organisation.html",
        changes=[match_rows.supplier_change(improvement, improvement.proposal is proposal) for improvement in found],
        rows=[
            match_rows.need_row(match, may_dismiss=False, note=_("for: %(item)s", item=match.listing.title))
            for match in best.values()
        ],
        is_over=proposal is None and bool(_asked_change()),
    )


@bp.get("/matching/preview")
@public
def of_sentence() -> Response:
    """Who can supply what somebody typed; nothing is stored."""
    now = utc_now()
    sentence = MatchArguments().sentence
    content = understand(sentence, today=local_day(now), gazetteer=gazetteer()).content
    found = _live_rows(rows.sentence_facts(content, sentence), now) if sentence else NOTHING_FOUND
    return page_or_fragment("matching/of_sentence.html", "matching/_of_sentence.html", sentence=sentence, **found)


@bp.get("/matching/how")
@public
def how() -> str:
    """How the order comes about, with the weights in force."""
    return render_template(
        "matching/how.html",
        relevance=relevance_rows(WEIGHTS),
        missed=missed_rows(WEIGHTS),
        example=two_missed(WEIGHTS),
        small=small_rows(WEIGHTS),
        weights_in_force=WEIGHTS,
        very_thing=queries.VERY_THING,
        step=STEP,
        reach=REACH,
        latest=LATEST,
        kept=queries.KEPT,
        local_lift=current_app.config["LOCAL_LIFT"],
    )


def _pair_or_404(need_id: int, listing_id: int, side: Side) -> PairSide:
    return PairSide(need_or_404(need_id), queries.listing_by_id_or_404(listing_id), side)


def _list_of(pair: PairSide, **arguments: Any) -> str:
    """The list that somebody looks at from this side."""
    if pair.side is Side.BUYER:
        return url_for("matching.of_need", need_id=pair.need.id, **arguments)
    return url_for("matching.of_listing", listing_id=pair.listing.id, **arguments)


DISMISSAL = "/matching/dismissals/<int:need_id>/<int:listing_id>/<any(buyer, supplier):side>"


@bp.route(DISMISSAL, methods=["GET", "POST"])
def dismiss(need_id: int, listing_id: int, side: str) -> Any:
    """Say why a pair is "not for us"."""
    pair = _pair_or_404(need_id, listing_id, Side(side))
    authorize("matches.dismiss", pair, hidden=True)
    form = DismissForm()
    if form.validate_on_submit():
        other = listing_id if pair.side is Side.BUYER else need_id
        back = _list_of(pair, undo=other)
        with refusals_on(form), transaction(), once(back):
            services.dismiss(
                pair.need,
                pair.listing,
                pair.side,
                actor=current_user._get_current_object(),
                now=utc_now(),
                **form.to_args(),
            )
        if not form.errors:
            return redirect(back)
    page = render_template(
        "matching/dismiss.html", form=form, need=pair.need, listing=pair.listing, side=side, back_href=_list_of(pair)
    )
    return page, form.status


@bp.post(f"{DISMISSAL}/withdrawal")
def take_back(need_id: int, listing_id: int, side: str) -> Response:
    """Let a pair be proposed again."""
    pair = _pair_or_404(need_id, listing_id, Side(side))
    authorize("matches.take_back", pair, hidden=True)
    with transaction(), once(_list_of(pair)):
        services.take_back(pair.need, pair.listing, pair.side)
    flash(_("It is proposed again."))
    return redirect(_list_of(pair))
