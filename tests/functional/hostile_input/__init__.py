"""Whatever is typed, pasted or forged (RELIABILITY 3.2): no error, no markup, no other host, no column
beyond the form."""

import pytest

pytest.register_assert_rewrite("tests.functional.hostile_input.fields", "tests.functional.hostile_input.places")
