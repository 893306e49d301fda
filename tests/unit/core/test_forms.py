"""Numbers as people type them, text without control characters, refusals on the form."""

from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from marketplace.core.forms import DoorstepForm, LineField, NumberField, SeenForm, clean, refusals_on, required
from marketplace.core.refusals import LostEdit, RuleBroken

pytestmark = pytest.mark.usefixtures("request_context")


class SampleForm(DoorstepForm):
    amount = NumberField("Amount", [required("Write an amount.")])
    word = LineField("Word", max_length=5)


def filled(**values):
    return SampleForm(MultiDict(values))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("20,000", Decimal(20000)),
        (" 0.3 ", Decimal("0.3")),
        ("1，200", Decimal(1200)),
        ("7", Decimal(7)),
        ("１２", Decimal(12)),
    ],
)
def test_reads_numbers_as_people_type_them(typed, value):
    form = filled(amount=typed)
    assert form.validate(), form.errors
    assert form.amount.data == value


@pytest.mark.parametrize("typed", ["", "two", "-3", "0", "1e400", "NaN", "Infinity", "0.12345", "9" * 20])
def test_refuses_other_numbers_and_keeps_what_was_typed(typed):
    form = filled(amount=typed)
    assert not form.validate()
    assert form.amount._value() == typed


def test_says_how_long_a_line_may_be():
    form = filled(amount="1", word="123456")
    assert not form.validate()
    assert "5" in str(form.word.errors[0])


def test_text_loses_control_characters():
    assert clean("  a\x00b\x1b\n") == "ab"


def test_a_refusal_of_a_service_stands_on_the_form():
    form = filled(amount="1")
    assert form.validate()
    with refusals_on(form):
        raise RuleBroken("Too late.")
    assert form.form_errors == ["Too late."]
    assert form.errors


class TestStatusOfThePage:
    def test_is_200_for_a_form_that_nobody_refused(self):
        assert filled().status == 200
        form = filled(amount="1")
        form.validate()
        assert form.status == 200

    def test_is_422_where_a_field_is_wrong(self):
        form = filled(amount="many")
        form.validate()
        assert form.status == 422

    @pytest.mark.parametrize(("refusal", "status"), [(RuleBroken("Too late."), 422), (LostEdit("Changed.", 2), 409)])
    def test_is_that_of_the_refusal_of_a_service(self, refusal, status):
        form = SeenForm()
        with refusals_on(form):
            raise refusal
        assert form.status == status
