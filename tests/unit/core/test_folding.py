"""One form of a text, whatever its width, case and characters."""

import pytest

from marketplace.core.folding import fold


class TestFold:
    @pytest.mark.parametrize(
        ("typed", "folded"),
        [("ＰＥ袋", "pe袋"), ("黃連", "黄连"), ("冷鏈運輸", "冷链运输"), ("２５㎏", "25kg"), ("SUS316L", "sus316l")],
    )
    def test_width_case_and_characters_become_one(self, typed, folded):
        assert fold(typed) == folded
