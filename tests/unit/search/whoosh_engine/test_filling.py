"""A generation whose documents are cut by several processes: the same as by one, or none at all."""

import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from marketplace.search.documents import Document
from marketplace.search.whoosh_engine import block_files, filling
from marketplace.search.whoosh_engine.index import IndexStore
from marketplace.search.whoosh_engine.match_cache import MatchCache
from marketplace.search.words import learn, learned
from tests.unit.search.whoosh_engine.test_block_files import kept_files, read_anew, same

pytestmark = [pytest.mark.index_contract, pytest.mark.slow]


class Broken(Document):
    def words(self):
        raise RuntimeError("boom")


@pytest.fixture
def store(tmp_path, monkeypatch):
    store = IndexStore(tmp_path / "index", "listings")
    generation = store.begin()
    generation.fill([Document(id="1", title="旧的艾条")])
    store.use(generation)
    monkeypatch.setattr(filling, "WORTH_PARTS", 10)
    monkeypatch.setattr(filling, "AT_ONCE", 3)
    monkeypatch.setattr(block_files, "LEAST_ROWS", 10)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    return store


def documents(number=40):
    """So many with different ids, some of them twice."""
    rows = [Document(id=str(n), title=f"川芎饮片 {n}", body="麻杏石甘颗粒") for n in range(number)]
    return rows + [Document(id="3", title="又一个")]


def digests(store):
    return MatchCache(store).snapshot(now=True).digests()


def test_two_processes_make_what_one_makes(store):
    fresh = store.begin()
    assert fresh.fill(documents()) == 40
    store.use(fresh)
    assert digests(store) == {document.id: document.digest() for document in documents()[:40]}
    store.current().verify()
    (file,), (block,) = kept_files(store), read_anew(store)
    assert same(block_files.kept(file, 40), block)


def test_they_cut_with_the_words_of_this_process(store):
    learn(["麻杏石甘"])
    try:
        assert learned().words
        fresh = store.begin()
        fresh.fill(documents())
        store.use(fresh)
        assert digests(store) == {document.id: document.digest() for document in documents()[:40]}
        assert MatchCache(store).snapshot().rows_with("words", "麻杏石甘") == 40
    finally:
        learn()


def test_what_was_cut_in_parts_is_changed_as_usual(store):
    fresh = store.begin()
    fresh.fill(documents())
    store.use(fresh)
    store.current().write([Document(id="5", title="新的艾条")], removed=["6"])
    assert digests(store)["5"] == Document(id="5", title="新的艾条").digest()
    assert "6" not in digests(store)
    assert len(digests(store)) == 39


def test_a_document_that_breaks_a_process_breaks_the_rebuild_alone(store):
    fresh = store.begin()
    with pytest.raises(filling.PartFailed):
        fresh.fill([*documents(), Broken(id="77", title="坏")])
    assert set(digests(store)) == {"1"}


@pytest.mark.parametrize("after", [4, 14])
def test_a_process_that_is_killed_leaves_the_index_as_it_was(store, monkeypatch, after):
    turns, take = count(1), filling.Part.take

    def take_and_die(part, dealt):
        take(part, dealt)
        if next(turns) == after:
            part.process.kill()

    fresh = store.begin()
    with monkeypatch.context() as patch, pytest.raises(filling.PartFailed):
        patch.setattr(filling.Part, "take", take_and_die)
        fresh.fill(documents())
    assert set(digests(store)) == {"1"}
    again = store.begin()
    again.fill(documents())
    store.use(again)
    assert len(digests(store)) == 40


def fill_for_ever(directory):
    """Begin a generation and never come to its end."""
    filling.WORTH_PARTS, os.cpu_count = 10, lambda: 2
    fresh = IndexStore(Path(directory), "listings").begin()
    fresh.fill(Document(id=str(number), title=f"川芎 {number}") for number in count())


def test_they_end_with_whoever_started_them(store):
    program = f"from {__name__} import fill_for_ever; fill_for_ever({str(store.directory.parent)!r})"
    parent = subprocess.Popen([sys.executable, "-c", program])
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    deadline = time.monotonic() + 60
    while len(started := children.read_text().split()) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    while any(alive(pid) for pid in started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(started) == 2
    assert not any(alive(pid) for pid in started)
    store.drop_unfinished()
    assert len([path for path in store.directory.iterdir() if path.is_dir()]) == 1
    assert set(digests(store)) == {"1"}


def alive(pid):
    """True while a process runs; one that has ended and waits to be asked does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
