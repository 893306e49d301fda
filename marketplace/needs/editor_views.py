"""The editor of a need: from a sentence to lines that the buyer corrects in place."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from marketplace.accounts.models import Organisation
from marketplace.catalog.queries import category_tree
from marketplace.core.certificates import all_certificates
from marketplace.core.clock import end_of_day, utc_now
from marketplace.core.db import transaction
from marketplace.core.form_keys import once
from marketplace.core.forms import refusals_on, whole_number
from marketplace.core.policies import authorize, may, public
from marketplace.core.site import gazetteer
from marketplace.core.units import all_units
from marketplace.needs import editing, queries, rules, services, wording
from marketplace.needs.contents import NeedContent, content_of
from marketplace.needs.editing import Conflict, Values
from marketplace.needs.forms import NeedForm, NeedLineForm, category_choices
from marketplace.needs.lifecycle import MAX_LINES, NeedStatus
from marketplace.needs.models import Need
from marketplace.needs.proposals import with_categories
from marketplace.needs.understanding import Understanding
from marketplace.needs.views import SentenceArguments, acting_person, bp, understood_from

ROW_STEPS = ("add_row", "remove_row")


@bp.route("/needs/new", methods=["GET", "POST"])
@public
def create() -> Any:
    """A new need. Who may not write one (yet) sees what the sentence says and who can supply it."""
    if request.method == "GET":
        sentence = SentenceArguments().sentence
        if not may("needs.create"):
            return redirect(url_for("needs.preview", sentence=sentence or None))
        authorize("needs.create")
        values = editing.values_of(_proposed(understood_from(sentence)) if sentence else NeedContent(title=""))
        return _page(values | {"read_from": sentence}, None)
    authorize("needs.create")
    return _answer(None)


@bp.route("/needs/<int:need_id>/edit", methods=["GET", "POST"])
def edit(need_id: int) -> Any:
    """Change a draft or an open need."""
    need = queries.need_or_404(need_id)
    authorize("needs.edit", need, hidden=not need.is_public)
    if not need.is_editable:
        flash(_("A need that is no longer open cannot be changed."), "info")
        return redirect(url_for("needs.show", need_id=need.id))
    if request.method == "GET":
        values = editing.values_of(content_of(need))
        return _page(values | {"read_from": need.sentence, "version": str(need.version)}, need)
    return _answer(need)


def _proposed(understanding: Understanding) -> NeedContent:
    return with_categories(understanding.content, category_tree(), utc_now())


def _answer(need: Need | None) -> Any:
    """Save, publish, or do one step of the editor and show it again."""
    values = _typed(request.form)
    if request.form.get("add_row"):
        return _page(editing.add_line(values), need)
    if removed := request.form.get("remove_row", ""):
        number = removed.removeprefix("lines-")
        return _page(editing.remove_line(values, _place(request.form, number)), need)
    step = request.form.get("step", "draft")
    if step == "read":
        return _read_again(values, need)
    if step.startswith("take-"):
        said = editing.values_of(_proposed(understood_from(values.get("sentence", ""))))
        return _page(editing.take(values, said, step.removeprefix("take-")), need)
    if step in ("draft", "publish"):
        return _save(editing.drop_empty_lines(values), need, publish=step == "publish")
    return _page(values, need)


def _typed(form: Mapping[str, str]) -> Values:
    """The texts of the editor's fields as they were sent, lines numbered without gaps."""
    sent = {name: text for name, text in form.items() if name not in ROW_STEPS and name != "csrf_token"}
    return editing.with_lines(sent, editing.lines_of(sent)[:MAX_LINES])


def _place(form: Mapping[str, str], number: str) -> int:
    """Which of the lines sent, counted from 0, has `number` in its name; past the last one when none has."""
    numbers = sorted({int(match[1]) for name in form if (match := editing.LINE_NAME.fullmatch(name))})
    wanted = whole_number(number)
    return numbers.index(wanted) if wanted in numbers else len(numbers)


def _read_again(values: Values, need: Need | None) -> Any:
    """Propose from the changed sentence; what was corrected by hand stays until the buyer says otherwise."""
    old = editing.values_of(_proposed(understood_from(values.get("read_from", ""))))
    new = editing.values_of(_proposed(understood_from(values.get("sentence", ""))))
    merged, conflicts = editing.read_again(values, old, new)
    merged["read_from"] = values.get("sentence", "")
    return _page(merged, need, conflicts)


def _form_of(values: Values, organisation: Organisation) -> NeedForm:
    form = NeedForm(formdata=MultiDict(values))
    form.offer(category_tree(), public_body=organisation.is_public_body)
    return form


def _save(values: Values, need: Need | None, *, publish: bool) -> Any:
    organisation = need.organisation if need is not None else current_user.organisation
    form = _form_of(values, organisation)
    closing = form.closing_day.data
    valid = form.validate()
    if publish and closing is None and not form.closing_day.errors:
        form.closing_day.errors = [_("Choose the day until which the need is open.")]
        valid = False
    if not valid:
        return _page(values, need, form=form), form.status
    content = form.to_content(category_tree(), gazetteer())
    with refusals_on(form), transaction(), once() as sending:
        saved, now, actor = need, utc_now(), acting_person()
        if saved is None:
            saved = services.create_need(actor.organisation, actor, content, now)
        else:
            services.edit_need(saved, content, actor, now, form.version.data)
        if publish and closing is not None and saved.status is NeedStatus.DRAFT:
            services.publish_need(saved, end_of_day(closing), actor, now)
        is_open = saved.status is NeedStatus.OPEN
        sending.led_to = url_for("needs.show", need_id=saved.id)
    if form.errors:
        return _page(values, need, form=form), form.status
    flash(
        _("Your need is published. Who can supply it stands on this page; ask them there.")
        if publish
        else _saved_words(is_open)
    )
    return redirect(sending.led_to)


def _saved_words(is_open: bool) -> str:
    return _("Your changes are public now.") if is_open else _("Draft saved. Only your organisation sees it.")


def _page(
    values: Values, need: Need | None, conflicts: list[Conflict] | None = None, form: NeedForm | None = None
) -> str:
    organisation = need.organisation if need is not None else current_user.organisation
    tree = category_tree()
    form = form or _form_of(values, organisation)
    sentence = values.get("sentence", "")
    understanding = understood_from(sentence)
    now = utc_now()
    first, usual, last = rules.closing_days(now, form.deliver_by.data)
    if form.closing_day.data is None and not form.closing_day.raw_data:
        form.closing_day.data = usual
    blank = NeedLineForm(formdata=None, prefix="lines-__n__-")
    blank.category.choices = category_choices(tree)
    return render_template(
        "needs/edit.html",
        need=need,
        form=form,
        blank=blank,
        organisation=organisation,
        understanding=understanding,
        words=wording.understood_words(understanding) if sentence.strip() else "",
        sources=_sources(understanding, values),
        conflicts=conflicts or [],
        field_labels=wording.FIELD_LABELS,
        statutory=rules.statutory_channel_applies(organisation, _value_fen(form)),
        threshold_fen=rules.threshold_fen(),
        first_day=first,
        last_day=last,
        towns=[place.name for place in gazetteer().places],
        units=[unit.name for unit in all_units()],
        certificates=[certificate.name for certificate in all_certificates()],
    )


def _sources(understanding: Understanding, values: Values) -> dict[str, list[tuple[str, str]]]:
    """Field name to the words of the sentence it comes from, each with the role that the look gives it."""
    sources = understanding.field_sources()
    lines = editing.lines_of(values)
    if len(lines) == len(understanding.content.lines):
        for number in range(len(lines)):
            for field, words in understanding.line_sources(number).items():
                sources[f"lines-{number}-{field}"] = words
    return sources


def _value_fen(form: NeedForm) -> int | None:
    """What the need may cost as the form stands; None while a field of it is wrong."""
    may_be_chosen = form.local_preference.data in {choice.value for choice in form.local_preference.choices}
    if form.errors or not may_be_chosen:
        return None
    return form.to_content(category_tree(), gazetteer()).value_fen
