"""R13: limits of what a buyer writes, just below, at, and just above."""

import pytest
from werkzeug.datastructures import MultiDict

from marketplace.needs.forms import NeedForm, NeedLineForm

LONGEST = {"sentence": 1000, "title": 80, "description": 4000, "deliver_town": 60}
LONGEST_OF_A_LINE = {"item": 120, "unit": 12, "price_per": 12}
OF_NAMES = ["certificates", "hard_words"]

pytestmark = pytest.mark.usefixtures("request_context")


def refused(field, text, form_class=NeedForm):
    """The sentences of the field when the rest is left out."""
    form = form_class(MultiDict({field: text}))
    if form_class is NeedForm:
        form.local_preference.choices = []
    else:
        form.category.choices = []
    form.validate()
    return " ".join(map(str, form.errors.get(field, [])))


@pytest.mark.parametrize(("field", "most"), LONGEST.items())
def test_r13_a_text_has_so_many_characters_and_not_one_more(field, most):
    assert refused(field, "字" * (most - 1)) == refused(field, "字" * most) == ""
    assert f"at most {most} characters" in refused(field, "字" * (most + 1))


@pytest.mark.parametrize(("field", "most"), LONGEST_OF_A_LINE.items())
def test_r13_a_text_of_a_line_has_so_many_characters_and_not_one_more(field, most):
    assert refused(field, "字" * (most - 1), NeedLineForm) == refused(field, "字" * most, NeedLineForm) == ""
    assert f"at most {most} characters" in refused(field, "字" * (most + 1), NeedLineForm)


@pytest.mark.parametrize("field", OF_NAMES)
def test_r13_twenty_names_of_sixty_characters_and_not_one_more(field):
    names = [f"证{number}" for number in range(21)]
    assert refused(field, "、".join(names[:19])) == refused(field, "、".join(names[:20])) == ""
    assert "At most 20" in refused(field, "、".join(names))
    assert refused(field, "字" * 59) == refused(field, "字" * 60) == ""
    assert "at most 60 characters" in refused(field, "字" * 61)
