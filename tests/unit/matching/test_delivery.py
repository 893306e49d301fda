"""Where a supplier delivers, by his own words."""

import pytest

from marketplace.core.places import load_gazetteer
from marketplace.matching.delivery import distance_of, place_finding
from marketplace.matching.facts import ListingFacts, NeedFacts
from marketplace.matching.finding import JudgingContext, State
from tests.unit.matching.test_told import TODAY

CONTEXT = JudgingContext(TODAY, load_gazetteer())


def state(text: str, town: str, at: str = "致和街道") -> State | None:
    need, listing = NeedFacts("1", "桶装水", deliver_town=town), ListingFacts("7", "桶装水", description=text, town=at)
    found = place_finding(need, listing, CONTEXT, distance_of(need, listing, CONTEXT.gazetteer))
    return found and found.state


@pytest.mark.parametrize(
    ("text", "town", "expected"),
    [
        ("配送范围只限天彭、致和两个街道，其他镇恕不送", "白鹿镇", State.MISSED),
        ("配送范围只限天彭、致和两个街道，其他镇恕不送", "致和街道", State.MET),
        ("通济、白鹿几个镇每周送两趟", "白鹿镇", State.MET),
        ("通济、白鹿几个镇每周送两趟", "九尺镇", None),
        ("线路：成都、德阳；阿坝州各县（茂县、汶川等）都不去", "茂县", State.MISSED),
        ("配送范围：成都绕城高速以内", "通济镇", State.MISSED),
        ("配送范围：成都绕城高速以内", "锦江区", State.MET),
        ("配送范围：成都", "通济镇", State.MET),
        ("配送范围：成都、德阳", "茂县", State.MISSED),
        ("全国发货", "茂县", State.MET),
        ("彭州以外不送", "什邡市", State.MISSED),
        ("彭州以外不送", "九尺镇", State.MET),
        ("配送半径15公里", "茂县", State.MISSED),
        ("配送半径15公里", "天彭街道", State.MET),
        ("厂在彭州，不足500只不接", "什邡市", None),
        ("品质好，价格优", "什邡市", None),
    ],
)
def test_the_area_served(text: str, town: str, expected: State | None) -> None:
    assert state(text, town) is expected


def test_nothing_is_said_where_the_place_is_not_known() -> None:
    assert state("只送彭州", "") is None
