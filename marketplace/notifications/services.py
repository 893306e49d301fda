"""Tell people: a notice on the site and a mail, as rows of the caller's transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale

from marketplace.core.db import db
from marketplace.core.jobs import enqueue
from marketplace.notifications import queries
from marketplace.notifications.mailing import absolute, one_line
from marketplace.notifications.messages import sentence, storable
from marketplace.notifications.models import Mail, Notice

QUOTE_LIMIT = 300


def path_to(endpoint: str, **values: Any) -> str:
    """The path of a page, also where there is no request: in the worker and in commands."""
    return current_app.url_map.bind("localhost").build(endpoint, values)


def _excerpt(text: str) -> str:
    short = one_line(text)
    return short if len(short) <= QUOTE_LIMIT else short[: QUOTE_LIMIT - 1] + "…"


def _worded(template: str, **facts: Any) -> str:
    """The text of a mail; no page's context is asked for it."""
    return current_app.jinja_env.get_template(f"emails/{template}").render(**facts).strip() + "\n"


def tell(
    people: Iterable[Any],
    kind: str,
    message: str,
    params: Mapping[str, Any],  # noqa: PLR0917
    url: str,
    now: datetime,
    *,
    subject: Any = None,
    quote: str = "",
    once: str = "",
) -> list[Notice]:
    """Write a notice and a mail for each of `people` who can still sign in.

    `message` is a msgid marked with `N_`, `params` are plain values, moments or days; both are worded in
    each reader's language. `url` is the path of the one page where one can act. `quote` stands in the mail
    under the sentence: text that was written for the reader, never contact data. With `once`, whoever was
    told under this key before is not told again.
    """
    readers = list({person.id: person for person in people if person.disabled_at is None}.values())
    if once:
        told = queries.already_told([person.id for person in readers], once)
        readers = [person for person in readers if person.id not in told]
    kept = storable(params)
    notices = []
    for person in readers:
        notice = Notice(
            person_id=person.id,
            kind=kind,
            message=message,
            params=kept,
            url=url,
            once=once or None,
            subject_kind=subject.__tablename__ if subject is not None else "",
            subject_id=subject.id if subject is not None else None,
            created_at=now,
        )
        db.session.add(notice)
        notices.append(notice)
        with force_locale(person.language):
            words = sentence(message, kept)
            text = _worded("notice.txt", name=person.name, sentence=words, quote=_excerpt(quote), link=absolute(url))
        _post(person.email, words, text, now=now, person_id=person.id)
    return notices


def write_mail(
    to: str,
    language: str,
    subject: str,
    template: str,
    *,
    now: datetime,
    url: str,
    person_id: int | None = None,
    **facts: Any,
) -> Mail:
    """A mail that is no notice: to an address without an account, or with a signed link in it.

    `subject` is a msgid; `template` (a file in `emails/`) gets `link` and `facts`.
    """
    with force_locale(language):
        words = sentence(subject, storable(facts))
        text = _worded(template, link=absolute(url), **facts)
    return _post(to, words, text, now=now, person_id=person_id, personal_link=True)


def _post(
    to: str, subject: str, text: str, *, now: datetime, person_id: int | None = None, personal_link: bool = False
) -> Mail:
    mail = Mail(
        to=to, subject=one_line(subject), text=text, created_at=now, person_id=person_id, personal_link=personal_link
    )
    db.session.add(mail)
    db.session.flush()
    enqueue("notifications.send_mail", mail_id=mail.id)
    return mail


def mark_sent(mail: Mail, now: datetime) -> None:
    """Note that `mail` is out; a signed link is not kept."""
    mail.sent_at = now
    if mail.personal_link:
        mail.text = ""


def mark_read(notices: Iterable[Notice], now: datetime) -> int:
    """Note that these were read; returns how many were unread."""
    unread = [notice for notice in notices if notice.read_at is None]
    for notice in unread:
        notice.read_at = now
    return len(unread)
