"""News of listings; the sender is the listing, in the caller's transaction."""

from blinker import Namespace

_signals = Namespace()
listing_published = _signals.signal("listing-published")
"""It became visible: published, resumed or renewed after it had expired."""
listing_changed = _signals.signal("listing-changed")
"""A visible listing was edited."""
listing_taken_down = _signals.signal("listing-taken-down")
"""It is no longer visible: paused, expired, withdrawn, or back in review."""
listing_submitted = _signals.signal("listing-submitted")
"""It waits for the park staff."""
listing_approved = _signals.signal("listing-approved")
"""Staff let it be published; `actor`, `now`."""
listing_returned = _signals.signal("listing-returned")
"""Staff sent it back; `actor`, `reason`, `now`."""
listing_suspended = _signals.signal("listing-suspended")
"""Staff took it down; `actor`, `reason`, `now`."""
listing_expires_soon = _signals.signal("listing-expires-soon")
"""It asks for renewal (R6); `days` before the end (14, 7 or 1), `now`."""
listing_expired = _signals.signal("listing-expired")
"""The clock ended its life; `now`."""
