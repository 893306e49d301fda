"""The rota for everybody, and for staff the page on which they fill it."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.campaigns import queries, services
from marketplace.campaigns.eligibility import what_is_missing
from marketplace.campaigns.forms import FeatureForm, FindListingForm
from marketplace.core.arguments import Arguments, Text
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.form_keys import once
from marketplace.core.forms import refusals_on
from marketplace.core.paging import page_number, paginate
from marketplace.core.policies import authorize, public

bp = Blueprint("campaigns", __name__)
SHOWN_BEFORE, SHOWN_AFTER = timedelta(days=2), timedelta(days=3)
PER_PAGE = 12


@bp.get("/featured")
@public
def rota() -> ResponseReturnValue:
    """Who is, was and will be shown on the home page, and how often (R7)."""
    now = utc_now()
    turns = queries.rota_around(now, SHOWN_BEFORE, SHOWN_AFTER)
    return render_template(
        "campaigns/rota.html",
        now=now,
        shares=queries.shares(now),
        **_by_time(turns, now),
        slots=current_app.config["FEATURED_SLOTS"],
        hours=current_app.config["FEATURED_TURN_HOURS"],
    )


def _by_time(turns: list[queries.Turn], now: datetime) -> dict[str, Any]:
    running = [turn for turn in turns if turn.is_running(now)]
    return {
        "running": running,
        "shown_now": {listing.id for turn in running for listing in turn.listings},
        "coming": [turn for turn in turns if turn.starts_at > now],
        "past": [turn for turn in reversed(turns) if turn.ends_at <= now],
    }


def _managing_page(form: FeatureForm, words: str) -> str:
    now = utc_now()
    shares = queries.shares(now)
    found = paginate(queries.may_be_added(words, now), page_number(), PER_PAGE)
    return render_template(
        "campaigns/manage.html",
        now=now,
        form=form,
        find=FindListingForm(words=words),
        words=words,
        shares=shares,
        missing={row.slot.id: what_is_missing(row.slot.listing, now) for row in shares},
        found=found,
        barred={row.id: what_is_missing(row, now) for row in found.items},
    )


class FeatureArguments(Arguments):
    words = Text(60)


@bp.get("/staff/featured")
def manage() -> ResponseReturnValue:
    """Staff put listings on the rota and take them off."""
    authorize("featured.manage")
    return _managing_page(FeatureForm(), FeatureArguments().words)


@bp.post("/staff/featured/<int:listing_id>")
def add(listing_id: int) -> ResponseReturnValue:
    """Put a listing at the end of the queue."""
    authorize("featured.manage")
    listing = queries.listing_to_feature(listing_id)
    form = FeatureForm()
    back = url_for("campaigns.manage", words=form.words.data or None)
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(back):
            services.add_to_rota(listing, actor=current_user, now=utc_now())
    if form.errors:
        return _managing_page(form, form.words.data or ""), form.status
    flash(_("%(title)s stands on the rota now.", title=listing.title))
    return redirect(back)


@bp.post("/staff/featured/slots/<int:slot_id>/removal")
def remove(slot_id: int) -> ResponseReturnValue:
    """Take a listing off the rota."""
    authorize("featured.manage")
    slot = queries.slot_or_404(slot_id)
    with transaction(), once(url_for("campaigns.manage")):
        services.remove_from_rota(slot, actor=current_user, now=utc_now())
    flash(_("%(title)s was taken off the rota.", title=slot.listing.title))
    return redirect(url_for("campaigns.manage"))
