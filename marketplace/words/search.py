"""Texts that may be shown beside other searches, as a kind of their own in the index, and those related to a text.

A text is shown to others only when several searches on several days were for it and it is understood whole: what one
person typed stays with that person, and no word in vain or set aside by staff is ever shown. In the index they are
found by the same words, other names and sounds as everything else.
"""

from collections.abc import Iterable, Iterator

from marketplace import search
from marketplace.core.folding import fold
from marketplace.search import Document, Hits, Query, Searchable, as_written, whole_tokens
from marketplace.words import queries

KIND = "searches"
MOST_RELATED = 6
LOOKED_AT = 24
BATCH = 500


def documents(ids: Iterable[int] | None) -> Iterator[Document]:
    """The texts that may be shown, as the index knows them."""
    wanted = None if ids is None else sorted(set(ids))
    last = 0
    while wanted is None or wanted:
        part = None
        if wanted is not None:
            part, wanted = wanted[:BATCH], wanted[BATCH:]
        rows = queries.shown_texts(last, BATCH, part)
        for row in rows:
            yield Document(id=str(row.id), title=row.text, facets={"kind": [row.kind]})
        if wanted is None:
            if not rows:
                return
            last = rows[-1].id


SEARCHABLE = Searchable(KIND, documents, lambda _query: Hits(ids=[], total=0), queries.count_shown)
"""Without the index no related searches are shown; the page misses nothing else."""


def related(kind: str, text: str) -> list[str]:
    """Other texts that people searched and that share something with this one; of the nearest, the most frequent."""
    asked = frozenset(whole_tokens(fold(text)))
    if not asked:
        return []
    hits = search.find(KIND, Query(text=text, filters={"kind": {kind}}, limit=LOOKED_AT))
    if not hits.ids:
        return []
    found: dict[frozenset[str], str] = {}
    for other in queries.shown_by_frequency(hits.ids):
        found.setdefault(frozenset(whole_tokens(other)), other)
    found.pop(asked, None)
    return [as_written(other) for other in list(found.values())[:MOST_RELATED]]
