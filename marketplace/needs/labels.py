"""Statuses, wishes and steps of a need, worded."""

from flask_babel import lazy_gettext as _l

from marketplace.needs.lifecycle import LocalPreference, NeedStatus, UnmetReason

STATUS_LABELS = {
    NeedStatus.DRAFT: _l("Draft"),
    NeedStatus.OPEN: _l("Looking for suppliers"),
    NeedStatus.CLOSED: _l("Closed"),
    NeedStatus.UNMET: _l("Not met"),
    NeedStatus.WITHDRAWN: _l("Withdrawn"),
}
PREFERENCE_LABELS = {
    LocalPreference.NONE: _l("No preference"),
    LocalPreference.PREFER: _l("Prefer neighbours on equal terms"),
    LocalPreference.REQUIRE: _l("Local suppliers only"),
}
UNMET_LABELS = {
    UnmetReason.NO_SUPPLY: _l("Nobody supplies it"),
    UnmetReason.PRICE: _l("The price did not fit"),
    UnmetReason.QUALITY: _l("The quality did not fit"),
    UnmetReason.TIME: _l("Nobody could deliver in time"),
    UnmetReason.CANCELLED: _l("We no longer need it"),
}
STEP_LABELS = {
    "drafted": _l("Draft saved"),
    "published": _l("Published"),
    "changed": _l("Changed"),
    "closed": _l("Closed by hand"),
    "ran_out": _l("Closed: the closing day has passed"),
    "reopened": _l("Opened again"),
    "marked_unmet": _l("Noted as not met"),
    "withdrawn": _l("Withdrawn"),
}
