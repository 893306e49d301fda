"""The arrays of a block in a file beside its segment, so that a start need not read the segment posting by posting.

The file is a zip of arrays, each with a checksum; texts are JSON. It is read into memory, not mapped: what is in use
does not change when somebody writes over the file. It can be thrown away at any time, and by its name Whoosh removes it
with its segment.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from marketplace.search.whoosh_engine.blocks import Block, Postings, WordPostings

FORMAT = 1
"""Raise it when the arrays of a block or their meaning change."""
LEAST_ROWS = 1000
"""A smaller segment is read as fast as its file would be."""
SUFFIX = ".block"
COLUMNS = ("words", "pairs", "sounds", "facets", "audiences")
Arrays = Mapping[str, npt.NDArray[Any]]


def file_of(folder: Path, segment_id: str) -> Path:
    """Where the block of a segment is kept."""
    return folder / f"{segment_id}{SUFFIX}"


def keep(path: Path, block: Block) -> None:
    """Write the arrays of a block that is worth it.

    Raises:
        OSError: the file cannot be written.
    """
    if block.size < LEAST_ROWS:
        return
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with half.open("wb") as out:
            np.savez(out, allow_pickle=False, **arrays_of(block))
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def kept(path: Path, size: int) -> Block | None:
    """The block of a segment of `size` rows as it was kept; None when there is no such file or it is not whole."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if _texts(arrays["told"]) != [FORMAT, size]:
                return None
            return block_of(arrays)
    except Exception:  # whatever a damaged file makes the reader of zips throw, the segment is there
        return None


def arrays_of(block: Block) -> dict[str, npt.NDArray[Any]]:
    """Everything of a block that does not hang on other blocks."""
    facets = {f"{name}={value}": rows for name, values in block.facets.items() for value, rows in values.items()}
    found: dict[str, npt.NDArray[Any]] = {
        "told": _bytes([FORMAT, block.size]),
        "texts": _bytes([block.ids, block.digests, block.names, list(block.numbers)]),
        "numbers": np.array(list(block.numbers.values()), np.int64).reshape(len(block.numbers), block.size),
        "words.tf": block.words.tf,
        "words.length": block.words.length,
    }
    for name in COLUMNS:
        postings: Postings = Postings.of_terms(facets) if name == "facets" else getattr(block, name)
        found |= {
            f"{name}.terms": _bytes(list(postings.vocabulary)),
            f"{name}.start": postings.start,
            f"{name}.rows": postings.rows,
        }
    return found


def block_of(arrays: Arrays) -> Block:
    """The block that `arrays_of` took apart."""
    ids, digests, names, numbers = _texts(arrays["texts"])
    column = {name: (_texts(arrays[f"{name}.terms"]), arrays[f"{name}.start"], arrays[f"{name}.rows"])
              for name in COLUMNS}  # fmt: skip
    return Block(
        ids,
        digests,
        [tuple(one) for one in names],
        dict(zip(numbers, arrays["numbers"], strict=True)),
        WordPostings(*column.pop("words"), arrays["words.tf"], arrays["words.length"]),
        **{name: Postings(*found) for name, found in column.items()},
    )


def _bytes(told: Sequence[Any]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), np.uint8)


def _texts(told: npt.NDArray[np.uint8]) -> Any:
    return json.loads(told.tobytes())
