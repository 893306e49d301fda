"""The steps of a listing on the featured rota."""

from flask_babel import lazy_gettext as _l

STEP_LABELS = {
    "featured": _l("Put on the featured rota"),
    "no_longer_featured": _l("Taken off the featured rota"),
}
"""Steps of a listing's timeline, worded."""
