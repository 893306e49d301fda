"""Forms of matching: why a pair is "not for us"."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from marketplace.core.forms import DoorstepForm, LineField, required
from marketplace.matching.models import DISMISSAL_REASONS, DismissalReason


class DismissForm(DoorstepForm):
    """Why the pair should not be proposed again."""

    reason = RadioField(
        _l("Why is it not for you?"),
        [required(_l("Choose a reason."))],
        choices=[SelectChoice(reason.value, words) for reason, words in DISMISSAL_REASONS.items()],
    )
    note = LineField(_l("Anything to add?"), max_length=200)

    def to_args(self) -> dict[str, Any]:
        return {"reason": DismissalReason(self.reason.data), "note": self.note.data}
