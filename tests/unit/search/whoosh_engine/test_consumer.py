"""The one writer of the index: what it keeps, what it says, what it leaves behind."""

import errno
import threading
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from marketplace import search
from marketplace.catalog.models import Listing
from marketplace.core.db import db, transaction
from marketplace.search import Document, Hits, Query, Searchable, queries
from marketplace.search.registry import REGISTERED
from marketplace.search.whoosh_engine.consumer import Consumer, file_lock, rebuild
from tests.factories.catalog import ListingFactory


@pytest.fixture
def listings(app):
    """Two listings, indexed; the consumer of this test remembers nothing of others."""
    ListingFactory.create_batch(2)
    own = search.engine().consumer
    search.engine().consumer = Consumer(search.engine(), REGISTERED)
    search.engine().caches.clear()
    search.engine()._complained.clear(), search.engine()._sick.clear()
    search.drain()
    yield REGISTERED["listings"]
    search.engine().consumer = own
    search.engine().caches.clear()


def elsewhere(app, work):
    """Let another thread, with its own connection, do some work."""

    def run():
        with app.app_context():
            work()
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def rename(title):
    with transaction() as session:
        listing = session.query(Listing).first()
        listing.title = title
        search.changed("listings", listing.id)


@contextmanager
def unwritable(monkeypatch, code):
    """Whoever opens a lock of the index is told that nothing can be written."""

    def refuse(self, documents, removed=(), **more):
        raise OSError(code, "no writing")

    with monkeypatch.context() as patch:
        patch.setattr("marketplace.search.whoosh_engine.index.Generation.write", refuse)
        yield


def told(logs, event):
    return [line for line in logs if line["event"] == event]


def test_a_rebuild_reads_what_stands_there_once_nobody_else_rebuilds(app, listings):
    """A command that rebuilds kind after kind must not read the second as it stood before the first."""
    db.session.query(Listing).count()  # begins to read, as the count of the progress bar does

    def change_and_index():
        rename("艾草精油")
        search.drain()

    elsewhere(app, change_and_index)
    assert queries.count_waiting() == 0
    rebuild(search.engine(), listings)
    assert search.engine().check(listings) == []


def test_a_row_applied_while_another_process_rebuilds_is_kept_until_it_is_done(app, listings):
    store = search.engine().cache("listings").store
    with file_lock(store.directory / "REBUILD"):
        fresh = store.begin()
        fresh.fill(listings.documents(None))
        db.session.rollback()
        rename("艾草精油")
        search.drain()
        assert queries.count_waiting() == 1
        store.use(fresh)
    search.drain(), search.drain()
    assert queries.count_waiting() == 0
    assert search.engine().check(listings) == []


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_an_index_that_cannot_be_written_is_said_once_and_stays_in_use(listings, monkeypatch, code):
    found = search.find("listings", Query(text="自封袋")).ids
    rename("艾草精油")
    with capture_logs() as logs, unwritable(monkeypatch, code):
        for _ in range(4):
            search.engine().consumer._failed.clear()  # as if its rest were over
            search.drain()
        hits = search.find("listings", Query(text="自封袋"))
    assert len(told(logs, "search_index_not_written")) == 1
    assert not told(logs, "search_index_rebuilding")
    assert (hits.ids, hits.degraded) == (found, False)
    assert queries.count_waiting() == 1
    assert search.engine().check(listings) != []
    with capture_logs() as logs:
        search.engine().consumer._failed.clear()
        search.drain()
    assert len(told(logs, "search_index_written_again")) == 1
    assert search.engine().check(listings) == []


def test_it_rests_after_a_failed_write_and_other_kinds_go_on(app, listings, monkeypatch):
    things = {1: Document(id="1", title="艾条")}
    search.register(Searchable("things", lambda ids: iter(things.values()), lambda query: Hits([], 0)))
    try:
        rename("艾草精油")
        with monkeypatch.context() as patch:

            def apply(self, searchable, ids, real=Consumer.apply):
                with unwritable(monkeypatch, errno.EROFS) if searchable.kind == "listings" else monkeypatch.context():
                    return real(self, searchable, ids)

            patch.setattr(Consumer, "apply", apply)
            with transaction():
                search.changed("things", 1)
            search.drain()
        assert search.find("things", Query(text="艾条")).ids == [1]
        assert [kind for _, kind, _ in queries.waiting_rows(0, 9)] == ["listings"]
        assert search.drain() == 0
    finally:
        del REGISTERED["things"]


def test_a_sick_index_is_complained_of_once_until_it_is_well(listings):
    store = search.engine().cache("listings").store
    (store.directory / "CURRENT").unlink()
    with capture_logs() as logs:
        for _ in range(5):
            assert search.find("listings", Query(text="自封袋")).degraded
        search.drain()
        assert not search.find("listings", Query(text="自封袋")).degraded
    assert len(told(logs, "search_index_sick")) == 1
    assert len(told(logs, "search_index_rebuilding")) == 1
    assert len(told(logs, "search_index_well_again")) == 1


def test_what_a_killed_rebuild_left_is_removed(listings):
    store = search.engine().cache("listings").store
    left, used = store.begin().path, store.current().path
    with file_lock(store.directory / "REBUILD"):
        search.engine().consumer._looked.clear()
        search.drain()
        assert left.is_dir(), "somebody may be filling it"
    search.engine().consumer._looked.clear()
    search.drain()
    assert not left.exists()
    assert used.is_dir()


def test_check_names_an_index_that_cannot_be_opened(app, listings):
    segment = next(path for path in search.engine().cache("listings").store.current().files() if path.suffix == ".seg")
    segment.unlink()
    segment.mkdir()
    answer = app.test_cli_runner().invoke(args=["search", "check", "--kind", "listings"])
    assert answer.exit_code == 1
    assert "listings: " in answer.output
    assert "1 differences." in answer.output
