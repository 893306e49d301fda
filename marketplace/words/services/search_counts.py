"""What people search for, counted by text and day: no person, no address, no session.

A page only appends a line to a file of the instance (`note`), which takes no lock and waits for nobody. The worker
takes the file away every few seconds and counts it in one transaction. A crash before that commit loses nothing, one
between it and the removal of the file counts some seconds twice. Without a worker the file grows to a megabyte at most.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from flask import current_app, request
from sqlalchemy import delete

from marketplace.core.arguments import names_given
from marketplace.core.clock import local_day, utc_now
from marketplace.core.db import db, transaction
from marketplace.core.folding import fold
from marketplace.search import Hits, has_words
from marketplace.words import queries
from marketplace.words.models import SearchCount, SearchedText

log = structlog.get_logger()
LONGEST = 40
"""Characters of a text that is kept: longer ones are letters and lists, and may tell more than was meant."""
MOST_BYTES = 1 << 20
MOST_TEXTS = 5000
"""Different texts counted on one day: people search for some hundreds, a machine that makes up more fills no disk."""
GAP = "[ .\u2013\u2014-]?"
PERSONAL = re.compile(
    "|".join(
        (
            r"@",  # an address
            r"\d{7}",  # seven digits in a row: telephone, identity card, account
            rf"(?<!\d)1[3-9]\d(?:{GAP}\d{{4}}){{2}}(?!\d)",  # a mobile number written in groups
            rf"(?<!\d)\(?0\d{{2,3}}\)?{GAP}\d{{3,4}}{GAP}\d{{4}}(?!\d)",  # area code and number
            rf"(?<!\d)\d{{6}}(?:{GAP}\d{{4}}){{2}}{GAP}\d{{3}}[\dx]",  # an identity number in groups: place, day, rest
            rf"(?<!\d)(?:\d{{4}}{GAP}){{3}}\d{{2,4}}",  # an account in groups of four
        )
    )
)
MACHINES = re.compile(r"bot\b|bot/|crawl|spider|slurp|externalhit|preview|scanner", re.I)
Key = tuple[str, str, date]


@dataclass
class Count:
    """What one file says of a text on a day."""

    times: int = 0
    unanswered: int = 0
    results: int = 0

    def add(self, results: int) -> None:
        """One search more."""
        self.times += 1
        self.unanswered += not results
        self.results = results


def note(kind: str, text: str, hits: Hits) -> None:
    """Remember that somebody searched; called by the search pages, and never in their way.

    Only the plain first page counts: a click on a filter, an order or the next page asks for the same words again.
    """
    kept = kept_text(text)
    if not kept or hits.degraded or not _is_a_persons_search():
        return
    results = 0 if hits.is_partial else hits.total
    line = json.dumps([local_day(utc_now()).isoformat(), kind, kept, results], ensure_ascii=False) + "\n"
    try:
        file = os.open(_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(file).st_size < MOST_BYTES:
                os.write(file, line.encode())
        finally:
            os.close(file)
    except OSError as error:
        log.warning("search_not_noted", problem=str(error))


def kept_text(text: str) -> str:
    """The text as it is counted; empty when it is none that may be kept."""
    folded = " ".join(fold(text).split())
    if len(folded) > LONGEST or PERSONAL.search(folded) or not has_words(folded):
        return ""
    return folded


def _is_a_persons_search() -> bool:
    """True for the plain first page asked for by somebody, not for each letter typed, a look ahead or a machine."""
    headers = request.headers
    plain = names_given() == {"q"}
    by_itself = headers.get("HX-Trigger-Name") == "q" or "HX-History-Restore-Request" in headers
    ahead = "prefetch" in headers.get("Sec-Purpose", "") + headers.get("Purpose", "") + headers.get("X-Moz", "")
    return (request.method == "GET" and plain and not by_itself and not ahead
            and not MACHINES.search(headers.get("User-Agent", "")))  # fmt: skip


def _file() -> Path:
    return Path(current_app.instance_path) / "searches.log"


def take() -> list[int]:
    """Count what the pages have noted; returns the ids of the texts that were searched."""
    taken = _file().with_suffix(".taken")
    if not taken.exists():
        try:
            _file().rename(taken)
        except FileNotFoundError:
            return []
    with transaction():
        ids = count(read(taken))
    taken.unlink()
    return ids


def read(file: Path) -> dict[Key, Count]:
    """The counts of a file; lines cut off by a crash are passed over."""
    found: dict[Key, Count] = {}
    for line in file.read_text("utf-8", errors="replace").splitlines():
        try:
            day, kind, text, results = json.loads(line)
            found.setdefault((str(kind), str(text), date.fromisoformat(day)), Count()).add(int(results))
        except (ValueError, TypeError):
            continue
    return found


def count(counts: Mapping[Key, Count]) -> list[int]:
    """Add counts to those of the database, in the caller's transaction; returns the ids of their texts.

    Past `MOST_TEXTS` on a day only texts that it has already are counted.
    """
    days = queries.counts_by_key(counts)
    held = queries.texts_held({day for _kind, _text, day in counts})
    texts = queries.texts_by_key({(kind, text) for kind, text, _day in counts})
    touched = {}
    for key, found in counts.items():
        kind, text, day = key
        if key not in days:
            if held.get(day, 0) >= MOST_TEXTS:
                continue
            held[day] = held.get(day, 0) + 1
        whole = texts.get((kind, text))
        if whole is None:
            whole = texts[kind, text] = SearchedText(kind=kind, text=text, times=0, days=0, unanswered=0, last_on=day)
            db.session.add(whole)
        row = days.get(key)
        if row is None:
            row = days[key] = SearchCount(kind=kind, text=text, day=day, times=0, unanswered=0)
            db.session.add(row)
            whole.days += 1
        row.times += found.times
        row.unanswered += found.unanswered
        row.results = whole.results = found.results
        whole.times += found.times
        whole.unanswered += found.unanswered
        whole.last_on = max(whole.last_on, day)
        touched[kind, text] = whole
    db.session.flush()
    return [row.id for row in touched.values()]


def forget(now: datetime) -> list[int]:
    """Drop the days that are kept no longer, in the caller's transaction; returns the ids of texts that changed.

    A text without any day left goes, too, whatever staff thought of it.
    """
    first = local_day(now) - timedelta(days=current_app.config["SEARCH_LOG_DAYS"])
    old = queries.counted_before(first)
    texts = queries.texts_by_key({(row.kind, row.text) for row in old})
    db.session.execute(delete(SearchCount).where(SearchCount.day < first))
    changed = []
    for kind, text, times, unanswered, days in old:
        whole = texts.get((kind, text))
        if whole is not None:
            changed.append(whole.id)
            whole.times, whole.unanswered = whole.times - times, whole.unanswered - unanswered
            whole.days -= days
            if whole.days <= 0:
                db.session.delete(whole)
    return changed
