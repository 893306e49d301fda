"""The organisations of the site: search, public page, and what an owner does with his own."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug import Response as BaseResponse

from marketplace.accounts import links, queries, services, signals
from marketplace.accounts.forms import EmailForm, OrganisationForm, RegistrationForm, RoleForm
from marketplace.accounts.lifecycle import (
    MembershipRole,
)
from marketplace.accounts.models import Organisation
from marketplace.accounts.search import PAGE
from marketplace.accounts.views import bp, located, outside_url, towns
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.files import files_of, prepare_document, store_document
from marketplace.core.form_keys import once
from marketplace.core.forms import refusals_on
from marketplace.core.places import distance_km
from marketplace.core.policies import authorize, may, partly_public, public
from marketplace.core.refusals import RuleBroken, Throttled
from marketplace.core.site import home_place
from marketplace.core.timeline import timeline_of, worded
from marketplace.search.browse import Browse

# What other domains put on an organisation's public page, in the order of the packages.
PANELS: list[Callable[[Organisation], Markup]] = []


def kilometres_from_home(organisation: Organisation) -> float | None:
    """Distance from the site's home place, in km."""
    home = home_place()
    if home is None or organisation.latitude is None or organisation.longitude is None:
        return None
    return distance_km(home, (organisation.latitude, organisation.longitude))


@bp.get("/organisations")
@public
def organisations() -> Any:
    """Search the verified organisations."""
    browse = Browse(PAGE)
    return browse.answer(
        "accounts/organisations.html",
        "accounts/_organisations.html",
        rows=queries.organisations_by_ids(browse.hits.ids),
        kilometres=kilometres_from_home,
    )


@bp.get("/organisations/<int:organisation_id>")
@partly_public
def organisation(organisation_id: int) -> Any:
    """The public page of an organisation; members and staff also see where its verification stands."""
    row = queries.organisation_or_404(organisation_id)
    authorize("organisations.read", row, hidden=True)
    return _organisation_page(row, EmailForm(formdata=None))


def _organisation_page(row: Organisation, invite_form: EmailForm) -> str:
    return render_template(
        "accounts/organisation.html",
        organisation=row,
        km=kilometres_from_home(row),
        panels=[panel(row) for panel in PANELS],
        members=queries.members_of(row.id) if current_user.belongs_to(row.id) else [],
        timeline=worded(timeline_of(row)) if may("organisations.history", row) else [],
        papers=files_of(row) if may("organisations.papers", row.id) else [],
        invitations=queries.open_invitations_of(row.id, utc_now()) if may("organisations.edit", row) else [],
        invite_form=invite_form,
    )


@bp.get("/organisation")
def my_organisation() -> Any:
    """The page of the organisation one acts for, or the way to register one."""
    authorize("accounts.use")
    if current_user.organisation is None:
        return redirect(url_for("accounts.register_organisation"))
    return redirect(url_for("accounts.organisation", organisation_id=current_user.organisation.id))


@bp.route("/organisations/new", methods=["GET", "POST"])
def register_organisation() -> Any:
    """For a person who left an organisation, or came by invitation to one that is gone."""
    authorize("organisations.register")
    form = RegistrationForm()
    del form.person_name, form.person_title, form.password
    form.offer(towns())
    if form.validate_on_submit():
        with refusals_on(form):
            paper = prepare_document(form.paper.data) if form.paper.data else None
            with transaction(), once(url_for("pages.workbench")):
                row = services.register_organisation(
                    current_user, located(form.to_facts()), form.to_licences(), now=utc_now()
                )
                if paper is not None:
                    store_document(paper, name=form.paper.data.filename, owner=row, actor=current_user)
            flash(_("The park staff look at your organisation now; you can prepare drafts meanwhile."))
            return redirect(url_for("pages.workbench"))
    return (
        render_template("accounts/edit_organisation.html", form=form, organisation=None),
        form.status,
    )


@bp.route("/organisations/<int:organisation_id>/edit", methods=["GET", "POST"])
def edit_organisation(organisation_id: int) -> Any:
    """What an organisation says of itself; a returned one goes back to the park staff."""
    row = queries.organisation_or_404(organisation_id)
    authorize("organisations.edit", row, hidden=not row.is_verified)
    form = OrganisationForm(obj=row)
    form.offer(towns())
    if form.validate_on_submit():
        with refusals_on(form):
            paper = prepare_document(form.paper.data) if form.paper.data else None
            with transaction(), once(url_for("accounts.organisation", organisation_id=organisation_id)):
                services.edit_organisation(
                    row,
                    located(form.to_facts()),
                    form.to_licences(),
                    actor=current_user,
                    now=utc_now(),
                    version=form.version.data,
                )
                if paper is not None:
                    store_document(paper, name=form.paper.data.filename, owner=row, actor=current_user)
            flash(_("Saved."))
            return redirect(url_for("accounts.organisation", organisation_id=organisation_id))
    return (
        render_template("accounts/edit_organisation.html", form=form, organisation=row),
        form.status,
    )


def _members_of(organisation_id: int) -> str:
    return url_for("accounts.organisation", organisation_id=organisation_id, _anchor="members")


def _send_invitation(organisation: Organisation, email: str) -> BaseResponse:
    """Mail a link to `email`; a refusal is told at the top of the page, where it is seen."""
    organisation_id = organisation.id
    try:
        with transaction(), once(_members_of(organisation_id)):
            services.count_mail("invitation", email, request.remote_addr or "", now=utc_now())
            invitation = services.invite(organisation, email, inviter=current_user, now=utc_now())
            url = outside_url("accounts.invitation", token=links.make_token("invite", {"key": invitation.key}))
            signals.invitation_sent.send(organisation, email=email, inviter=current_user.name, url=url)
    except (RuleBroken, Throttled) as refusal:
        flash(str(refusal.message), "error")
        return redirect(url_for("accounts.organisation", organisation_id=organisation_id))
    flash(_("The invitation is on its way to %(email)s.", email=email))
    return redirect(_members_of(organisation_id))


@bp.post("/organisations/<int:organisation_id>/invitations")
def invite(organisation_id: int) -> Any:
    """Send a link by which somebody joins as a member."""
    row = queries.organisation_or_404(organisation_id)
    authorize("organisations.edit", row, hidden=True)
    form = EmailForm()
    if form.validate_on_submit():
        return _send_invitation(row, form.email.data)
    return _organisation_page(row, form), form.status


def _invitation_or_404(organisation_id: int, invitation_id: int) -> Any:
    rows = queries.open_invitations_of(organisation_id, utc_now())
    return next((row for row in rows if row.id == invitation_id), None) or abort(404)


@bp.post("/organisations/<int:organisation_id>/invitations/<int:invitation_id>/renewal")
def send_invitation_again(organisation_id: int, invitation_id: int) -> Any:
    """A fresh link to the same address; the one sent before ends."""
    row = queries.organisation_or_404(organisation_id)
    authorize("organisations.edit", row, hidden=True)
    return _send_invitation(row, _invitation_or_404(organisation_id, invitation_id).email)


@bp.post("/organisations/<int:organisation_id>/invitations/<int:invitation_id>/withdrawal")
def withdraw_invitation(organisation_id: int, invitation_id: int) -> Any:
    row = queries.organisation_or_404(organisation_id)
    authorize("organisations.edit", row, hidden=True)
    with transaction(), once(_members_of(organisation_id)):
        services.withdraw_invitation(_invitation_or_404(organisation_id, invitation_id))
    flash(_("The invitation is withdrawn."))
    return redirect(_members_of(organisation_id))


def _membership_or_404(organisation_id: int, membership_id: int) -> Any:
    return next((m for m in queries.members_of(organisation_id) if m.id == membership_id), None) or abort(404)


@bp.post("/organisations/<int:organisation_id>/members/<int:membership_id>/removal")
def remove_member(organisation_id: int, membership_id: int) -> Any:
    row = queries.organisation_or_404(organisation_id)
    authorize("organisations.edit", row, hidden=True)
    with transaction(), once(_members_of(organisation_id)):
        services.remove_member(_membership_or_404(organisation_id, membership_id), actor=current_user, now=utc_now())
    flash(_("Removed."))
    return redirect(_members_of(organisation_id))


@bp.post("/organisations/<int:organisation_id>/members/<int:membership_id>/role")
def change_role(organisation_id: int, membership_id: int) -> Any:
    row = queries.organisation_or_404(organisation_id)
    authorize("organisations.edit", row, hidden=True)
    form = RoleForm()
    if form.validate_on_submit():
        with transaction(), once(_members_of(organisation_id)):
            services.change_role(
                _membership_or_404(organisation_id, membership_id),
                MembershipRole.OWNER if form.owner.data else MembershipRole.MEMBER,
                actor=current_user,
                now=utc_now(),
            )
        flash(_("Saved."))
    return redirect(_members_of(organisation_id))
