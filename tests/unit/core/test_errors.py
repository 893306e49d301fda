"""What a plain rule refuses reaches the reader in their language."""

from enum import StrEnum

import pytest
from flask_babel import force_locale

from marketplace.core.errors import worded
from marketplace.core.forms import DoorstepForm, refusals_on
from marketplace.core.lifecycle import ensure_opened, ensure_step
from marketplace.core.refusals import LostEdit, RuleBroken, StepNotPossible


class Lamp(StrEnum):
    ON = "on"
    OFF = "off"


def refuse_step():
    ensure_step({Lamp.ON: {Lamp.OFF}, Lamp.OFF: set()}, Lamp.OFF, Lamp.ON)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh_Hans", "状态已经变化，这一步不能再做，请刷新查看。"),
        ("en", "This has changed in the meantime and the step is no longer possible."),
    ],
)
def test_the_page_of_a_refused_step_speaks_the_language_of_the_reader(app, language, sentence):
    with app.test_request_context("/"), force_locale(language):
        with pytest.raises(StepNotPossible) as refused:
            refuse_step()
        answer = app.make_response(app.handle_user_exception(refused.value))
    assert answer.status_code == 409
    assert sentence in answer.get_data(as_text=True)


def test_a_form_without_its_version_is_refused_in_the_language_of_the_reader(app):
    with app.test_request_context("/"), force_locale("zh_Hans"):
        form = DoorstepForm()
        with pytest.raises(LostEdit) as refused:
            ensure_opened(0, 3, str)
        with refusals_on(form):
            raise RuleBroken(refused.value.message)
    assert "这个页面没有带上所改的版本" in str(form.form_errors)


def test_what_is_in_the_language_of_the_reader_already_is_left_as_it_is(app):
    with app.test_request_context("/"), force_locale("zh_Hans"):
        assert worded(RuleBroken("Draft")) == "Draft"
