"""Every change of a need, one function per use case. None of them commits."""

from datetime import datetime
from functools import partial

from flask_babel import gettext as _

from marketplace import search
from marketplace.accounts.models import Organisation, Person
from marketplace.core.clock import local_day
from marketplace.core.db import db
from marketplace.core.lifecycle import ensure_opened
from marketplace.core.refusals import RuleBroken, StepNotPossible
from marketplace.core.timeline import record
from marketplace.core.units import unit_code
from marketplace.needs import queries, rules
from marketplace.needs.contents import LineContent, NeedContent, content_of
from marketplace.needs.lifecycle import (
    MAX_LINES,
    NeedStatus,
    UnmetReason,
    allowed_preferences,
    open_long_enough,
)
from marketplace.needs.models import Need, NeedLine, NeedVersion
from marketplace.needs.signals import need_changed, need_closed, need_published


def create_need(organisation: Organisation, actor: Person | None, content: NeedContent, now: datetime) -> Need:
    """A draft of `organisation`.

    Raises:
        RuleBroken: R9, or a title or too many lines.
    """
    _check(content, organisation)
    need = Need(organisation=organisation, created_by=actor, created_at=now, updated_at=now)
    _write(need, content)
    db.session.add(need)
    db.session.flush()
    record(need, "drafted", at=now, actor=actor, organisation=organisation)
    search.changed("needs", need.id)
    return need


def edit_need(need: Need, content: NeedContent, actor: Person, now: datetime, version: int | None = None) -> Need:
    """Change a draft or an open need; what an open one said is kept as an earlier version.

    `version` is the one the edit began with, 0 when it does not say.

    Raises:
        LostEdit: the need was saved by somebody since then.
        StepNotPossible: the need is closed or over.
        RuleBroken: R9, no title, no line of an open need, or too many lines.
    """
    ensure_opened(version, need.version, partial(_lost_edit_words, need))
    if not need.is_editable:
        raise StepNotPossible(_("A need that is no longer open cannot be changed."))
    _check(content, need.organisation)
    before = content_of(need)
    if need.status is NeedStatus.OPEN:
        _check_complete(content, now, before)
        if content == before:
            return need
        _keep_version(need, before, actor, now)
    _write(need, content)
    need.updated_at = now
    record(
        need,
        "changed" if need.status is NeedStatus.OPEN else "drafted",
        at=now,
        actor=actor,
        organisation=need.organisation,
    )
    search.changed("needs", need.id)
    if need.status is NeedStatus.OPEN:
        need_changed.send(need, now=now)
    return need


def publish_need(need: Need, closes_at: datetime, actor: Person | None, now: datetime) -> Need:
    """Open a draft until `closes_at` (UTC), at least 24 hours and at most 90 days away (R4).

    Raises:
        RuleBroken: R4, R9, the buyer is not verified, a line is missing, or the delivery day has passed.
        StepNotPossible: the need is no draft.
    """
    _ensure_status(need, NeedStatus.DRAFT)
    if not need.organisation.is_verified:
        raise RuleBroken(
            _("The park staff have not verified your organisation yet. Save a draft now and publish it once they have.")
        )
    _check(content_of(need), need.organisation)
    _check_complete(content_of(need), now)
    _check_closing(closes_at, now)
    need.move_to(NeedStatus.OPEN)
    need.closes_at = closes_at
    need.posted_at = need.updated_at = now
    record(need, "published", at=now, actor=actor, organisation=need.organisation)
    search.changed("needs", need.id)
    need_published.send(need, now=now)
    return need


def close_need(need: Need, actor: Person | None, now: datetime) -> Need:
    """End the search before its closing day; without `actor` the clock did it.

    Raises:
        StepNotPossible: the need is not open.
    """
    need.move_to(NeedStatus.CLOSED)
    need.updated_at = now
    record(
        need,
        "closed" if actor is not None else "ran_out",
        at=now,
        actor=actor,
        organisation=need.organisation if actor is not None else None,
    )
    search.changed("needs", need.id)
    need_closed.send(need, by_clock=actor is None, now=now, actor=actor)
    return need


def close_due(now: datetime, limit: int = 200) -> int:
    """Close open needs whose closing moment has passed; returns how many."""
    due = queries.needs_to_close(now, limit)
    for need in due:
        close_need(need, None, now)
    return len(due)


def reopen_need(need: Need, closes_at: datetime, actor: Person, now: datetime) -> Need:
    """Open a closed need again until `closes_at` (R4).

    Raises:
        RuleBroken: R4, or the buyer is not verified any more.
        StepNotPossible: the need is not closed.
    """
    _ensure_status(need, NeedStatus.CLOSED)
    if not need.organisation.is_verified:
        raise RuleBroken(_("The park staff have not verified your organisation."))
    _check_closing(closes_at, now)
    need.move_to(NeedStatus.OPEN)
    need.closes_at = closes_at
    need.updated_at = now
    if need.deliver_by is not None and need.deliver_by < local_day(now):
        need.deliver_by = None
    record(need, "reopened", at=now, actor=actor, organisation=need.organisation)
    search.changed("needs", need.id)
    need_published.send(need, now=now)
    return need


def mark_unmet(need: Need, reason: UnmetReason, actor: Person, now: datetime, note: str = "") -> Need:
    """Note that a closed need found no supplier, and why: the buyer and the park staff read it.

    Raises:
        StepNotPossible: the need is not closed.
    """
    need.move_to(NeedStatus.UNMET)
    need.unmet_reason = reason
    need.updated_at = now
    record(need, "marked_unmet", at=now, actor=actor, organisation=need.organisation, note=note)
    search.changed("needs", need.id)
    return need


def withdraw_need(need: Need, actor: Person, now: datetime, note: str = "") -> Need:
    """Take a draft or an open need away; only the buyer and staff can still read it.

    Raises:
        StepNotPossible: the need is closed or over.
    """
    was_open = need.status is NeedStatus.OPEN
    need.move_to(NeedStatus.WITHDRAWN)
    need.updated_at = now
    own = actor.belongs_to(need.organisation_id)
    record(need, "withdrawn", at=now, actor=actor, organisation=need.organisation if own else None, note=note)
    search.changed("needs", need.id)
    if was_open:
        need_closed.send(need, by_clock=False, now=now, actor=actor, note=note)
    return need


def _ensure_status(need: Need, status: NeedStatus) -> None:
    """Two steps lead to open: publishing is for drafts, opening again for closed needs."""
    if need.status is not status:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))


def _check(content: NeedContent, organisation: Organisation) -> None:
    if not content.title:
        raise RuleBroken(_("Say in a few words what you need."))
    if len(content.lines) > MAX_LINES:
        raise RuleBroken(_("A need has at most %(num)d lines.", num=MAX_LINES))
    if content.local_preference not in allowed_preferences(organisation.is_public_body):
        raise RuleBroken(
            _(
                "A public body may not require local suppliers: the rules of fair competition review "
                "forbid it. Choose no preference, or prefer neighbours on equal terms."
            )
        )


def _check_complete(content: NeedContent, now: datetime, before: NeedContent | None = None) -> None:
    if not content.lines:
        raise RuleBroken(_("Add at least one line: what do you need?"))
    moved = before is None or before.deliver_by != content.deliver_by
    if moved and content.deliver_by is not None and content.deliver_by < local_day(now):
        raise RuleBroken(_("Choose a delivery day that is still to come."))


def _check_closing(closes_at: datetime, now: datetime) -> None:
    if not open_long_enough(closes_at, now, rules.least_open(), rules.most_open()):
        raise RuleBroken(
            _(
                "A need stays open at least %(hours)d hours and at most %(days)d days. Choose another closing day.",
                hours=rules.least_open().total_seconds() // 3600,
                days=rules.most_open().days,
            )
        )


def _lost_edit_words(need: Need) -> str:
    last = queries.last_step(need)
    who = last.actor.name if last is not None and last.actor is not None else _("Somebody")
    return _(
        "%(who)s changed this need while you were editing. Nothing of yours is lost: it stands below. "
        "Compare it with the page of the need, then save again.",
        who=who,
    )


def _keep_version(need: Need, before: NeedContent, actor: Person, now: datetime) -> None:
    need.versions.append(
        NeedVersion(number=len(need.versions) + 1, content=before.as_json(), replaced_at=now, replaced_by=actor)
    )


def _write(need: Need, content: NeedContent) -> None:
    need.title, need.description, need.sentence = content.title, content.description, content.sentence
    need.budget_fen, need.deliver_by, need.deliver_town = (
        content.budget_fen,
        content.deliver_by,
        content.deliver_town,
    )
    need.certificates, need.hard_words = list(content.certificates), list(content.hard_words)
    need.local_preference = content.local_preference
    _write_lines(need, content.lines)


def _write_lines(need: Need, lines: tuple[LineContent, ...]) -> None:
    """Line rows are kept and rewritten in place, so that what points at line 2 goes on pointing at line 2."""
    del need.lines[len(lines) :]
    for number, content in enumerate(lines, start=1):
        if number > len(need.lines):
            need.lines.append(NeedLine(number=number))
        line = need.lines[number - 1]
        line.item, line.quantity, line.category_id = content.item, content.quantity, content.category_id
        line.unit, line.unit_code = content.unit, unit_code(content.unit)
        line.max_unit_price, line.price_per = content.max_unit_price, content.price_per
        line.certificates = list(content.certificates)
