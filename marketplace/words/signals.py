"""News of words; others listen."""

from blinker import Namespace

_signals = Namespace()

words_changed = _signals.signal("words-changed")
"""Staff added, changed or took out pairs of `words` (folded). Sent by the worker, inside a transaction, when it
searches by the new words already."""
