"""A form makes one thing however often it is sent: the keys of forms that were used, and where each of them led.

Every form that changes something carries a random key (`form_key()` in templates). A view says `once()` inside its
transaction: the first sending notes the key and where it leads, any later one raises `SentBefore` and is led there.
A form without a key could do its work twice unnoticed, so it does nothing (`KeyMissing`); what was typed stays.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app, flash, g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import ForeignKey, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug import Response as BaseResponse

from marketplace.core.clock import utc_now
from marketplace.core.db import UTCDateTime, db, transaction
from marketplace.core.form_tokens import LOOK_AGAIN, lead_to, page_of_the_form
from marketplace.core.jobs import clock
from marketplace.core.refusals import RuleBroken

FIELD = "form_key"
NOT_CONTENT = {FIELD, "csrf_token", LOOK_AGAIN}
INPUT = Markup('<input type="hidden" name="{}" value="{}">')
KEPT = timedelta(days=30)
"""A form that was opened longer ago is taken for a new one."""


class FormKey(db.Model):
    """A form that was sent and did its work."""

    __tablename__ = "form_keys"

    key: Mapped[str] = mapped_column(primary_key=True, comment="keyed hash of the form's random text and its address")
    content: Mapped[str] = mapped_column(comment="keyed hash of what was sent")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    led_to: Mapped[str] = mapped_column(comment="address on this site that answered it")
    used_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class SentBefore(Exception):
    """The form did its work already; the handler leads to what it made."""

    def __init__(self, led_to: str):
        super().__init__(led_to)
        self.led_to = led_to


class SentWithOtherWords(RuleBroken):
    """The form did its work already, and now something else stands in it: the person decides."""

    status = 409


class KeyMissing(RuleBroken):
    """The form came without its key: an old page, or a program. A form shows why; of a button see `lead_back`."""

    status = 400


@dataclass
class Sending:
    """One sending of a form; `led_to` is the address that answers it."""

    led_to: str = ""


def _hash(*parts: str) -> str:
    """Keyed, so that nobody guesses from the table what was sent."""
    return hmac.new(current_app.config["SECRET_KEY"].encode(), "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def _content() -> str:
    """A hash of every field that was sent; of files their names and sizes."""
    fields = [f"{name}={text}" for name, text in request.form.items(multi=True) if name not in NOT_CONTENT]
    for name, upload in request.files.items(multi=True):
        fields.append(f"{name}={upload.filename} {upload.stream.seek(0, 2)}")
        upload.stream.seek(0)
    return _hash(*(field.encode(errors="replace").decode() for field in sorted(fields)))


def _key(text: str) -> str:
    return _hash(request.path, text.encode(errors="replace").decode())


def _is_same(first: FormKey, content: str, person_id: int | None) -> bool:
    """True when `person_id` sends what was sent the first time; a form of before signing in is theirs, too."""
    return first.content == content and first.person_id in {None, person_id}


def _first_use(row: FormKey) -> FormKey | None:
    """Note the key; the row of the first use when there was one. A second sending waits here for the first."""
    session = db.session()
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.get(FormKey, row.key)
    return None


@contextmanager
def once(led_to: str = "") -> Iterator[Sending]:
    """Inside a `transaction()`: do what stands inside for the first sending of this form only.

    `led_to` is where the view leads afterwards; set it on what is given when it is known later. A form that was
    refused may be sent again. As long as forms need no token (`WTF_CSRF_ENABLED`, in tests) they need no key either.

    Raises:
        KeyMissing: the form has no key.
        SentBefore: the same was done already.
        SentWithOtherWords: the form was used already, and was changed since.
    """
    sending, text = Sending(led_to), request.form.get(FIELD, "")
    if not text:
        if current_app.config["WTF_CSRF_ENABLED"]:
            raise KeyMissing(
                _("This page came without its key, so nothing was done. Nothing is lost: press the button once more.")
            )
        yield sending
        return
    row = FormKey(key=_key(text), content=_content(), person_id=current_user.id, led_to="", used_at=utc_now())
    content, person_id = row.content, row.person_id
    first = _first_use(row)
    if first is not None:
        if _is_same(first, content, person_id):
            raise SentBefore(first.led_to)
        raise SentWithOtherWords(_changed_words(first.led_to if first.person_id == person_id else ""))
    yield sending
    row.led_to = sending.led_to


def _changed_words(led_to: str) -> str:
    words = _("This form was sent already. What you changed since is not saved. Send it again to make another one.")
    if not led_to:
        return words
    return Markup('{} <a href="{}">{}</a>').format(words, led_to, _("See what the first one made."))


def form_key() -> Markup:
    """The hidden field with a fresh key."""
    return INPUT.format(FIELD, secrets.token_hex(8))


def form_tokens() -> Markup:
    """The hidden fields of a form that is written by hand: its CSRF token and its key."""
    return INPUT.format("csrf_token", generate_csrf()) + form_key()


@clock("core.forget_form_keys", every=timedelta(hours=6))
def forget_old_keys(now: datetime) -> None:
    with transaction() as session:
        session.execute(delete(FormKey).where(FormKey.used_at < now - KEPT))


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(form_key=form_key, form_tokens=form_tokens)

    @app.before_request
    def look_for_the_first() -> None:
        """Lead there at once, before the view asks whether the step is still possible: the first one took it."""
        text = request.form.get(FIELD, "") if request.method == "POST" and request.endpoint else ""
        first = db.session.get(FormKey, _key(text)) if text else None
        if first is not None and first.led_to and _is_same(first, _content(), current_user.id):
            g.policy_asked = "the first sending"
            raise SentBefore(first.led_to)

    @app.errorhandler(KeyMissing)
    def lead_back(error: KeyMissing) -> BaseResponse:
        """To the page whose button was pressed: it has a key now."""
        flash(str(error.message), "warning")
        return lead_to(page_of_the_form() or url_for("pages.home"))

    @app.errorhandler(SentBefore)
    def lead_to_the_first(error: SentBefore) -> BaseResponse:
        g.pop("act_refused", None)
        where = error.led_to or url_for("pages.home")
        flash(_("This was done with the first press; nothing was done twice."), "info")
        return lead_to(where)
