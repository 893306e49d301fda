"""The letter to begin with and the clock of R1 in words."""

from datetime import date, timedelta

import pytest

from marketplace.core.db import db
from marketplace.inquiries.lifecycle import InquiryStatus, Side
from marketplace.inquiries.wording import answer_clock, first_letter, state_line
from tests.factories.accounts import NOW
from tests.factories.catalog import ListingFactory
from tests.factories.inquiries import a_talk, answer
from tests.factories.needs import NeedFactory, line


class TestFirstLetter:
    def test_it_says_what_the_need_says(self, app):
        need = NeedFactory(
            deliver_by=date(2026, 12, 15),
            certificates=["SC食品生产许可证"],
            hard_words=["无硫"],
            lines=[line(), line(number=2, item="标签", quantity=None, unit="")],
        )
        words = first_letter(need, [])
        for part in ("食品级PE袋", "20,000", "标签", "15 Dec", "致和街道", "SC食品生产许可证", "无硫"):
            assert part in words

    def test_it_keeps_the_limit_to_the_buyer(self, app):
        assert "0.3" not in first_letter(NeedFactory(), [])

    @pytest.mark.parametrize(
        ("facts", "part"),
        [
            ({"deliver_by": date(2026, 12, 15), "deliver_town": ""}, "Delivery by Tue 15 Dec."),
            ({"deliver_by": None}, "Delivery to 致和街道."),
        ],
    )
    def test_it_says_where_or_when_alone(self, app, facts, part):
        assert part in first_letter(NeedFactory(**facts), [])

    def test_it_names_the_listing(self, app):
        assert "自封袋九号" in first_letter(None, [ListingFactory(title="自封袋九号")])

    def test_several_listings_get_one_letter_that_fits_all(self, app):
        words = first_letter(None, [ListingFactory(title="甲"), ListingFactory(title="乙")])
        assert "what you offer" in words

    def test_nothing_known_says_nothing(self, app):
        assert first_letter(None, []) == ""


class TestClock:
    @pytest.mark.parametrize(
        ("after", "words", "state"),
        [
            (timedelta(0), "16 working hours left", "plenty"),
            (timedelta(hours=24), "7 working hours left", "soon"),
            (timedelta(hours=31), "Less than a working hour left", "soon"),
            (timedelta(hours=32), "Answer overdue", "missed"),
        ],
    )
    def test_r1_it_counts_working_hours(self, app, after, words, state):
        _buyer, _supplier, inquiry = a_talk()
        clock = answer_clock(inquiry, NOW + after)
        assert (clock.words, clock.state) == (words, state)

    def test_r1_it_stops_with_the_answer(self, app):
        _buyer, supplier, inquiry = a_talk()
        answer(inquiry, supplier)
        assert answer_clock(inquiry, NOW) is None


@pytest.mark.parametrize("status", list(InquiryStatus))
@pytest.mark.parametrize("side", list(Side))
def test_every_state_has_a_sentence_for_each_side(app, status, side):
    _buyer, _supplier, inquiry = a_talk()
    with db.session.no_autoflush:
        inquiry.status, inquiry.reason = status, "理由"
        late = NOW + timedelta(days=5)
        assert state_line(inquiry, side, NOW) and state_line(inquiry, side, late)
    db.session.rollback()
