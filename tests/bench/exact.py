"""Exact BM25 in double precision over documents, computed plainly: what fast scores are held against."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from marketplace import search
from marketplace.core.clock import utc_now
from marketplace.matching.need_concepts import need_view
from marketplace.matching.pairing import facts_of_need
from marketplace.search.documents import WORD_FIELDS, Document
from marketplace.search.whoosh_engine.blocks import FIELD_B, FIELD_WEIGHT, K1, Floats
from marketplace.search.whoosh_engine.concepts import Concept
from marketplace.search.whoosh_engine.postings import MAIN_WEIGHT
from marketplace.search.whoosh_engine.understanding import understand
from marketplace.search.whoosh_engine.wishes import SnapshotCandidates, Wanted
from tests.bench.pages import query_texts

Scores = npt.NDArray[np.float64]
SAME = 1e-6
"""Scores that differ by less than this share are ties: the fast ones have single precision."""
PLAIN_K1, PLAIN_B = 1.2, 0.75


class Shelf:
    """Documents as counts of words, one sparse matrix a field (rows are documents), and the facts to filter by."""

    def __init__(self, documents: Iterable[Document]):
        self.ids: list[str] = []
        self.vocabulary: dict[str, int] = {}
        self.facets: list[tuple[str, str]] = []
        self.prices: list[int] = []
        found: list[tuple[array[int], ...]] = [(array("i"), array("i"), array("i")) for _ in WORD_FIELDS]
        for row, document in enumerate(documents):
            self.ids.append(document.id)
            self.facets.append((first(document, "kind"), first(document, "locality")))
            self.prices.append(document.numbers.get("price", -1))
            for (rows, words, counts), held in zip(found, document.words().values(), strict=True):
                for word, count in held.items():
                    rows.append(row)
                    words.append(self.vocabulary.setdefault(word, len(self.vocabulary)))
                    counts.append(count)
        shape = (len(self.ids), len(self.vocabulary))
        self.fields = [sparse.csr_array((np.array(counts, np.float64), (rows, words)), shape)
                       for rows, words, counts in found]  # fmt: skip
        self.df = np.bincount(self.whole.indices, minlength=len(self.vocabulary))

    def idf(self, rows: Any) -> Any:
        """Lucene's inverse document frequency."""
        return np.log1p((len(self.ids) - rows + 0.5) / (rows + 0.5))

    @cached_property
    def whole(self) -> sparse.csr_array:
        """All fields as one text, for engines that know one field."""
        return sparse.csr_array(sum(self.fields[1:], self.fields[0]))

    def words_of(self, row: int) -> list[str]:
        """The words of a document, each once."""
        words, whole = list(self.vocabulary), self.whole
        return [words[code] for code in whole.indices[whole.indptr[row] : whole.indptr[row + 1]]]


def first(document: Document, facet: str) -> str:
    """The value of a facet that has one at most."""
    return next(iter(document.facets.get(facet, ())), "")


class PlainBm25:
    """BM25 with Lucene's idf over one field: what the other engines are held against."""

    def __init__(self, shelf: Shelf):
        counts = shelf.whole
        length = counts.sum(axis=1)
        norm = PLAIN_K1 * (1 - PLAIN_B + PLAIN_B * length / length.mean())
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        weights = counts.data / (counts.data + norm[rows]) * shelf.idf(shelf.df)[counts.indices]
        self.weights = sparse.csr_array((weights, counts.indices, counts.indptr), counts.shape)

    def score(self, words: Sequence[int]) -> Scores:
        """Every row's score for some words of the shelf, each once."""
        asked = np.zeros(self.weights.shape[1])
        asked[list(words)] = 1
        return np.asarray(self.weights @ asked)


class FieldBm25:
    """The formula of `marketplace.search`: BM25F with other names, each concept as strong as its best wording."""

    def __init__(self, shelf: Shelf):
        self.shelf = shelf
        raised: Any = sparse.csr_array(shelf.fields[0].shape)
        for counts, weight, b in zip(shelf.fields, FIELD_WEIGHT.tolist(), FIELD_B.tolist(), strict=True):
            length = counts.sum(axis=1)
            raised = raised + sparse.diags_array(weight / (1 - b + b * length / max(length.mean(), 1e-6))) @ counts
        raised.data = raised.data / (K1 + raised.data)
        self.weights = sparse.csc_array(raised)

    def column(self, word: str) -> Scores:
        """How strongly every row holds a word."""
        code = self.shelf.vocabulary.get(word)
        return np.zeros(len(self.shelf.ids)) if code is None else self.weights[:, [code]].toarray()[:, 0]

    def strength(self, concept: Concept) -> Scores:
        """How strongly every row holds the concept."""
        best = np.zeros(len(self.shelf.ids))
        for alternative in concept.alternatives:
            columns = [self.column(word) for word in alternative.tokens]
            value = sum(column * alternative.share(place) for place, column in enumerate(columns))
            if alternative.whole:
                value = np.where(np.all([column > 0 for column in columns], axis=0), value, 0)
            best = np.maximum(best, alternative.weight * value)
        return best

    def worth(self, concept: Concept) -> float:
        """Its weight times its rarity: other names of one thing are one word, as common as the commonest."""
        counts = [(alternative.weight, min(self.count(word) for word in alternative.tokens))
                  for alternative in concept.alternatives if alternative.whole]  # fmt: skip
        main = max((count for weight, count in counts if weight >= MAIN_WEIGHT), default=0)
        return concept.weight * float(self.shelf.idf(main or max((count for _, count in counts), default=0)))

    def count(self, word: str) -> int:
        code = self.shelf.vocabulary.get(word)
        return 0 if code is None else int(self.shelf.df[code])

    def score(self, concepts: Iterable[Concept]) -> Scores:
        """Every row's relevance."""
        return self.held((concept, self.worth(concept)) for concept in concepts)

    def held(self, concepts: Iterable[tuple[Concept, float]]) -> Scores:
        """What every row holds of concepts that are worth so much."""
        return sum((worth * self.strength(concept) for concept, worth in concepts), np.zeros(len(self.shelf.ids)))


def listings_shelf() -> Shelf:
    """The documents of all listings, read from the database."""
    return Shelf(search.REGISTERED["listings"].documents(None))


def candidate_overlaps(shelf: Shelf, need_ids: Sequence[int]) -> dict[str, list[float]]:
    """Overlap@10 of what is scored before anything is judged with exact BM25F: the same words and other names.

    Sounds (pinyin) are left out of both: a row has them or not, there is nothing to be exact about.
    """
    exact, snapshot = FieldBm25(shelf), search.engine().snapshot("listings", now=True)
    places = {id_: place for place, id_ in enumerate(shelf.ids)}
    found: dict[str, list[float]] = {"user query": [], "need": []}

    def compare(name: str, fast: Floats, right: Scores) -> None:
        rows = [places[snapshot.id_of(row)] for row in snapshot.best(fast, fast > 0, 10)]
        share = overlap(right, rows)
        if share is not None:
            found[name].append(share)

    for text in query_texts():
        concepts = [in_words(concept) for concept in understand(text, snapshot.vocabulary).concepts]
        compare("user query", snapshot.score(concepts).relevance, exact.score(concepts))
    for need_id in need_ids:
        need = facts_of_need(need_id, utc_now())
        assert need is not None
        reading: Any = need_view(need, SnapshotCandidates(snapshot)).reading
        wanted = [(in_words(concept), worth) for part in (*reading.lines, reading.around)
                  for concept, worth in part.concepts]  # fmt: skip
        compare("need", Wanted(wanted).in_all(snapshot), exact.held(wanted))
    return found


def in_words(concept: Concept) -> Concept:
    """The concept without the sounds it may be typed in."""
    return replace(concept, alternatives=tuple(a for a in concept.alternatives if a.channel == "words"))


def overlap(exact: Scores, rows: Sequence[int], top: int = 10) -> float | None:
    """Which share of the first `top` rows exact scores would also have put there; None when nothing scores."""
    wanted = min(top, int(np.count_nonzero(exact)))
    if not wanted:
        return None
    edge = np.partition(exact, len(exact) - wanted)[len(exact) - wanted]
    right = sum(exact[row] >= edge * (1 - SAME) for row in list(rows)[:wanted])
    return float(right / wanted)
