"""Categories and listings."""

from datetime import timedelta
from decimal import Decimal

import factory

from marketplace.catalog import services
from marketplace.catalog.lifecycle import CapacityPer, ListingKind, ListingStatus
from marketplace.catalog.models import Category, Listing, ListingCertificate, ListingTier
from marketplace.core.db import db, transaction
from tests.factories.accounts import NOW, OrganisationFactory
from tests.factories.base import RowFactory


class CategoryFactory(RowFactory):
    """A category of its own; `load_categories()` of the services loads the whole tree instead."""

    class Meta:
        model = Category

    code = factory.Sequence(lambda n: f"Y{n // 100:02d}{n % 100:02d}")
    name_zh = factory.LazyAttribute(lambda row: f"品类{row.code}")
    name_en = factory.LazyAttribute(lambda row: f"Category {row.code}")
    chain_stage = "packaging"


class ListingFactory(RowFactory):
    """A published listing with one price; `status=ListingStatus.DRAFT` and the like make others."""

    class Meta:
        model = Listing

    organisation = factory.SubFactory(OrganisationFactory)
    kind = ListingKind.PRODUCT
    category = factory.SubFactory(CategoryFactory)
    title = factory.Sequence(lambda n: f"食品级PE自封袋{n}号")
    description = "全新料吹膜，厚度均匀，封口牢固，可印一到四色，适合食品和饮片内包装，支持小批量试样。"
    aliases = factory.LazyFunction(lambda: ["塑料自封袋"])
    specs = factory.LazyFunction(lambda: [{"name": "厚度", "value": "0.08 mm"}, {"name": "尺寸", "value": "20×30 cm"}])
    unit = "只"
    unit_code = "C62"
    tiers = factory.LazyFunction(
        lambda: [
            ListingTier(min_quantity=Decimal(5000), unit_price=Decimal("0.28")),
            ListingTier(min_quantity=Decimal(20000), unit_price=Decimal("0.26")),
        ]
    )
    certificates = factory.LazyFunction(
        lambda: [
            ListingCertificate(
                kind="食品相关产品生产许可证", number="示例证1", valid_until=(NOW + timedelta(days=700)).date()
            )
        ]
    )
    moq_quantity = Decimal(5000)
    moq_unit = "只"
    capacity_quantity = Decimal(2_000_000)
    capacity_unit = "只"
    capacity_per = CapacityPer.MONTH
    lead_time_min_days = 5
    lead_time_max_days = 7
    town = "天府中药城"
    status = ListingStatus.PUBLISHED
    published_at = NOW - timedelta(days=10)
    expires_at = NOW + timedelta(days=170)
    created_at = NOW - timedelta(days=11)
    updated_at = NOW - timedelta(days=10)


def load_categories() -> None:
    """The whole tree as the project ships it."""
    with transaction():
        services.load_categories()
    db.session.expire_all()
