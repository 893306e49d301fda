"""Scores, filters and counts; the postings of an index and those made in memory are the same."""

import gc
import shutil
import threading
import time
import weakref

import numpy as np
import pytest

from marketplace.search.documents import Document
from marketplace.search.port import SickIndex
from marketplace.search.whoosh_engine.blocks import block_of_documents, saturation
from marketplace.search.whoosh_engine.concepts import Alternative, Concept
from marketplace.search.whoosh_engine.index import IndexStore, block_of_segment, read_postings_plainly, segments
from marketplace.search.whoosh_engine.match_cache import LATEST_SECONDS, MatchCache
from marketplace.search.whoosh_engine.postings import Narrowing, Snapshot, snapshot_of_documents
from marketplace.search.whoosh_engine.ranking import rank
from marketplace.search.whoosh_engine.suggesting import suggest_in

pytestmark = pytest.mark.index_contract


def shelf(count=12):
    return [
        Document(
            id=str(number),
            title=f"川芎饮片 {number}号" if number % 2 else f"瓦楞纸箱 {number}号",
            aliases=("芎藭",) if number % 3 == 0 else (),
            body="川芎 饮片 仓库" * (number % 4),
            audiences=frozenset({"public"} if number < 10 else {"org:7", "staff"}),
            facets={"kind": ["product" if number % 2 else "service"], "town": ["致和", "濛阳"][: 1 + number % 2]},
            numbers={"price": number * 100} if number != 3 else {},
        )
        for number in range(1, count + 1)
    ]


def concept(*words):
    return Concept(words[0], tuple(Alternative((word,)) for word in words))


@pytest.fixture
def store(tmp_path):
    store = IndexStore(tmp_path / "index", "listings")
    generation = store.begin()
    generation.fill(shelf())
    store.use(generation)
    return store


class TestBlocks:
    def test_an_index_segment_and_documents_in_memory_give_equal_arrays(self, store):
        with store.current().reader() as reader:
            (segment,) = segments(reader)
            read = block_of_segment(segment)
        made = block_of_documents(shelf())
        assert read.ids == made.ids
        assert read.digests == made.digests
        for word in made.words.vocabulary:
            code, other = made.words.vocabulary[word], read.words.vocabulary[word]
            mine = slice(made.words.start[code], made.words.start[code + 1])
            theirs = slice(read.words.start[other], read.words.start[other + 1])
            assert made.words.rows[mine].tolist() == read.words.rows[theirs].tolist()
            assert made.words.tf[mine].tolist() == read.words.tf[theirs].tolist()
        for name in ("pairs", "sounds", "audiences"):
            for term in getattr(made, name).vocabulary:
                assert getattr(made, name).get(term).tolist() == getattr(read, name).get(term).tolist()

    def test_the_public_way_to_read_postings_gives_the_same(self, store):
        with store.current().reader() as reader:
            (segment,) = segments(reader)
            block = block_of_segment(segment)
            for word in ("川芎", "饮片", "纸箱"):
                rows, _ = read_postings_plainly(segment.postings("title", word))
                assert set(rows.tolist()) <= set(block.words.weighted(word)[0].tolist()) or not len(rows)

    def test_one_document_alone_weighs_as_in_its_row(self):
        snapshot = snapshot_of_documents(shelf())
        row = snapshot.row("5")
        alone = saturation(shelf()[4].words(), snapshot.average)
        assert alone == pytest.approx(snapshot.blocks[0].words.of_row(row), abs=1e-5)


class TestScores:
    @pytest.mark.parametrize("moved", [[], [0], [4], [0, 2, 4]])
    def test_weights_made_for_other_means_are_those_made_afresh(self, moved, monkeypatch):
        monkeypatch.setattr("marketplace.search.whoosh_engine.blocks.SCALED_AT_ONCE", 5)
        first, afresh = block_of_documents(shelf()).words, block_of_documents(shelf()).words
        average = first.length.mean(axis=0)
        first.scale(average)
        before, other = first.weight, average.copy()
        other[moved] *= 2
        first.scale(other)
        afresh.scale(other)
        assert np.array_equal(first.weight, afresh.weight)
        assert np.array_equal(first.weight, before) == (not moved)

    def test_synonyms_are_one_word(self):
        snapshot = snapshot_of_documents(shelf())
        both, one = snapshot.score([concept("川芎", "芎䓖")]), snapshot.score([concept("川芎")])
        assert (both.relevance >= one.relevance - 1e-6).all()

    def test_a_title_outweighs_a_mention(self):
        snapshot = snapshot_of_documents(
            [
                Document(id="1", title="川芎饮片"),
                Document(id="2", title="纸箱", body="川芎" * 3),
                Document(id="3", title="袋"),
            ]
        )
        relevance = snapshot.score([concept("川芎")]).relevance
        assert relevance[0] > relevance[1] > relevance[2] == 0

    def test_equal_scores_stand_by_id(self):
        snapshot = snapshot_of_documents([Document(id=str(n), title="川芎") for n in (10, 9, 2)])
        rows = snapshot.best(np.ones(3, np.float32), snapshot.live, 3)
        assert [snapshot.id_of(row) for row in rows] == ["2", "9", "10"]


class TestNarrowing:
    def narrow(self, facets=("kind", "town"), **narrowing):
        snapshot = snapshot_of_documents(shelf())
        left, counts = snapshot.narrow(snapshot.live, Narrowing(**narrowing), facets)
        return [snapshot.id_of(row) for row in np.flatnonzero(left)], counts

    def test_only_what_the_audience_may_see_is_found_and_counted(self):
        ids, counts = self.narrow()
        assert ids == [str(n) for n in range(1, 10)]
        assert counts["kind"] == {"product": 5, "service": 4}
        assert len(self.narrow(audiences=frozenset({"public", "org:7"}))[0]) == 12

    def test_counts_of_a_facet_leave_its_own_filter_out(self):
        ids, counts = self.narrow(filters={"kind": frozenset({"product"})})
        assert len(ids) == 5
        assert counts["kind"] == {"product": 5, "service": 4}
        assert counts["town"] == {"濛阳": 5, "致和": 5}

    def test_values_of_one_facet_are_either_or_facets_are_both(self):
        ids, _ = self.narrow(filters={"kind": frozenset({"product", "service"}), "town": frozenset({"濛阳"})})
        assert ids == ["1", "3", "5", "7", "9"]

    def test_ranges_leave_out_rows_without_the_number(self):
        ids, _ = self.narrow(ranges={"price": (None, 500)})
        assert ids == ["1", "2", "4", "5"]


class TestMatchCache:
    def test_a_new_commit_is_seen_and_only_its_segment_is_read(self, store):
        cache = MatchCache(store)
        before = cache.snapshot()
        old = before.blocks[0].words
        store.current().write([Document(id="99", title="艾条")], removed=["1"])
        after = cache.snapshot(now=True)
        assert after.row("99") is not None
        assert after.row("1") is None
        assert before.row("1") is not None
        assert any(block.words is old for block in after.blocks) or len(after.blocks) == 1

    def test_searches_go_on_with_the_state_before_while_a_commit_of_a_moment_ago_is_read(self, store, monkeypatch):
        cache, may_read = MatchCache(store), threading.Event()
        before = cache.snapshot()
        read_once = cache._read_once
        monkeypatch.setattr(cache, "_read_once", lambda: (may_read.wait(10), read_once()))
        store.current().write([Document(id="99", title="艾条")], removed=[])
        assert [cache.snapshot() for _ in range(3)] == [before] * 3
        may_read.set()
        assert cache.snapshot(now=True).row("99") is not None
        assert before.row("99") is None

    def test_a_state_that_may_be_old_is_not_answered_from(self, store, monkeypatch):
        cache = MatchCache(store)
        before, moment = cache.snapshot(), time.monotonic()
        store.current().write([Document(id="99", title="艾条")], removed=[])
        monkeypatch.setattr(time, "monotonic", lambda: moment + LATEST_SECONDS + 0.1)
        assert before.row("99") is None
        assert cache.snapshot().row("99") is not None

    def test_a_state_that_was_overtaken_is_gone_without_a_collection(self, store):
        cache = MatchCache(store)
        before = weakref.ref(cache.snapshot())
        rank(before(), "川芎饮片")
        suggest_in(before(), "c", 5)
        gc.disable()
        try:
            store.current().write([Document(id="99", title="艾条")], removed=[])
            cache.snapshot(now=True)
            assert before() is None
        finally:
            gc.enable()

    def test_who_writes_reads_what_he_wrote_at_once(self, store):
        cache = MatchCache(store)
        cache.snapshot()
        store.current().write([Document(id="99", title="艾条")], removed=[])
        cache.expire()
        assert cache.snapshot().row("99") is not None

    def test_an_index_that_breaks_meanwhile_is_noticed_by_the_next_search(self, store):
        cache = MatchCache(store)
        before = cache.snapshot()
        shutil.rmtree(store.current().path)
        assert cache.snapshot() is before
        deadline = time.monotonic() + 10
        with pytest.raises(SickIndex):
            while time.monotonic() < deadline:
                cache.snapshot()
                time.sleep(0.01)

    def test_updates_and_deletions_in_many_commits_leave_the_living_rows(self, store):
        cache, living = MatchCache(store), {document.id for document in shelf()}
        for number in range(13, 33):
            gone = [str(number - 12)] if number % 3 else []
            store.current().write([Document(id=str(number), title=f"艾条 {number}")], removed=gone)
            living = (living | {str(number)}) - set(gone)
            assert set(cache.snapshot(now=True).digests()) == living

    def test_several_blocks_score_like_one(self):
        documents = shelf()
        whole = snapshot_of_documents(documents)
        split = Snapshot([block_of_documents(documents[:5]), block_of_documents(documents[5:])])
        for words in (("川芎",), ("纸箱",), ("芎䓖",)):
            assert split.score([concept(*words)]).relevance == pytest.approx(
                whole.score([concept(*words)]).relevance, rel=1e-4
            )
