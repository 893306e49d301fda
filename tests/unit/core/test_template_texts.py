"""Texts of templates: the language of the page, what is escaped, and that macros know the globals of the site."""

import pytest
from flask import Flask, g
from flask_babel import refresh
from jinja2 import DictLoader
from markupsafe import Markup

HOSTILE = "<b>&"


def drawn(app: Flask, source: str, *, language: str = "en", name: str = "page.html", **values: object) -> str:
    """`source` as a template called `name`, in one language."""
    template = app.jinja_env.overlay(loader=DictLoader({name: source})).get_template(name)
    with app.test_request_context():
        g.language = language
        refresh()
        return template.render(**values)


def test_a_text_follows_the_language_of_each_page(app: Flask) -> None:
    source = '{{ _("Sign in") }}'
    assert [drawn(app, source, language=tag) for tag in ("en", "zh_Hans", "en")] == ["Sign in", "登录", "Sign in"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(HOSTILE, "&lt;b&gt;&amp;"), (Markup("<i>x</i>"), "<i>x</i>")],
)
def test_values_of_a_page_are_escaped_unless_they_are_markup(app: Flask, value: str, shown: str) -> None:
    assert drawn(app, '{{ _("Also called: %(names)s", names=value) }}', value=value) == f"Also called: {shown}"


def test_values_of_a_mail_are_not_escaped(app: Flask) -> None:
    source = '{{ _("Also called: %(names)s", names=value) }}'
    assert drawn(app, source, name="mail.txt", value=HOSTILE) == f"Also called: {HOSTILE}"


def test_two_percent_signs_are_one_with_values_and_without(app: Flask) -> None:
    assert drawn(app, '{{ _("100%% %(what)s", what=1) }} {{ _("100%%") }}') == "100% 1 100%"


def test_a_text_by_number_takes_its_number_and_escapes_its_values(app: Flask) -> None:
    source = '{{ ngettext("%(num)d %(what)s", "%(num)d of %(what)s", count, what=value) }}'
    assert [drawn(app, source, count=count, value=HOSTILE) for count in (1, 2)] == [
        "1 &lt;b&gt;&amp;",
        "2 of &lt;b&gt;&amp;",
    ]


def test_globals_of_one_template_are_not_those_of_another(app: Flask) -> None:
    env = app.jinja_env.overlay(loader=DictLoader({"one.html": "{{ own }}", "two.html": "{{ own }}"}))
    assert env.get_template("one.html", globals={"own": "mine"}).render() == "mine"
    assert env.get_template("two.html").render() == ""
    assert "own" not in env.globals
