"""What a message may hold, and how it gets into its thread with its files (R13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask import current_app
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from marketplace.accounts.models import Person
from marketplace.core.clock import local_day
from marketplace.core.db import db
from marketplace.core.files import StoredFile, prepare_document, prepare_picture, store_document, store_picture
from marketplace.core.refusals import RuleBroken
from marketplace.inquiries.lifecycle import Side
from marketplace.inquiries.models import Inquiry, InquiryFile, InquiryMessage

TEXT_LIMIT = 4000
PICTURES = ("image/png", "image/jpeg")


@dataclass(frozen=True)
class PreparedFile:
    """An upload that was checked; a picture is re-encoded already."""

    name: str | None
    picture: dict[str, bytes] | None = None
    document: tuple[str, bytes] | None = None


def files_allowed() -> int:
    """Most files of one message (R13)."""
    return int(current_app.config["INQUIRY_FILES"])


def prepare_files(uploads: Iterable[FileStorage]) -> list[PreparedFile]:
    """Check uploads, before any transaction.

    Raises:
        RuleBroken: too many, too large, empty, or not a PDF, picture or Office file (R13).
    """
    given = [upload for upload in uploads if upload is not None and upload.filename]
    most = files_allowed()
    if len(given) > most:
        raise RuleBroken(_("Attach at most %(most)d files.", most=most))
    prepared = []
    for upload in given:
        media_type, content = prepare_document(upload)
        if media_type in PICTURES:
            prepared.append(PreparedFile(upload.filename, picture=prepare_picture(content)))
        else:
            prepared.append(PreparedFile(upload.filename, document=(media_type, content)))
    return prepared


def store_files(files: Iterable[PreparedFile], owner: Inquiry, actor: Person) -> list[StoredFile]:
    stored = []
    for file in files:
        if file.picture is not None:
            stored.append(store_picture(file.picture, name=file.name, owner=owner, actor=actor))
        elif file.document is not None:
            stored.append(store_document(file.document, name=file.name, owner=owner, actor=actor))
    return stored


def check_letter(text: str, quantity: Decimal | None, wanted_by: date | None, now: datetime) -> None:
    if not text.strip():
        raise RuleBroken(_("Write what you would like to know."))
    if len(text) > TEXT_LIMIT:
        raise RuleBroken(_("Use at most %(most)d characters.", most=TEXT_LIMIT))
    if quantity is not None and quantity <= 0:
        raise RuleBroken(_("Write a quantity above zero."))
    if wanted_by is not None and wanted_by < local_day(now):
        raise RuleBroken(_("Choose a delivery day that is still to come."))


def write_message(
    inquiry: Inquiry,
    side: Side,
    actor: Person,
    *,
    text: str,
    stored: Iterable[StoredFile],
    now: datetime,
) -> InquiryMessage:
    inquiry.message_count += 1
    message = InquiryMessage(
        inquiry=inquiry,
        number=inquiry.message_count,
        side=side,
        person_id=actor.id,
        text=text.strip(),
        sent_at=now,
    )
    message.attachments = [InquiryFile(file=file) for file in stored]
    inquiry.last_message_at = now
    inquiry.note_read(side)
    db.session.add(message)
    db.session.flush()
    return message
