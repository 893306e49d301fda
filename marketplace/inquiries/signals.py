"""News of inquiries; the sender is the inquiry, in the caller's transaction. All carry `now`."""

from blinker import Namespace

_signals = Namespace()
inquiry_sent = _signals.signal("inquiry-sent")
"""A supplier was asked; `message` is the letter."""
inquiry_answered = _signals.signal("inquiry-answered")
"""The supplier wrote for the first time; `message`."""
message_written = _signals.signal("inquiry-message-written")
"""Either side wrote, the first answer included but not the letter; `message`, `first_answer`."""
inquiry_declined = _signals.signal("inquiry-declined")
"""The supplier cannot; `actor`, the reason stands in the inquiry."""
inquiry_closed = _signals.signal("inquiry-closed")
"""The buyer needs no more answers; `actor`, the reason stands in the inquiry."""
inquiry_lapsed = _signals.signal("inquiry-lapsed")
"""The clock ended an inquiry that nobody answered."""
inquiry_waits = _signals.signal("inquiry-waits")
"""Half of the time to answer is over (R1)."""
