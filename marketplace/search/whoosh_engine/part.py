"""A process that cuts a part of the documents (`filling.Part`): words to cut with, then documents come as pickles."""

import os
import pickle
import signal
import sys
from collections.abc import Iterator
from typing import IO

from marketplace.search.documents import Document
from marketplace.search.whoosh_engine.filling import cut
from marketplace.search.words import learn

KINDNESS = 5
"""How far it stands back behind the processes that serve the site."""


def received(pipe: IO[bytes]) -> Iterator[Document]:
    """The documents that are handed over, until an empty list.

    Raises:
        EOFError: whoever hands them over is gone.
    """
    while documents := pickle.load(pipe):  # noqa: S301 - from the process that started this one
        yield from documents


def main(taken: IO[bytes], given: IO[bytes]) -> None:
    """Cut the documents that come in, and give back what they are cut into."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it is told, and ends it
    os.nice(KINDNESS)
    try:
        learn(pickle.load(taken))  # noqa: S301 - from the process that started this one
        pickle.dump(cut(received(taken)), given, pickle.HIGHEST_PROTOCOL)
        given.flush()
    except (EOFError, BrokenPipeError):
        os._exit(1)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
