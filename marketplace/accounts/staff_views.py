"""Verification: park staff look at organisations, set their locality, return or suspend them."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.accounts import queries, services
from marketplace.accounts.forms import ReasonForm, VerdictForm
from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.organisation_views import kilometres_from_home
from marketplace.accounts.views import bp
from marketplace.core.arguments import Arguments, Choice
from marketplace.core.clock import local_day, utc_now
from marketplace.core.db import transaction
from marketplace.core.files import files_of
from marketplace.core.form_keys import once
from marketplace.core.forms import SeenForm, refusals_on
from marketplace.core.paging import page_number, paginate
from marketplace.core.policies import authorize
from marketplace.core.timeline import timeline_of, worded

MINE = "mine"
"""In the place of a status: the organisations assigned to the reader."""


class QueueArguments(Arguments):
    chosen = Choice((MINE, "all", *(str(status) for status in OrganisationStatus)), "pending", name="status")


@bp.get("/staff/organisations")
def verification_queue() -> Any:
    """Organisations by status, those that wait first; those assigned to the reader."""
    authorize("organisations.file")
    asked = QueueArguments()
    chosen = asked.chosen
    if chosen == MINE:
        statement = queries.organisations_looked_after_by(current_user.id)
    elif chosen == OrganisationStatus.PENDING.value:
        statement = queries.organisations_to_verify()
    else:
        status = OrganisationStatus(chosen) if chosen in set(OrganisationStatus) else None
        statement = queries.organisations_with_status(status)
        chosen = status.value if status else "all"
    return render_template(
        "accounts/verification_queue.html",
        asked=asked,
        page=paginate(statement, page_number()),
        chosen=chosen,
        looked_after=queries.count_looked_after_by(current_user.id),
        counts=queries.count_by_status(),
        now=utc_now(),
    )


def _file(
    organisation_id: int, verdict: VerdictForm | None = None, reason: SeenForm | None = None, status: int = 200
) -> Any:
    """The organisation's file with its forms."""
    row = queries.organisation_or_404(organisation_id)
    if verdict is None:
        verdict = VerdictForm(
            formdata=None,
            data={
                "locality": row.locality,
                "officer": row.officer_id or 0,
                "licences": [licence.id for licence in row.licences if licence.checked_at],
            },
        )
        verdict.version.data = row.version
    if reason is None:
        reason = ReasonForm(formdata=None)
        reason.version.data = row.version
    verdict.offer(queries.service_officers(), row.licences, local_day(utc_now()))
    return render_template(
        "accounts/organisation_file.html",
        organisation=row,
        verdict=verdict,
        reason=reason,
        papers=files_of(row),
        members=queries.members_of(row.id),
        timeline=worded(timeline_of(row)),
        km=kilometres_from_home(row),
    ), status


@bp.get("/staff/organisations/<int:organisation_id>")
def organisation_file(organisation_id: int) -> Any:
    authorize("organisations.file")
    return _file(organisation_id)


@bp.post("/staff/organisations/<int:organisation_id>/verification")
def verify(organisation_id: int) -> Any:
    """Approve, or correct locality, officer and checked licences of one approved before."""
    authorize("organisations.verify")
    row = queries.organisation_or_404(organisation_id)
    form = VerdictForm()
    form.offer(queries.service_officers(), row.licences, local_day(utc_now()))
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(url_for("accounts.verification_queue")):
            give = services.update_verdict if row.is_verified else services.verify_organisation
            give(row, form.to_verdict(), actor=current_user, now=utc_now(), version=form.version.data)
        if not form.errors:
            flash(_("%(organisation)s is verified.", organisation=row.display_name))
            return redirect(url_for("accounts.verification_queue"))
    return _file(organisation_id, verdict=form, status=form.status)


@bp.post("/staff/organisations/<int:organisation_id>/return")
def return_organisation(organisation_id: int) -> Any:
    authorize("organisations.verify")
    return _with_reason(organisation_id, services.return_organisation)


@bp.post("/staff/organisations/<int:organisation_id>/suspension")
def suspend(organisation_id: int) -> Any:
    authorize("organisations.suspend")
    return _with_reason(organisation_id, services.suspend_organisation)


def _with_reason(organisation_id: int, service: Any) -> Any:
    row = queries.organisation_or_404(organisation_id)
    form = ReasonForm()
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(url_for("accounts.verification_queue")):
            service(row, form.reason.data, actor=current_user, now=utc_now(), version=form.version.data)
        if not form.errors:
            flash(_("Saved."))
            return redirect(url_for("accounts.verification_queue"))
    return _file(organisation_id, reason=form, status=form.status)


@bp.post("/staff/organisations/<int:organisation_id>/reinstatement")
def reinstate(organisation_id: int) -> Any:
    """Lift a suspension."""
    authorize("organisations.suspend")
    row = queries.organisation_or_404(organisation_id)
    form, file = SeenForm(), url_for("accounts.organisation_file", organisation_id=organisation_id)
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(file):
            services.lift_suspension(row, actor=current_user, now=utc_now(), version=form.version.data)
        if not form.errors:
            flash(_("Saved."))
            return redirect(file)
    return _file(organisation_id, reason=form, status=form.status)
