"""Blocks kept beside their segments: the same arrays, or read from the segment again."""

import os

import numpy as np
import pytest

from marketplace.search.documents import Document
from marketplace.search.whoosh_engine import block_files, match_cache
from marketplace.search.whoosh_engine.index import IndexStore, block_of_segment, segments
from marketplace.search.whoosh_engine.match_cache import MatchCache

pytestmark = pytest.mark.index_contract


def shelf():
    return [
        Document(
            id=str(n),
            title=f"川芎饮片 {n}",
            aliases=("芎䓖",) * (n % 3),
            body="艾条 " * (n % 4) + "GB/T 191",
            facets={"kind": ["product", "a=b"], "category": ["J"] * (n % 2)},
            numbers={"price": n} if n % 5 else {},
            names=("川芎", "饮片") if n % 2 else (),
        )
        for n in range(30)
    ]


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(block_files, "LEAST_ROWS", 10)
    store = IndexStore(tmp_path / "index", "listings")
    generation = store.begin()
    generation.fill(shelf())
    store.use(generation)
    return store


def kept_files(store):
    return list(store.current().path.glob("*.block"))


def same(one, other):
    """True when two blocks have the same arrays and texts."""
    mine, theirs = block_files.arrays_of(one), block_files.arrays_of(other)
    return mine.keys() == theirs.keys() and all(
        mine[name].dtype == theirs[name].dtype and np.array_equal(mine[name], theirs[name]) for name in mine
    )


def read_anew(store):
    with store.current().reader() as reader:
        return [block_of_segment(segment) for segment in segments(reader)]


def test_a_rebuild_keeps_the_block_that_its_segment_gives(store):
    (file,) = kept_files(store)
    (block,) = read_anew(store)
    assert same(block_files.kept(file, 30), block)


def test_a_start_reads_it_instead_of_the_segment(store, monkeypatch):
    monkeypatch.setattr(match_cache, "block_of_segment", None)
    snapshot = MatchCache(store).snapshot()
    assert snapshot.digests() == {document.id: document.digest() for document in shelf()}
    assert snapshot.number("price")[7] == 7
    assert snapshot.facet_mask("kind", ["a=b"]).all()


@pytest.mark.parametrize("harm", ["flip", "halve", "empty", "foreign", "other format", "delete"])
def test_one_that_is_missing_stale_or_damaged_is_made_anew(store, harm, monkeypatch):
    (file,) = kept_files(store)
    if harm == "flip":
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(bytes(content))
    elif harm == "halve":
        os.truncate(file, file.stat().st_size // 2)
    elif harm == "empty":
        os.truncate(file, 0)
    elif harm == "foreign":
        file.write_bytes(b"\x80\x04K\x01." * 100)
    elif harm == "other format":
        with monkeypatch.context() as patch:
            patch.setattr(block_files, "FORMAT", 0)
            block_files.keep(file, read_anew(store)[0])
    else:
        file.unlink()
    assert block_files.kept(file, 30) is None
    assert len(MatchCache(store).snapshot().digests()) == 30
    assert same(block_files.kept(file, 30), read_anew(store)[0])


def test_every_flipped_bit_is_noticed(store):
    (file,) = kept_files(store)
    (block,) = read_anew(store)
    whole = file.read_bytes()
    for place in range(0, len(whole), 97):
        content = bytearray(whole)
        content[place] ^= 4
        file.write_bytes(bytes(content))
        found = block_files.kept(file, 30)
        assert found is None or same(found, block), place


def test_small_segments_have_none_and_deleted_rows_are_known_all_the_same(store):
    store.current().write([Document(id="100", title="纸箱")], removed=["3"])
    assert len(kept_files(store)) == 1
    digests = MatchCache(store).snapshot().digests()
    assert "3" not in digests
    assert "100" in digests


def test_it_goes_with_its_segment(store):
    for document in shelf():
        store.current().write([document])
    blocks = MatchCache(store).snapshot().blocks
    sizes = [block.size for block in blocks if block.size >= 10]
    assert len(kept_files(store)) == len(sizes)
