"""The park that is written into; whatever a test changed it puts back."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import empty
from tests.functional.hostile_input.places import Site


@pytest.fixture(scope="module")
def site(base_app: Flask) -> Iterator[Site]:
    with base_app.app_context():
        empty(base_app)
        yield Site(base_app)
        empty(base_app)
