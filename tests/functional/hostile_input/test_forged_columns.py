"""Fields that a form does not have."""

import re
from typing import Any

import pytest

from marketplace.core.db import db
from tests.functional.hostile_input.payloads import LONG
from tests.functional.hostile_input.places import ACCOUNTS, PLACES, Place, forms_of

FORGED = {
    "status": "verified",
    "organisation_id": "3",
    "buyer_id": "1",
    "supplier_id": "1",
    "version_id": "77",
    "id": "77",
    "published_at": "2020-01-01",
    "posted_at": "2020-01-01",
    "expires_at": "2099-01-01",
    "verified_at": "2020-01-01",
    "created_at": "2020-01-01",
    "updated_at": "2020-01-01",
    "closes_at": "2099-01-01",
    "staff_role": "administrator",
    "role": "owner",
    "reset_key": "x",
    "token_hash": "x",
    "password_hash": "x",
    "officer_id": "1",
    "created_by_id": "1",
    "updated_by_id": "1",
    "status_reason": "x",
    "answer_hours_median": "1",
    "person_id": "1",
    "answered_at": "2020-01-01",
    "disabled_at": "2020-01-01",
    "checked_at": "2020-01-01",
    "latitude": "1",
    "longitude": "1",
    "is_staff": "1",
    "message_count": "9",
    "buyer_read": "9",
    "supplier_read": "9",
    "remind_at": "2099-01-01",
    "batch_id": "1",
}
LINK = re.compile(r"/(?:register|password|invitations)/[\w.-]+")
"""In a mail; its token tells the second."""
OF_TIME = re.compile(r"_at$|^at$|_key$|^key$|password_hash|sha256|batch")


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows but their moments and random texts, which differ between two savings."""
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name == KEYS:
            continue
        columns = [column for column in table.columns if not OF_TIME.search(column.name)]
        rows = db.session.execute(db.select(*columns)).all() if columns else []
        found[table.name] = [tuple(LINK.sub("LINK", repr(value)) for value in row) for row in rows]
    db.session.remove()
    return found


KEYS = "form_keys"
"""Notes which form was sent with which words, so it differs with every field that is added."""
NEVER_SAVED = {
    *ACCOUNTS[:6],
    Place("newcomer", "/organisations/new"),
    Place("owner", "/listings/{listing_id}/edit", "listing shelf"),
}
"""Their forms answer with a page, or want more than is sent here; all others are saved."""


@pytest.mark.timeout(LONG)
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_fields_that_a_form_does_not_have_change_nothing(site, place):
    """The same form sent twice on the same park, once with every column of the tables added: the same rows."""
    differing, answered = [], []
    for form in forms_of(site, place):
        values = {
            **form["values"],
            "password": "一句足够长的话语吧",
            "closing_day": form["values"].get("closing_day", ""),
            "reason": form["values"].get("reason") or "price",
            "text": "请报价",
            "note": "好",
            "locality": "park",
            "officer": "0",
            "title": form["values"].get("title") or "PE袋",
            "name": form["values"].get("name") or "李",
        }
        after = []
        for extra in ({}, {name: value for name, value in FORGED.items() if name not in form["values"]}):
            answer = site.client(place.person).post(form["action"], data={**values, **extra})
            after.append((answer.status_code, everything()))
            answered.append(answer.status_code)
            site.copy.put_back()
        if after[0] != after[1]:
            differing.append((form["action"], [name for name in after[0][1] if after[0][1][name] != after[1][1][name]]))
    assert differing == []
    assert (302 in answered) == (place not in NEVER_SAVED)
