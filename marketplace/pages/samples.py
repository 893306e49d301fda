"""What `/dev/components` shows: a form with every kind of field, once light and once dark."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from marketplace.core.clock import utc_now
from marketplace.core.forms import DoorstepForm


class SampleForm(DoorstepForm):
    """One field of each kind; never saved."""

    title = StringField(_l("What do you need?"), [DataRequired()], description=_l("Product, material or category."))
    price = StringField(_l("How much may one cost?"))
    unit = SelectField(_l("Counted in"), choices=[SelectChoice(unit, unit) for unit in ("只", "千克")])
    day = DateField(_l("Needed by"))
    text = TextAreaField(_l("What else matters?"))
    kind = RadioField(
        _l("What is it?"),
        default="product",
        choices=[SelectChoice("product", _l("Product")), SelectChoice("service", _l("Service"))],
    )
    negotiable = BooleanField(_l("Price negotiable"))
    pictures = MultipleFileField(_l("Pictures"), description=_l("JPEG, PNG or WebP, up to 10 MB each."))


def samples() -> dict[str, Any]:
    """The forms by theme, one with an error in it, and what the page reckons times with."""
    forms = {theme: SampleForm(formdata=None, prefix=theme) for theme in ("light", "dark")}
    for form in forms.values():
        form.price.errors = [_l("Write the limit as a number, for example 0.30.")]
    return {"forms": forms, "now": utc_now, "days": lambda count: timedelta(days=count)}
