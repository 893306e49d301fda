"""What happened to a thing is kept and worded, with who did it or the clock."""

import pytest

from marketplace.core.db import transaction
from marketplace.core.timeline import record, timeline_of, worded
from tests.factories.accounts import NOW, OrganisationFactory, owner_of

pytestmark = pytest.mark.usefixtures("request_context")


def test_names_who_did_it_for_whom_and_the_clock_otherwise():
    organisation = OrganisationFactory(short_name="示例")
    owner = owner_of(organisation, name="李采")
    with transaction():
        record(organisation, "edited", at=NOW, actor=owner, organisation=organisation, note="new address")
        record(organisation, "expired", at=NOW)
    assert worded(timeline_of(organisation), {"edited": "Changed"}) == [
        {"at": NOW, "title": "Changed", "note": "new address", "actor": "李采 · 示例"},
        {"at": NOW, "title": "expired", "note": "", "actor": "the clock"},
    ]
