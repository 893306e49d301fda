"""Every field of every form takes anything: listings."""

import pytest

from tests.functional.hostile_input.fields import ensure_takes_anything
from tests.functional.hostile_input.payloads import LONG
from tests.functional.hostile_input.places import LISTINGS


@pytest.mark.timeout(LONG)
@pytest.mark.parametrize("place", LISTINGS, ids=str)
def test_every_field_takes_anything(site, place):
    ensure_takes_anything(site, place)
