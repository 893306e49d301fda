"""News of people and organisations. Sent inside the transaction; listeners add rows to it."""

from blinker import Namespace

_signals = Namespace()
organisation_submitted = _signals.signal("organisation-submitted", doc="An organisation waits for verification.")
organisation_verified = _signals.signal("organisation-verified", doc="Staff verified it, or lifted a suspension.")
organisation_returned = _signals.signal("organisation-returned", doc="Staff returned it with a reason.")
organisation_suspended = _signals.signal("organisation-suspended", doc="Staff suspended it with a reason.")
organisation_changed = _signals.signal("organisation-changed", doc="What the public sees of it has changed.")
registration_asked = _signals.signal("registration-asked", doc="Arguments: email, url, known (it has an account).")
reset_asked = _signals.signal("reset-asked", doc="Sender: the person. Argument: url of the page for a new password.")
invitation_sent = _signals.signal("invitation-sent", doc="Sender: the organisation. Arguments: email, url, inviter.")
