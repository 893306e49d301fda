"""Whoosh behind the port: everything that `port.SearchEngine` asks of an engine."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from marketplace.core.db import db
from marketplace.search.documents import Document
from marketplace.search.lexicon import WordPair
from marketplace.search.port import Change, Found, SickIndex
from marketplace.search.query import Filters, Searchable
from marketplace.search.registry import REGISTERED
from marketplace.search.whoosh_engine import search_checks, word_changes
from marketplace.search.whoosh_engine.blocks import Block, block_of_documents
from marketplace.search.whoosh_engine.consumer import Consumer, rebuild
from marketplace.search.whoosh_engine.engine import Engine
from marketplace.search.whoosh_engine.postings import Snapshot
from marketplace.search.whoosh_engine.preview import preview
from marketplace.search.whoosh_engine.wishes import SnapshotCandidates


class WhooshEngine(Engine):
    """The engine of an application, with its writer; only the worker lets that run."""

    def __init__(self, directory: Path):
        super().__init__(directory)
        self.consumer = Consumer(self, REGISTERED)

    def candidates(self, kind: str, *, now: bool = False) -> SnapshotCandidates:
        """Everything of a kind.

        Raises:
            SickIndex: the index is missing, damaged or has another schema.
        """
        return SnapshotCandidates(self.snapshot(kind, now=now))

    def look_for(self, kind: str, texts: Iterable[str]) -> dict[str, Found]:
        """What searches for these texts find now, by text; nothing while the index is sick."""
        return search_checks.look_for(self, kind, texts)

    def would_change(
        self, pair: WordPair, filters: Mapping[str, Filters], *, instead_of: WordPair | None = None
    ) -> dict[str, dict[str, Change]]:
        """What a pair of words would change, by word and then by kind."""
        return preview(self, pair, filters, instead_of=instead_of)

    def saying(self, kind: str, words: Iterable[str]) -> set[int]:
        """Ids of the newest documents that hold every token of one of the words."""
        return word_changes.saying(self.snapshot(kind, now=True), words)

    def cut_otherwise(self, searchable: Searchable, words: Iterable[str]) -> list[int]:
        """Ids of the documents in which one of the words stands and that the index holds as they are cut no longer."""
        return word_changes.cut_otherwise(self, searchable, words)

    def drain(self) -> int:
        """Apply the outbox, and repair a sick index."""
        return self.consumer.drain()

    def rebuild(self, searchable: Searchable, progress: Callable[[int], None] | None = None) -> int:
        """Build a new generation beside the one in use and go over to it."""
        return rebuild(self, searchable, progress)

    def is_built(self, kind: str) -> bool:
        """True when there is an index of the kind, sick or not."""
        return self.cache(kind).store.directory.exists()

    def problem(self, kind: str) -> str:
        """What keeps the kind from being searched; empty when nothing does."""
        try:
            self.snapshot(kind)
        except Exception as error:  # whatever the index throws, it is not ready
            return error.__class__.__name__
        return ""

    def check(self, searchable: Searchable) -> list[str]:
        """Every row that the index lacks, has too much or has in an old version; a sick index is one difference."""
        kind = searchable.kind
        try:
            self.cache(kind).store.current().verify()
            indexed = self.snapshot(kind, now=True).digests()
        except Exception as problem:  # whatever the index throws is a difference, not the end of the check
            return [f"{kind}: {problem or problem.__class__.__name__}"]
        found = []
        for document in searchable.documents(None):
            digest = indexed.pop(document.id, None)
            if digest is None:
                found.append(f"{kind} {document.id}: missing from the index")
            elif digest != document.digest():
                found.append(f"{kind} {document.id}: the index holds another version")
        db.session.rollback()
        return found + [f"{kind} {id_}: in the index only" for id_ in indexed]

    def status(self, kind: str) -> dict[str, Any]:
        """How many documents and segments, which generation, how many bytes; or `sick` and why."""
        try:
            generation = self.cache(kind).store.current()
            snapshot = self.snapshot(kind, now=True)
            size = sum(path.stat().st_size for path in generation.files())
        except SickIndex as sick:
            return {"sick": str(sick)}
        return {
            "documents": snapshot.count, "deleted": snapshot.size - snapshot.count, "segments": len(snapshot.blocks),
            "generation": generation.path.name, "bytes": size, "sick": None,
        }  # fmt: skip


def index_part(documents: Iterable[Document]) -> Block:
    """Documents made ready in memory, without a database: one part of what is to be searched together."""
    return block_of_documents(documents, digests=False)


def candidates_of_parts(parts: Iterable[Any]) -> SnapshotCandidates:
    """The documents of all parts (`index_part`), in their order, as candidates."""
    return SnapshotCandidates(Snapshot(list(parts)))
