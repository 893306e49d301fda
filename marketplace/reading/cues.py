"""Words that tell what a figure beside them is for: `data/cues.csv`, one row a word, each with why and two examples."""

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

CUES_FILE = Path(__file__).parent / "data" / "cues.csv"
CLASSES = {
    "minimum_before": "m", "minimum_after": "q", "capacity_day": "c", "capacity_week": "c", "capacity_month": "c",
    "capacity_quarter": "c", "capacity_year": "c", "capacity": "c", "makes": "g", "each_day": "e", "each_week": "e",
    "each_month": "e", "each_quarter": "e", "each_year": "e", "lead": "l", "ready": "k", "within": "h", "at_once": "i",
    "next_day": "i", "price": "p", "other_money": "x", "from_on": "f", "about": "y", "times": "b", "other_span": "z",
    "stock": "s", "at_least": "n",
}  # fmt: skip
"""The letter by which patterns speak of each class of words."""


class Cue(NamedTuple):
    """One row; `example` holds the word in its sense, `counter` the same letters in another sense."""

    word: str
    name: str
    why: str
    example: str
    counter: str


@lru_cache(maxsize=1)
def all_cues() -> tuple[Cue, ...]:
    """Every row of the file, in its order."""
    with CUES_FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Cue(row["word"], row["class"], row["why"], row["example"], row["counter_example"])
            for row in csv.DictReader(lines)
        )


@lru_cache(maxsize=1)
def cue_names() -> dict[str, str]:
    """The class of each word, in lower case."""
    return {cue.word.lower(): cue.name for cue in all_cues()}


@lru_cache(maxsize=1)
def cue_pattern() -> str:
    """Every word, the longest first; words of Latin letters only as whole words."""
    words = sorted(cue_names(), key=lambda word: (-len(word), word))
    begins = "".join(sorted({re.escape(word[0]) for word in words}))  # most letters of a text begin none
    return rf"(?=[{begins}])(?:{'|'.join(map(_whole, words))})"


def _whole(word: str) -> str:
    inner = re.escape(word).replace(r"\ ", r"\s+")
    before = r"(?<![a-z])" if word[0].isascii() and word[0].isalpha() else ""
    behind = r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else ""
    return before + inner + behind
