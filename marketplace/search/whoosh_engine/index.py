"""Index generations on disk: a copy of the database that can be thrown away at any time.

`<index>/<kind>/<schema hash>-<n>/` holds one generation, `CURRENT` beside it names the one in use and is replaced by
rename. After each commit the sha256 of every file goes into `manifest.json`, since Whoosh notices no changed bit by
itself. Whoosh keeps pickles: the directory is for its owner alone (0700) and nothing from outside may be put there.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import index as whoosh_index
from whoosh.reading import SegmentReader

from marketplace.search.documents import WORD_FIELDS, Document
from marketplace.search.port import SickIndex
from marketplace.search.whoosh_engine.blocks import Block
from marketplace.search.whoosh_engine.filling import fill
from marketplace.search.whoosh_engine.writing import OTHER_FIELDS, add_row, create, row_of, rows_written
from marketplace.search.words import ANALYSIS

FORMAT = 5
"""Raise it when the fields or their meaning change."""
MANIFEST = "manifest.json"
CURRENT = "CURRENT"
MISSING_INDEX = ("missing",)
"""What `stamp` tells when there is nothing to read."""


def schema_hash() -> str:
    """Names schema and analysis; another hash is another index."""
    told = f"{FORMAT} {ANALYSIS} {' '.join((*WORD_FIELDS, *OTHER_FIELDS))}"
    return hashlib.sha256(told.encode()).hexdigest()[:10]


class Generation:
    """One directory with one Whoosh index."""

    def __init__(self, path: Path):
        self.path = path

    @classmethod
    def create(cls, path: Path) -> "Generation":
        """A new, empty generation at `path`."""
        path.mkdir(parents=True, mode=0o700)
        generation = cls(path)
        create(path)
        generation.write_manifest({})
        return generation

    def write(self, changed: Iterable[Document], removed: Iterable[str] = ()) -> int:
        """Put `changed` in the place of what stood under their ids and take `removed` out, in one commit.

        Two rows of one id in one batch would both stay, so the last one wins before the writer sees them.
        Returns how many ids were touched.

        Raises:
            Exception: anything Whoosh may raise; nothing of the batch is in the index then.
        """
        last: dict[str, Document | None] = dict.fromkeys(removed)
        last.update({document.id: document for document in changed})
        if not last:
            return 0
        before = self.manifest()
        with rows_written(self.path) as writer:
            for id_, document in last.items():
                writer.delete_by_term("id", id_)
                if document is not None:
                    add_row(writer, row_of(document))
        self.write_manifest(before.get("files", {}))
        return len(last)

    def fill(self, documents: Iterable[Document]) -> int:
        """Write all `documents` into a fresh generation; returns how many."""
        count = fill(self.path, documents)
        self.write_manifest({})
        return count

    def files(self) -> list[Path]:
        """The files that the manifest answers for."""
        kept = (path for path in self.path.iterdir() if path.is_file())
        return sorted(path for path in kept if path.suffix in {".toc", ".seg"})

    def write_manifest(self, known: dict[str, Any]) -> None:
        """Note the sha256 of every index file; files of an unchanged name and size keep the one that is known."""
        files = {}
        for path in self.files():
            size = path.stat().st_size
            old = known.get(path.name)
            files[path.name] = old if old and old[0] == size else [size, _sha256(path)]
        told = {"commit": latest_commit(self.path), "files": files}
        temporary = self.path / f".{MANIFEST}.{os.getpid()}"
        with temporary.open("w") as out:
            json.dump(told, out)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(self.path / MANIFEST)

    def manifest(self) -> dict[str, Any]:
        """What stood in the index after its last whole commit.

        Raises:
            SickIndex: the manifest is missing or cannot be read.
        """
        try:
            told: dict[str, Any] = json.loads((self.path / MANIFEST).read_text())
            return told if "commit" in told else _sick(f"{self.path.name}: manifest without a commit")
        except (OSError, ValueError) as error:
            raise SickIndex(f"{self.path.name}: {error}") from error

    def verify(self, trusted: dict[str, tuple[int, int]] | None = None) -> dict[str, tuple[int, int]]:
        """Check every file against the manifest; `trusted` (size and time by name) were checked before.

        Raises:
            SickIndex: a file is missing, of another size or of other content.
        """
        checked = {}
        for name, (size, digest) in self.manifest()["files"].items():
            path = self.path / name
            try:
                now = path.stat()
            except OSError as error:
                raise SickIndex(f"{name} is missing") from error
            stamp = (now.st_size, now.st_mtime_ns)
            if now.st_size != size or ((trusted or {}).get(name) != stamp and _sha256(path) != digest):
                raise SickIndex(f"{name} is damaged")
            checked[name] = stamp
        return checked

    def read_through(self) -> None:
        """Read every row and posting of the latest commit.

        Raises:
            Exception: anything Whoosh may raise over a segment that is not whole.
        """
        with self.reader() as reader:
            for segment in segments(reader):
                block_of_segment(segment)

    @contextmanager
    def reader(self) -> Iterator[Any]:
        """A Whoosh reader of the latest commit."""
        opened = whoosh_index.open_dir(str(self.path))
        try:
            reader = opened.reader()
            try:
                yield reader
            finally:
                reader.close()
        finally:
            opened.close()


class IndexStore:
    """The generations of one kind of thing, and which of them is in use."""

    def __init__(self, directory: Path, kind: str):
        self.directory = directory / kind
        self.kind = kind

    def current(self) -> Generation:
        """The generation in use.

        Raises:
            SickIndex: there is none, or it was written with another schema or analysis.
        """
        try:
            name = (self.directory / CURRENT).read_text().strip()
        except (OSError, ValueError) as error:
            raise SickIndex(f"{self.kind}: no index ({error.__class__.__name__})") from error
        if not name.startswith(schema_hash() + "-") or "/" in name:
            raise SickIndex(f"{self.kind}: the index has another schema")
        path = self.directory / name
        if not path.is_dir():
            raise SickIndex(f"{self.kind}: {name} is missing")
        return Generation(path)

    def begin(self) -> Generation:
        """A new, empty generation beside the others, not yet in use."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chmod(self.directory.parent, 0o700)
        latest = max(self._numbers().values(), default=0)
        return Generation.create(self.directory / f"{schema_hash()}-{latest + 1}")

    def use(self, generation: Generation) -> None:
        """Let readers go over to `generation`; the one before it is kept, older ones are removed."""
        temporary = self.directory / f".{CURRENT}.{os.getpid()}"
        before = self._named()
        with temporary.open("w") as out:
            out.write(generation.path.name)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(self.directory / CURRENT)
        for path in self.directory.iterdir():
            if path.is_dir() and path.name not in {generation.path.name, before}:
                shutil.rmtree(path, ignore_errors=True)

    def drop_unfinished(self) -> None:
        """Remove generations that were begun after the one in use and never came into use. Nobody may be rebuilding."""
        numbers = self._numbers()
        for path, number in numbers.items():
            if number > numbers.get(self.directory / self._named(), number):
                shutil.rmtree(path, ignore_errors=True)

    def _numbers(self) -> dict[Path, int]:
        """Every generation here with its number; a later one has a larger one."""
        found = ((path, path.name.rpartition("-")[2]) for path in self.directory.glob("*-*"))
        return {path: int(number) for path, number in found if number.isdigit()}

    def _named(self) -> str:
        try:
            return (self.directory / CURRENT).read_text().strip()
        except (OSError, ValueError):
            return ""

    def stamp(self) -> tuple[Any, ...]:
        """Changes whenever readers have something new to read; costs two looks at the file system."""
        try:
            current = os.stat(self.directory / CURRENT)
            manifest = os.stat(self.directory / self._named() / MANIFEST)
        except (OSError, ValueError):
            return MISSING_INDEX
        return (current.st_ino, current.st_mtime_ns, manifest.st_ino, manifest.st_mtime_ns)


def latest_commit(path: Path) -> int:
    """The number of the newest commit in the directory, -1 for none."""
    numbers = [-1]
    for file in path.glob("_MAIN_*.toc"):
        number = file.stem.rpartition("_")[2]
        if number.isdigit():
            numbers.append(int(number))
    return max(numbers)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sick(problem: str) -> dict[str, Any]:
    raise SickIndex(problem)


def segments(reader: Any) -> list[SegmentReader]:
    """The segment readers of a reader, in order of their rows; none for an index without rows."""
    return [leaf for leaf, _ in reader.leaf_readers() if leaf.segment() is not None]


def read_postings(reader: SegmentReader, field: str, term: bytes | str) -> tuple[Any, Any]:
    """Rows and counts of one term, by the matcher's own buffers; falls back to its public methods."""
    matcher = reader.postings(field, term)
    while hasattr(matcher, "child"):
        matcher = matcher.child
    if not hasattr(matcher, "_read_ids"):
        return read_postings_plainly(matcher)
    rows, counts = [], []
    while True:
        matcher._read_ids()
        matcher._read_weights()
        rows.append(np.asarray(matcher._ids, np.int32))
        counts.append(np.asarray(matcher._weights, np.float32))
        if matcher._lastblock:
            break
        matcher._next_block()
    return (rows[0], counts[0]) if len(rows) == 1 else (np.concatenate(rows), np.concatenate(counts))


def read_postings_plainly(matcher: Any) -> tuple[Any, Any]:
    """The same through the public matcher methods, slower."""
    rows, counts = [], []
    while matcher.is_active():
        rows.append(matcher.id())
        counts.append(matcher.weight())
        matcher.next()
    return np.array(rows, np.int32), np.array(counts, np.float32)


def block_of_segment(reader: SegmentReader) -> Block:
    """Read a whole segment into arrays."""
    size = reader.doc_count_all()
    stored: list[dict[str, Any]] = [dict(row) for _, row in zip(range(size), reader_rows(reader), strict=False)]
    words = [{_text(term): read_postings(reader, name, term) for term in reader.lexicon(name)} for name in WORD_FIELDS]
    others = [
        {_text(term): read_postings(reader, name, term)[0] for term in reader.lexicon(name)} for name in OTHER_FIELDS
    ]
    return Block.of_rows(stored, words, *others)


def reader_rows(reader: SegmentReader) -> Iterator[dict[str, Any]]:
    """Stored fields of every row, deleted ones too."""
    for number in range(reader.doc_count_all()):
        yield reader.stored_fields(number)


def _text(term: bytes | str) -> str:
    return term.decode("utf-8") if isinstance(term, bytes) else term
