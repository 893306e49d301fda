"""Needs with one line."""

from datetime import timedelta
from decimal import Decimal

import factory

from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need, NeedLine
from tests.factories.accounts import NOW, OrganisationFactory
from tests.factories.base import RowFactory


class NeedFactory(RowFactory):
    """An open need of twenty thousand PE bags, closing in ten days after `NOW`."""

    class Meta:
        model = Need

    organisation = factory.SubFactory(OrganisationFactory)
    title = factory.Sequence(lambda n: f"食品级PE袋 第{n}批")
    description = "装花草茶，厚度6丝以上。"
    deliver_town = "致和街道"
    status = NeedStatus.OPEN
    posted_at = NOW
    closes_at = NOW + timedelta(days=10)
    created_at = NOW
    updated_at = NOW
    lines = factory.LazyFunction(lambda: [line()])


class DraftFactory(NeedFactory):
    status = NeedStatus.DRAFT
    posted_at = None
    closes_at = None


def line(**values: object) -> NeedLine:
    """A line that is not saved yet; hand it to `NeedFactory(lines=[...])`."""
    usual = {
        "number": 1,
        "item": "食品级PE袋",
        "quantity": Decimal(20000),
        "unit": "只",
        "unit_code": "C62",
        "max_unit_price": Decimal("0.3"),
    }
    return NeedLine(**{**usual, **values})
