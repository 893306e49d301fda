"""Uploads are told by their content, pictures are re-encoded, bombs refused, names harmless (R13)."""

import io
import struct
import zlib

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage

from marketplace.core import files
from marketplace.core.db import db, transaction
from marketplace.core.files import StoredFile
from marketplace.core.refusals import RuleBroken
from tests.factories.accounts import OrganisationFactory, StaffFactory, owner_of

pytestmark = pytest.mark.usefixtures("request_context")


def picture_bytes(kind="JPEG", size=(2000, 1000), **options):
    out = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, "green").save(out, kind, **options)
    return out.getvalue()


def upload(content, name="photo.jpg"):
    return FileStorage(io.BytesIO(content), filename=name)


def bomb():
    """A small PNG that says it is 65,000 x 65,000."""
    header = struct.pack(">IIBBBBB", 65000, 65000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return b"\x89PNG\r\n\x1a\n" + chunk


class TestPictures:
    def test_are_re_encoded_in_two_sizes_without_metadata(self):
        exif = Image.Exif()
        exif[0x0110] = "Camera of Li"
        prepared = files.prepare_picture(upload(picture_bytes(exif=exif)))
        large, small = (Image.open(io.BytesIO(prepared[name])) for name in ("large", "small"))
        assert (large.size, small.size) == ((1600, 800), (480, 240))
        assert large.format == small.format == "WEBP"
        assert b"Camera of Li" not in prepared["large"]
        assert not large.getexif()

    def test_a_turned_photograph_stands_upright(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        prepared = files.prepare_picture(upload(picture_bytes(exif=exif)))
        assert Image.open(io.BytesIO(prepared["large"])).size == (800, 1600)

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "BMP"])
    def test_other_formats_are_taken(self, kind):
        assert files.prepare_picture(upload(picture_bytes(kind)))["small"]

    @pytest.mark.parametrize(
        "content",
        [
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"GIF89a<script>alert(1)</script>",
            b"%PDF-1.7",
            bomb(),
            picture_bytes()[:900],
            b"\x00" * 5000,
        ],
    )
    def test_what_is_no_picture_is_refused(self, content):
        with pytest.raises(RuleBroken, match="picture"):
            files.prepare_picture(upload(content))

    def test_too_large_and_empty_files_are_refused(self):
        with pytest.raises(RuleBroken, match="10 MB"):
            files.prepare_picture(upload(b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024)))
        with pytest.raises(RuleBroken, match="empty"):
            files.prepare_picture(upload(b""))

    def test_r13_a_picture_has_as_many_pixels_as_the_settings_say_and_not_a_row_more(self, app, monkeypatch):
        assert app.config["MAX_PICTURE_MEGAPIXELS"] == 40
        monkeypatch.setitem(app.config, "MAX_PICTURE_MEGAPIXELS", 1)
        for height in (999, 1000):
            assert files.prepare_picture(upload(picture_bytes(size=(1000, height))))["small"]
        with pytest.raises(RuleBroken, match="at most 1 megapixels"):
            files.prepare_picture(upload(picture_bytes(size=(1000, 1001))))


class TestDocuments:
    def test_r13_a_file_has_ten_megabytes_and_not_a_byte_more(self):
        most = 10 * 1024 * 1024
        for size in (most - 1, most):
            _kind, content = files.prepare_document(upload(b"%PDF-1.7 ".ljust(size, b"x"), "a.pdf"))
            assert len(content) == size
        with pytest.raises(RuleBroken, match="at most 10 MB"):
            files.prepare_document(upload(b"%PDF-1.7 ".ljust(most + 1, b"x"), "a.pdf"))

    @pytest.mark.parametrize(
        ("content", "name", "kind"),
        [
            (b"%PDF-1.7 x", "a.exe", "application/pdf"),
            (b"PK\x03\x04x", "a.docx", files.OFFICE[".docx"]),
            (b"PK\x03\x04x", "A.XLSX", files.OFFICE[".xlsx"]),
        ],
    )
    def test_the_content_says_what_it_is(self, content, name, kind):
        assert files.prepare_document(upload(content, name))[0] == kind

    @pytest.mark.parametrize(
        ("content", "name"),
        [(b"<html>", "a.pdf"), (b"PK\x03\x04", "a.zip"), (b"MZ\x90", "a.docx"), (b"PK\x03\x04", "a.docx.html")],
    )
    def test_others_are_refused(self, content, name):
        with pytest.raises(RuleBroken, match="PDF"):
            files.prepare_document(upload(content, name))

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\执照.pdf", "执照.pdf"),
            ("a\u202efdp.exe", "afdp.exe"),
            ("", "file"),
            ("x\x00y", "xy"),
            ("长" * 300, "长" * 120),
        ],
    )
    def test_names_are_harmless(self, given, kept):
        assert files._display_name(given) == kept


class TestServing:
    @pytest.fixture
    def paper(self, app):
        organisation = OrganisationFactory()
        owner = owner_of(organisation)
        with transaction():
            files.store_document(
                ("application/pdf", b"%PDF-1.7 licence"), name="执照.pdf", owner=organisation, actor=owner
            )
        return db.session.query(StoredFile).one(), owner

    def test_those_who_may_read_get_it_as_a_download_that_runs_nothing(self, paper, as_person):
        row, owner = paper
        answer = as_person(owner).get(f"/files/{row.key}")
        assert answer.status_code == 200
        assert answer.data == b"%PDF-1.7 licence"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert as_person(StaffFactory()).get(f"/files/{row.key}").status_code == 200

    def test_others_learn_nothing(self, paper, as_person, browser):
        row, _owner = paper
        assert as_person(owner_of()).get(f"/files/{row.key}").status_code == 404
        assert browser.get(f"/files/{row.key}").status_code == 404
        assert browser.get("/files/nothing").status_code == 404

    def test_a_lost_file_is_a_404_and_not_an_error(self, paper, as_person):
        row, owner = paper
        files._path(row.key, "large").unlink()
        assert as_person(owner).get(f"/files/{row.key}").status_code == 404
