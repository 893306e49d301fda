"""The working calendar, kept by park staff: the days that the State Council announces for the coming year."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from marketplace.core import calendar_days
from marketplace.core.arguments import Arguments, RowId
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.form_keys import once
from marketplace.core.forms import DoorstepForm, refusals_on, whole_number
from marketplace.core.policies import authorize
from marketplace.core.working_time import is_published
from marketplace.pages.forms import CalendarForm
from marketplace.pages.views import bp


@bp.route("/staff/calendar", methods=["GET", "POST"])
def calendar() -> ResponseReturnValue:
    """The days of a year that staff entered, what is still missing, and the form for more."""
    authorize("calendar.keep")
    year = _year()
    form = CalendarForm(year=year)
    if form.validate_on_submit():
        with refusals_on(form), transaction(), once(url_for("pages.calendar", year=year)):
            count = calendar_days.enter_days(form.to_days(), actor=current_user, now=utc_now())
        if not form.errors:
            calendar_days.renew()
            flash(ngettext("%(num)d day entered.", "%(num)d days entered.", count))
            return redirect(url_for("pages.calendar", year=year))
    return render_template(
        "pages/calendar.html",
        form=form,
        year=year,
        years=calendar_days.years_to_keep(utc_now()),
        days=calendar_days.days_of(year),
        kinds=calendar_days.KINDS,
        is_published=is_published(year),
        missing=calendar_days.missing_holidays(year),
        timeline=calendar_days.worded_history(year),
    ), form.status


@bp.post("/staff/calendar/removal")
def take_back_days() -> ResponseReturnValue:
    """Let the ticked days count no more."""
    authorize("calendar.keep")
    if DoorstepForm().validate_on_submit():
        ids = [number for text in request.form.getlist("day") if (number := whole_number(text)) is not None]
        with transaction(), once(url_for("pages.calendar", year=_year())):
            count = calendar_days.take_back_days(ids, actor=current_user, now=utc_now())
        calendar_days.renew()
        if count:
            flash(ngettext("%(num)d day taken back.", "%(num)d days taken back.", count))
        else:
            flash(_("Tick the days that you want to take back."), "warning")
    return redirect(url_for("pages.calendar", year=_year()))


class YearArguments(Arguments):
    """The year to enter; None for the one that is due."""

    year = RowId()


def _year() -> int:
    """The year that was asked for, else the one whose calendar is missing, else this year."""
    now = utc_now()
    years = calendar_days.years_to_keep(now)
    asked = YearArguments.of_address_and_form().year
    if asked is not None and asked in years:
        return asked
    return calendar_days.year_to_enter(now) or years[0]
