"""The texts that people searched, one by one: which found nothing, and which may be shown to others.

A text is shown to others only when several searches on several days were for it and it is understood whole: what one
person typed stays with that person, and no word in vain or set aside by staff is ever shown. The texts to show are a
kind of their own in the index, so that they are found by the same words, other names and sounds as everything else.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import abort
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, select

from marketplace import search
from marketplace.core.db import db
from marketplace.search.documents import Document
from marketplace.search.pieces import whole_tokens
from marketplace.search.query import Hits, Query, Searchable
from marketplace.search.search_checks import Found
from marketplace.search.suggesting import as_written
from marketplace.search.words import fold
from marketplace.words.models import SearchedText

KIND = "searches"
TIMES_TO_SHOW = 3
DAYS_TO_SHOW = 2
"""Three searches on two days: the fewest that cannot be one person who looked twice in a sitting."""
MOST_RELATED = 6
LOOKED_AT = 24
BATCH = 500
SORTS: Mapping[str, Any] = {"often": _l("Most often"), "newest": _l("Last searched")}


def may_be_shown(row: SearchedText) -> bool:
    """True for a text that everybody may read beside the results of another search."""
    return (row.times >= TIMES_TO_SHOW and row.days >= DAYS_TO_SHOW and row.results > 0 and not row.in_vain
            and row.set_aside_at is None)  # fmt: skip


def _shown() -> ColumnElement[bool]:
    return ((SearchedText.times >= TIMES_TO_SHOW) & (SearchedText.days >= DAYS_TO_SHOW) & (SearchedText.results > 0)
            & SearchedText.in_vain.is_(False) & SearchedText.set_aside_at.is_(None))  # fmt: skip


STANDINGS: Mapping[str, ColumnElement[bool]] = {
    "in_vain": SearchedText.in_vain.is_(True) & SearchedText.set_aside_at.is_(None),
    "shown": _shown(),
    "set_aside": SearchedText.set_aside_at.is_not(None),
}
"""Where a text may stand; one that found something and is not frequent stands nowhere."""


def documents(ids: Iterable[int] | None) -> Iterator[Document]:
    """The texts that may be shown, as the index knows them."""
    wanted = None if ids is None else sorted(set(ids))
    columns = (SearchedText.id, SearchedText.text, SearchedText.kind)
    last = 0
    while wanted is None or wanted:
        statement = select(*columns).where(SearchedText.id > last, _shown())
        if wanted is not None:
            part, wanted = wanted[:BATCH], wanted[BATCH:]
            statement = statement.where(SearchedText.id.in_(part))
        rows = db.session.execute(statement.order_by(SearchedText.id).limit(BATCH)).all()
        for row in rows:
            yield Document(id=str(row.id), title=row.text, facets={"kind": [row.kind]})
        if wanted is None:
            if not rows:
                return
            last = rows[-1].id


def count() -> int:
    """How many texts may be shown."""
    return db.session.scalar(select(func.count()).select_from(SearchedText).where(_shown())) or 0


SEARCHABLE = Searchable(KIND, documents, lambda _query: Hits(ids=[], total=0), count)
"""Without the index no related searches are shown; the page misses nothing else."""


def related(kind: str, text: str) -> list[str]:
    """Other texts that people searched and that share something with this one; of the nearest, the most frequent."""
    asked = frozenset(whole_tokens(fold(text)))
    if not asked:
        return []
    hits = search.find(KIND, Query(text=text, filters={"kind": {kind}}, limit=LOOKED_AT))
    if not hits.ids:
        return []
    rows = db.session.execute(
        select(SearchedText.text)
        .where(SearchedText.id.in_(hits.ids), _shown())
        .order_by(SearchedText.times.desc(), SearchedText.id)
    ).scalars()
    found: dict[frozenset[str], str] = {}
    for other in rows:
        found.setdefault(frozenset(whole_tokens(other)), other)
    found.pop(asked, None)
    return [as_written(other) for other in list(found.values())[:MOST_RELATED]]


def note_look(row: SearchedText, look: Found) -> None:
    """Keep what a search for the text finds now, in the caller's transaction."""
    before = may_be_shown(row)
    row.results, row.in_vain, row.unknown = look.results, look.in_vain, look.unknown
    row.proposals = [[proposal.word, proposal.kind] for proposal in look.proposals]
    if may_be_shown(row) or before:
        search.changed(KIND, row.id)


def set_aside(row: SearchedText, *, actor: Any, now: datetime) -> None:
    """Not a word of ours: neither listed for staff nor shown to others; doing it twice changes nothing."""
    if row.set_aside_at is None:
        row.set_aside_at, row.set_aside_by_id = now, actor.id
        search.changed(KIND, row.id)


def take_back(row: SearchedText) -> None:
    """List the text again, or show it again."""
    row.set_aside_at = row.set_aside_by_id = None
    search.changed(KIND, row.id)


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


def find(text_id: int) -> SearchedText | None:
    return db.session.get(SearchedText, text_id)


def text_or_404(text_id: int) -> SearchedText:
    return find(text_id) or abort(404)


def to_look_at(after: int, limit: int) -> list[SearchedText]:
    """Texts of which it matters whether they still find something, by id: those in vain and those that are shown."""
    statement = select(SearchedText).where(
        SearchedText.id > after, SearchedText.set_aside_at.is_(None), SearchedText.in_vain.is_(True) | _shown()
    )
    return list(db.session.scalars(statement.order_by(SearchedText.id).limit(limit)))


def texts_by_ids(ids: Iterable[int]) -> list[SearchedText]:
    return list(db.session.scalars(select(SearchedText).where(SearchedText.id.in_(list(ids)))))
