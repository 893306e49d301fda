"""Every read of words: pairs that staff keep, searches by day, texts that people searched."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from flask import abort
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.core.db import db
from marketplace.core.folding import fold
from marketplace.search import WordPair
from marketplace.words.models import OtherName, SearchCount, SearchedText

NAME_SORTS: Mapping[str, Any] = {"newest": _l("Last added"), "term": _l("By word"), "variant": _l("By other name")}
TEXT_SORTS: Mapping[str, Any] = {"often": _l("Most often"), "newest": _l("Last searched")}
STANDINGS: Mapping[str, Any] = {
    "in_vain": SearchedText.in_vain.is_(True) & SearchedText.set_aside_at.is_(None),
    "shown": SearchedText.may_be_shown,
    "set_aside": SearchedText.set_aside_at.is_not(None),
}
"""Where a text may stand; one that found something and is not frequent stands nowhere."""
AT_ONCE = 400
"""Texts looked up with one query."""


def folded(word: str) -> str:
    """A word as the lexicon knows it, with single blanks."""
    return " ".join(fold(word).split())


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


def pairs_state() -> int:
    """A number that grows with every change of a pair: rows are never deleted, revisions never fall."""
    return db.session.scalar(select(func.coalesce(func.sum(OtherName.revision), 0))) or 0


def find_name(name_id: int) -> OtherName | None:
    return db.session.get(OtherName, name_id)


def name_or_404(name_id: int) -> OtherName:
    return find_name(name_id) or abort(404)


def texts(standing: str, kind: str = "", sort: str = "") -> Select[SearchedText]:
    """Texts by where they stand: `in_vain`, `shown` or `set_aside`; often searched ones first."""
    statement = select(SearchedText).where(STANDINGS[standing])
    if kind:
        statement = statement.where(SearchedText.kind == kind)
    newest, often = SearchedText.last_on.desc(), SearchedText.times.desc()
    return statement.order_by(*((newest, often) if sort == "newest" else (often, newest)), SearchedText.id)


def count_standing(standing: str) -> dict[str, int]:
    """How many texts stand there, by kind."""
    counted = select(SearchedText.kind, func.count()).where(STANDINGS[standing]).group_by(SearchedText.kind)
    return dict(db.session.execute(counted).all())


def find_text(text_id: int) -> SearchedText | None:
    return db.session.get(SearchedText, text_id)


def text_or_404(text_id: int) -> SearchedText:
    return find_text(text_id) or abort(404)


def to_look_at(after: int, limit: int) -> list[SearchedText]:
    """Texts of which it matters whether they still find something, by id: those in vain and those that are shown."""
    statement = select(SearchedText).where(
        SearchedText.id > after,
        SearchedText.set_aside_at.is_(None),
        SearchedText.in_vain.is_(True) | SearchedText.may_be_shown,
    )
    return list(db.session.scalars(statement.order_by(SearchedText.id).limit(limit)))


def texts_by_ids(ids: Iterable[int]) -> list[SearchedText]:
    return list(db.session.scalars(select(SearchedText).where(SearchedText.id.in_(list(ids)))))


def shown_texts(after: int, limit: int, ids: list[int] | None = None) -> list[Row[tuple[int, str, str]]]:
    """`(id, text, kind)` of texts that may be shown, by id: the next after one, of `ids` when they are given."""
    statement = select(SearchedText.id, SearchedText.text, SearchedText.kind).where(
        SearchedText.id > after, SearchedText.may_be_shown
    )
    if ids is not None:
        statement = statement.where(SearchedText.id.in_(ids))
    return list(db.session.execute(statement.order_by(SearchedText.id).limit(limit)))


def count_shown() -> int:
    """How many texts may be shown."""
    return db.session.scalar(select(func.count()).select_from(SearchedText).where(SearchedText.may_be_shown)) or 0


def shown_by_frequency(ids: Iterable[int]) -> list[str]:
    """Those of some texts that may be shown, the most frequent first."""
    statement = select(SearchedText.text).where(SearchedText.id.in_(list(ids)), SearchedText.may_be_shown)
    return list(db.session.scalars(statement.order_by(SearchedText.times.desc(), SearchedText.id)))


def texts_held(days: Iterable[date]) -> dict[date, int]:
    """How many different texts are counted on each of these days; a day without any is left out."""
    counted = select(SearchCount.day, func.count()).where(SearchCount.day.in_(days)).group_by(SearchCount.day)
    return dict(db.session.execute(counted).all())


def counts_by_key(keys: Iterable[tuple[str, str, date]]) -> dict[tuple[str, str, date], SearchCount]:
    """The rows of kinds, texts and days, those there are."""
    wanted = list(keys)
    days = {day for _kind, _text, day in wanted}
    found: dict[tuple[str, str, date], SearchCount] = {}
    for some in _portions({text for _kind, text, _day in wanted}):
        rows = db.session.scalars(select(SearchCount).where(SearchCount.text.in_(some), SearchCount.day.in_(days)))
        found |= {(row.kind, row.text, row.day): row for row in rows}
    return found


def texts_by_key(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], SearchedText]:
    """The texts of kinds and words, those there are."""
    found: dict[tuple[str, str], SearchedText] = {}
    for some in _portions({text for _kind, text in keys}):
        rows = db.session.scalars(select(SearchedText).where(SearchedText.text.in_(some)))
        found |= {(row.kind, row.text): row for row in rows}
    return found


def _portions(texts: set[str]) -> Iterator[list[str]]:
    ordered = sorted(texts)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


def counted_before(day: date) -> list[Row[tuple[str, str, int, int, int]]]:
    """`(kind, text, times, unanswered, days)` of what was counted before a day, summed up by text."""
    return list(
        db.session.execute(
            select(
                SearchCount.kind,
                SearchCount.text,
                func.sum(SearchCount.times),
                func.sum(SearchCount.unanswered),
                func.count(),
            )
            .where(SearchCount.day < day)
            .group_by(SearchCount.kind, SearchCount.text)
        )
    )
