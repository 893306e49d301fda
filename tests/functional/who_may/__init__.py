"""Who may do what (RELIABILITY 3.1): every route, every kind of person, own things, those of others, and none."""

import pytest

pytest.register_assert_rewrite("tests.functional.who_may.checks", "tests.functional.who_may.links")
