"""Which documents a change of words concerns: those that say a word, and those that are cut otherwise now."""

from collections.abc import Iterable

import numpy as np

from marketplace.core.measures import NUMERAL
from marketplace.search.documents import Document
from marketplace.search.pieces import whole_tokens
from marketplace.search.query import Searchable
from marketplace.search.whoosh_engine.engine import Engine
from marketplace.search.whoosh_engine.postings import Snapshot
from marketplace.search.words import HAN, STOP_WORDS

BATCH = 200
LEFT_OUT = frozenset(NUMERAL).union(*STOP_WORDS)
"""Characters of which words are made that the index leaves out."""


def candidates(snapshot: Snapshot, word: str) -> list[int]:
    """Ids of documents in which a word may stand: for each of its characters they hold a token with that character.

    However the text was cut, the tokens that cover a word hold its characters, so none is missed.
    """
    signs = [sign for sign in dict.fromkeys(word) if HAN.match(sign) and sign not in LEFT_OUT]
    held = np.zeros((len(signs), snapshot.size), np.bool_)
    for block, base in zip(snapshot.blocks, snapshot.base.tolist(), strict=False):
        for token in block.words.terms(block.live):
            for number, sign in enumerate(signs):
                if sign in token:
                    held[number, block.words.get(token) + base] = True
    return [int(snapshot.id_of(row)) for row in np.flatnonzero(held.all(axis=0) & snapshot.live).tolist()]


def saying(snapshot: Snapshot, words: Iterable[str]) -> set[int]:
    """Ids of documents that hold every token of one of the words."""
    found: set[int] = set()
    for word in words:
        tokens = whole_tokens(word)
        held = snapshot.live & bool(tokens)
        for token in tokens:
            rows = np.zeros(snapshot.size, np.bool_)
            for block, base in zip(snapshot.blocks, snapshot.base.tolist(), strict=False):
                rows[block.words.get(token) + base] = True
            held &= rows
        found |= {int(snapshot.id_of(row)) for row in np.flatnonzero(held).tolist()}
    return found


def cut_otherwise(engine: Engine, searchable: Searchable, words: Iterable[str]) -> list[int]:
    """Ids of the documents in which one of the words stands and that the index holds as they are no longer cut.

    Raises:
        SickIndex: there is no index to compare with; the worker makes a new one with the words there are.
    """
    snapshot = engine.snapshot(searchable.kind, now=True)
    known = snapshot.digests()
    ids = sorted({id_ for word in words if HAN.search(word) for id_ in candidates(snapshot, word)})
    found: list[int] = []
    for start in range(0, len(ids), BATCH):
        documents: Iterable[Document] = searchable.documents(ids[start : start + BATCH])
        found += [int(row.id) for row in documents if known.get(row.id) != row.digest()]
    return found
