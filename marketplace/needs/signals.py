"""What happens to needs; the sender is the need. Sent inside the transaction of the change, with `now`."""

from blinker import Namespace

_signals = Namespace()
need_published = _signals.signal("need-published")
"""A need is open: for the first time, or again with a new closing day."""
need_changed = _signals.signal("need-changed")
"""The text or facts of an open need changed."""
need_closed = _signals.signal("need-closed")
"""A need takes no more answers: closed by hand or by the clock, or withdrawn. `by_clock` and `actor` say who."""
