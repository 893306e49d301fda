"""Mail at the rim: through an SMTP server, or as readable files in `instance/outbox/` when there is none."""

import os
import re
import smtplib
import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from flask import current_app

from marketplace.notifications.models import Mail

READABLE = SMTPUTF8.clone(linesep="\n", max_line_length=0)
TIMEOUT = 20


def outbox() -> Path:
    return Path(current_app.instance_path) / "outbox"


def newest_letters(most: int = 50) -> list[EmailMessage]:
    """The mail that lies in the outbox, newest first."""
    files = sorted(outbox().glob("*.eml"), reverse=True)[:most]
    return [message_from_bytes(file.read_bytes(), policy=READABLE) for file in files]


def one_line(text: str) -> str:
    """`text` without line breaks: a subject cannot smuggle in another header."""
    return " ".join(text.split())


def absolute(url: str) -> str:
    """`url` under the address in the settings, whatever host the request named."""
    home = str(current_app.config["PUBLIC_URL"]).rstrip("/")
    if url.startswith(f"{home}/"):
        return url
    parts = urlsplit(url)
    return home + urlunsplit(("", "", parts.path, parts.query, parts.fragment))


def message_of(mail: Mail, *, readable: bool) -> EmailMessage:
    """`mail` as a message; its id is the same each time, so that a mail sent twice is seen as one."""
    message = EmailMessage(policy=READABLE if readable else SMTP)
    sender = current_app.config["MAIL_FROM"]
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<notice-{mail.id}@{sender.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    if readable:
        message.set_content(mail.text, cte="8bit")
    else:
        message.set_content(mail.text)
    return message


def _write_file(mail: Mail) -> None:
    """One file a mail; a second run writes the same file again."""
    folder = outbox()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{mail.id:06d}-{re.sub(r'[^A-Za-z0-9@._-]', '_', mail.to)[:80]}.eml"
    fresh = folder / f".{name}.{os.getpid()}"
    fresh.write_bytes(message_of(mail, readable=True).as_bytes())
    fresh.replace(folder / name)


def _send_through(server: str, mail: Mail) -> None:
    host, _colon, port = server.partition(":")
    security = current_app.config["MAIL_SECURITY"]
    if security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            host, int(port or 465), timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        connection = smtplib.SMTP(host, int(port or 587), timeout=TIMEOUT)
    with connection:
        if security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if current_app.config["MAIL_USER"]:
            connection.login(current_app.config["MAIL_USER"], current_app.config["MAIL_PASSWORD"])
        connection.send_message(message_of(mail, readable=False))


def deliver(mail: Mail) -> None:
    """Hand `mail` over.

    Raises:
        OSError, smtplib.SMTPException: the server did not take it; the job tries again later.
    """
    server = current_app.config["MAIL_SERVER"]
    if server:
        _send_through(server, mail)
    else:
        _write_file(mail)
