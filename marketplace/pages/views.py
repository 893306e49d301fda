"""Home, language, workbench, staff board, and the pages that say what this site is."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from marketplace.accounts import services as accounts
from marketplace.accounts.labels import STATUS_LABELS
from marketplace.catalog.distances import origin_of
from marketplace.catalog.queries import cards_by_ids
from marketplace.catalog.shelf import drawn_cards
from marketplace.core.arguments import Arguments, Text
from marketplace.core.calendar_days import has_entered, year_to_enter
from marketplace.core.clock import local_day, utc_now
from marketplace.core.db import transaction
from marketplace.core.i18n import COOKIE, languages
from marketplace.core.jobs import last_beat, queue_state
from marketplace.core.limits import is_loopback
from marketplace.core.policies import authorize, public
from marketplace.core.site import gazetteer
from marketplace.core.web import WORKER_SILENT, NextArguments, safe_next
from marketplace.needs.understanding import understand
from marketplace.notifications.mailing import newest_letters
from marketplace.pages import queries
from marketplace.pages.example import example_sentence
from marketplace.pages.samples import samples
from marketplace.pages.suggestions import OPEN_ONLY
from marketplace.pages.suggestions import suggestions as find_suggestions

bp = Blueprint("pages", __name__)
YEAR = 365 * 24 * 3600


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """The sentence box, two doors, what is there, who looks for what, and what the park recommends."""
    now = utc_now()
    example = example_sentence(current_app.config["HOME_PLACE"])
    understood = understand(example, today=local_day(now), gazetteer=gazetteer())
    here = queries.home(now)
    cards = cards_by_ids([listing.id for listing in here.featured], now)
    return render_template(
        "pages/home.html",
        now=now,
        home=here,
        featured=drawn_cards(cards, origin_of(current_user), "h3"),
        example=example,
        marks=understood.marks,
    )


class SuggestionArguments(Arguments):
    kind = Text(20, default="listings")
    text = Text(name="q")


@bp.get("/suggestions")
@public
def suggestions() -> ResponseReturnValue:
    """What a search box offers for the text so far, as the options of its list."""
    asked = SuggestionArguments()
    if asked.kind not in OPEN_ONLY:
        abort(404)
    return render_template("pages/_suggestions.html", kind=asked.kind, found=find_suggestions(asked.kind, asked.text))


@bp.get("/publish")
@public
def publish() -> ResponseReturnValue:
    """The two doors: a need, or a listing."""
    return render_template("pages/publish.html")


@bp.route("/language/<code>", methods=["GET", "POST"])
@public
def language(code: str) -> ResponseReturnValue:
    """Remember the reader's language and go back to the page; a link sets a cookie, a form also tells the account."""
    if code not in languages():
        abort(404)
    if request.method == "POST" and current_user.is_authenticated and current_user.language != code:
        with transaction():
            accounts.set_language(current_user, code)
    session.pop(COOKIE, None)
    target = safe_next(NextArguments.of_address_and_form().next, url_for("pages.home"))
    response: Response = make_response(redirect(target))
    response.set_cookie(
        COOKIE, code, max_age=YEAR, samesite="Lax", httponly=True, secure=current_app.config["SECURE_COOKIES"]
    )
    return response


@bp.get("/workbench")
def workbench() -> ResponseReturnValue:
    """What waits for me, with clocks; for a newcomer, the next step."""
    authorize("accounts.use")
    organisation = current_user.organisation
    if organisation is None and current_user.is_staff:
        return redirect(url_for("pages.staff"))
    now = utc_now()
    work = queries.workbench(organisation.id, now) if organisation is not None else None
    return render_template(
        "pages/workbench.html", now=now, organisation=organisation, work=work, status_labels=STATUS_LABELS
    )


@bp.get("/staff")
def staff() -> ResponseReturnValue:
    """What waits for the park staff, and whether the site is well."""
    authorize("staff.board")
    now = utc_now()
    beat, missing = last_beat("worker"), year_to_enter(now)
    return render_template(
        "pages/staff.html",
        now=now,
        board=queries.board(now),
        looked_after=queries.looked_after(current_user.id),
        jobs=queue_state(now),
        beat=beat,
        worker_is_silent=beat is None or now - beat > WORKER_SILENT,
        year_to_enter=missing,
        is_begun=missing is not None and has_entered(missing),
    )


@bp.get("/about")
@public
def about() -> ResponseReturnValue:
    """What the site is and is not."""
    return render_template("pages/about.html")


@bp.get("/help")
@public
def help() -> ResponseReturnValue:
    """The first five minutes."""
    return render_template("pages/help.html")


dev_bp = Blueprint("dev", __name__, url_prefix="/dev")


@dev_bp.get("/components")
@public
def components() -> ResponseReturnValue:
    """Every component in one place; shown where the settings say so."""
    if not (current_app.debug or current_app.config["DEV_PAGES"]):
        abort(404)
    return render_template("dev/components.html", **samples())


@dev_bp.get("/mail")
@public
def mail() -> ResponseReturnValue:
    """The newest mail of a site without a mail server, links and all; to this machine, where the settings say so."""
    shown = current_app.config["DEV_PAGES"] and not current_app.config["MAIL_SERVER"]
    if not shown or not is_loopback(request.remote_addr or ""):
        abort(404)
    return render_template("dev/mail.html", letters=newest_letters())
