"""Changes of the pairs of words that park staff keep."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from marketplace.core.db import db
from marketplace.core.jobs import enqueue
from marketplace.core.lifecycle import ensure_opened, ensure_seen
from marketplace.core.refusals import RuleBroken
from marketplace.core.timeline import record
from marketplace.search import WordPair, is_listed, whole_tokens
from marketplace.words import queries
from marketplace.words.kinds import KINDS, LONGEST
from marketplace.words.models import OtherName


class KnownAlready(RuleBroken):
    """The two words are linked, here or in the project's own lists."""


def add_name(pair: WordPair, *, note: str, actor: Any, now: datetime) -> OtherName:
    """Put a pair into force. `actor` is None for a command.

    Raises:
        RuleBroken: the pair says nothing, or is known already (`KnownAlready`).
    """
    ensure_sound(pair)
    row = OtherName(added_by_id=actor.id if actor is not None else None, added_at=now, **_columns(pair, note))
    db.session.add(row)
    record(row, "added", at=now, actor=actor)
    _follow(pair)
    return row


def change_name(
    row: OtherName, pair: WordPair, *, note: str, actor: Any, now: datetime, version: int | None = None
) -> None:
    """Let the row say something else; what it said before stays in its timeline.

    `version` is the revision that the edit began with, 0 when it does not say.

    Raises:
        LostEdit: somebody changed the pair since then.
        RuleBroken: the pair says nothing, is known already, or the row was taken out.
    """
    if row.removed_at is not None:
        raise RuleBroken(_("This pair was taken out. Put it back first."))
    ensure_opened(version, row.revision)
    ensure_sound(pair, besides=row.id)
    before = pair_of(row)
    if before == pair and row.note == note:
        return
    for name, value in _columns(pair, note).items():
        setattr(row, name, value)
    record(row, "changed", at=now, actor=actor, note=f"{before.term} · {before.variant} · {KINDS[before.kind]}")
    _follow(before, pair)


def remove_name(row: OtherName, *, actor: Any, now: datetime, version: int | None = None) -> None:
    """Take a pair out of force; doing it twice changes nothing.

    `version` is the revision that was looked at, 0 when the form does not say.

    Raises:
        LostEdit: somebody changed the pair since then.
    """
    if row.removed_at is None:
        ensure_seen(version, row.revision)
        row.removed_at = now
        record(row, "removed", at=now, actor=actor)
        _follow(pair_of(row))


def restore_name(row: OtherName, *, actor: Any, now: datetime, version: int | None = None) -> None:
    """Put a pair back that was taken out.

    `version` is the revision that was looked at, 0 when the form does not say.

    Raises:
        LostEdit: somebody changed the pair since then.
        KnownAlready: somebody has added the pair again meanwhile.
    """
    if row.removed_at is not None:
        ensure_seen(version, row.revision)
        ensure_sound(pair_of(row), besides=row.id)
        row.removed_at = None
        record(row, "restored", at=now, actor=actor)
        _follow(pair_of(row))


def pair_of(row: OtherName) -> WordPair:
    """The pair that a row says."""
    return WordPair(row.term, row.variant, row.kind)


def _columns(pair: WordPair, note: str) -> dict[str, str]:
    return {"term": pair.term, "variant": pair.variant, "kind": pair.kind, "note": note,
            "term_key": queries.folded(pair.term), "variant_key": queries.folded(pair.variant)}  # fmt: skip


def _follow(*pairs: WordPair) -> None:
    """Let the worker take the words into the index and look again at what was searched in vain."""
    words = sorted({queries.folded(word) for pair in pairs for word in (pair.term, pair.variant)})
    enqueue("words.take_in", words=words)


def ensure_sound(pair: WordPair, besides: int | None = None) -> None:
    """Raise `RuleBroken` unless the pair may be put into force; the row `besides` does not count as knowing it."""
    if pair.kind not in KINDS:
        raise RuleBroken(_("Choose how the two words stand to each other."))
    for word in (pair.term, pair.variant):
        if len(word) > LONGEST:
            raise RuleBroken(
                _("“%(word)s…” is too long: a word has at most %(most)d characters.", word=word[:12], most=LONGEST)
            )
        if not whole_tokens(queries.folded(word)):
            raise RuleBroken(
                _("“%(word)s” holds nothing to search for: write a word of letters or characters.", word=word)
            )
    one, other = queries.folded(pair.term), queries.folded(pair.variant)
    if one == other:
        raise RuleBroken(
            _(
                "The search reads both words alike, whatever their width, case or character form. "
                "Write two different words."
            )
        )
    known = queries.linked(one, other, besides)
    if known is not None:
        raise KnownAlready(
            _(
                "%(term)s and %(variant)s are linked already (%(kind)s). Change that pair instead.",
                term=known.term,
                variant=known.variant,
                kind=KINDS[known.kind],
            )
        )
    if is_listed(pair):
        raise KnownAlready(
            _(
                "The search knows %(term)s and %(variant)s already, from its own lists.",
                term=pair.term,
                variant=pair.variant,
            )
        )
