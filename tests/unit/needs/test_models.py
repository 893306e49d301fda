"""Figures of a need, and who may see it."""

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from sqlalchemy import select

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.core.db import db
from marketplace.needs.contents import LineContent
from marketplace.needs.lifecycle import PUBLIC_STATUSES, NeedStatus, UnmetReason
from marketplace.needs.models import Need
from tests.factories.accounts import NOW, OrganisationFactory
from tests.factories.needs import DraftFactory, NeedFactory, line


@pytest.mark.parametrize(
    ("quantity", "unit", "price", "per", "fen"),
    [
        ("20000", "只", "0.3", "", 600_000),
        ("3", "只", "0.005", "", 2),
        ("2000", "斤", "45", "公斤", 4_500_000),
        ("10", "箱", "3", "袋", None),
        (None, "", "3", "只", None),
        ("10", "箱", None, "", None),
    ],
)
def test_a_line_costs_at_most_quantity_times_limit(quantity, unit, price, per, fen):
    known = LineContent(
        "x",
        Decimal(quantity) if quantity else None,
        unit,
        max_unit_price=Decimal(price) if price else None,
        price_per=per,
    )
    assert known.limit_fen == fen


def test_the_value_is_the_budget_or_the_sum_of_all_limits(app):
    two = [line(), line(number=2, quantity=Decimal(100), max_unit_price=Decimal(2))]
    assert NeedFactory(lines=two).value_fen == 620_000
    assert NeedFactory(budget_fen=500_000).value_fen == 500_000
    assert NeedFactory(lines=[line(), line(number=2, max_unit_price=None)]).value_fen is None


class TestOpenness:
    """Who may see a need and answer it: one rule for a row and for a query."""

    @pytest.fixture
    def needs(self, app):
        """A need of each status, closing at each moment, of a buyer of each status."""
        buyers = [OrganisationFactory(status=status) for status in OrganisationStatus]
        ends = (timedelta(days=-1), timedelta(0), timedelta(seconds=1), timedelta(days=9))
        rows = [
            NeedFactory(
                organisation=buyer,
                status=status,
                closes_at=NOW + end,
                unmet_reason=UnmetReason.PRICE if status is NeedStatus.UNMET else None,
            )
            for buyer, status, end in product(buyers, NeedStatus, ends)
        ]
        return rows + [DraftFactory(organisation=buyer) for buyer in buyers]

    def ids_where(self, condition):
        return set(db.session.scalars(select(Need.id).where(condition)))

    def test_open_says_the_same_of_a_row_and_in_a_query(self, needs):
        seen = {row.id for row in needs if row.is_open(NOW)}
        assert self.ids_where(Need.is_open(NOW)) == seen
        assert len(seen) == 2 * len(OrganisationStatus)

    def test_public_says_the_same_of_a_row_and_in_a_query(self, needs):
        seen = {row.id for row in needs if row.is_public}
        assert self.ids_where(Need.is_public) == seen
        assert len(seen) == 4 * len(PUBLIC_STATUSES)

    @pytest.mark.parametrize(
        "audiences", [{"public"}, {"staff"}, {"own"}, {"public", "own"}, {"public", "staff"}, {"staff", "own"}, set()]
    )
    def test_who_finds_it_is_the_same_for_a_row_and_in_a_query(self, needs, audiences):
        asked = {f"org:{needs[0].organisation_id}" if name == "own" else name for name in audiences}
        seen = {row.id for row in needs if row.may_be_found_by(asked)}
        assert self.ids_where(Need.may_be_found_by(asked)) == seen
        assert bool(seen) is bool(audiences)
