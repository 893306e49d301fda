"""Forms of inquiries: shape only."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField
from wtforms.validators import Optional, ValidationError

from marketplace.core.forms import DayField, DoorstepForm, LineField, NumberField, TextField, required
from marketplace.inquiries.services import REASON_LIMIT, TEXT_LIMIT

ACCEPT = {"accept": ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"}


class InquiryForm(DoorstepForm):
    """The letter. Recipients are check boxes of the page."""

    text = TextField(
        _l("What would you like to know?"), [required(_l("Write what you would like to know."))], max_length=TEXT_LIMIT
    )
    quantity = NumberField(_l("How much?"), unit="unit")
    unit = LineField(_l("Unit"), max_length=20)
    wanted_by = DayField(_l("By when?"), [Optional()])
    files = MultipleFileField(_l("Files"), render_kw=ACCEPT)

    def validate_unit(self, field: LineField) -> None:
        if self.quantity.data is not None and not field.data:
            raise ValidationError(_("Write the unit too, for example kg."))

    def to_args(self) -> dict[str, Any]:
        return {
            "text": self.text.data,
            "quantity": self.quantity.data,
            "unit": self.unit.data or "",
            "wanted_by": self.wanted_by.data,
        }


class MessageForm(DoorstepForm):
    """A message in a thread."""

    text = TextField(_l("Your message"), [required(_l("Write a message."))], max_length=TEXT_LIMIT)
    files = MultipleFileField(_l("Files"), render_kw=ACCEPT)


class DeclineForm(DoorstepForm):
    reason = LineField(
        _l("Why can you not supply it?"),
        [required(_l("Write the reason, so that the other side knows."))],
        max_length=REASON_LIMIT,
    )


class CloseForm(DoorstepForm):
    reason = LineField(
        _l("Why do you need no more answers?"),
        [required(_l("Write the reason, so that the other side knows."))],
        max_length=REASON_LIMIT,
    )
