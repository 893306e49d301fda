"""Numbers, prices, days and clocks as the reader sees them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask_babel import force_locale

from marketplace.core import presentation as shown

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
N = shown.NARROW


@pytest.fixture(autouse=True)
def request_in_chinese(request_context):
    with force_locale("zh_Hans"):
        yield


@pytest.fixture
def english():
    with force_locale("en"):
        yield


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "text"), [(20000, "20,000"), (Decimal("1.50"), "1.5"), (Decimal("100"), "100"), (None, "")]
    )
    def test_number(self, value, text):
        assert shown.number(value) == text

    def test_quantity_has_a_narrow_space_and_never_abbreviates_ten_thousand(self):
        assert shown.quantity(Decimal("20000.000"), "只") == f"20,000{N}只"

    def test_quantity_in_english(self, english):
        assert shown.quantity(20000, "只") == f"20,000{N}pcs"
        assert shown.quantity(1, "箱") == f"1{N}carton"
        assert shown.quantity(3, "批号") == f"3{N}批号"

    @pytest.mark.parametrize(
        ("fen", "text"), [(520000, "¥5,200"), (520050, "¥5,200.50"), (5, "¥0.05"), (-300, "−¥3"), (None, "")]
    )
    def test_yuan(self, fen, text):
        assert shown.yuan(fen) == text

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("0.3", "¥0.30"), ("0.26", "¥0.26"), ("0.0035", "¥0.0035"), ("40.5", "¥40.5"), ("46.000000", "¥46"),
            ("1680", "¥1,680"), (None, ""),
        ],
    )  # fmt: skip
    def test_price(self, value, text):
        assert shown.price(Decimal(value) if value else None) == text

    def test_price_names_its_unit(self, english):
        assert shown.price("0.3", "只") == f"¥0.30{N}/pc"

    def test_price_range_goes_from_low_to_high(self):
        assert shown.price_range("46", "40.5", "千克") == f"¥40.5–46{N}/千克"
        assert shown.price_range("46", None, "千克") == f"¥46{N}/千克"
        assert shown.price_range(None, None) == ""

    @pytest.mark.parametrize(("km", "text"), [(1.24, "1.2"), (9.96, "10"), (14.4, "14"), (0, "0.0")])
    def test_distance(self, km, text):
        assert shown.distance(km) == f"{text}{N}km"

    def test_share_is_rounded_half_up(self):
        assert shown.share(Decimal("0.685")) == "69%"

    @pytest.mark.parametrize(("size", "text"), [(1, "1"), (820_000, "820")])
    def test_small_files(self, size, text):
        assert shown.file_size(size) == f"{text}{N}kB"

    def test_large_files(self):
        assert shown.file_size(2_400_000) == f"2.4{N}MB"

    @pytest.mark.parametrize(
        "word", [shown.distance, shown.share, shown.file_size, shown.quantity, shown.day, shown.moment, shown.ago]
    )
    def test_nothing_is_an_empty_string(self, word):
        assert word(None) == ""


class TestDays:
    def test_a_day_of_this_year(self):
        assert shown.day(date(2026, 11, 30), now=NOW) == f"11{N}月{N}30{N}日 周一"

    def test_another_year_is_named(self):
        assert shown.day(date(2027, 1, 3), weekday=False, now=NOW) == f"2027{N}年{N}1{N}月{N}3{N}日"

    def test_in_english(self, english):
        assert shown.day(date(2026, 11, 30), now=NOW) == "Mon 30 Nov"
        assert shown.day(date(2027, 1, 3), now=NOW) == "Sun 3 Jan 2027"

    def test_a_moment_is_told_by_the_clock_of_shanghai(self):
        late = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
        assert shown.moment(late, now=NOW) == f"11{N}月{N}24{N}日 周二 01:05"


class TestHowLong:
    @pytest.mark.parametrize(
        ("gap", "words"),
        [
            (timedelta(seconds=20), "just now"), (timedelta(minutes=1), "1 minute ago"),
            (timedelta(minutes=59), "59 minutes ago"), (timedelta(hours=3), "3 hours ago"),
            (timedelta(days=2), "2 days ago"), (timedelta(minutes=-5), "in 5 minutes"),
            (timedelta(hours=-1), "in 1 hour"), (timedelta(days=-6), "in 6 days"), (timedelta(days=9), "14 Nov"),
        ],
    )  # fmt: skip
    def test_ago(self, english, gap, words):
        assert shown.ago(NOW - gap, now=NOW) == words

    @pytest.mark.parametrize(
        ("left", "words", "state"),
        [
            (timedelta(days=9, hours=3), "9 days left", "plenty"), (timedelta(days=2), "2 days left", "soon"),
            (timedelta(hours=23), "23 hours left", "soon"), (timedelta(seconds=30), "1 minute left", "soon"),
            (timedelta(0), "Closed", "over"), (timedelta(days=-1), "Closed", "over"),
        ],
    )  # fmt: skip
    def test_time_left(self, english, left, words, state):
        assert shown.time_left(NOW + left, now=NOW) == (words, state)


class TestMarkedSentence:
    def test_marks_the_parts_and_escapes_the_rest(self):
        text = "<b>PE袋2万只"
        assert shown.marked_sentence(text, [(3, 6, "thing"), (6, 9, "quantity")]) == (
            '&lt;b&gt;<mark class="role role--thing">PE袋</mark><mark class="role role--quantity">2万只</mark>'
        )

    def test_leaves_out_marks_that_overlap_or_lie_outside(self):
        marks = [(0, 2, "thing"), (1, 3, "price"), (2, 9, "date"), (2, 3, "nonsense")]
        assert shown.marked_sentence("PE袋", marks) == '<mark class="role role--thing">PE</mark>袋'


def test_a_link_to_a_page_that_does_not_exist_is_left_out():
    assert shown.link_to("nowhere.at_all") is None
    assert shown.link_to("static", filename="a.css")


def test_the_language_tag_follows_the_page(english):
    assert shown.page_language() == "en"
