"""Memory: how much is kept and given back, and when Python looks for what nothing holds any more."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

Name = TypeVar("Name")
Answer = TypeVar("Answer")
FULL_COLLECTION_EVERY = 100
"""Collections of the middle generation between two full ones; Python has 10."""

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""Names of options of `mallopt`, as in malloc.h."""
LARGE = 1 << 20
"""Bytes."""
HEAPS = 2


class Kept(dict[Name, Answer]):
    """Answers by what was asked; all are forgotten when there are too many. Safe to use from several threads."""

    def __init__(self, most: int):
        super().__init__()
        self.most = most

    def __setitem__(self, name: Name, answer: Answer) -> None:
        if len(self) >= self.most:
            self.clear()
        super().__setitem__(name, answer)


def give_back_memory() -> None:
    """Let the C library return what large temporary arrays have left free; nothing where it is another library.

    Reading an index of 100,000 listings leaves 260 MB behind that would otherwise stay with the process.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def give_back_at_once() -> None:
    """From here on a large array goes back to the machine when it is freed, and threads share two heaps.

    By itself glibc learns from the first large array that is freed to keep such room, and gives each thread a heap of
    its own. While a rebuilt index of 100,000 listings was read a web process held 1.36 GB so, and 0.83 GB this way.
    """
    if sys.platform == "linux":
        set_option = getattr(ctypes.CDLL(None), "mallopt", None)
        if set_option is not None:
            set_option(MMAP_THRESHOLD, LARGE)
            set_option(TRIM_THRESHOLD, LARGE)
            set_option(ARENA_MAX, HEAPS)


def collect_between_tasks() -> None:
    """From here on garbage is collected by `collect_what_is_due` alone, and what is loaded by now is passed over.

    Python 3.11 may begin a collection in the midst of making an instance's dict. What runs then can reach the same
    instance (the weak references of SQLAlchemy do), its values are freed twice, and the process breaks: with some hash
    seeds once in some ten thousand pages. Between two requests or jobs nothing is half made.

    Full collections walk every word of the index, so they are made a tenth as often as is usual: with 10,000 listings
    one held up one match in ten by 0.1 s.
    """
    gc.collect()
    gc.freeze()
    young, middle, _old = gc.get_threshold()
    gc.set_threshold(young, middle, FULL_COLLECTION_EVERY)
    gc.disable()


@contextmanager
def without_collecting() -> Iterator[None]:
    """Collect nothing meanwhile: for what makes much that is kept and nothing in circles, such as reading a file."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def collect_what_is_due() -> None:
    """Collect the oldest generation that has grown past its threshold; nothing where Python does it by itself."""
    if gc.isenabled():
        return
    pairs = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [generation for generation, (count, threshold) in enumerate(pairs) if count > threshold]
    if due:
        gc.collect(due[-1])
