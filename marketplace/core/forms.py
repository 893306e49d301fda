"""Forms check shape; rules live in services. A refusal of a service lands on the form."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, has_request_context, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import DateField, Field, FieldList, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from marketplace.core.errors import worded
from marketplace.core.numerals import read_typed
from marketplace.core.refusals import LostEdit, RuleBroken
from marketplace.core.units import find_unit

YEARS = range(1900, 2101)
"""Years that a day may have; 12/31/26 comes as the year 26."""
UNSEEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f"  # control characters
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"  # without a shape
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]"  # turn the text, or look like a blank
)
NEEDS_JOINERS = r"\u0600-\u1cff\u2190-\u2bff\U0001f000-\U0001faff"
JOINERS = re.compile(
    rf"(?<![{NEEDS_JOINERS}\ufe0f\u200c\u200d])[\u200c\u200d\ufe00-\ufe0f]+|[\u200c\u200d]+(?![{NEEDS_JOINERS}])"
)
"""Joiners and variants of a shape, except within scripts and pictures that need them."""


def clean(text: str | None) -> str:
    """`text` without characters that nobody sees or that turn it around, and without blanks around it."""
    return JOINERS.sub("", UNSEEN.sub("", text or "")).strip()


def whole_number(text: str | None) -> int | None:
    """The number that `text` writes in at most 18 digits, so that a column can hold it; else None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None


class DoorstepForm(FlaskForm):
    """The base of all forms: CSRF, the reader's language in built-in messages, errors of the whole form."""

    refused_with = 422

    class Meta(FlaskForm.Meta):
        @property
        def locales(self) -> list[str]:
            return ["zh" if str(get_locale()).startswith("zh") else "en"]

    def validate(self, extra_validators: Any = None) -> bool:
        """False without a look at the fields when the form's token is no longer good (`core.form_tokens`)."""
        if "act_refused" in g:
            self.refuse(g.act_refused)
            return False
        return bool(super().validate(extra_validators))

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 200 until it is refused, then that of the refusal."""
        return self.refused_with if self.errors else 200

    def points(self) -> list["Point"]:
        """What is wrong, field by field in the order of the page; a row of a table by its number and its field."""
        return [point for field in self for point in _points_of(field)]

    def refuse(self, message: object) -> None:
        """Show `message` over the whole form."""
        self.form_errors.append(message if isinstance(message, Markup) else str(message))


@dataclass(frozen=True)
class Point:
    """Something to correct: the id of the field, what it is called, and what to do."""

    field_id: str
    label: str
    text: str


def _points_of(field: Field) -> list[Point]:
    if not isinstance(field, FieldList):
        text = next((str(error) for error in field.errors if error), "")
        return [Point(field.id, str(field.label.text), text)] if text else []
    points = [
        Point(
            point.field_id,
            _("%(table)s, row %(number)d, %(field)s", table=field.label.text, number=number, field=point.label),
            point.text,
        )
        for number, row in enumerate(field, 1)
        for cell in row
        for point in _points_of(cell)
    ]
    whole = next((error for error in field.errors if isinstance(error, str) and error), "")
    return [*points, Point(field.id, str(field.label.text), whole)] if whole else points


class LineField(StringField):
    """One line of text, trimmed."""

    def __init__(self, label: Any = None, validators: Any = None, *, max_length: int = 120, **kwargs: Any):
        super().__init__(
            label,
            [Length(max=max_length, message=_l("Use at most %(max)d characters.")), *(validators or [])],
            filters=[clean],
            **kwargs,
        )
        self.max_length = max_length


class TextField(TextAreaField):
    """Several lines of text, trimmed."""

    def __init__(self, label: Any = None, validators: Any = None, *, max_length: int = 4000, **kwargs: Any):
        super().__init__(
            label,
            [Length(max=max_length, message=_l("Use at most %(max)d characters.")), *(validators or [])],
            filters=[clean],
            **kwargs,
        )
        self.max_length = max_length


class NumberField(StringField):
    """A positive decimal number as people type it: 20,000, 0.3, １２３．５, 2万, 两千, 1000个; empty is None.

    `unit` names the field for what is counted, `..unit` one of the form around a row: a unit behind the number goes
    there when it is empty, and is asked back when it says something else. `words` may stand behind the number.
    """

    data: Any
    takes_money = False

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        places: int = 3,
        most: Decimal = Decimal(10) ** 12,
        allow_zero: bool = False,
        unit: str = "",
        words: Iterable[str] = (),
        **kwargs: Any,
    ):
        super().__init__(label, validators, **kwargs)
        self.places, self.most, self.allow_zero = places, most, allow_zero
        self.unit, self.words = unit, frozenset(words)
        self.raw_text = self.typed_unit = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.raw_text = clean(valuelist[0]) if valuelist else ""
        self.data, self.typed_unit = None, ""
        if not self.raw_text:
            return
        typed = read_typed(self.raw_text)
        if typed is None or (typed.is_money and not self.takes_money):
            raise ValueError(_("Write a number, for example 20000 or 0.3."))
        if typed.unit and typed.unit not in self.words:
            if not self.unit:
                raise ValueError(_("Write a number, for example 20000 or 0.3."))
            self.typed_unit = typed.unit
        number = typed.value
        if not number.is_finite() or number < 0 or (number == 0 and not self.allow_zero) or number > self.most:
            raise ValueError(_("Write a number above zero."))
        exponent = number.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            raise ValueError(_("Use at most %(places)d decimal places.", places=self.places))
        self.data = number

    def pre_validate(self, form: Any) -> None:
        """Let the unit behind the number and the field for the unit say the same."""
        if not self.typed_unit or self.data is None:
            return
        around = getattr(form.meta, "_parent_form", None) if self.unit.startswith("..") else form
        beside = around[self.unit.removeprefix("..")] if around is not None else None
        written, typed = (beside.data if beside is not None else "") or "", find_unit(self.typed_unit)
        if typed is None and written != self.typed_unit:
            raise ValidationError(_("Write a number, for example 20000 or 0.3."))
        if not written and beside is not None:
            beside.data = self.typed_unit
        elif written != self.typed_unit and find_unit(written) != typed:
            raise ValidationError(
                _(
                    "You wrote “%(typed)s”, but the unit is “%(unit)s”. Which one is right?",
                    typed=self.raw_text,
                    unit=written,
                )
            )

    def _value(self) -> str:
        if self.raw_text:
            return self.raw_text
        return "" if self.data is None else f"{Decimal(self.data).normalize():f}"


class MoneyField(NumberField):
    """An amount in yuan: 1000, ￥1000, 1000元, 1万元; with a `unit` also a price: 12元/个."""

    takes_money = True


class WholeNumberField(NumberField):
    """A whole number, such as days or a year."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any):
        super().__init__(label, validators, places=0, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = int(self.data)


class VersionField(HiddenField):
    """The version of the row that the page was opened with; 0, which no row has, when the form does not say it."""

    def process(self, formdata: Any, *arguments: Any, **options: Any) -> None:
        super().process(formdata, *arguments, **options)
        if formdata is None and has_request_context() and request.method == "POST":
            self.data = 0  # an empty form was sent

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = whole_number(valuelist[0] if valuelist else "") or 0


class SeenForm(DoorstepForm):
    """A step that a person takes about what they looked at: the form says which version that was."""

    version = VersionField()


class DayField(DateField):
    """A calendar day, as a browser sends it or as people write it: 2026-12-31, 2026/12/31, 2026年12月31日."""

    data: date | None
    FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any):
        super().__init__(label, validators, format=list(self.FORMATS), **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = [re.sub(r"\s", "", unicodedata.normalize("NFKC", text)) for text in valuelist]
        try:
            super().process_formdata(typed)
        except ValueError:
            raise ValueError(_("Choose a day, for example 2026-12-15.")) from None
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(_("Write the whole year, for example 2026-12-31."))

    def _value(self) -> str:
        """As the field reads it back, whatever the year."""
        return " ".join(self.raw_data) if self.raw_data else self.data.isoformat() if self.data else ""


def required(message: Any) -> Any:
    """A validator that stops at once with `message` when nothing was given (zero counts as given)."""

    def check(form: Any, field: Field) -> None:
        if field.data is None or field.data in ("", []):  # noqa: PLR6201 - a list has no hash
            field.errors = []
            raise _Stop(message)

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


class _Stop(ValidationError):
    pass


@contextmanager
def refusals_on(form: DoorstepForm) -> Iterator[None]:
    """A `RuleBroken` of a service becomes an error of `form`; everything inside was rolled back."""
    try:
        yield
    except RuleBroken as refusal:
        form.refuse(worded(refusal))
        form.refused_with = refusal.status
        if isinstance(refusal, LostEdit):
            form["version"].data = refusal.version
