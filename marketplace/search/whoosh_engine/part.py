"""A process that writes one part of a fresh index (`filling.Part`): what it cuts with and documents come as pickles."""

import os
import pickle
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from marketplace.search.documents import Document
from marketplace.search.whoosh_engine.filling import write_segment
from marketplace.search.whoosh_engine.writing import create
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


def main(folder: Path, pipe: IO[bytes]) -> None:
    """Write what comes in through `pipe` as one segment into an index in `folder`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it is told, and ends it
    os.nice(KINDNESS)
    try:
        learn(pickle.load(pipe))  # noqa: S301 - from the process that started this one
        create(folder)
        write_segment(folder, received(pipe))
    except EOFError:
        sys.exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.stdin.buffer)
