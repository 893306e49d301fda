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
        record(organisation, "suspended", at=NOW)
    assert worded(timeline_of(organisation)) == [
        {"at": NOW, "title": "Changed", "note": "new address", "actor": "李采 · 示例"},
        {"at": NOW, "title": "Suspended", "note": "", "actor": "the clock"},
    ]


def test_a_step_that_no_page_could_say_is_not_recorded():
    organisation = OrganisationFactory()
    with pytest.raises(LookupError, match="promoted"), transaction():
        record(organisation, "promoted", at=NOW)
