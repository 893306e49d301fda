"""What a pair of words would change, counted before anybody saves it."""

import copy
from collections.abc import Mapping

import numpy as np

from marketplace.search.lexicon import WordPair, lexicon_of_files, trial
from marketplace.search.port import Change
from marketplace.search.query import Filters
from marketplace.search.staff_words_sync import in_force
from marketplace.search.whoosh_engine.engine import Engine
from marketplace.search.whoosh_engine.postings import Bools, Narrowing, Snapshot
from marketplace.search.whoosh_engine.ranking import rank


def preview(
    engine: Engine, pair: WordPair, filters: Mapping[str, Filters], *, instead_of: WordPair | None = None
) -> dict[str, dict[str, Change]]:
    """By word, then by kind: real counts over what the index holds at this moment. Nobody else's search is touched.

    `filters` are those that the page of a kind has by itself; `instead_of` is a pair in force that would go.

    Raises:
        SickIndex: an index is missing or damaged.
    """
    kinds = {kind: _seen_by_everybody(of_kind) for kind, of_kind in filters.items()}
    snapshots = {kind: engine.snapshot(kind) for kind in kinds}
    words = (pair.variant, pair.term)
    before = {(word, kind): _hits(snapshots[kind], word, kinds[kind]) for word in words for kind in kinds}
    others = [known for known in in_force() if known != instead_of]
    with trial(lexicon_of_files().widened([*others, pair])):
        after = {(word, kind): _hits(_beside(snapshots[kind]), word, kinds[kind]) for word in words for kind in kinds}
    return {word: {kind: _change(before[word, kind], after[word, kind]) for kind in kinds} for word in words}


def _hits(snapshot: Snapshot, word: str, narrowing: Narrowing) -> Bools:
    hits, _counts = snapshot.narrow(rank(snapshot, word).hits, narrowing, ())
    return hits


def _beside(snapshot: Snapshot) -> Snapshot:
    """The same rows for another lexicon: what is remembered on trial must not stay."""
    other = copy.copy(snapshot)
    other.vocabulary = snapshot.vocabulary.for_other_lexicon()
    return other


def _change(now: Bools, then: Bools) -> Change:
    return Change(int(now.sum()), int(then.sum()), int(np.count_nonzero(then & ~now)))


def _seen_by_everybody(filters: Filters) -> Narrowing:
    return Narrowing(filters={name: frozenset(values) for name, values in filters.items()})
