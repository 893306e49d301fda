"""Forms of the featured rota."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from marketplace.core.forms import DoorstepForm, LineField


class FindListingForm(DoorstepForm):
    """Staff look for a listing to feature."""

    class Meta(DoorstepForm.Meta):
        csrf = False

    words = LineField(
        _l("Which listing?"), description=_l("Words of its title or of the supplier's name"), max_length=60
    )


class FeatureForm(DoorstepForm):
    """Put a listing on the rota."""

    words = HiddenField()
