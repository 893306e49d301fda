"""The public face: register, changed, find; and what happens when the index is sick."""

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from marketplace import search
from marketplace.core.db import db, transaction
from marketplace.search import Document, Hits, Query, Searchable, queries
from marketplace.search.registry import REGISTERED
from marketplace.search.whoosh_engine.consumer import file_lock

pytestmark = pytest.mark.index_contract


class Shelf:
    """A kind of thing with its rows in memory; the outbox is real."""

    def __init__(self):
        self.rows: dict[int, Document] = {}
        self.asked_database = 0

    def put(self, number, title, **more):
        self.rows[number] = Document(id=str(number), title=title, **more)
        with transaction():
            search.changed("things", number)

    def remove(self, number):
        del self.rows[number]
        with transaction():
            search.changed("things", number)

    def documents(self, ids):
        wanted = self.rows if ids is None else [id_ for id_ in ids if id_ in self.rows]
        yield from (self.rows[id_] for id_ in sorted(wanted))

    def find_in_database(self, query):
        self.asked_database += 1
        ids = [id_ for id_, row in sorted(self.rows.items()) if query.text in row.title]
        return Hits(ids=ids, total=len(ids))


@pytest.fixture
def shelf(app):
    shelf = Shelf()
    others = {kind: REGISTERED.pop(kind) for kind in list(REGISTERED)}
    search.register(Searchable("things", shelf.documents, shelf.find_in_database))
    consumer = search.engine().consumer
    consumer._looked.clear(), consumer._failed.clear(), consumer._trusted.clear()
    search.engine().caches.clear()
    yield shelf
    REGISTERED.clear()
    REGISTERED.update(others)
    search.engine().caches.clear()
    consumer._failed.clear()


def find(text="", **more):
    return search.find("things", Query(text=text, **more))


def index_directory(app):
    return Path(app.instance_path) / "index" / "things"


class TestFinding:
    def test_a_change_is_found_after_the_worker_looked(self, shelf):
        shelf.put(1, "川芎饮片")
        shelf.put(2, "瓦楞纸箱")
        assert search.drain() == 2
        assert find("川芎").ids == [1]
        assert queries.count_waiting() == 0
        shelf.put(1, "艾条")
        shelf.remove(2)
        search.drain()
        assert find("川芎").ids == []
        assert find("艾条").ids == [1]
        assert find("纸箱").ids == []
        assert not find("艾条").degraded

    def test_a_rolled_back_change_leaves_no_outbox_row(self, shelf):
        def fail():
            with transaction():
                search.changed("things", 1)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert queries.count_waiting() == 0

    def test_an_unknown_kind_is_refused(self, shelf):
        with pytest.raises(LookupError):
            search.changed("nothing", 1)

    def test_without_text_the_newest_come_first(self, shelf):
        for number, moment in ((1, 5), (2, 9), (3, 7)):
            shelf.put(number, "川芎", numbers={"newest": moment, "price": 100 - moment})
        shelf.put(4, "川芎")
        search.drain()
        assert find().ids == [2, 3, 1, 4]
        assert find("川芎", sort="price_up").ids == [2, 3, 1, 4]
        assert find("川芎", sort="price_down").ids == [1, 3, 2, 4]
        assert find("川芎", sort="newest", offset=1, limit=2).ids == [3, 1]

    def test_pages_and_depth_are_bounded(self, shelf):
        assert Query(limit=500).size == 50
        assert Query(offset=10**9).first == 1000
        assert Query(offset=-5, limit=-5).first == Query(limit=-5).size == 0

    def test_what_an_audience_may_not_see_is_neither_found_nor_counted(self, shelf):
        shelf.put(1, "川芎", facets={"kind": ["product"]})
        shelf.put(2, "川芎", facets={"kind": ["product"]}, audiences=frozenset({"org:7"}))
        search.drain()
        assert find("川芎", facets=("kind",)).facets == {"kind": {"product": 1}}
        assert find("川芎", audiences={"public", "org:7"}).total == 2

    def test_nothing_found_names_what_comes_nearest_and_what_was_meant(self, shelf):
        shelf.put(1, "食品级自封袋", facets={"category": ["J01"]})
        search.drain()
        assert find("自封代").suggestion == "自封袋"
        nothing = find("自封拖拉机专用大卡车配件", facets=("category",))
        assert nothing.total == 0
        assert nothing.nearest == {"category": ("J01",)}
        assert nothing.known == ("自封",)

    @pytest.mark.parametrize(("typed", "read"), [
        ("PE自封代", "PE自封袋"), ("ＰＥ 自封代", "PE 自封袋"), ("zi feng dai", "自封袋"),
        ("zifengdai 袋", "自封袋 袋"),
               ("自封袋", None), ("PE袋", None), ("自封袋 食品級", None), ("qwxyz", None)])  # fmt: skip
    def test_the_text_is_told_as_it_was_read(self, shelf, typed, read):
        shelf.put(1, "食品级PE自封袋")
        search.drain()
        assert find(typed).suggestion == read
        assert find(typed, as_typed=True).suggestion == read

    def test_the_text_as_typed_finds_nothing_else(self, shelf):
        shelf.put(1, "黄连饮片")
        search.drain()
        assert find("huanglian").ids == [1]
        assert find("huanglian", as_typed=True).ids == []
        assert find("黄连", as_typed=True).ids == [1]

    def test_it_counts_without_naming_rows(self, shelf):
        shelf.put(1, "川芎", facets={"kind": ["product"]})
        search.drain()
        hits = find("川芎", limit=0, facets=("kind",))
        assert (hits.ids, hits.total, hits.facets) == ([], 1, {"kind": {"product": 1}})

    def test_words_are_suggested_by_letters_pinyin_and_initials(self, shelf):
        shelf.put(1, "川芎饮片")
        search.drain()
        for typed in ("川", "chuanx", "cx"):
            assert "川芎" in search.suggest("things", typed)
        assert search.suggest("things", "") == []


class TestSickIndex:
    @pytest.mark.parametrize("harm", ["missing", "truncated", "garbage", "flipped"])
    def test_pages_answer_from_the_database_and_the_index_comes_back(self, app, shelf, harm):
        shelf.put(1, "川芎饮片")
        search.drain()
        assert not find("川芎").degraded
        directory = index_directory(app)
        segment = next(directory.glob("*/*.seg"))
        if harm == "missing":
            shutil.rmtree(directory)
        elif harm == "truncated":
            os.truncate(segment, 10)
        elif harm == "garbage":
            (directory / "CURRENT").write_bytes(b"\xff\xfe nonsense")
        else:
            content = bytearray(segment.read_bytes())
            content[-20] ^= 4
            segment.write_bytes(bytes(content))
        search.engine().caches.clear()
        hits = find("川芎")
        assert hits.degraded
        assert hits.ids == [1]
        search.engine().consumer._looked.clear()
        search.drain()
        again = find("川芎")
        assert (again.degraded, again.ids) == (False, [1])

    def test_a_running_reader_keeps_its_snapshot_while_a_commit_is_half_done(self, app, shelf):
        shelf.put(1, "川芎")
        search.drain()
        assert find("川芎").ids == [1]
        generation = search.engine().cache("things").store.current()
        toc = next(generation.path.glob("*.toc"))
        shutil.copy(toc, toc.with_name("_MAIN_9.toc"))
        os.utime(generation.path / "manifest.json")
        assert find("川芎").ids == [1]

    def test_a_commit_cut_off_before_its_manifest_is_made_whole(self, app, shelf):
        shelf.put(1, "川芎")
        search.drain()
        generation = search.engine().cache("things").store.current()
        manifest = (generation.path / "manifest.json").read_text()
        generation.write([Document(id="2", title="艾条")])
        (generation.path / "manifest.json").write_text(manifest)
        shelf.rows[2] = Document(id="2", title="艾条")
        search.engine().caches.clear()
        search.drain()
        assert find("艾条").ids == [2]

    def test_rows_stay_in_the_outbox_while_the_index_cannot_be_written(self, app, shelf):
        shelf.put(1, "川芎")
        search.drain()
        shelf.put(2, "艾条")
        lock = search.engine().cache("things").store.current().path / "MAIN_WRITELOCK"
        lock.unlink()
        lock.mkdir()
        search.engine().consumer.apply_outbox()
        assert queries.count_waiting() == 1
        lock.rmdir()
        search.drain()
        assert queries.count_waiting() == 0
        assert find("艾条").ids == [2]


class TestRebuilding:
    def test_changes_during_a_rebuild_elsewhere_reach_both_generations(self, app, shelf):
        shelf.put(1, "川芎")
        search.drain()
        consumer, store = search.engine().consumer, search.engine().cache("things").store
        with file_lock(store.directory / "REBUILD"):
            fresh = store.begin()
            fresh.fill(shelf.documents(None))
            shelf.put(2, "艾条")
            search.drain()
            assert find("艾条").ids == [2]
            assert queries.count_waiting() == 1
            store.use(fresh)
        consumer.drain()
        consumer.drain()
        assert find("艾条").ids == [2]
        assert queries.count_waiting() == 0


class TestCommands:
    def test_check_names_every_difference(self, app, shelf):
        for number in (1, 2, 3):
            shelf.put(number, f"川芎 {number}")
        search.drain()
        runner = app.test_cli_runner()
        assert runner.invoke(args=["search", "check"]).exit_code == 0
        shelf.rows[1] = Document(id="1", title="改过")
        del shelf.rows[2]
        shelf.rows[4] = Document(id="4", title="新")
        db.session.rollback()
        answer = runner.invoke(args=["search", "check"])
        assert answer.exit_code == 1
        assert "things 1: the index holds another version" in answer.output
        assert "things 2: in the index only" in answer.output
        assert "things 4: missing from the index" in answer.output
        assert runner.invoke(args=["search", "rebuild"]).exit_code == 0
        assert runner.invoke(args=["search", "check"]).exit_code == 0
        assert '"documents": 3' in runner.invoke(args=["search", "status"]).output


class TestAtTheSameTime:
    def test_readers_are_unhurt_while_the_worker_writes(self, app, shelf):
        shelf.put(1, "川芎饮片")
        search.drain()
        engine, store = search.engine(), search.engine().cache("things").store
        problems, stopped = [], threading.Event()

        def read():
            while not stopped.is_set():
                hits = engine.find(REGISTERED["things"], Query(text="川芎"))
                if hits.degraded or 1 not in hits.ids:
                    problems.append(hits)

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        for number in range(2, 22):
            store.current().write(
                [Document(id=str(number), title="川芎药材")], removed=[str(number - 5)] if number > 6 else []
            )
        stopped.set()
        for reader in readers:
            reader.join()
        assert problems == []

    def test_a_sick_index_holds_no_crowd_up(self, app, shelf):
        shelf.put(1, "川芎")
        search.drain()
        segment = next(index_directory(app).glob("*/*.seg"))
        os.truncate(segment, 10)
        search.engine().caches.clear()
        started = time.process_time()
        assert all(find("川芎").degraded for _ in range(20))
        assert time.process_time() - started < 5


class TestTally:
    def test_counts_are_kept_until_the_index_changes(self, shelf):
        shelf.put(1, "川芎", facets={"kind": ["product"]})
        search.drain()
        hits = search.tally("things", "川芎", {}, ("kind",))
        assert (hits.ids, hits.total, hits.facets) == ([], 1, {"kind": {"product": 1}})
        assert search.tally("things", "川芎", {}, ("kind",)) is hits
        assert search.tally("things", "川芎", {"kind": {"service"}}).total == 0
        shelf.put(2, "川芎")
        search.drain()
        search.engine().snapshot("things", now=True)
        assert search.tally("things", "川芎", {}, ("kind",)).total == 2

    def test_what_the_database_answers_is_not_kept(self, shelf):
        shelf.put(1, "川芎")
        assert search.tally("things", "川芎", {}).degraded
        search.drain()
        search.engine().snapshot("things", now=True)
        assert not search.tally("things", "川芎", {}).degraded
