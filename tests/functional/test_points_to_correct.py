"""The list over a form names each thing to correct by its row and its field, and links to that very field."""

import re
from html import unescape

import pytest
from wtforms import FieldList

from marketplace.core.forms import DoorstepForm
from tests.factories.accounts import OrganisationFactory, owner_of
from tests.factories.catalog import ListingFactory
from tests.factories.needs import DraftFactory

LINE = {"lines-0-item": "纸箱", "lines-0-quantity": "100", "lines-0-unit": "个"}
FORMS = {
    "need": (
        {"title": "纸箱", **LINE, "lines-4-item": "袋", "lines-4-quantity": "很多", "lines-4-unit": "只"},
        "lines-1-quantity",
        ("明细第 2 行，数量", "Lines, row 2, Quantity"),
    ),
    "price": (
        {"title": "纸箱", "tiers-0-min_quantity": "1", "tiers-0-unit_price": "贵"},
        "tiers-0-unit_price",
        ("价格第 1 行，单价", "Prices, row 1, Unit price"),
    ),
    "certificate": (
        {
            "title": "纸箱",
            "certificates-0-kind": "SC",
            "certificates-1-kind": "CMA",
            "certificates-1-valid_until": "明年",
        },
        "certificates-1-valid_until",
        ("证书第 2 行，有效期至", "Certificates, row 2, Valid until"),
    ),
    "specification": (
        {"title": "纸箱", "specs-0-name": "厚度", "specs-0-value": ""},
        "specs-0-value",
        ("规格参数第 1 行，数值", "Specifications, row 1, Value"),
    ),
    "licence": (
        {"licences-0-kind": "SC", "licences-0-valid_until": "明年"},
        "licences-0-valid_until",
        ("证照第 1 行，有效期至", "Licences, row 1, Valid until"),
    ),
}
POINT = re.compile(r'<li><a href="#([^"]+)">([^<]+)</a>')


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
@pytest.mark.parametrize("name", FORMS)
def test_a_row_is_named_and_its_field_is_linked(as_person, name, language):
    form, field, labels = FORMS[name]
    organisation = OrganisationFactory()
    path = {
        "need": f"/needs/{DraftFactory(organisation=organisation).id}/edit",
        "licence": f"/organisations/{organisation.id}/edit",
    }.get(name, f"/listings/{ListingFactory(organisation=organisation).id}/edit")
    client = as_person(owner_of(organisation))
    client.set_cookie("language", language)
    page = client.post(path, data=form).text
    points = {unescape(target): unescape(label) for target, label in POINT.findall(page)}
    assert points[field] == labels[language == "en"]
    assert f'id="{field}"' in page
    assert not re.search(r"\b(Lines|Tiers|Specs|Certificates|Licences)\b[：:]", page)


ARGUMENTS = {"CalendarForm": {"year": 2027}}
"""What a form asks for when it is made."""


def every_form() -> list[DoorstepForm]:
    """An empty form of each kind."""
    found, waiting = [], [DoorstepForm]
    while waiting:
        kind = waiting.pop()
        found.append(kind(formdata=None, **ARGUMENTS.get(kind.__name__, {})))
        waiting += kind.__subclasses__()
    return found


def test_every_table_of_rows_has_a_name_for_people(request_context):
    """Without one WTForms makes it of the Python name."""
    for form in every_form():
        for field in form:
            if isinstance(field, FieldList):
                assert not isinstance(field.label.text, str), (form, field.name)
