"""An editor says which version it changed; one that does not, or that was overtaken, changes nothing unseen."""

import re
from typing import Any

import pytest

from marketplace.accounts.lifecycle import Locality, OrganisationStatus, StaffRole
from marketplace.accounts.models import Organisation, OrganisationLicence, Person
from marketplace.catalog.models import Listing
from marketplace.core.db import Base, db
from marketplace.needs.models import Need
from marketplace.words.models import OtherName
from tests.factories.accounts import NOW, OrganisationFactory, StaffFactory, owner_of
from tests.factories.catalog import ListingFactory
from tests.factories.needs import DraftFactory
from tests.factories.words import OtherNameFactory
from tests.functional.hostile_input.places import Forms

EDITORS = {
    Need: (DraftFactory, "/needs/{0.id}/edit", "title"),
    Listing: (ListingFactory, "/listings/{0.id}/edit", "title"),
    Organisation: (OrganisationFactory, "/organisations/{0.id}/edit", "short_name"),
    OtherName: (OtherNameFactory, "/staff/words/{0.id}", "term"),
}
"""What has a version: how to make one, its editor, and a field that says how it is called."""
NONE = object()


@pytest.fixture(params=EDITORS.values(), ids=[model.__name__ for model in EDITORS])
def editor(request: pytest.FixtureRequest, as_person: Any) -> Any:
    """The client of its owner, the row, the address of the editor, and its form with one word changed."""
    factory, address, field = request.param
    row = factory()
    client, path = as_person(editor_of(row)), address.format(row)
    client.set_cookie("language", "en")
    (form,) = [form["values"] for form in Forms(client.get(path).text).forms if "version" in form["values"]]
    return client, row, path, {**form, "description": "食品级低密度聚乙烯平口袋，用于内包装。" * 3, field: "改过"}


def editor_of(row: Any) -> Person:
    """Who may change it."""
    if isinstance(row, OtherName):
        return StaffFactory()
    return owner_of(row if isinstance(row, Organisation) else row.organisation)


def name_of(row: Any) -> str:
    db.session.expire_all()
    return str(getattr(row, EDITORS[type(row)][2]))


def test_everything_with_a_version_has_its_editor_here():
    versioned = {mapper.class_ for mapper in Base.registry.mappers if mapper.version_id_col is not None}
    assert versioned == set(EDITORS)


@pytest.mark.parametrize("version", [NONE, "", "x", "-1", "1e3", "１", "1.0", "9" * 40, "0", "99"])
def test_no_version_or_a_wrong_one_changes_nothing_and_keeps_the_text(editor, version):
    client, row, path, form = editor
    before = name_of(row)
    sent = {name: text for name, text in form.items() if name != "version"}
    answer = client.post(path, data=sent if version is NONE else sent | {"version": version})
    assert (answer.status_code, name_of(row)) == (409, before)
    assert 'value="改过"' in answer.text
    assert re.search("then save again|before you save yours", answer.text)


def test_an_empty_form_changes_nothing(editor):
    client, row, path, _form = editor
    before = name_of(row)
    assert client.post(path, data={"step": "draft"} if isinstance(row, Need) else {}).status_code in {409, 422}
    assert name_of(row) == before


def test_a_second_press_after_a_look_saves(editor):
    client, row, path, form = editor
    page = client.post(path, data={name: text for name, text in form.items() if name != "version"}).text
    (shown,) = [each["values"] for each in Forms(page).forms if "version" in each["values"]]
    assert client.post(path, data={**form, "version": shown["version"]}).status_code == 302
    assert name_of(row) == "改过"


def test_who_is_overtaken_is_told(editor):
    client, row, path, form = editor
    first = {name: text for name, text in form.items() if name != "form_key"}
    assert client.post(path, data=first).status_code == 302
    late = client.post(path, data={name: text.replace("改过", "又改") for name, text in first.items()})
    assert (late.status_code, name_of(row)) == (409, "改过")
    assert 'value="又改"' in late.text


class TestVerdict:
    """What staff set stands on the organisation's file, beside what it says of itself."""

    @pytest.fixture
    def waiting(self):
        row = OrganisationFactory(status=OrganisationStatus.PENDING, locality=Locality.CITY, verified_at=None)
        row.licences = [OrganisationLicence(kind="GMP")]
        db.session.commit()
        return row

    def opened(self, client: Any, row: Organisation) -> dict[str, Any]:
        """The form of the verdict as it comes, ready to be sent in any order."""
        (form,) = [
            form["values"]
            for form in Forms(client.get(f"/staff/organisations/{row.id}").text).forms
            if "version" in form["values"]
        ]
        return {name: text for name, text in form.items() if name != "form_key"}

    def test_an_older_page_does_not_win_over_what_a_colleague_decided(self, as_person, waiting):
        operator, administrator = (
            as_person(StaffFactory()),
            as_person(StaffFactory(staff_role=StaffRole.ADMINISTRATOR, language="en")),
        )
        path = f"/staff/organisations/{waiting.id}/verification"
        early, late = self.opened(operator, waiting), self.opened(administrator, waiting)
        assert operator.post(path, data={**early, "locality": "park"}).status_code == 302
        answer = administrator.post(path, data={**late, "locality": "region"})
        db.session.expire_all()
        assert (answer.status_code, waiting.locality) == (409, Locality.PARK)
        assert "Somebody changed this while you were editing" in answer.text
        (shown,) = [each["values"] for each in Forms(answer.text).forms if "version" in each["values"]]
        assert shown["locality"] == "region"
        assert "What the park staff set" in answer.text
        again = {name: text for name, text in shown.items() if name != "form_key"}
        assert administrator.post(path, data=again).status_code == 302
        db.session.expire_all()
        assert waiting.locality is Locality.REGION

    def test_ticked_licences_alone_make_a_page_old(self, as_person, waiting):
        waiting.status, waiting.verified_at = OrganisationStatus.VERIFIED, NOW
        db.session.commit()
        staff, path = as_person(StaffFactory()), f"/staff/organisations/{waiting.id}/verification"
        form, licence = self.opened(staff, waiting), str(waiting.licences[0].id)
        assert staff.post(path, data={**form, "licences": [licence]}).status_code == 302
        assert staff.post(path, data={**form, "licences": []}).status_code == 409
        db.session.expire_all()
        assert waiting.licences[0].checked_at is not None

    def test_a_form_beside_that_was_refused_leaves_the_verdict_its_version(self, as_person, waiting):
        staff = as_person(StaffFactory())
        page = staff.post(f"/staff/organisations/{waiting.id}/return", data={"reason": ""})
        assert page.status_code == 422
        (shown,) = [each["values"] for each in Forms(page.text).forms if "version" in each["values"]]
        assert shown["version"] == str(waiting.version)


def test_changed_licences_alone_make_the_page_of_another_owner_old(as_person):
    row = OrganisationFactory()
    client, path = as_person(owner_of(row)), f"/organisations/{row.id}/edit"
    (form,) = [form["values"] for form in Forms(client.get(path).text).forms if "version" in form["values"]]
    form = {name: text for name, text in form.items() if name != "form_key"}
    assert client.post(path, data={**form, "licences-0-kind": "甲证"}).status_code == 302
    assert client.post(path, data={**form, "licences-0-kind": "乙证"}).status_code == 409
    db.session.expire_all()
    assert [own.kind for own in row.licences] == ["甲证"]
