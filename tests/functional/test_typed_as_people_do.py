"""Numbers, days and words of forms as a Chinese keyboard, a date picker or a copied text brings them."""

from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, IntegerField
from wtforms.fields import DecimalField

from marketplace.catalog.forms import ListingForm
from marketplace.core.db import db
from marketplace.core.forms import DayField, LineField, TextField, clean
from marketplace.needs.models import Need
from tests.factories.accounts import owner_of
from tests.functional.test_points_to_correct import every_form

NEED = {"title": "纸箱", "local_preference": "none", "quotation_mode": "open", "lines-0-item": "纸箱", "step": "draft"}
UNSEEN = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u2800", "\u3164", "\u00ad", "\u180e", "\ufe0f")
TURNING = ("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069")


def saved_need(as_person: Any, **fields: str) -> Any:
    client = as_person(owner_of())
    client.set_cookie("language", "en")
    answer = client.post("/needs/new", data=NEED | fields)
    assert answer.status_code == 302, answer.text
    return db.session.query(Need).one()


@pytest.mark.parametrize(
    ("typed", "unit", "quantity", "told"),
    [
        ("１２３．５", "千克", "123.5", "千克"),
        ("１０００個", "", "1000", "個"),
        ("100个", "个", "100", "个"),
        ("100公斤", "千克", "100", "千克"),
        ("2万", "只", "20000", "只"),
        ("2万只", "", "20000", "只"),
        ("两千", "只", "2000", "只"),
    ],
)
def test_quantities(as_person, typed, unit, quantity, told):
    (line,) = saved_need(as_person, **{"lines-0-quantity": typed, "lines-0-unit": unit}).lines
    assert (line.quantity, line.unit) == (Decimal(quantity), told)


@pytest.mark.parametrize("typed", ["￥1000", "¥1000", "1000元", "1，000", "0.1万元", "１０００．００"])
def test_budgets(as_person, typed):
    assert saved_need(as_person, budget=typed).budget_fen == 100_000


def test_a_price_with_its_unit(as_person):
    line = {"lines-0-quantity": "2万", "lines-0-unit": "只", "lines-0-max_unit_price": "300元/千只"}
    (line,) = saved_need(as_person, **line).lines
    assert (line.max_unit_price, line.price_per) == (Decimal(300), "千只")


@pytest.mark.parametrize(
    ("name", "typed", "beside", "unit"),
    [
        ("lines-0-quantity", "100个", "lines-0-unit", "箱"),
        ("lines-0-max_unit_price", "12元/个", "lines-0-price_per", "箱"),
    ],
)
def test_a_unit_that_says_something_else_is_asked_back(as_person, name, typed, beside, unit):
    client = as_person(owner_of())
    client.set_cookie("language", "en")
    answer = client.post("/needs/new", data={**NEED, name: typed, beside: unit})
    assert answer.status_code == 422
    assert f"You wrote “{typed}”, but the unit is “{unit}”. Which one is right?" in unescape(answer.text)
    assert f'value="{typed}"' in answer.text


def listing(**fields: str) -> ListingForm:
    form = ListingForm(formdata=MultiDict({"title": "纸箱", "kind": "product", "capacity_per": "month", **fields}))
    form.category.choices = form.town.choices = [("", "")]
    form.category.data = form.town.data = ""
    return form


@pytest.mark.usefixtures("request_context")
class TestListing:
    @pytest.mark.parametrize("typed", ["￥12", "12元/个", "１２．００", "12块", "¥12/个"])
    def test_prices(self, typed):
        form = listing(unit="个", **{"tiers-0-min_quantity": "1000个", "tiers-0-unit_price": typed})
        assert form.validate(), form.errors
        (tier,) = form.to_content().tiers
        assert (tier.min_quantity, tier.unit_price) == (1000, 12)

    def test_a_price_for_another_unit_is_asked_back(self):
        form = listing(unit="箱", **{"tiers-0-min_quantity": "1", "tiers-0-unit_price": "12元/个"})
        assert not form.validate()
        assert [point.field_id for point in form.points()] == ["tiers-0-unit_price"]

    def test_days_and_amounts(self):
        form = listing(
            lead_time_min_days="７天", lead_time_max_days="十五天", moq_quantity="5千克", capacity_quantity="2万"
        )
        assert form.validate(), form.errors
        content = form.to_content()
        assert (content.lead_time_min_days, content.lead_time_max_days) == (7, 15)
        assert (content.moq_quantity, content.moq_unit, content.capacity_quantity) == (5, "千克", 20000)

    @pytest.mark.parametrize("typed", ["15个", "7.5", "731", "-1", "十五年"])
    def test_other_days(self, typed):
        assert not listing(lead_time_max_days=typed).validate()


def fields_of(form: Any) -> list[Any]:
    """Every field of the form, with those of its rows."""
    found = []
    for field in form:
        if isinstance(field, FieldList):
            field.append_entry() if not field.entries else None
            found += fields_of(field.entries[0].form)
        elif isinstance(field, FormField):
            found += fields_of(field.form)
        else:
            found.append(field)
    return found


@pytest.mark.usefixtures("request_context")
class TestEveryField:
    def test_no_number_field_is_of_the_library(self):
        """They read the figures of one alphabet only."""
        for form in every_form():
            for field in fields_of(form):
                assert not isinstance(field, IntegerField | DecimalField), (form, field.name)

    def test_every_line_of_text_is_cleaned(self):
        for form in every_form():
            for field in fields_of(form):
                if isinstance(field, LineField | TextField):
                    assert field.filters == [clean], (form, field.name)


class DayForm(Form):
    day = DayField("Day")


@pytest.mark.usefixtures("request_context")
class TestDays:
    @pytest.mark.parametrize(
        "typed", ["2026-12-31", "2026/12/31", "2026.12.31", "２０２６-12-31", "2026年12月31日", "2026 / 12 / 31"]
    )
    def test_of_people(self, typed):
        form = DayForm(MultiDict({"day": typed}))
        assert form.validate()
        assert form.day.data == date(2026, 12, 31)

    @pytest.mark.parametrize("typed", ["0026-12-31", "1899-12-31", "2101-01-01", "9999-12-31"])
    def test_of_no_year_we_know(self, typed):
        form = DayForm(MultiDict({"day": typed}))
        assert not form.validate()
        assert "the whole year" in form.day.errors[0]
        assert form.day._value() == typed

    @pytest.mark.parametrize("typed", ["1900-01-01", "2100-12-31"])
    def test_at_the_border(self, typed):
        assert DayForm(MultiDict({"day": typed})).validate()

    @pytest.mark.parametrize("typed", ["26-12-31", "2026-13-01", "明年"])
    def test_of_no_calendar(self, typed):
        assert not DayForm(MultiDict({"day": typed})).validate()

    def test_what_is_stored_is_shown_as_the_field_reads_it(self):
        assert DayForm(day=date(26, 12, 31)).day._value() == "0026-12-31"


class TestWords:
    @pytest.mark.parametrize("letter", [*UNSEEN, *TURNING])
    def test_what_nobody_sees_is_taken_out(self, letter):
        assert (clean(letter), clean(f"a{letter}gnp.exe"), clean(f"纸{letter}箱")) == ("", "agnp.exe", "纸箱")

    @pytest.mark.parametrize("text", ["می\u200cخواهم", "क्\u200dष", "👩\u200d🔬", "❤\ufe0f", "第一行\n第二行"])
    def test_joiners_that_a_script_needs_stay(self, text):
        assert clean(text) == text

    @pytest.mark.parametrize("letter", UNSEEN)
    def test_a_title_of_them_alone_is_none(self, as_person, letter):
        assert as_person(owner_of()).post("/needs/new", data=NEED | {"title": letter}).status_code == 422
