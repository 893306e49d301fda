"""Garbage in a process of the site: collected between two tasks, never in the midst of one."""

import gc
import subprocess
import sys
import weakref

import pytest

from marketplace.core.garbage_and_caches import (
    FULL_COLLECTION_EVERY,
    Kept,
    collect_between_tasks,
    collect_what_is_due,
    without_collecting,
)


class Ring:
    def __init__(self):
        self.itself = self


def forgotten_ring():
    return weakref.ref(Ring())


@pytest.fixture
def by_hand():
    before = gc.get_threshold()
    collect_between_tasks()
    yield
    gc.enable()
    gc.unfreeze()
    gc.set_threshold(*before)


def test_full_collections_become_rare_and_leave_the_application_out(by_hand):
    assert gc.get_threshold()[2] == FULL_COLLECTION_EVERY
    assert gc.get_freeze_count() > 0


def test_nothing_is_collected_in_the_midst_of_a_task(by_hand):
    ring = forgotten_ring()
    kept = [[] for _ in range(gc.get_threshold()[0] * 20)]
    assert ring() is not None
    assert len(kept) > gc.get_threshold()[0]


def test_what_is_due_is_collected_after_it(by_hand):
    ring = forgotten_ring()
    kept = [[] for _ in range(gc.get_threshold()[0] + 1)]
    collect_what_is_due()
    assert ring() is None
    assert gc.get_count()[0] < len(kept)


def test_little_is_left_for_later(by_hand):
    ring = forgotten_ring()
    collect_what_is_due()
    assert ring() is not None


def test_each_generation_has_its_turn(by_hand):
    gc.collect()
    collections = [stats["collections"] for stats in gc.get_stats()]
    young, middle, _old = gc.get_threshold()
    kept = []
    for _ in range(middle + 2):
        kept.append([[] for _ in range(young + 1)])
        collect_what_is_due()
    done = [stats["collections"] - before for stats, before in zip(gc.get_stats(), collections, strict=True)]
    assert done == [middle + 1, 1, 0]
    assert kept


def test_python_keeps_its_own_way_elsewhere():
    assert gc.isenabled()
    ring = forgotten_ring()
    collect_what_is_due()
    assert ring() is not None


FREED = """
import numpy as np
from pathlib import Path
from marketplace.core.garbage_and_caches import give_back_at_once

def held():
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) // 1024

if {early}:
    give_back_at_once()
np.ones(500_000)  # what glibc learns from
before, small, large = held(), [], []
for _ in range(50):
    large.append(np.ones(400_000))  # 3 MB
    small.append(np.ones(10_000))   # lies above it, so that the heap cannot shrink
del large
print(held() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
def test_large_arrays_go_back_to_the_machine_when_they_are_freed():
    kept, left = (int(subprocess.check_output([sys.executable, "-c", FREED.format(early=early)]))
                  for early in (False, True))  # fmt: skip
    assert left < 30 < 100 < kept


def test_nothing_is_collected_while_a_file_is_read():
    with without_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_process_that_collects_by_hand_goes_on_so(by_hand):
    with without_collecting():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_answers_are_forgotten_all_at_once_when_there_are_too_many():
    kept = Kept(2)
    kept["a"], kept["b"] = 1, 2
    assert dict(kept) == {"a": 1, "b": 2}
    kept["c"] = 3
    assert dict(kept) == {"c": 3}
