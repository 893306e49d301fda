"""The pages on which park staff keep words: other names, and what was searched in vain."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace import search
from marketplace.core.arguments import Arguments, Choice, RowId, Text
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.errors import worded as in_words
from marketplace.core.form_keys import once
from marketplace.core.forms import DoorstepForm, SeenForm, refusals_on, whole_number
from marketplace.core.paging import page_number, paginate
from marketplace.core.policies import authorize
from marketplace.core.refusals import RuleBroken
from marketplace.core.timeline import timeline_of, worded
from marketplace.search import SickIndex, WordPair
from marketplace.words import queries
from marketplace.words.forms import OtherNameForm
from marketplace.words.jobs import look_at_texts
from marketplace.words.kinds import EXAMPLES, KINDS, LONGEST, LONGEST_NOTE, MEANINGS
from marketplace.words.models import DAYS_TO_SHOW, TIMES_TO_SHOW, OtherName
from marketplace.words.services import other_names, searched_texts

bp = Blueprint("words", __name__)
KINDS_OF_THINGS = {"listings": _l("Supply"), "needs": _l("Needs"), "organisations": _l("Organisations")}
BY_THEMSELVES: Mapping[str, search.Filters] = {"listings": {}, "needs": {"status": ("open",)}, "organisations": {}}
"""Filters that each search page has by itself."""
STANDINGS = {"in_vain": _l("Searched in vain"), "shown": _l("Shown to others"), "set_aside": _l("Set aside")}


class WordsArguments(Arguments):
    """The list of pairs: what to look for, and which was just taken out."""

    text = Text(LONGEST, name="q")
    kind = Choice(("", *KINDS), "")
    sort = Choice(queries.NAME_SORTS, "newest", quiet=True)
    state = Choice(("", "taken-out"), "")
    removed = RowId()


class PairArguments(Arguments):
    """A pair as a link fills it into the form; `besides` is the row that is being changed."""

    term = Text(LONGEST)
    variant = Text(LONGEST)
    kind = Choice(KINDS, "alias", quiet=True)
    note = Text(LONGEST_NOTE)
    came_from = Text(20)
    besides = RowId()


class SearchedArguments(Arguments):
    """The list of searched texts, and which was just set aside."""

    standing = Choice(STANDINGS, "in_vain", name="state")
    kind = Choice(("", *KINDS_OF_THINGS), "")
    sort = Choice(queries.TEXT_SORTS, "often", quiet=True)
    aside = RowId()


@bp.get("/staff/words")
def index() -> ResponseReturnValue:
    """The pairs in force, or those taken out."""
    authorize("words.keep")
    asked = WordsArguments()
    taken_out = asked.state == "taken-out"
    page = paginate(queries.names(asked.text, asked.kind, taken_out=taken_out, sort=asked.sort), page_number())
    standing = [sum(queries.count_by_kind(taken_out=out).values()) for out in (False, True)]
    return render_template(
        "words/index.html",
        asked=asked,
        page=page,
        text=asked.text,
        kind=asked.kind,
        sort=asked.sort,
        taken_out=taken_out,
        standing=standing,
        kinds=KINDS,
        sorts=queries.NAME_SORTS,
        undo=_taken_out(asked.removed),
    )


def _taken_out(name_id: int | None) -> OtherName | None:
    """The pair that was just taken out, for the way back."""
    row = queries.find_name(name_id) if name_id is not None else None
    return row if row is not None and row.removed_at is not None else None


@bp.route("/staff/words/new", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Link two words."""
    authorize("words.keep")
    form = OtherNameForm() if request.method == "POST" else _from_address()
    if form.validate_on_submit() and "preview" not in request.form:
        pair = form.to_pair()
        with refusals_on(form), transaction(), once(_list_after(form.came_from.data)):
            other_names.add_name(pair, note=form.note.data or "", actor=current_user, now=utc_now())
        if not form.errors:
            return _linked(pair, form.came_from.data)
    return _form_page(form)


@bp.route("/staff/words/<int:name_id>", methods=["GET", "POST"])
def change(name_id: int) -> ResponseReturnValue:
    """Correct a pair, and read who did what to it."""
    authorize("words.keep")
    row = queries.name_or_404(name_id)
    form = OtherNameForm(obj=row, version=row.revision)
    if form.validate_on_submit() and "preview" not in request.form:
        pair = form.to_pair()
        with refusals_on(form), transaction(), once(_list_after(None)):
            other_names.change_name(
                row,
                pair,
                note=form.note.data or "",
                actor=current_user,
                now=utc_now(),
                version=form.version.data,
            )
        if not form.errors:
            return _linked(pair, None)
    return _form_page(form, row)


def _from_address() -> OtherNameForm:
    """The form as a link fills it in."""
    return OtherNameForm(formdata=None, data=PairArguments().values)


def _linked(pair: WordPair, came_from: str | None) -> ResponseReturnValue:
    """Let every process know, and say so where the person came from."""
    _in_force(pair.term, pair.variant)
    text_id = whole_number(came_from)
    if text_id is not None:
        look_at_texts([text_id])
    return redirect(_list_after(came_from))


def _list_after(came_from: str | None) -> str:
    """The list that the person came from: searched texts, or the pairs."""
    return url_for("words.index") if whole_number(came_from) is None else url_for("words.searched")


def _in_force(term: str, variant: str) -> None:
    search.renew_words()
    flash(_("%(term)s and %(variant)s are linked: searches go by it from now on.", term=term, variant=variant))


def _form_page(form: OtherNameForm, row: OtherName | None = None) -> ResponseReturnValue:
    """The form with what the pair would change, unless it was refused."""
    pair = form.to_pair()
    would_change = {} if form.errors or not (pair.term and pair.variant) else _changes(pair, row)
    return render_template(
        "words/edit.html",
        form=form,
        row=row,
        kinds=KINDS,
        meanings=MEANINGS,
        examples=EXAMPLES,
        **would_change,
        timeline=worded(timeline_of(row)) if row is not None else [],
    ), form.status


@bp.get("/staff/words/preview")
def preview() -> ResponseReturnValue:
    """What a pair would change, while it is being typed."""
    authorize("words.keep")
    pair = _from_address().to_pair()
    row_id = PairArguments().besides
    would_change = _changes(pair, queries.find_name(row_id) if row_id else None) if pair.term and pair.variant else {}
    return render_template("words/_preview.html", **would_change)


def _changes(pair: WordPair, row: OtherName | None) -> dict[str, Any]:
    """Counts by word and kind of thing, or the sentence that says why the pair cannot be."""
    try:
        other_names.ensure_sound(pair, besides=row.id if row is not None else None)
        before = other_names.pair_of(row) if row is not None else None
        counts = search.would_change(pair, BY_THEMSELVES, instead_of=before)
    except RuleBroken as refusal:
        return {"refusal": refusal.message}
    except SickIndex:
        return {"refusal": _("The search index is being rebuilt; what the pair changes can be counted in a moment.")}
    return {"changes": counts, "kinds_of_things": KINDS_OF_THINGS, "any_change": _changes_anything(counts)}


def _changes_anything(changes: Mapping[str, Mapping[str, search.Change]]) -> bool:
    """True when some search would find something else."""
    return any(change.now != change.then or change.new for of_word in changes.values() for change in of_word.values())


@bp.post("/staff/words/<int:name_id>/removal")
def remove(name_id: int) -> ResponseReturnValue:
    """Take a pair out; the list offers the way back."""
    authorize("words.keep")
    row, form, after = queries.name_or_404(name_id), SeenForm(), url_for("words.index", removed=name_id)
    if form.validate_on_submit():
        try:
            with transaction(), once(after):
                other_names.remove_name(row, actor=current_user, now=utc_now(), version=form.version.data)
        except RuleBroken as refusal:
            flash(str(in_words(refusal)), "warning")
            return redirect(url_for("words.index"))
        search.renew_words()
    return redirect(after)


@bp.post("/staff/words/<int:name_id>/restoration")
def restore(name_id: int) -> ResponseReturnValue:
    """Put a pair back."""
    authorize("words.keep")
    row, form = queries.name_or_404(name_id), SeenForm()
    if form.validate_on_submit():
        try:
            with transaction(), once(url_for("words.index")):
                other_names.restore_name(row, actor=current_user, now=utc_now(), version=form.version.data)
        except RuleBroken as refusal:
            flash(str(in_words(refusal)), "warning")
            return redirect(url_for("words.index", state="taken-out"))
        _in_force(row.term, row.variant)
    return redirect(url_for("words.index"))


@bp.get("/staff/searches")
def searched() -> ResponseReturnValue:
    """What was searched in vain, with a known word that may be meant; what is shown to others; what is set aside."""
    authorize("words.keep")
    asked = SearchedArguments()
    standing, kind, sort = asked.standing, asked.kind, asked.sort
    counts = {name: queries.count_standing(name) for name in STANDINGS}
    undo = queries.find_text(asked.aside) if asked.aside is not None else None
    return render_template(
        "words/searched.html",
        asked=asked,
        page=paginate(queries.texts(standing, kind, sort), page_number()),
        kind=kind,
        standing=standing,
        sort=sort,
        counts=counts,
        standings=STANDINGS,
        kinds=KINDS_OF_THINGS,
        sorts=queries.TEXT_SORTS,
        word_kinds=KINDS,
        undo=undo if undo is not None and undo.set_aside_at else None,
        days=current_app.config["SEARCH_LOG_DAYS"],
        times=TIMES_TO_SHOW,
        on_days=DAYS_TO_SHOW,
    )


@bp.post("/staff/searches/<int:text_id>/dismissal")
def set_aside(text_id: int) -> ResponseReturnValue:
    """Not a word of ours; the list offers the way back."""
    authorize("words.keep")
    row = queries.text_or_404(text_id)
    standing = "shown" if row.may_be_shown else None
    back = url_for("words.searched", aside=text_id, state=standing)
    if DoorstepForm().validate_on_submit():
        with transaction(), once(back):
            searched_texts.set_aside(row, actor=current_user, now=utc_now())
    return redirect(back)


@bp.post("/staff/searches/<int:text_id>/return")
def take_back(text_id: int) -> ResponseReturnValue:
    """List the text again."""
    authorize("words.keep")
    row = queries.text_or_404(text_id)
    if DoorstepForm().validate_on_submit():
        with transaction(), once(url_for("words.searched")):
            searched_texts.take_back(row)
    return redirect(url_for("words.searched"))
