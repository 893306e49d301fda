"""The park that the tests of this folder ask; its files share it as it was at first."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import empty
from tests.functional.who_may.asking import Site


@pytest.fixture(scope="module")
def site(base_app: Flask) -> Iterator[Site]:
    with base_app.app_context():
        empty(base_app)
        yield Site(base_app)
        empty(base_app)
