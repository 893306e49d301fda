"""Every field of every form takes anything: accounts and organisations."""

import pytest

from tests.functional.hostile_input.fields import ensure_takes_anything
from tests.functional.hostile_input.payloads import LONG
from tests.functional.hostile_input.places import ACCOUNTS


@pytest.mark.timeout(LONG)
@pytest.mark.parametrize("place", ACCOUNTS, ids=str)
def test_every_field_takes_anything(site, place):
    ensure_takes_anything(site, place)
