"""Sign in and out, register, one's own account."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as BaseResponse

from marketplace.accounts import links, passwords, queries, services, sessions, signals
from marketplace.accounts.forms import (
    ChangePasswordForm,
    EmailForm,
    InvitedForm,
    PasswordForm,
    PersonForm,
    RegistrationForm,
    SignInForm,
)
from marketplace.accounts.models import Invitation
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.files import prepare_document, store_document
from marketplace.core.form_keys import SentBefore, once
from marketplace.core.form_tokens import keep_form, page_before_sign_in, read_kept, write_kept
from marketplace.core.forms import DoorstepForm, refusals_on
from marketplace.core.policies import authorize, public
from marketplace.core.refusals import NotAllowed, RuleBroken, SignInNeeded, Throttled
from marketplace.core.site import gazetteer
from marketplace.core.web import NextArguments, safe_next

bp = Blueprint("accounts", __name__)


def towns() -> list[str]:
    """Towns to choose from, the home place first."""
    names = [place.name for place in gazetteer().places]
    home = current_app.config["HOME_PLACE"]
    return sorted(names, key=lambda name: name != home)


def located(facts: services.OrganisationFacts) -> services.OrganisationFacts:
    """`facts` with the coordinates of its town."""
    place = gazetteer().find(facts.town) if facts.town else None
    if place is None:
        return facts
    return services.OrganisationFacts(**{**vars(facts), "latitude": place.lat, "longitude": place.lon})


def outside_url(endpoint: str, **values: Any) -> str:
    """An address for mail: always under the configured host, whatever the request said."""
    return str(current_app.config["PUBLIC_URL"]) + url_for(endpoint, _external=False, **values)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Sign in. A wrong password and an unknown account look and last the same."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = NextArguments().next
    if current_user.is_authenticated:
        return _go_on(form)
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), form.status
    now, email, address = utc_now(), form.email.data, request.remote_addr or ""
    person = queries.person_by_email(email)
    stored, known_device = person.password_hash if person else "", sessions.is_known_device(person)
    try:
        with transaction():
            services.count_sign_in(email, address, now=now, known_device=known_device)
    except Throttled as refusal:
        form.refuse(refusal.message)
        return (render_template("accounts/sign_in.html", form=form), 429, {"Retry-After": str(refusal.retry_after)})
    right = passwords.is_right(stored, form.password.data)
    if not right or person is None or not person.is_active:
        form.refuse(_("E-mail and password do not fit together."))
        return render_template("accounts/sign_in.html", form=form), form.status
    with transaction():
        services.ensure_password_stands(person, stored)
        services.forget_tries(email, address, tried_at=now)
        token = services.start_sign_in(person, now=now, instead_of=sessions.token())
    sessions.begin(token)
    return _go_on(form)


def _go_on(form: SignInForm) -> Any:
    """Back to what somebody wanted before they had to sign in: a form that they had filled in, or a page."""
    if kept := read_kept(form.kept.data):
        g.pop("csrf_token", None)  # that of the session before
        return render_template("accounts/go_on.html", kept=kept)
    return redirect(safe_next(form.next.data, url_for("pages.workbench")))


def sign_in_first(error: SignInNeeded) -> Any:
    """The sign-in page, which takes along the form that was sent by somebody signed out."""
    g.pop("act_refused", None)
    kept = keep_form() if request.method == "POST" and not request.headers.get("HX-Request") else None
    if kept is not None:
        form = SignInForm(formdata=None, data={"kept": write_kept(kept)})
        flash(_("You were signed out. Sign in, and what you typed comes back."), "info")
        return render_template("accounts/sign_in.html", form=form), 403
    where = url_for("accounts.sign_in", next=page_before_sign_in() or None)
    if request.headers.get("HX-Request"):
        return Response("", 204, {"HX-Redirect": where})
    flash(_("Sign in to go on."))
    return redirect(where)


@bp.post("/sign-out")
@public
def sign_out() -> BaseResponse:
    sessions.end()
    flash(_("You are signed out."))
    return redirect(url_for("pages.home"))


@bp.route("/register", methods=["GET", "POST"])
@public
def register() -> Any:
    """First step: the e-mail. The answer is the same whether or not the address has an account, or a mail went out."""
    form = EmailForm()
    if not form.validate_on_submit():
        return render_template("accounts/register.html", form=form), form.status
    email = form.email.data
    token = links.make_token("register", {"email": email})
    with suppress(Throttled, SentBefore), refusals_on(form), transaction(), once():
        services.count_mail("registration", email, request.remote_addr or "", now=utc_now())
        known = queries.person_by_email(email) is not None
        where = outside_url("accounts.sign_in") if known else outside_url("accounts.complete_registration", token=token)
        signals.registration_asked.send("accounts", email=email, url=where, known=known)
    if form.errors:
        return render_template("accounts/register.html", form=form), form.status
    return render_template("accounts/mail_sent.html", email=email)


@bp.route("/register/<token>", methods=["GET", "POST"])
@public
def complete_registration(token: str) -> Any:
    """Second step: the person and the organisation."""
    content = links.read_token("register", token)
    if content is None:
        return render_template("accounts/link_ended.html", again=url_for("accounts.register")), 410
    form = RegistrationForm()
    form.offer(towns())
    if form.validate_on_submit():
        with refusals_on(form):
            passwords.ensure_good(form.password.data, content["email"], form.person_name.data)
            password_hash = passwords.hash_password(form.password.data)
            paper = prepare_document(form.paper.data) if form.paper.data else None
            try:
                with transaction(), once(url_for("pages.workbench")):
                    now = utc_now()
                    person = services.create_person(
                        email=content["email"],
                        name=form.person_name.data,
                        title=form.person_title.data,
                        password="",
                        password_hash=password_hash,
                        phone=form.contact_phone.data,
                        now=now,
                        language=str(get_locale()),
                    )
                    organisation = services.register_organisation(
                        person, located(form.to_facts()), form.to_licences(), now=now
                    )
                    if paper is not None:
                        store_document(paper, name=form.paper.data.filename, owner=organisation, actor=person)
                    signed_in = services.start_sign_in(person, now=now, instead_of=sessions.token())
            except SentBefore:
                signed_in = _sign_in_again(content["email"])
            sessions.begin(signed_in)
            flash(_("Welcome. The park staff look at your organisation now; you can prepare drafts meanwhile."))
            return redirect(url_for("pages.workbench"))
    return (
        render_template("accounts/complete_registration.html", form=form, email=content["email"]),
        form.status,
    )


def _sign_in_again(email: str) -> str:
    """The token of a second press: the same form, sent at the same moment, proved who they are."""
    with transaction():
        person = queries.person_by_email(email)
        assert person is not None
        return services.start_sign_in(person, now=utc_now(), instead_of=sessions.token())


@bp.route("/password", methods=["GET", "POST"])
@public
def forgot_password() -> Any:
    """Ask for a link to a new password, which ends the earlier ones; the answer is always the same."""
    form = EmailForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgot_password.html", form=form), form.status
    email = form.email.data
    with suppress(Throttled, SentBefore), refusals_on(form), transaction(), once():
        services.count_mail("password", email, request.remote_addr or "", now=utc_now())
        person = queries.person_by_email(email)
        if person is not None and person.is_active:
            services.end_reset_links(person)
            token = links.make_token("reset", {"id": person.id, "key": person.reset_key[:12]})
            signals.reset_asked.send(person, url=outside_url("accounts.new_password", token=token))
    if form.errors:
        return render_template("accounts/forgot_password.html", form=form), form.status
    return render_template("accounts/mail_sent.html", email=email)


@bp.route("/password/<token>", methods=["GET", "POST"])
@public
def new_password(token: str) -> Any:
    """Set a new password; the link works once, because the key it names changes with the password."""
    content = links.read_token("reset", token)
    form = PasswordForm()
    ended = render_template("accounts/link_ended.html", again=url_for("accounts.forgot_password")), 410

    def whose() -> Any:
        if content is None:
            return None
        person = queries.person(content["id"])
        return person if person is not None and person.is_active and person.reset_key[:12] == content["key"] else None

    if whose() is None:
        return ended
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(url_for("accounts.sign_in")):
            person = whose()
            if person is None:
                return ended
            services.change_password(person, form.password.data)
            services.forget_tries(person.email, request.remote_addr or "")
        if not form.errors:
            flash(_("The new password is set. Sign in with it."))
            return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/new_password.html", form=form), form.status


@bp.route("/account", methods=["GET", "POST"])
def account() -> Any:
    """One's own name, position and telephone."""
    authorize("accounts.use")
    form = PersonForm(obj=current_user)
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(url_for("accounts.account")):
            services.edit_person(current_user, name=form.name.data, phone=form.phone.data, title=form.title.data)
        if not form.errors:
            flash(_("Saved."))
            return redirect(url_for("accounts.account"))
    return (
        render_template("accounts/account.html", form=form, password_form=ChangePasswordForm(formdata=None)),
        form.status,
    )


@bp.post("/account/password")
def change_password() -> Any:
    """A new password for oneself; every other session ends."""
    authorize("accounts.use")
    form = ChangePasswordForm()
    if form.validate_on_submit():
        stored = current_user.password_hash
        with transaction():
            services.count_password_try(current_user, now=utc_now())
        if not passwords.is_right(stored, form.old_password.data):
            form.old_password.errors = [_("This is not your present password.")]
        else:
            with transaction():
                services.forget_password_tries(current_user)
            email = current_user.email
            try:
                with refusals_on(form), transaction(), once(url_for("accounts.account")):
                    services.change_password(current_user, form.password.data)
                    token = services.start_sign_in(current_user._get_current_object(), now=utc_now())
            except SentBefore:
                token = _sign_in_again(email)
            if not form.errors:
                sessions.begin(token)
                flash(_("The new password is set; other devices are signed out."))
                return redirect(url_for("accounts.account"))
    return render_template(
        "accounts/account.html", form=PersonForm(formdata=None, obj=current_user), password_form=form
    ), form.status


def _why_not_join(asked: Invitation) -> str:
    """Why the person who is signed in cannot accept the invitation, in a sentence; empty when they can."""
    try:
        services.ensure_may_join(current_user, asked)
    except (NotAllowed, RuleBroken) as refusal:
        return str(refusal.message)
    return ""


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> Any:
    """Join an organisation by the link that its owner sent; it works once, while the owner lets it stand."""
    content = links.read_token("invite", token) or {}
    key, ended = content.get("key", ""), (render_template("accounts/link_ended.html", again=""), 410)
    asked = queries.open_invitation(key, utc_now())
    if asked is None:
        return ended
    email, organisation = asked.email, asked.organisation
    known = queries.person_by_email(email) is not None
    form: Any = DoorstepForm() if known else InvitedForm()
    if known and not current_user.is_authenticated:
        flash(_("Sign in to join %(organisation)s.", organisation=organisation.display_name))
        return redirect(url_for("accounts.sign_in", next=request.path))
    if form.validate_on_submit():
        try:
            with refusals_on(form), transaction(), once(url_for("pages.workbench")):
                now = utc_now()
                invitation = services.claim_invitation(key, now=now)
                if invitation is None:
                    return ended
                person = (
                    current_user._get_current_object()
                    if known
                    else services.create_person(email=email, name=form.name.data, password=form.password.data, now=now)
                )
                services.accept_invitation(person, invitation, now=now)
                signed_in = services.start_sign_in(person, now=now, instead_of=sessions.token())
        except SentBefore:
            signed_in = _sign_in_again(email)
        if not form.errors:
            sessions.begin(signed_in)
            return redirect(url_for("pages.workbench"))
    return (
        render_template(
            "accounts/invitation.html",
            form=form,
            organisation=organisation,
            known=known,
            email=email,
            refusal=_why_not_join(asked) if known else "",
        ),
        form.status,
    )
