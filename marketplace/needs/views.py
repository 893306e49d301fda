"""Needs for readers: the search page, a need, and what a sentence is understood to say."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from marketplace.accounts.models import Organisation
from marketplace.catalog.distances import origin_of
from marketplace.core.arguments import Arguments, Maybe, Text
from marketplace.core.clock import local_day, utc_now
from marketplace.core.paging import page_number, paginate
from marketplace.core.policies import authorize, may, partly_public, public
from marketplace.core.site import gazetteer
from marketplace.core.timeline import timeline_of, worded
from marketplace.core.web import drawn
from marketplace.needs import queries, rules, wording
from marketplace.needs.contents import content_of
from marketplace.needs.forms import ClosingForm, ReasonForm, UnmetForm
from marketplace.needs.labels import STATUS_LABELS
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need
from marketplace.needs.search import PAGE
from marketplace.needs.supply import kilometres, supply_counts
from marketplace.needs.understanding import MAX_SENTENCE, Understanding, understand
from marketplace.search.browse import Browse

bp = Blueprint("needs", __name__)
PER_PAGE = 20
PANEL_SIZE = 8


class SentenceArguments(Arguments):
    sentence = Text(MAX_SENTENCE)


class OwnNeedsArguments(Arguments):
    status = Maybe(NeedStatus)


def acting_person() -> Any:
    """The signed-in person himself, not the request's proxy of him."""
    return current_user._get_current_object()


def understood_from(sentence: str) -> Understanding:
    """What `sentence` says today, with the towns of this site."""
    return understand(sentence, today=local_day(utc_now()), gazetteer=gazetteer())


@bp.get("/needs")
@public
def index() -> Any:
    """Search the needs that everybody may read; the open ones unless others are asked for."""
    now = utc_now()
    browse = Browse(PAGE)
    return browse.answer(
        "needs/index.html",
        "needs/_results.html",
        rows=queries.needs_by_ids(browse.hits.ids),
        supply=supply_counts(browse.hits.ids, now),
        now=now,
    )


@bp.get("/needs/<int:need_id>")
@partly_public
def show(need_id: int) -> Any:
    """The page of a need. Drafts are the buyer's own and do not exist for anybody else."""
    need = queries.need_or_404(need_id)
    authorize("needs.read", need, hidden=True)
    return render_template("needs/show.html", **need_page(need))


def need_page(need: Need, **forms: Any) -> dict[str, Any]:
    """What the page of a need shows; `forms` replace the empty ones of the buyer's steps."""
    now = utc_now()
    first, usual, last = rules.closing_days(now, need.deliver_by)
    history, own = may("needs.history", need), current_user.belongs_to(need.organisation_id)
    versions = queries.versions_of(need.id) if history else []
    newer = [content_of(need).as_json(), *(version.content for version in versions)]
    closing_form = ClosingForm(formdata=None)
    closing_form.closing_day.data = usual
    return {
        "need": need,
        "now": now,
        "facts": [*wording.need_facts(need), *([wording.why_unmet(need)] if history else [])],
        "km": None if own else kilometres(need.organisation, origin_of(current_user)),
        "statutory": rules.statutory_channel_applies(need.organisation, need.value_fen),
        "threshold_fen": rules.threshold_fen(),
        "first_day": first,
        "last_day": last,
        "closing_form": closing_form,
        "unmet_form": UnmetForm(formdata=None),
        "reason_form": ReasonForm(formdata=None),
        "steps": worded(reversed(timeline_of(need))) if history else [],
        "versions": [
            (version, wording.version_changes(version.content, newer[at])) for at, version in enumerate(versions)
        ],
        "status_label": wording.status_label(need),
        **forms,
    }


@bp.post("/needs/understanding", endpoint="understand")
@public
def understand_sentence() -> Any:
    """The sentence with its words marked, and what was understood: asked by the page while one types."""
    sentence = request.form.get("sentence", "")[:MAX_SENTENCE]
    understanding = understood_from(sentence)
    return render_template(
        "needs/_understood.html",
        sentence=sentence,
        understanding=understanding,
        words=wording.understood_words(understanding) if sentence.strip() else "",
        box=request.form.get("box", "sentence")[:40],
    )


@bp.get("/needs/preview")
@public
def preview() -> Any:
    """What a sentence is understood to say and who can supply it: for everybody, without an account."""
    sentence = SentenceArguments().sentence
    understanding = understood_from(sentence)
    return render_template(
        "needs/preview.html",
        sentence=sentence,
        understanding=understanding,
        words=wording.understood_words(understanding) if sentence else "",
        facts=wording.understood_facts(understanding),
        missing=wording.missing_words(understanding) if sentence and not understanding.found_nothing else "",
        post_url=url_for("needs.create", sentence=sentence or None),
    )


@bp.get("/workbench/needs")
def mine() -> Any:
    """The organisation's own needs, by status."""
    if current_user.is_authenticated and current_user.organisation is None:
        authorize("accounts.use")
        return redirect(url_for("needs.preview"))
    authorize("needs.mine")
    organisation = current_user.organisation
    asked = OwnNeedsArguments()
    chosen = asked.status
    counts = queries.count_by_status(organisation.id)
    page = paginate(queries.needs_of(organisation.id, chosen), page_number(), PER_PAGE)
    tabs = [
        {
            "label": _("All"),
            "href": url_for("needs.mine"),
            "active": chosen is None,
            "count": sum(counts.values()),
        }
    ]
    tabs += [
        {
            "label": STATUS_LABELS[each],
            "href": url_for("needs.mine", status=each.value),
            "active": chosen is each,
            "count": counts[each],
        }
        for each in NeedStatus
        if counts.get(each)
    ]
    return render_template(
        "needs/mine.html",
        asked=asked,
        page=page,
        tabs_items=tabs,
        status=chosen,
        organisation=organisation,
        now=utc_now(),
        supply=supply_counts([need.id for need in page.items], utc_now()),
    )


def panel(organisation: Organisation) -> Markup:
    """The open needs of `organisation`, for its public page."""
    now = utc_now()
    statement = queries.open_needs_of(organisation.id, now).limit(PANEL_SIZE)
    return drawn("needs/_panel.html", needs=queries.rows_of(statement), now=now)
