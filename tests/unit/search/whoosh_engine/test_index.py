"""Generations on disk: whole or noticed."""

import os
import stat
import subprocess
import sys
import time
from itertools import count

import pytest

from marketplace.search.documents import Document
from marketplace.search.port import SickIndex
from marketplace.search.whoosh_engine.index import CURRENT, MANIFEST, IndexStore, latest_commit, schema_hash
from marketplace.search.whoosh_engine.match_cache import MatchCache

pytestmark = pytest.mark.index_contract


@pytest.fixture
def store(tmp_path):
    store = IndexStore(tmp_path / "index", "listings")
    generation = store.begin()
    generation.fill([Document(id=str(n), title=f"川芎饮片 {n}") for n in range(20)])
    store.use(generation)
    return store


def ids(store):
    return set(MatchCache(store).snapshot(now=True).digests())


def test_the_last_of_two_rows_with_one_id_in_a_batch_wins(store):
    store.current().write([Document(id="5", title="旧"), Document(id="5", title="新的艾条")])
    snapshot = MatchCache(store).snapshot()
    assert len(snapshot.digests()) == 20
    assert snapshot.digests()["5"] == Document(id="5", title="新的艾条").digest()


def test_a_row_changed_and_removed_in_one_batch_is_kept_as_changed(store):
    store.current().write([Document(id="5", title="新")], removed=["5", "6"])
    assert "5" in ids(store)
    assert "6" not in ids(store)


def test_an_empty_batch_writes_nothing(store):
    before = store.stamp()
    assert store.current().write([], []) == 0
    assert store.stamp() == before


def test_a_failing_batch_leaves_the_index_as_it_was_and_the_lock_free(store):
    class Broken(Document):
        def words(self):
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        store.current().write([Document(id="77", title="好"), Broken(id="78", title="坏")])
    assert "77" not in ids(store)
    store.current().write([Document(id="79", title="好")])
    assert "79" in ids(store)


def test_the_directory_is_for_its_owner_alone(store):
    for path in (store.directory.parent, store.directory, store.current().path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


@pytest.mark.parametrize("harm", ["flip", "halve", "delete", "foreign"])
def test_every_damage_is_noticed(store, harm):
    segment = next(path for path in store.current().files() if path.suffix == ".seg")
    if harm == "flip":
        content = bytearray(segment.read_bytes())
        content[len(content) // 2] ^= 1
        segment.write_bytes(bytes(content))
    elif harm == "halve":
        os.truncate(segment, segment.stat().st_size // 2)
    elif harm == "delete":
        segment.unlink()
    else:
        (store.current().path / MANIFEST).write_text("[]")
    with pytest.raises(SickIndex):
        MatchCache(store).snapshot()


def test_an_index_of_another_schema_is_sick(store):
    (store.directory / CURRENT).write_text("0123456789-1")
    with pytest.raises(SickIndex, match="schema"):
        store.current()


def test_no_index_is_sick(tmp_path):
    with pytest.raises(SickIndex, match="no index"):
        IndexStore(tmp_path, "needs").current()


def test_a_new_generation_takes_over_and_one_old_one_is_kept(store):
    for _ in range(3):
        fresh = store.begin()
        fresh.fill([Document(id="1", title="新")])
        store.use(fresh)
    generations = [path for path in store.directory.iterdir() if path.is_dir()]
    assert len(generations) == 2
    assert all(path.name.startswith(schema_hash()) for path in generations)
    assert ids(store) == {"1"}


def test_the_digest_tells_every_change():
    one = Document(id="1", title="川芎", facets={"kind": ["product"]}, numbers={"price": 1})
    assert one.digest() == Document(id="1", title="川芎", facets={"kind": ["product"]}, numbers={"price": 1}).digest()
    for other in (
        Document(id="1", title="川芎", facets={"kind": ["product"]}, numbers={"price": 2}),
        Document(id="1", title="川芎", facets={"kind": ["service"]}, numbers={"price": 1}),
        Document(
            id="1", title="川芎", facets={"kind": ["product"]}, numbers={"price": 1}, audiences=frozenset({"staff"})
        ),
    ):
        assert other.digest() != one.digest()


def test_an_index_without_rows_is_whole(tmp_path):
    store = IndexStore(tmp_path / "index", "needs")
    store.use(store.begin())
    assert ids(store) == set()
    store.current().write([Document(id="1", title="川芎")])
    assert ids(store) == {"1"}
    store.current().write([], removed=["1"])
    assert ids(store) == set()


PAIR = ("100", "200")


def pair(number):
    """Two rows that are written in one commit, with its number in both."""
    return [Document(id=id_, title=f"艾条 {number}") for id_ in PAIR]


def write_pairs_for_ever(store):
    for number in count():
        store.current().write(pair(number))


def test_a_killed_writer_leaves_only_whole_commits_and_no_lock(store):
    writer = f"""
from pathlib import Path
from tests.unit.search.whoosh_engine.test_index import IndexStore, write_pairs_for_ever
write_pairs_for_ever(IndexStore(Path({str(store.directory.parent)!r}), "listings"))
"""
    written = [{row.digest() for row in pair(number)} for number in range(500)]
    generation = store.current()
    for number in range(2):
        before = latest_commit(generation.path)
        process = subprocess.Popen([sys.executable, "-c", writer])
        deadline = time.monotonic() + 30
        while latest_commit(generation.path) < before + 2 and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.007 * number)
        process.kill()
        process.wait()
        assert latest_commit(generation.path) >= before + 2
        generation.write_manifest({})  # as the worker does when it starts
        digests = MatchCache(store).snapshot(now=True).digests()
        assert len(digests) == 22
        assert {digests[id_] for id_ in PAIR} in written
    generation.write([], removed=PAIR)
    assert len(ids(store)) == 20
