"""The steps of a need: publish, close, open again, note as unmet, withdraw."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from marketplace.core.clock import end_of_day, utc_now
from marketplace.core.db import transaction
from marketplace.core.form_keys import once
from marketplace.core.forms import refusals_on
from marketplace.core.policies import authorize
from marketplace.needs import queries, services
from marketplace.needs.forms import ClosingForm, ReasonForm, UnmetForm
from marketplace.needs.lifecycle import UnmetReason
from marketplace.needs.models import Need
from marketplace.needs.views import acting_person, bp, need_page


def _page_of(need: Need) -> str:
    return url_for("needs.show", need_id=need.id)


def _back_to(need: Need, words: str) -> Any:
    flash(words)
    return redirect(_page_of(need))


@bp.post("/needs/<int:need_id>/publication")
def publish(need_id: int) -> Any:
    """Open a draft until the day chosen."""
    need = queries.need_or_404(need_id)
    authorize("needs.publish", need, hidden=not need.is_public)
    form = ClosingForm()
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(_page_of(need)):
            services.publish_need(need, end_of_day(form.to_day()), acting_person(), utc_now())
    if form.errors:
        return render_template("needs/show.html", **need_page(need, closing_form=form)), form.status
    return _back_to(need, _("Your need is published. Who can supply it stands on this page; ask them there."))


@bp.post("/needs/<int:need_id>/closing")
def close(need_id: int) -> Any:
    """End the search before the closing day."""
    need = queries.need_or_404(need_id)
    authorize("needs.publish", need, hidden=not need.is_public)
    with transaction(), once(_page_of(need)):
        services.close_need(need, acting_person(), utc_now())
    return _back_to(need, _("Closed. You can open it again with a new closing day."))


@bp.post("/needs/<int:need_id>/reopening")
def reopen(need_id: int) -> Any:
    """Open a closed need again until the day chosen."""
    need = queries.need_or_404(need_id)
    authorize("needs.publish", need, hidden=not need.is_public)
    form = ClosingForm()
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(_page_of(need)):
            services.reopen_need(need, end_of_day(form.to_day()), acting_person(), utc_now())
    if form.errors:
        return render_template("needs/show.html", **need_page(need, closing_form=form)), form.status
    return _back_to(need, _("Open again. Who can supply it stands on this page; ask them there."))


@bp.post("/needs/<int:need_id>/unmet")
def mark_unmet(need_id: int) -> Any:
    """Note that no supplier was found, and why."""
    need = queries.need_or_404(need_id)
    authorize("needs.publish", need, hidden=not need.is_public)
    form = UnmetForm()
    if form.validate_on_submit():
        reason = UnmetReason(form.reason.data)
        with refusals_on(form), transaction(), once(_page_of(need)):
            services.mark_unmet(need, reason, acting_person(), utc_now(), form.note.data or "")
    if form.errors:
        return render_template("needs/show.html", **need_page(need, unmet_form=form)), form.status
    return _back_to(need, _("Noted as not met. You and the park staff read the reason here."))


@bp.post("/needs/<int:need_id>/withdrawal")
def withdraw(need_id: int) -> Any:
    """Take a draft or an open need away."""
    need = queries.need_or_404(need_id)
    authorize("needs.withdraw", need, hidden=not need.is_public)
    form = ReasonForm()
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(_page_of(need)):
            services.withdraw_need(need, acting_person(), utc_now(), form.note.data or "")
    if form.errors:
        return render_template("needs/show.html", **need_page(need, reason_form=form)), form.status
    return _back_to(need, _("Withdrawn. Only your organisation and the park staff still see it."))
