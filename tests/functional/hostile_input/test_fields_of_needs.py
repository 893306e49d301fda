"""Every field of every form takes anything: needs and inquiries."""

import pytest

from tests.functional.hostile_input.fields import ensure_takes_anything
from tests.functional.hostile_input.payloads import LONG
from tests.functional.hostile_input.places import NEEDS, TALKS


@pytest.mark.timeout(LONG)
@pytest.mark.parametrize("place", [*NEEDS, *TALKS], ids=str)
def test_every_field_takes_anything(site, place):
    ensure_takes_anything(site, place)
