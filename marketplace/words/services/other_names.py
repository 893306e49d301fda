"""The pairs of words that park staff keep: every change and every read of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.core.db import db
from marketplace.core.errors import RuleBroken
from marketplace.core.jobs import enqueue
from marketplace.core.timeline import record
from marketplace.search.lexicon import WordPair, lexicon_of_files
from marketplace.search.pieces import whole_tokens
from marketplace.search.words import fold
from marketplace.words.models import OtherName

LONGEST = 40
"""Characters of a word; longer ones are sentences, which nobody searches for as they stand."""
LONGEST_NOTE = 200
KINDS: Mapping[str, Any] = {
    "alias": _l("Same thing, another name"),
    "abbreviation": _l("Short form"),
    "english": _l("English name"),
    "latin": _l("Latin name"),
    "traditional": _l("Other characters"),
    "typo": _l("Wrong spelling"),
    "brandlike": _l("Brand and what it is"),
    "hypernym": _l("Broader word"),
    "near": _l("Related"),
}
"""The kinds of the lexicon but the one it derives itself, in the order of the form."""
MEANINGS: Mapping[str, Any] = {
    "alias": _l("Two names of one thing. A search for one also finds the other, both ways."),
    "abbreviation": _l("The other name is a short form of the word. Both ways."),
    "english": _l("The other name is English. Both ways."),
    "latin": _l("The other name is the scientific one. Both ways; its first word alone finds a little, too."),
    "traditional": _l("The other name is the same word in other characters. Both ways."),
    "typo": _l("The other name is a mistake. Who types it gets the right word and is told so; not the reverse."),
    "brandlike": _l("The word is a brand, the other name says what it is. Both ways, counting a little less."),
    "hypernym": _l("The other name is the broader word. A search for it also finds the narrower, not the reverse."),
    "near": _l("Not the same, but who wants one may take the other. Both ways, counting half."),
}
EXAMPLES: Mapping[str, tuple[str, str]] = {
    "alias": ("三七", "田七"), "abbreviation": ("聚乙烯", "PE"), "english": ("三七", "notoginseng"),
    "latin": ("三七", "Panax notoginseng"), "traditional": ("川芎", "芎藭"), "typo": ("川芎", "川穹"),
    "brandlike": ("Teflon", "聚四氟乙烯"), "hypernym": ("PE袋", "塑料袋"), "near": ("云仓", "代发仓"),
}  # fmt: skip
"""A word and its other name for each kind, as the form shows them."""
STEP_LABELS: Mapping[str, Any] = {
    "added": _l("Added"), "changed": _l("Changed"), "removed": _l("Taken out"), "restored": _l("Put back"),
}  # fmt: skip
SORTS: Mapping[str, Any] = {"newest": _l("Last added"), "term": _l("By word"), "variant": _l("By other name")}


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


def change_name(row: OtherName, pair: WordPair, *, note: str, actor: Any, now: datetime) -> None:
    """Let the row say something else; what it said before stays in its timeline.

    Raises:
        RuleBroken: the pair says nothing, is known already, or the row was taken out.
    """
    if row.removed_at is not None:
        raise RuleBroken(_("This pair was taken out. Put it back first."))
    ensure_sound(pair, besides=row.id)
    before = pair_of(row)
    if before == pair and row.note == note:
        return
    for name, value in _columns(pair, note).items():
        setattr(row, name, value)
    row.revision += 1
    record(row, "changed", at=now, actor=actor, note=f"{before.term} · {before.variant} · {KINDS[before.kind]}")
    _follow(before, pair)


def remove_name(row: OtherName, *, actor: Any, now: datetime) -> None:
    """Take a pair out of force; doing it twice changes nothing."""
    if row.removed_at is None:
        row.removed_at = now
        row.revision += 1
        record(row, "removed", at=now, actor=actor)
        _follow(pair_of(row))


def restore_name(row: OtherName, *, actor: Any, now: datetime) -> None:
    """Put a pair back that was taken out.

    Raises:
        KnownAlready: somebody has added the pair again meanwhile.
    """
    if row.removed_at is not None:
        ensure_sound(pair_of(row), besides=row.id)
        row.removed_at = None
        row.revision += 1
        record(row, "restored", at=now, actor=actor)
        _follow(pair_of(row))


def pair_of(row: OtherName) -> WordPair:
    """The pair that a row says."""
    return WordPair(row.term, row.variant, row.kind)


def _columns(pair: WordPair, note: str) -> dict[str, str]:
    return {"term": pair.term, "variant": pair.variant, "kind": pair.kind, "note": note,
            "term_key": folded(pair.term), "variant_key": folded(pair.variant)}  # fmt: skip


def folded(word: str) -> str:
    """A word as the lexicon knows it, with single blanks."""
    return " ".join(fold(word).split())


def _follow(*pairs: WordPair) -> None:
    """Let the worker take the words into the index and look again at what was searched in vain."""
    words = sorted({folded(word) for pair in pairs for word in (pair.term, pair.variant)})
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
        if not whole_tokens(folded(word)):
            raise RuleBroken(
                _("“%(word)s” holds nothing to search for: write a word of letters or characters.", word=word)
            )
    one, other = folded(pair.term), folded(pair.variant)
    if one == other:
        raise RuleBroken(
            _(
                "The search reads both words alike, whatever their width, case or character form. "
                "Write two different words."
            )
        )
    known = linked(one, other, besides)
    if known is not None:
        raise KnownAlready(
            _(
                "%(term)s and %(variant)s are linked already (%(kind)s). Change that pair instead.",
                term=known.term,
                variant=known.variant,
                kind=KINDS[known.kind],
            )
        )
    if lexicon_of_files().kind_of(one, other) == pair.kind:
        raise KnownAlready(
            _(
                "The search knows %(term)s and %(variant)s already, from its own lists.",
                term=pair.term,
                variant=pair.variant,
            )
        )


def linked(one: str, other: str, besides: int | None = None) -> OtherName | None:
    """The pair in force of two folded words, whichever comes first."""
    statement = select(OtherName).where(
        OtherName.removed_at.is_(None),
        OtherName.id != (besides or 0),
        or_(
            (OtherName.term_key == one) & (OtherName.variant_key == other),
            (OtherName.term_key == other) & (OtherName.variant_key == one),
        ),
    )
    return db.session.scalar(statement.limit(1))


def names(words: str = "", kind: str = "", *, taken_out: bool = False, sort: str = "") -> Select[OtherName]:
    """The pairs in force, or those taken out: that hold `words`, of one kind."""
    statement = select(OtherName).where(_standing(taken_out)).options(joinedload(OtherName.added_by))
    if words:
        statement = statement.where(
            or_(
                *(
                    column.contains(folded(words), autoescape=True)
                    for column in (OtherName.term_key, OtherName.variant_key)
                ),
                OtherName.note.contains(words, autoescape=True),
            )
        )
    if kind:
        statement = statement.where(OtherName.kind == kind)
    order = {"term": OtherName.term_key, "variant": OtherName.variant_key}.get(
        sort, OtherName.removed_at.desc() if taken_out else OtherName.added_at.desc()
    )
    return statement.order_by(order, OtherName.id.desc())


def _standing(taken_out: bool) -> ColumnElement[bool]:
    return OtherName.removed_at.is_not(None) if taken_out else OtherName.removed_at.is_(None)


def count_by_kind(*, taken_out: bool = False) -> dict[str, int]:
    """How many pairs of each kind there are."""
    counted = select(OtherName.kind, func.count()).where(_standing(taken_out)).group_by(OtherName.kind)
    return dict(db.session.execute(counted).all())


def pairs_in_force() -> list[WordPair]:
    """The pairs that nobody took out."""
    found = db.session.execute(
        select(OtherName.term, OtherName.variant, OtherName.kind).where(OtherName.removed_at.is_(None))
    )
    return [WordPair(*row) for row in found]


def state() -> int:
    """A number that grows with every change of a pair: rows are never deleted, revisions never fall."""
    return db.session.scalar(select(func.coalesce(func.sum(OtherName.revision), 0))) or 0


def find(name_id: int) -> OtherName | None:
    return db.session.get(OtherName, name_id)


def name_or_404(name_id: int) -> OtherName:
    return find(name_id) or abort(404)
