"""The form of a pair of words."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice

from marketplace.core.forms import DoorstepForm, LineField, VersionField, required
from marketplace.search import WordPair
from marketplace.words.kinds import KINDS, LONGEST, LONGEST_NOTE


class OtherNameForm(DoorstepForm):
    """Two words and how they stand to each other. `came_from` is a text that was searched in vain."""

    term = LineField(
        _l("Which word do listings use?"), [required(_l("Write the word that listings use."))], max_length=LONGEST
    )
    variant = LineField(_l("What do people also call it?"), [required(_l("Write the other name."))], max_length=LONGEST)
    kind = RadioField(
        _l("How do the two stand to each other?"),
        default="alias",
        choices=[SelectChoice(*kind) for kind in KINDS.items()],
        validate_choice=False,
    )
    note = LineField(
        _l("Why, or where does it come from?"),
        max_length=LONGEST_NOTE,
        description=_l("For your colleagues; nobody else sees it."),
    )
    came_from = HiddenField()
    version = VersionField()

    def to_pair(self) -> WordPair:
        """The words as they were typed, with single blanks."""
        return WordPair(
            " ".join((self.term.data or "").split()), " ".join((self.variant.data or "").split()), self.kind.data or ""
        )
