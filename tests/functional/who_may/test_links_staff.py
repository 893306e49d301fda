"""Links and buttons, for the park staff and for who was suspended."""

import pytest

from tests.functional.who_may.checks import LONG
from tests.functional.who_may.links import dead_ends

PEOPLE_HERE = ("operator", "officer", "administrator", "suspended")


@pytest.mark.timeout(LONG)
@pytest.mark.parametrize("name", PEOPLE_HERE)
def test_every_link_and_button_leads_somewhere_for_who_sees_it(site, name):
    assert dead_ends(site, name) == []
