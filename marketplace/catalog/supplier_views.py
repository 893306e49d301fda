"""What a supplier does with his listings: write, publish, pause, renew, withdraw."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts.models import Organisation
from marketplace.catalog import content as limits
from marketplace.catalog import queries, services
from marketplace.catalog.claims import RULE_WORDS, find_claims
from marketplace.catalog.content import ListingContent
from marketplace.catalog.forms import CertificateForm, ListingForm, SpecForm, TierForm, values_of
from marketplace.catalog.labels import STATUS_LABELS
from marketplace.catalog.lifecycle import EDITABLE, SUBMITTABLE, ListingStatus
from marketplace.catalog.models import Listing
from marketplace.catalog.quality import check
from marketplace.catalog.queries import CategoryNode
from marketplace.catalog.views import bp
from marketplace.core.arguments import Arguments, Maybe, Text
from marketplace.core.certificates import all_certificates
from marketplace.core.clock import local_day, utc_now
from marketplace.core.db import transaction
from marketplace.core.files import prepare_picture
from marketplace.core.form_keys import once
from marketplace.core.forms import DoorstepForm, clean, refusals_on, whole_number
from marketplace.core.paging import page_number, paginate
from marketplace.core.policies import authorize
from marketplace.core.refusals import RuleBroken
from marketplace.core.site import gazetteer
from marketplace.core.units import all_units

Prepared = list[tuple[str | None, dict[str, bytes]]]
BLANK_ROWS = {"specs": SpecForm, "tiers": TierForm, "certificates": CertificateForm}
"""Forms of the rows that a script copies; their names hold `__n__` where the number goes."""


def own_organisation() -> Organisation:
    """The organisation that the person of this request acts for."""
    organisation: Organisation = current_user.organisation
    return organisation


def _editor(form: ListingForm, listing: Listing | None, *, status: int = 200) -> Any:
    """The editor's page around `form`."""
    form.show_rows()
    organisation = listing.organisation if listing is not None else own_organisation()
    category = queries.category_tree().get(form.category.data)
    return render_template(
        "catalog/edit.html",
        form=form,
        listing=listing,
        organisation=organisation,
        limits=limits,
        units=[unit.name for unit in all_units()],
        certificate_names=[known.name for known in all_certificates()],
        checks=check(form.to_content(), len(listing.pictures) if listing else 0),
        claims=_claims(form.to_content()),
        category=category,
        blanks={name: row(prefix=f"{name}-__n__-") for name, row in BLANK_ROWS.items()},
        missing_licences=_missing_licences(category, organisation),
        most_pictures=current_app.config["MAX_FILES_PER_LISTING"],
        most_megabytes=current_app.config["MAX_UPLOAD_MB"],
    ), status


def _claims(content: ListingContent) -> list[tuple[str, str]]:
    """Words of R11 with their rule, each once."""
    texts = (
        content.title,
        content.description,
        *content.aliases,
        *(f"{spec.name} {spec.value}" for spec in content.specs),
    )
    return list(
        {
            claim.word: str(RULE_WORDS[claim.rule]) for text in texts for claim in find_claims(text, content.category)
        }.items()
    )


def _form(**data: Any) -> ListingForm:
    form = ListingForm(**data)
    towns = [place.name for place in gazetteer().places]
    if form.town.data and form.town.data not in towns and form.town.data == (data.get("data") or {}).get("town"):
        towns.append(form.town.data)
    form.offer(queries.category_tree(), towns)
    return form


def _changes_rows(form: ListingForm) -> bool:
    """True when the button pressed adds or removes a row; then the rows were changed."""
    add, remove = request.form.get("add_row", ""), request.form.get("remove_row", "")
    if add or remove:
        form.change_rows(add, remove)
    return bool(add or remove)


def _prepared(form: ListingForm) -> Prepared:
    """The uploaded pictures, checked and re-encoded before any transaction (R13).

    Raises:
        RuleBroken: too many at once, or one is no picture that we read.
    """
    uploads = [upload for upload in form.pictures.data or [] if upload and upload.filename]
    most = current_app.config["MAX_FILES_PER_LISTING"]
    if len(uploads) > most:
        raise RuleBroken(_("A listing may have at most %(max)d pictures.", max=most))
    return [(upload.filename, prepare_picture(upload)) for upload in uploads]


def _keep_pictures(listing: Listing, prepared: Prepared) -> None:
    """Remove the ticked pictures, describe the others, add the new ones."""
    now = utc_now()
    removed = {whole_number(value) for value in request.form.getlist("remove_picture")}
    for picture in list(listing.pictures):
        if picture.id in removed:
            services.remove_picture(listing, picture, current_user, now)
        elif f"alt-{picture.id}" in request.form:
            services.describe_picture(picture, clean(request.form[f"alt-{picture.id}"]))
    for name, content in prepared:
        services.add_picture(listing, current_user, content, now, name=name)


def _after_saving(listing: Listing) -> Any:
    """Hand it in when that button was pressed; what still stands in the way is told on the editor."""
    if "publish" not in request.form or listing.status not in SUBMITTABLE:
        flash(
            _("Saved. A word that staff must see first sent it back in review.")
            if listing.status is ListingStatus.IN_REVIEW
            else _("Saved.")
        )
        return redirect(url_for("catalog.show", listing_id=listing.id))
    return _submit(listing, back=url_for("catalog.edit", listing_id=listing.id))


def _submit(listing: Listing, back: str) -> Any:
    try:
        with transaction(), once(url_for("catalog.show", listing_id=listing.id)):
            services.submit_listing(listing, current_user, utc_now())
    except RuleBroken as refusal:
        flash(_("It is saved as a draft, but not published yet. %(reason)s", reason=refusal.message), "warning")
        return redirect(back)
    flash(
        _("It is on the shelf.")
        if listing.status is ListingStatus.PUBLISHED
        else _("It waits for the park staff now; you get a notice.")
    )
    return redirect(url_for("catalog.show", listing_id=listing.id))


@bp.route("/listings/new", methods=["GET", "POST"])
def create() -> Any:
    """A new listing, kept as a draft or handed in at once."""
    authorize("listings.create")
    form = _form()
    if request.method == "POST" and _changes_rows(form):
        return _editor(form, None)
    if form.validate_on_submit():
        listing = None
        with refusals_on(form):
            prepared = _prepared(form)
            with transaction(), once() as sending:
                listing = services.create_listing(own_organisation(), current_user, form.to_content(), utc_now())
                _keep_pictures(listing, prepared)
                sending.led_to = url_for("catalog.show", listing_id=listing.id)
        if listing is not None and not form.errors:
            return _after_saving(listing)
    return _editor(form, None, status=form.status)


@bp.route("/listings/<int:listing_id>/edit", methods=["GET", "POST"])
def edit(listing_id: int) -> Any:
    """Edit a listing; a version that somebody else saved meanwhile is not overwritten unseen."""
    listing = queries.listing_or_404(listing_id)
    authorize("listings.edit", listing, hidden=True)
    if listing.status not in EDITABLE:
        flash(_("This listing cannot be changed while it is in review or after it was withdrawn."), "warning")
        return redirect(url_for("catalog.show", listing_id=listing.id))
    form = _form(data=values_of(services.content_of(listing), listing.version))
    if request.method == "POST" and _changes_rows(form):
        return _editor(form, listing)
    if form.validate_on_submit():
        content, opened = form.to_content(), form.version.data
        with refusals_on(form):
            prepared = _prepared(form)
            with transaction(), once(url_for("catalog.show", listing_id=listing_id)):
                services.edit_listing(listing, current_user, content, utc_now(), opened_version=opened)
                _keep_pictures(listing, prepared)
        if not form.errors:
            return _after_saving(listing)
    return _editor(form, queries.listing_or_404(listing_id), status=form.status)


@bp.post("/listings/check")
def check_quality() -> Any:
    """What is still missing and which words break a rule, while one types (R11)."""
    authorize("listings.create")
    form = _form()
    count = request.form.get("picture_count", 0, type=int) + sum(
        bool(getattr(upload, "filename", upload)) for upload in form.pictures.data or []
    )
    content, organisation = form.to_content(), own_organisation()
    category = queries.category_tree().get(content.category)
    return render_template(
        "catalog/_check.html",
        checks=check(content, count),
        claims=_claims(content),
        category=category,
        organisation=organisation,
        missing_licences=_missing_licences(category, organisation),
    )


def _missing_licences(category: CategoryNode | None, organisation: Organisation) -> list[str]:
    """Licences that a restricted category asks for and the organisation does not hold today."""
    today = local_day(utc_now())
    return [
        licence for licence in (category.seller_licences if category else ()) if not organisation.holds(licence, today)
    ]


class OwnListingsArguments(Arguments):
    status = Maybe(ListingStatus)
    words = Text(100, name="q")


@bp.get("/workbench/listings")
def mine() -> Any:
    """Own listings by status, with a search."""
    authorize("listings.own")
    asked = OwnListingsArguments()
    status, words = asked.status, asked.words
    organisation = own_organisation()
    counts = queries.count_by_status(organisation.id)
    tabs = [
        {
            "label": _("All"),
            "href": url_for("catalog.mine", q=words or None),
            "active": status is None,
            "count": sum(count for key, count in counts.items() if key is not ListingStatus.WITHDRAWN),
        }
    ]
    tabs += [
        {
            "label": label,
            "href": url_for("catalog.mine", status=key.value, q=words or None),
            "active": status is key,
            "count": counts.get(key, 0),
        }
        for key, label in STATUS_LABELS.items()
        if counts.get(key) or status is key
    ]
    return render_template(
        "catalog/mine.html",
        organisation=organisation,
        asked=asked,
        status=status,
        words=words,
        status_tabs=tabs,
        page=paginate(queries.own_listings(organisation.id, status, words), page_number()),
        now=utc_now(),
        has_any=bool(counts),
    )


def _step(listing_id: int, service: Any, done: str) -> Any:
    """One button, one step of the life of an own listing."""
    listing = queries.listing_or_404(listing_id)
    authorize("listings.edit", listing, hidden=True)
    back = url_for("catalog.show", listing_id=listing_id)
    if request.form.get("back") == "mine":
        back = url_for("catalog.mine")
    if DoorstepForm().validate_on_submit():
        try:
            with transaction(), once(back):
                service(listing, current_user, utc_now())
        except RuleBroken as refusal:
            flash(str(refusal.message), "warning")
        else:
            flash(done)
    return redirect(back)


@bp.post("/listings/<int:listing_id>/publication")
def publish(listing_id: int) -> Any:
    """Hand it in."""
    listing = queries.listing_or_404(listing_id)
    authorize("listings.edit", listing, hidden=True)
    if not DoorstepForm().validate_on_submit():
        return redirect(url_for("catalog.show", listing_id=listing_id))
    return _submit(listing, back=url_for("catalog.show", listing_id=listing_id))


@bp.post("/listings/<int:listing_id>/pause")
def pause(listing_id: int) -> Any:
    return _step(listing_id, services.pause_listing, _("It is off the shelf until you offer it again."))


@bp.post("/listings/<int:listing_id>/resumption")
def resume(listing_id: int) -> Any:
    return _step(listing_id, services.resume_listing, _("It is on the shelf."))


@bp.post("/listings/<int:listing_id>/renewal")
def renew(listing_id: int) -> Any:
    """One click (R6)."""
    return _step(
        listing_id,
        services.renew_listing,
        _("Renewed for %(days)d days.", days=current_app.config["LISTING_LIFE_DAYS"]),
    )


@bp.post("/listings/<int:listing_id>/withdrawal")
def withdraw(listing_id: int) -> Any:
    """For good."""
    reason = request.form.get("reason", "")
    return _step(
        listing_id,
        lambda listing, actor, now: services.withdraw_listing(listing, actor, now, reason=reason),
        _("It is withdrawn."),
    )
