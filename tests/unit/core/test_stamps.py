"""What a process caches of rows is read again when somebody committed a change of them."""

from marketplace.catalog.queries.categories import cached_tree
from marketplace.core import stamps
from marketplace.core.db import db, transaction
from marketplace.core.stamps import Cached, Stamp
from tests.factories.catalog import CategoryFactory


def names(cached):
    return [node.name_zh for node in cached.get().nodes]


class TestCached:
    def test_is_read_once_while_nobody_changes_anything(self, tmp_path):
        reads = []
        cached = Cached(Stamp(tmp_path / "a.stamp"), lambda: reads.append(1))
        for _ in range(3):
            cached.get()
        assert len(reads) == 1

    def test_another_process_sees_the_renewal(self, tmp_path):
        numbers = iter(range(9))
        mine, other = (Cached(Stamp(tmp_path / "a.stamp"), lambda: next(numbers)) for _ in range(2))
        assert (mine.get(), other.get(), other.get()) == (0, 1, 1)
        mine.stamp.renew()
        assert (mine.get(), other.get()) == (2, 3)

    def test_a_stamp_that_nobody_renewed_is_trusted_for_a_minute(self, tmp_path, monkeypatch):
        numbers = iter(range(9))
        cached = Cached(Stamp(tmp_path / "a.stamp"), lambda: next(numbers))
        clock = [100.0]
        monkeypatch.setattr(stamps.time, "monotonic", lambda: clock[0])
        assert cached.get() == 0
        clock[0] += stamps.CACHED_AT_MOST + 1
        assert cached.get() == 1

    def test_a_folder_that_cannot_be_written_breaks_nothing(self, tmp_path):
        Stamp(tmp_path / "away" / "a.stamp").renew()


class TestTheCategoryTree:
    def test_follows_every_committed_change(self, app):
        row = CategoryFactory(name_zh="饮片")
        assert names(cached_tree()) == ["饮片"]
        with transaction():
            row.name_zh = "中药饮片"
        assert names(cached_tree()) == ["中药饮片"]
        with transaction() as session:
            session.delete(row)
        assert names(cached_tree()) == []

    def test_is_not_read_again_for_what_was_rolled_back(self, app):
        row = CategoryFactory(name_zh="饮片")
        tree = cached_tree().get()
        row.name_zh = "别的"
        db.session.flush()
        db.session.rollback()
        assert cached_tree().get() is tree
