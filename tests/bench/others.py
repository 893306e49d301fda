"""Other engines over the same words, run by the Python of `.venv-bench`, which knows nothing of Doorstep.

    .venv-bench/bin/python tests/bench/others.py build ENGINE FOLDER
    .venv-bench/bin/python tests/bench/others.py ask ENGINE FOLDER

`FOLDER` holds what `tests.bench.engines` wrote there: listings and needs as numbers of words, and the queries. Each
word becomes `w` and its number, so that every engine cuts the texts at the same places. Building and asking are two
processes, so that the memory of one does not count for the other. The answer is one line of JSON.
"""

import json
import os
import sqlite3
import sys
from pathlib import Path
from time import perf_counter

import bm25s
import numpy as np
import tantivy
from whoosh import index as whoosh_index
from whoosh.fields import ID, KEYWORD, NUMERIC, Schema
from whoosh.query import And, NumericRange, Or, Term

K1, B = 1.2, 0.75
TOP = {"user": 20, "narrowed": 20, "need": 50, "listing": 50}
"""How many rows each sort of query asks for."""


class Shelf:
    """Rows as lists of words, with kind, locality and price where they have them."""

    def __init__(self, path):
        with np.load(path) as stored:
            self.start, self.words = stored["start"].tolist(), stored["words"].tolist()
            self.facts = list(zip(*(stored[name].tolist() for name in ("kind", "locality", "price")), strict=True))

    def __len__(self):
        return len(self.start) - 1

    def __iter__(self):
        """Text and facts of each row."""
        for row, facts in enumerate(self.facts):
            yield spelled(self.words[self.start[row] : self.start[row + 1]]), facts


def spelled(numbers):
    return [f"w{number}" for number in numbers]


class Engine:
    """One index that is open. `find` gives the best rows, `narrow` counts by locality within a kind and a price."""

    narrow = None

    def rows(self, found):
        """The row numbers of what `find` gave; not part of the measured time."""
        return list(found)


class Whoosh(Engine):
    """Whoosh's own `Or`, as it comes."""

    def build(self, shelf, folder):
        schema = Schema(words=KEYWORD(scorable=True), kind=ID, locality=ID(sortable=True),
                        price=NUMERIC(int, bits=64, sortable=True))  # fmt: skip
        writer = whoosh_index.create_in(str(folder), schema).writer(limitmb=512)
        for words, (kind, locality, price) in shelf:
            writer.add_document(words=" ".join(words), kind=str(kind), locality=str(locality), price=price)
        writer.commit()

    def open(self, folder):
        self.searcher = whoosh_index.open_dir(str(folder)).searcher()

    def find(self, words, top):
        found = self.searcher.search(Or([Term("words", word) for word in words]), limit=top)
        return [row for row, _score in found.items()]

    def narrow(self, words, top, kind, most):
        found = self.searcher.search(
            Or([Term("words", word) for word in words]),
            limit=top,
            groupedby="locality",
            filter=And([Term("kind", str(kind)), NumericRange("price", 0, most)]),
        )
        return {name: len(rows) for name, rows in found.groups("locality").items()}


class Fts5(Engine):
    """SQLite's full-text search with bm25()."""

    def build(self, shelf, folder):
        base = sqlite3.connect(folder / "index.sqlite")
        base.execute("CREATE VIRTUAL TABLE texts USING fts5(words, content='', detail=full)")
        base.execute("CREATE TABLE facts (id INTEGER PRIMARY KEY, kind INT, locality INT, price INT)")
        with base:
            for row, (words, facts) in enumerate(shelf):
                base.execute("INSERT INTO texts (rowid, words) VALUES (?, ?)", (row, " ".join(words)))
                base.execute("INSERT INTO facts VALUES (?, ?, ?, ?)", (row, *facts))
        base.close()

    def open(self, folder):
        self.base = sqlite3.connect(folder / "index.sqlite")

    def find(self, words, top):
        rows = self.base.execute("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?",
                                 (" OR ".join(words), top))  # fmt: skip
        return [row for (row,) in rows]

    def narrow(self, words, top, kind, most):
        said = " OR ".join(words)
        left = ("FROM texts JOIN facts ON facts.id = texts.rowid "
                "WHERE texts MATCH ? AND kind = ? AND price BETWEEN 0 AND ?")  # fmt: skip
        self.base.execute(f"SELECT texts.rowid {left} ORDER BY rank LIMIT ?", (said, kind, most, top)).fetchall()
        return dict(self.base.execute(f"SELECT locality, count(*) {left} GROUP BY locality", (said, kind, most)))


class Tantivy(Engine):
    """tantivy in one segment; its row number is kept as a column, looked up outside the measured time."""

    def schema(self):
        made = tantivy.SchemaBuilder()
        made.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        made.add_unsigned_field("row", stored=True)
        made.add_unsigned_field("kind", indexed=True)
        made.add_text_field("locality", tokenizer_name="raw", fast=True)
        made.add_integer_field("price", indexed=True, fast=True)
        return made.build()

    def build(self, shelf, folder):
        writer = tantivy.Index(self.schema(), path=str(folder)).writer(heap_size=512_000_000, num_threads=1)
        for row, (words, (kind, locality, price)) in enumerate(shelf):
            document = tantivy.Document()
            document.add_text("words", " ".join(words))
            document.add_text("locality", str(locality))
            document.add_unsigned("row", row)
            document.add_unsigned("kind", kind)
            document.add_integer("price", price)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder):
        self.index = tantivy.Index.open(str(folder))
        self.searcher = self.index.searcher()

    def any_of(self, words):
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.term_query(self.index.schema, "words", word, "freq"))
             for word in words])  # fmt: skip

    def find(self, words, top):
        return [address for _score, address in self.searcher.search(self.any_of(words), top, count=False).hits]

    def rows(self, found):
        return [self.searcher.doc(address)["row"][0] for address in found]

    def narrow(self, words, top, kind, most):
        schema, must = self.index.schema, tantivy.Occur.Must
        query = tantivy.Query.boolean_query([
            (must, self.any_of(words)),
            (must, tantivy.Query.const_score_query(tantivy.Query.term_query(schema, "kind", kind), 0.0)),
            (must, tantivy.Query.const_score_query(
                tantivy.Query.range_query(schema, "price", tantivy.FieldType.Integer, 0, most), 0.0)),
        ])  # fmt: skip
        self.searcher.search(query, top, count=False)
        told = self.searcher.aggregate(query, {"locality": {"terms": {"field": "locality", "size": 100}}})
        return {bucket["key"]: bucket["doc_count"] for bucket in told["locality"]["buckets"]}


class Bm25s(Engine):
    """bm25s: exact BM25 over a sparse matrix, without filters."""

    def build(self, shelf, folder):
        engine = bm25s.BM25(method="lucene", k1=K1, b=B)
        engine.index([words for words, _facts in shelf], show_progress=False)
        engine.save(folder, show_progress=False)

    def open(self, folder):
        self.engine = bm25s.BM25.load(folder, show_progress=False)
        self.held = self.engine.scores["num_docs"]

    def find(self, words, top):
        known = [word for word in words if word in self.engine.vocab_dict]
        found, _scores = self.engine.retrieve([known], k=min(top, self.held), show_progress=False)
        return found[0].tolist()


ENGINES = {"whoosh": Whoosh, "fts5": Fts5, "tantivy": Tantivy, "bm25s": Bm25s}


def build(name, folder):
    """Index both shelves; the seconds are those of the listings."""
    told = {}
    for kind in ("needs", "listings"):
        shelf, target = Shelf(folder / f"{kind}.npz"), folder / name / kind
        target.mkdir(parents=True)
        started = perf_counter()
        ENGINES[name]().build(shelf, target)
        told = {
            "build_s": perf_counter() - started,
            "mb": sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) / 1e6,
        }
    return told


def ask(name, folder):
    """The seconds of every query, what was found, and the memory of this process at the end."""
    asked = json.loads((folder / "queries.json").read_text())
    engines = {kind: ENGINES[name]() for kind in ("listings", "needs")}
    for kind, engine in engines.items():
        engine.open(folder / name / kind)
    seconds, hits = {}, {}
    for sort, queries in asked["queries"].items():
        engine = engines["needs" if sort == "listing" else "listings"]
        most = asked["slow"] if name == "whoosh" and sort != "user" else None
        words = [spelled(query) for query in queries[:most]]
        if sort != "narrowed":
            seconds[sort], found = series(words, engine.find, TOP[sort])
            hits[sort] = [engine.rows(each) for each in found]
        elif engine.narrow:
            seconds[sort], found = series(words, engine.narrow, TOP[sort], asked["kind"], asked["most"])
            hits[sort] = [sum(counts.values()) for counts in found]
    return {"seconds": seconds, "hits": hits, "rss_mb": resident_mb()}


def series(queries, call, *more):
    """Seconds and answers of each query, after one that only warms up."""
    for query in queries[:1]:
        call(query, *more)
    seconds, answers = [], []
    for query in queries:
        started = perf_counter()
        answers.append(call(query, *more))
        seconds.append(perf_counter() - started)
    return seconds, answers


def resident_mb():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    step, engine_name, place = sys.argv[1:4]
    print(json.dumps({"build": build, "ask": ask}[step](engine_name, Path(place))))
