"""Uploads: guarded by size and content, pictures re-encoded, kept under random names, served by one route."""

import hashlib
import io
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from flask import Blueprint, Flask, Response, abort, current_app, send_file
from flask_babel import gettext as _
from PIL import Image, ImageOps
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage

from marketplace.core.clock import utc_now
from marketplace.core.db import UTCDateTime, db
from marketplace.core.policies import authorize, partly_public, policy
from marketplace.core.refusals import RuleBroken

bp = Blueprint("files", __name__, url_prefix="/files")
LARGE, THUMBNAIL = 1600, 480
ENCODER_EFFORT = 2
"""Of 0 to 6: takes half the time of WebP's own default of 4 and a tenth more bytes."""
LONGEST_NAME = 120
DIRECTIONS = "\u202e\u202d\u2066\u2067\u2068\u2069"
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
DOCUMENTS = {
    b"%PDF-": ("application/pdf", ".pdf"),
    b"\x89PNG": ("image/png", ".png"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
    b"PK\x03\x04": ("application/zip", ""),
}
OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class StoredFile(db.Model):
    """One uploaded file. `owner_kind` and `owner_id` say whose policy decides who may read it."""

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, comment="random name on disk and in the address")
    name: Mapped[str] = mapped_column(comment="the name it was uploaded under")
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(comment="bytes")
    sha256: Mapped[str]
    owner_kind: Mapped[str] = mapped_column(comment="table name of the thing it belongs to")
    owner_id: Mapped[int] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @property
    def is_picture(self) -> bool:
        return self.media_type == "image/webp"


# Who may read the files of a kind of thing: table name -> rule(person, stored_file).
READERS: dict[str, Callable[[Any, StoredFile], bool]] = {}


def readers_of(owner_kind: str) -> Callable[[Callable[[Any, StoredFile], bool]], Callable[[Any, StoredFile], bool]]:
    """Register the rule that decides who may read the files of `owner_kind`."""

    def keep(rule: Callable[[Any, StoredFile], bool]) -> Callable[[Any, StoredFile], bool]:
        READERS[owner_kind] = rule
        return rule

    return keep


@policy("files.read")
def may_read(person: Any, file: StoredFile) -> bool:
    rule = READERS.get(file.owner_kind)
    return rule is not None and rule(person, file)


def folder() -> Path:
    return Path(current_app.instance_path) / "uploads"


def _path(key: str, variant: str) -> Path:
    return folder() / key[:2] / f"{key}.{variant}"


def _read(stream: IO[bytes]) -> bytes:
    limit = current_app.config["MAX_UPLOAD_MB"] * 1024 * 1024
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise RuleBroken(_("A file may have at most %(mb)d MB.", mb=current_app.config["MAX_UPLOAD_MB"]))
    if not content:
        raise RuleBroken(_("The file is empty."))
    return content


def _display_name(name: str | None) -> str:
    """The last part of `name`, without control and direction characters, at most 120 characters."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable() and c not in DIRECTIONS)[-LONGEST_NAME:] or "file"


def decode_picture(content: bytes) -> Image.Image:
    """`content` as an upright RGB picture without metadata.

    Raises:
        RuleBroken: it is no picture that we read, is damaged, or has more pixels than the settings allow.
    """
    most = current_app.config["MAX_PICTURE_MEGAPIXELS"] * 1_000_000
    refused = RuleBroken(
        _(
            "This is not a picture we can read. Use JPEG, PNG or WebP with at most %(mp)d megapixels.",
            mp=current_app.config["MAX_PICTURE_MEGAPIXELS"],
        )
    )
    try:
        picture = Image.open(io.BytesIO(content), formats=PICTURE_FORMATS)
        if picture.width * picture.height > most:
            raise refused
        upright = ImageOps.exif_transpose(picture)
        flat = Image.new("RGB", upright.size, "white")
        rgba = upright.convert("RGBA")
        flat.paste(rgba, mask=rgba.getchannel("A"))
        return flat
    except RuleBroken:
        raise
    except Exception as error:
        raise refused from error


def _keep(content: bytes, key: str, variant: str) -> None:
    path = _path(key, variant)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _webp(picture: Image.Image, longest: int) -> bytes:
    smaller = picture.copy()
    smaller.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    smaller.save(out, "WEBP", quality=82, method=ENCODER_EFFORT)
    return out.getvalue()


def _row(key: str, name: str | None, media_type: str, content: bytes, *, owner: Any, actor: Any) -> StoredFile:
    if owner.id is None:
        db.session.flush()
    row = StoredFile(
        key=key,
        name=_display_name(name),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        owner_kind=owner.__tablename__,
        owner_id=owner.id,
        created_at=utc_now(),
        created_by_id=actor.id if actor is not None else None,
    )
    db.session.add(row)
    return row


def prepare_picture(upload: FileStorage | bytes) -> dict[str, bytes]:
    """Check and re-encode a picture outside any transaction: `{"large": webp, "small": webp}`."""
    content = upload if isinstance(upload, bytes) else _read(upload.stream)
    return encode_picture(decode_picture(content))


def encode_picture(picture: Image.Image) -> dict[str, bytes]:
    """What is kept of a picture that was drawn or decoded here: `{"large": webp, "small": webp}`."""
    return {"large": _webp(picture, LARGE), "small": _webp(picture, THUMBNAIL)}


def store_picture(prepared: dict[str, bytes], *, name: str | None, owner: Any, actor: Any = None) -> StoredFile:
    """Keep a prepared picture for `owner`; a row of the caller's transaction."""
    key = secrets.token_hex(16)
    for variant, content in prepared.items():
        _keep(content, key, variant)
    return _row(key, name, "image/webp", prepared["large"], owner=owner, actor=actor)


def prepare_document(upload: FileStorage) -> tuple[str, bytes]:
    """Check a document by its content: media type and bytes.

    Raises:
        RuleBroken: too large, empty, or not a PDF, picture or Office file.
    """
    content = _read(upload.stream)
    for magic, (media_type, _suffix) in DOCUMENTS.items():
        if content.startswith(magic):
            if media_type != "application/zip":
                return media_type, content
            for suffix, office in OFFICE.items():
                if (upload.filename or "").lower().endswith(suffix):
                    return office, content
    raise RuleBroken(_("Use a PDF, a picture, or a .docx or .xlsx file."))


def store_document(prepared: tuple[str, bytes], *, name: str | None, owner: Any, actor: Any = None) -> StoredFile:
    """Keep a prepared document for `owner`; a row of the caller's transaction."""
    key = secrets.token_hex(16)
    media_type, content = prepared
    _keep(content, key, "large")
    return _row(key, name, media_type, content, owner=owner, actor=actor)


def files_of(owner: Any) -> list[StoredFile]:
    """The files of `owner`, oldest first."""
    return list(
        db.session.scalars(
            select(StoredFile)
            .where(StoredFile.owner_kind == owner.__tablename__, StoredFile.owner_id == owner.id)
            .order_by(StoredFile.id)
        )
    )


@bp.get("/<key>")
@bp.get("/<key>/<any(large, small):variant>")
@partly_public
def show(key: str, variant: str = "large") -> Response:
    """A stored file, for those who may read the thing it belongs to."""
    file = db.session.scalar(select(StoredFile).where(StoredFile.key == key))
    if file is None:
        abort(404)
    authorize("files.read", file, hidden=True)
    path = _path(file.key, variant if file.is_picture else "large")
    if not path.exists():
        abort(404)
    response = send_file(
        path,
        mimetype=file.media_type,
        download_name=file.name,
        as_attachment=not file.is_picture,
        max_age=31536000 if file.is_picture else None,
        conditional=True,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=86400" if file.is_picture else "private, no-store"
    return response


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    limit = app.config["MAX_UPLOAD_MB"] * 1024 * 1024
    app.config["MAX_CONTENT_LENGTH"] = limit * 2 + 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    app.config["MAX_FORM_PARTS"] = 1000
