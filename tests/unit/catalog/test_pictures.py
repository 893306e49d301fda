"""Pictures of a listing: re-encoded, bounded, removable (R13)."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from marketplace.catalog import services
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.core.db import db, transaction
from marketplace.core.files import StoredFile, prepare_picture
from marketplace.core.refusals import RuleBroken, StepNotPossible
from tests.factories.accounts import NOW, owner_of
from tests.factories.catalog import ListingFactory

PLACE = 0x8825


def jpeg(width=1200, height=900, exif=True):
    out = io.BytesIO()
    picture = Image.new("RGB", (width, height), (40, 90, 70))
    data = Image.Exif()
    if exif:
        data[0x010F] = "Secret Camera"
        data.get_ifd(PLACE)[1] = "N"
    picture.save(out, "JPEG", exif=data)
    return out.getvalue()


@pytest.fixture
def prepared(app):
    return prepare_picture(jpeg())


@pytest.fixture
def listing(app):
    return ListingFactory(organisation=owner_of().organisation)


def add(listing, prepared, **named):
    with transaction():
        return services.add_picture(listing, None, prepared, NOW, name="厂区.jpg", **named)


def test_a_picture_is_re_encoded_without_place_and_camera(listing, prepared, browser):
    picture = add(listing, prepared, alt="成品")
    answer = browser.get(f"/files/{picture.file.key}/large")
    assert answer.mimetype == "image/webp"
    assert b"Secret" not in answer.data
    assert not Image.open(io.BytesIO(answer.data)).getexif()


def test_r13_an_image_bomb_is_refused(app):
    out = io.BytesIO()
    Image.new("1", (20000, 20000)).save(out, "PNG")
    with pytest.raises(RuleBroken):
        prepare_picture(out.getvalue())


def test_r13_at_most_as_many_pictures_as_the_settings_say(listing, prepared, app, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_FILES_PER_LISTING", 2)
    add(listing, prepared)
    add(listing, prepared)
    with pytest.raises(RuleBroken):
        add(listing, prepared)
    assert len(listing.pictures) == 2


def test_r13_twenty_pictures_and_not_one_more(listing, prepared):
    for count in range(1, 21):
        add(listing, prepared)
        assert len(listing.pictures) == count
    with pytest.raises(RuleBroken, match="at most 20 pictures"):
        add(listing, prepared)
    assert len(listing.pictures) == 20


def test_a_removed_picture_takes_its_file_row_along(listing, prepared):
    first, second = add(listing, prepared), add(listing, prepared)
    with transaction():
        services.remove_picture(listing, first, None, NOW + timedelta(days=1))
    assert [picture.id for picture in listing.pictures] == [second.id]
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_r13_the_description_of_a_picture_has_120_characters_and_not_one_more(listing, prepared):
    picture = add(listing, prepared)
    for length in (119, 120):
        with transaction():
            services.describe_picture(picture, "字" * length)
        assert len(picture.alt) == length
    with pytest.raises(RuleBroken, match="at most 120 characters"), transaction():
        services.describe_picture(picture, "字" * 121)


def test_pictures_of_a_draft_are_nobody_elses(prepared, browser, as_person):
    person = owner_of()
    draft = ListingFactory(organisation=person.organisation, status=ListingStatus.DRAFT)
    picture = add(draft, prepared)
    assert as_person(owner_of()).get(f"/files/{picture.file.key}/small").status_code == 404
    assert as_person(person).get(f"/files/{picture.file.key}/small").status_code == 200


def test_nothing_is_added_while_staff_read(prepared):
    listing = ListingFactory(status=ListingStatus.IN_REVIEW)
    with pytest.raises(StepNotPossible):
        add(listing, prepared)
