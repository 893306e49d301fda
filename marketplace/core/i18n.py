"""Language of the page: the remembered choice, else the browser's, else Chinese."""

from functools import lru_cache
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, current_app, g, request, session
from flask_babel import Babel, Domain, get_locale, get_translations
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

TEXTS = 4096
"""Texts of templates that are at hand, in each language."""


class Texts(Domain):  # type: ignore[misc]
    """The catalogues, with the one that was used last at hand: a page words some hundred texts in one language."""

    def __init__(self) -> None:
        super().__init__()
        self._last: tuple[Locale | None, NullTranslations] = (None, NullTranslations())

    def get_translations(self) -> NullTranslations:
        """The catalogue of the language of this page."""
        locale, last = get_locale(), self._last
        if locale is None or locale is not last[0]:
            last = self._last = (locale, super().get_translations())
        return last[1]


def _page_texts() -> NullTranslations:
    """The catalogue of this page; Flask-Babel finds it anew for each of its hundred texts."""
    context = g.get("_flask_babel")
    locale = getattr(context, "babel_locale", None)
    known = getattr(context, "texts", None)
    if known is None or locale is None or known[0] is not locale:
        found = get_translations()
        if context is None:
            return found
        known = context.texts = (context.babel_locale, found)
    return known[1]


@lru_cache(maxsize=TEXTS)
def _markup(catalogue: NullTranslations, text: str) -> Markup:
    return Markup(catalogue.ugettext(text))  # noqa: S704 - the words of the code and of its catalogues


@lru_cache(maxsize=TEXTS)
def _plain_markup(catalogue: NullTranslations, text: str) -> Markup:
    """A text without values; `%%` stands for a percent sign, as in one with values."""
    return _markup(catalogue, text) % {}


@pass_eval_context
def _gettext(of: EvalContext, text: str, /, **values: Any) -> str:
    """A text of a template in the language of the page; what stands in its values is escaped on pages."""
    catalogue = _page_texts()
    if not of.autoescape:
        return catalogue.ugettext(text) % values  # type: ignore[no-any-return]
    return _markup(catalogue, text) % values if values else _plain_markup(catalogue, text)


@pass_eval_context
def _ngettext(of: EvalContext, one: str, many: str, num: int, /, **values: Any) -> str:
    """The same for a text that goes by a number, which it calls `num`."""
    text = _page_texts().ungettext(one, many, num)
    return (Markup(text) if of.autoescape else text) % {"num": num, **values}  # noqa: S704


babel = Babel()
COOKIE = "language"
TAGS = {"zh_Hans": "zh-Hans", "en": "en"}


def languages() -> tuple[str, ...]:
    return tuple(current_app.config["LANGUAGES"])


def select_language() -> str:
    """A supported language: of a mail being written, the session, the cookie, the person, the browser."""
    forced = g.get("language")
    chosen = (forced, session.get(COOKIE), request.cookies.get(COOKIE)) if request else (forced,)
    for code in chosen:
        if code in languages():
            return str(code)
    if request:
        if "without_database" not in g and current_user.is_authenticated and current_user.language in languages():
            return str(current_user.language)
        best = request.accept_languages.best_match(["zh-Hans", "zh-CN", "zh", "en"])
        if best == "en" and "en" in languages():
            return "en"
    return languages()[0]


def language_tag() -> str:
    """The page's language as HTML names it, e.g. zh-Hans."""
    return TAGS.get(str(get_locale()), "en")


def init_app(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", app.config["LANGUAGES"][0])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", app.config["TIME_ZONE"])
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    babel.init_app(app, locale_selector=select_language)
    babel.domain_instance = Texts()
    app.jinja_env.globals.update(
        language_tag=language_tag, get_locale=get_locale, _=_gettext, gettext=_gettext, ngettext=_ngettext
    )
