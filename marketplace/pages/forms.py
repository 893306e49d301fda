"""Forms of the park staff: days of the working calendar."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from marketplace.core.calendar_days import DayGiven
from marketplace.core.day_lists import MOST_DAYS, DayRead, read_days
from marketplace.core.forms import DoorstepForm, TextField, required

LINE_REFUSALS = {
    "nothing": _l("Line %(number)d says no day: “%(text)s”. Write for example 2027-02-05 to 2027-02-11."),
    "no_such_day": _l("Line %(number)d names a day that does not exist: “%(text)s”."),
    "backwards": _l("Line %(number)d ends before it begins: “%(text)s”."),
    "too_long": _l("Line %(number)d covers more than %(most)d days: “%(text)s”."),
}
LINES_NAMED = 3


class CalendarForm(DoorstepForm):
    """Days off and working days of a year, pasted or typed, a day or a range a line."""

    days = TextField(
        _l("Which days are off, and which weekends are worked?"),
        [required(_l("Write at least one day."))],
        max_length=4000,
        description=_l(
            "Paste the list of the notice, or write a day or range a line. Days followed by “work” are working days, "
            "all others are off."
        ),
    )

    def __init__(self, *arguments: Any, year: int, **options: Any):
        super().__init__(*arguments, **options)
        self.year = year
        self._read: list[DayRead] = []

    def validate_days(self, field: TextField) -> None:
        """Every line has to be understood: half a list would be worse than none."""
        self._read, wrong = read_days(field.data or "", self.year)
        if wrong:
            told = [
                LINE_REFUSALS[line.reason] % {"number": line.number, "text": line.text[:40], "most": MOST_DAYS}
                for line in wrong[:LINES_NAMED]
            ]
            more = len(wrong) - LINES_NAMED
            raise ValidationError(" ".join([*told, *([_("%(count)d more lines.", count=more)] if more > 0 else [])]))

    def to_days(self) -> list[DayGiven]:
        """The days of all lines."""
        return [DayGiven(one.day, one.worked, one.name) for one in self._read]
