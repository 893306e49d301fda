"""An editor says which version it changed; one that does not, or that was overtaken, changes nothing unseen."""

import re
from typing import Any

import pytest

from marketplace.accounts.models import Organisation
from marketplace.catalog.models import Listing
from marketplace.core.db import Base, db
from marketplace.needs.models import Need
from tests.factories.accounts import OrganisationFactory, owner_of
from tests.factories.catalog import ListingFactory
from tests.factories.needs import DraftFactory
from tests.functional.hostile_input.places import Forms

EDITORS = {
    Need: (DraftFactory, "/needs/{0.id}/edit", "title"),
    Listing: (ListingFactory, "/listings/{0.id}/edit", "title"),
    Organisation: (OrganisationFactory, "/organisations/{0.id}/edit", "short_name"),
}
"""What has a version: how to make one, its editor, and a field that says how it is called."""
NONE = object()


@pytest.fixture(params=EDITORS.values(), ids=[model.__name__ for model in EDITORS])
def editor(request: pytest.FixtureRequest, as_person: Any) -> Any:
    """The client of its owner, the row, the address of the editor, and its form with one word changed."""
    factory, address, field = request.param
    row = factory()
    organisation = row if isinstance(row, Organisation) else row.organisation
    client, path = as_person(owner_of(organisation)), address.format(row)
    client.set_cookie("language", "en")
    (form,) = [form["values"] for form in Forms(client.get(path).text).forms if "version" in form["values"]]
    return client, row, path, {**form, "description": "食品级低密度聚乙烯平口袋，用于内包装。" * 3, field: "改过"}


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
