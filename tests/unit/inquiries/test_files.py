"""Files of a letter (R13): checked, kept once, and read by the parties only."""

import io

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage

from marketplace.core.db import db, transaction
from marketplace.core.files import StoredFile
from marketplace.core.refusals import RuleBroken
from marketplace.inquiries import services
from tests.factories.accounts import NOW, StaffFactory, owner_of
from tests.factories.inquiries import LETTER, answer, supplier_with_listing


def upload(content=b"%PDF-1.7 drawing", name="图纸.pdf"):
    return FileStorage(io.BytesIO(content), filename=name)


def picture():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    return upload(out.getvalue(), "照片.png")


@pytest.fixture
def letter(app):
    """Two suppliers asked with one letter and one drawing."""
    (one, first), (two, second) = supplier_with_listing(), supplier_with_listing()
    buyer = owner_of()
    files = services.prepare_files([upload(), picture()])
    with transaction():
        sent = services.send_inquiries(
            buyer.organisation,
            buyer,
            [(first.organisation_id, first.id), (second.organisation_id, second.id)],
            text=LETTER,
            now=NOW,
            files=files,
        )
    return buyer, one, two, sent


def test_a_letter_to_two_keeps_its_files_once(letter):
    _buyer, _one, _two, sent = letter
    assert db.session.query(StoredFile).count() == 2
    for inquiry in sent:
        assert [file.name for file in inquiry.messages[0].files] == ["图纸.pdf", "照片.png"]


def test_a_picture_is_re_encoded_and_a_document_kept_as_it_is(letter):
    document, image = letter[3][0].messages[0].files
    assert document.media_type == "application/pdf"
    assert image.is_picture


def test_the_parties_of_every_thread_read_it_and_nobody_else(letter, as_person, browser):
    buyer, one, two, sent = letter
    address = f"/files/{sent[0].messages[0].files[0].key}"
    for person in (buyer, one, two):
        assert as_person(person).get(address).status_code == 200
    for person in (owner_of(), StaffFactory()):
        assert as_person(person).get(address).status_code == 404
    assert browser.get(address).status_code == 404


def test_a_file_of_an_answer_stays_in_its_thread(letter, as_person):
    buyer, one, two, sent = letter
    answer(sent[0], one, files=services.prepare_files([upload(name="报价.pdf")]))
    address = f"/files/{sent[0].messages[1].files[0].key}"
    assert as_person(buyer).get(address).status_code == 200
    assert as_person(two).get(address).status_code == 404


@pytest.mark.parametrize("content", [b"MZ program", b"<html>", b""])
def test_anything_else_is_refused(app, content):
    with pytest.raises(RuleBroken):
        services.prepare_files([upload(content, "file.pdf")])


@pytest.mark.parametrize("count", [1, 4, 5])
def test_r13_up_to_five_files_go_with_a_message(app, count):
    assert len(services.prepare_files([upload() for _ in range(count)])) == count


def test_r13_a_sixth_file_is_refused(app):
    with pytest.raises(RuleBroken, match="at most 5 files"):
        services.prepare_files([upload() for _ in range(6)])


def test_an_empty_field_is_no_file(app):
    assert services.prepare_files([upload(b"", "")]) == []
