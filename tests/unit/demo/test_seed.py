"""The files of the demonstration park, and how their dates move."""

from datetime import UTC, date, datetime, timedelta

import pytest
from stdnum.cn import uscc

from marketplace.accounts.lifecycle import is_public_body
from marketplace.demo import seed
from marketplace.demo.seed import Dates
from marketplace.demo.talks import messages_of, quotation_text

PUBLIC_KINDS = {"government", "medical", "school", "institute"}


def is_private(row):
    """Companies, and schools that say that they are private."""
    return row["name"].endswith("公司") or row["intro"].startswith("民办")


class TestDates:
    def test_on_the_evening_of_the_reference_day_nothing_moves(self):
        assert Dates.for_now(datetime(2026, 11, 23, 12, tzinfo=UTC)).days == 0

    def test_what_would_lie_ahead_in_the_morning_counts_from_the_day_before(self):
        assert Dates.for_now(datetime(2026, 11, 23, 1, tzinfo=UTC)).days == -1

    @pytest.mark.parametrize("days", range(7))
    def test_every_day_of_the_week_the_latest_message_is_less_than_a_day_old(self, days):
        now = datetime(2027, 3, 1, 3, tzinfo=UTC) + timedelta(days=days)
        dates = Dates.for_now(now)
        latest = max(dates.moment(message["sent_at"]) for row in seed.rows("inquiries") for message in row["messages"])
        assert timedelta() <= now - latest < timedelta(days=1, hours=2)

    def test_distances_between_dates_stay(self):
        dates = Dates(100)
        assert dates.moment("2026-11-20T01:00:00Z") - dates.moment("2026-11-19T01:00:00Z") == timedelta(days=1)
        assert dates.day("2026-11-23") == date(2027, 3, 3)
        assert dates.day(None) is None


class TestFiles:
    def test_no_organisation_uses_a_title_twice(self):
        for name in ("listings", "needs"):
            keys = [(row["org"], row["title"]) for row in seed.rows(name)]
            assert len(set(keys)) == len(keys)

    def test_only_addresses_that_reach_nobody_are_used(self):
        addresses = [row["email"] for row in seed.rows("people")]
        addresses += [row["contact"]["email"] for row in seed.rows("organisations")]
        assert all(address.endswith("@example.com") for address in addresses)

    def test_credit_codes_are_valid_and_tell_public_bodies_from_others(self):
        """R9 and R10 go by the first two digits (GB 32100-2015): 11 and 12 for offices and public institutions."""
        rows = seed.rows("organisations")
        assert [row["uscc"] for row in rows if not uscc.is_valid(row["uscc"])] == []
        public = {row["name"] for row in rows if is_public_body(row["uscc"])}
        by_kind = {row["name"] for row in rows if row["kind"] in PUBLIC_KINDS and not is_private(row)}
        assert public == by_kind
        assert len(public) >= 8

    def test_the_usual_time_to_an_answer_is_in_whole_hours(self):
        assert {type(row["answer_hours_median"]) for row in seed.rows("organisations")} <= {int, type(None)}

    def test_threads_are_told_in_the_order_they_were_written(self):
        for row in seed.rows("inquiries"):
            moments = [line.sent_at for line in messages_of(row, Dates(0))]
            assert moments == sorted(moments)
            assert len(moments) == len(row["messages"]) + len(row["quotations"])

    def test_a_quotation_reads_like_a_message(self):
        text = quotation_text(
            {
                "quantity": 20000,
                "unit": "只",
                "unit_price": "0.138",
                "total_fen": 276000,
                "tax_included": True,
                "lead_time_days": 7,
                "valid_days": 7,
            }
        )
        assert text == "报价：20,000 只，单价 0.138 元，合计 2,760 元，含税，交期 7 天，7 天内有效。"
