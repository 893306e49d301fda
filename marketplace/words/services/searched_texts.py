"""What becomes of the texts that people searched: looked at again, set aside, taken back."""

from datetime import datetime
from typing import Any

from marketplace import search
from marketplace.search import Found
from marketplace.words.models import SearchedText
from marketplace.words.search import KIND


def note_look(row: SearchedText, look: Found) -> None:
    """Keep what a search for the text finds now, in the caller's transaction."""
    before = row.may_be_shown
    row.results, row.in_vain, row.unknown = look.results, look.in_vain, look.unknown
    row.proposals = [[proposal.word, proposal.kind] for proposal in look.proposals]
    if row.may_be_shown or before:
        search.changed(KIND, row.id)


def set_aside(row: SearchedText, *, actor: Any, now: datetime) -> None:
    """Not a word of ours: neither listed for staff nor shown to others; doing it twice changes nothing."""
    if row.set_aside_at is None:
        row.set_aside_at, row.set_aside_by_id = now, actor.id
        search.changed(KIND, row.id)


def take_back(row: SearchedText) -> None:
    """List the text again, or show it again."""
    row.set_aside_at = row.set_aside_by_id = None
    search.changed(KIND, row.id)
