"""An editor says which version it changed; one that does not, or that was overtaken, changes nothing unseen."""

import re
from typing import Any

import pytest

from marketplace.accounts.lifecycle import Locality, OrganisationStatus, StaffRole
from marketplace.accounts.models import Organisation, OrganisationLicence, Person
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Listing
from marketplace.core.db import Base, db, transaction
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
            if "locality" in form["values"]
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
        assert "This was changed after you opened the page" in answer.text
        (shown,) = [each["values"] for each in Forms(answer.text).forms if "locality" in each["values"]]
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
        page = staff.post(f"/staff/organisations/{waiting.id}/return", data={"reason": "", "version": waiting.version})
        assert page.status_code == 422
        shown = [each["values"]["version"] for each in Forms(page.text).forms if "version" in each["values"]]
        assert set(shown) == {str(waiting.version)}


def waiting_listing() -> Listing:
    return ListingFactory(status=ListingStatus.IN_REVIEW, submitted_at=NOW)


def waiting_organisation() -> Organisation:
    return OrganisationFactory(status=OrganisationStatus.PENDING, verified_at=None)


REASON = {"reason": "缺图"}
VERDICTS = {
    "catalog.approve": (waiting_listing, "/staff/listings/{0.id}/approval", {}),
    "catalog.return_to_supplier": (waiting_listing, "/staff/listings/{0.id}/return", REASON),
    "catalog.suspend": (ListingFactory, "/staff/listings/{0.id}/suspension", REASON),
    "accounts.verify": (
        waiting_organisation,
        "/staff/organisations/{0.id}/verification",
        {"locality": "park", "officer": "0"},
    ),
    "accounts.return_organisation": (waiting_organisation, "/staff/organisations/{0.id}/return", REASON),
    "accounts.suspend": (OrganisationFactory, "/staff/organisations/{0.id}/suspension", REASON),
    "accounts.reinstate": (
        lambda: OrganisationFactory(status=OrganisationStatus.SUSPENDED),
        "/staff/organisations/{0.id}/reinstatement",
        {},
    ),
    "words.remove": (OtherNameFactory, "/staff/words/{0.id}/removal", {}),
    "words.restore": (lambda: OtherNameFactory(removed_at=NOW), "/staff/words/{0.id}/restoration", {}),
}
"""Every step of staff about a row with a version: how to make one that awaits it, its address, the rest of its form."""
NO_VERDICT = {
    "campaigns.add": "a listing's turn on the home page; what it says may change at any time",
    "campaigns.remove": "the same",
    "pages.calendar": "days that staff write themselves",
    "pages.take_back_days": "the same",
    "words.add": "a new row",
    "words.change": "an editor, tried above",
    "words.set_aside": "a searched text, which nobody edits",
    "words.take_back": "the same",
}


def state_of(row: Any) -> Any:
    db.session.expire_all()
    return row.removed_at if isinstance(row, OtherName) else row.status


def test_every_step_of_staff_is_a_verdict_or_named(base_app):
    steps = {
        rule.endpoint
        for rule in base_app.url_map.iter_rules()
        if rule.rule.startswith("/staff/") and "POST" in (rule.methods or ())
    }
    assert steps == set(VERDICTS) | set(NO_VERDICT)


@pytest.mark.parametrize("version", [NONE, "0", "x", "older"])
@pytest.mark.parametrize(("make", "address", "form"), VERDICTS.values(), ids=VERDICTS)
def test_nobody_decides_about_what_they_have_not_seen(as_person, make, address, form, version):
    """The row is edited while it is looked at: nothing is done, and the page as it is now leads to the verdict."""
    row = make()
    before, field = state_of(row), EDITORS[type(row)][2]
    seen = row.version if not isinstance(row, OtherName) else row.revision
    with transaction():
        setattr(row, field, "改过")
    client = as_person(StaffFactory(staff_role=StaffRole.ADMINISTRATOR, language="en"))
    sent = {**form, "version": {"older": str(seen)}.get(version, version)} if version is not NONE else form
    answer = client.post(address.format(row), data=sent, follow_redirects=True)
    assert state_of(row) == before
    assert "so nothing was done" in answer.text
    assert answer.status_code == (200 if isinstance(row, OtherName) else 409)
    again = next(each for each in forms_to(answer.text, address.format(row)) if each["version"])
    assert client.post(address.format(row), data={**again, **form}).status_code == 302
    assert state_of(row) != before


def forms_to(page: str, address: str) -> list[dict[str, str]]:
    """What the forms of the page, of which one leads to the address, would send with their version."""
    assert f'action="{address}"' in page
    return [
        {name: text for name, text in each["values"].items() if name in {"version", "form_key"}}
        for each in Forms(page).forms
        if "version" in each["values"]
    ]


def test_changed_licences_alone_make_the_page_of_another_owner_old(as_person):
    row = OrganisationFactory()
    client, path = as_person(owner_of(row)), f"/organisations/{row.id}/edit"
    (form,) = [form["values"] for form in Forms(client.get(path).text).forms if "version" in form["values"]]
    form = {name: text for name, text in form.items() if name != "form_key"}
    assert client.post(path, data={**form, "licences-0-kind": "甲证"}).status_code == 302
    assert client.post(path, data={**form, "licences-0-kind": "乙证"}).status_code == 409
    db.session.expire_all()
    assert [own.kind for own in row.licences] == ["甲证"]
