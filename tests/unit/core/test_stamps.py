"""What a process caches of rows is read again when somebody committed a change of them."""

import pytest

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

    def test_a_folder_that_cannot_be_written_keeps_its_own_process_right(self, tmp_path):
        numbers = iter(range(9))
        cached = Cached(Stamp(tmp_path / "away" / "a.stamp"), lambda: next(numbers))
        assert cached.get() == 0
        cached.renew("1")
        assert cached.get() == 1

    def test_a_state_is_told_once(self, tmp_path):
        stamp = Stamp(tmp_path / "a.stamp")
        assert stamp.renew("0")
        assert stamp.value() is None
        stamp.renew("1")
        first = stamp.value()
        stamp.renew("1")
        assert stamp.value() == first
        stamp.renew("2")
        assert stamp.value() != first

    def test_rows_that_cannot_be_read_leave_the_value_and_are_tried_again_a_second_later(self, tmp_path, monkeypatch):
        answers = iter([1, 0, 2])
        cached = Cached(Stamp(tmp_path / "a.stamp"), lambda: 1 / next(answers))
        clock = [100.0]
        monkeypatch.setattr(stamps.time, "monotonic", lambda: clock[0])
        assert cached.get() == 1
        cached.forget()
        assert (cached.get(), cached.get()) == (1, 1)
        clock[0] += stamps.RETRY_AFTER
        assert cached.get() == 0.5

    def test_the_first_reading_has_no_value_to_stay_with(self, tmp_path):
        with pytest.raises(ZeroDivisionError):
            Cached(Stamp(tmp_path / "a.stamp"), lambda: 1 / 0).get()
        assert Cached(Stamp(tmp_path / "a.stamp"), lambda: 1 / 0, before=7.0).get() == 7

    def test_another_thread_goes_on_with_the_value_while_one_reads(self, tmp_path):
        seen = []

        def read():
            if seen:
                seen.append(cached.get())
            return len(seen)

        cached = Cached(Stamp(tmp_path / "a.stamp"), read, before=-1)
        seen.append("reading")
        assert (cached.get(), seen) == (2, ["reading", -1])


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
