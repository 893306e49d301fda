"""What park staff do with listings: review, return, take down."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.catalog import queries, services
from marketplace.catalog.forms import VerdictForm
from marketplace.catalog.views import bp, claims_of, show_listing
from marketplace.core.arguments import Arguments, Text
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.form_keys import once
from marketplace.core.forms import refusals_on
from marketplace.core.paging import page_number, paginate
from marketplace.core.policies import authorize


class ReviewArguments(Arguments):
    words = Text(100, name="q")


@bp.get("/staff/listings")
def review_queue() -> Any:
    """Listings that wait, longest waiting first, with the words and licences to look at."""
    authorize("listings.review")
    words = ReviewArguments().words
    page = paginate(queries.listings_to_review(words), page_number())
    return render_template("catalog/review_queue.html", page=page, words=words, claims_of=claims_of)


@bp.post("/staff/listings/<int:listing_id>/approval")
def approve(listing_id: int) -> Any:
    authorize("listings.review")
    listing = queries.listing_or_404(listing_id)
    form = VerdictForm()
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(url_for("catalog.review_queue")):
            services.approve_listing(listing, current_user, utc_now(), version=form.version.data)
        if not form.errors:
            flash(_("“%(title)s” is published.", title=listing.title))
            return redirect(url_for("catalog.review_queue"))
    return show_listing(queries.listing_or_404(listing_id), verdict=form, status=form.status)


@bp.post("/staff/listings/<int:listing_id>/return")
def return_to_supplier(listing_id: int) -> Any:
    authorize("listings.review")
    listing = queries.listing_or_404(listing_id)
    form = VerdictForm()
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(url_for("catalog.review_queue")):
            reason, version = form.reason.data or "", form.version.data
            services.return_listing(listing, current_user, reason, utc_now(), version=version)
        if not form.errors:
            flash(_("Returned with your reason."))
            return redirect(url_for("catalog.review_queue"))
    return show_listing(queries.listing_or_404(listing_id), verdict=form, status=form.status)


@bp.post("/staff/listings/<int:listing_id>/suspension")
def suspend(listing_id: int) -> Any:
    """Take it down with a reason."""
    authorize("listings.suspend")
    listing = queries.listing_or_404(listing_id)
    form = VerdictForm()
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(url_for("catalog.show", listing_id=listing_id)):
            reason, version = form.reason.data or "", form.version.data
            services.withdraw_listing(listing, current_user, utc_now(), reason=reason, by_staff=True, version=version)
        if not form.errors:
            flash(_("It is taken down."))
            return redirect(url_for("catalog.show", listing_id=listing_id))
    return show_listing(queries.listing_or_404(listing_id), verdict=form, status=form.status)
