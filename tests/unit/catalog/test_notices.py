"""What the news of a listing means for people."""

from sqlalchemy import select

from marketplace.accounts.lifecycle import StaffRole
from marketplace.catalog import signals
from marketplace.core.db import db, transaction
from marketplace.notifications.models import Mail, Notice
from tests.factories.accounts import NOW, StaffFactory
from tests.factories.catalog import ListingFactory


def test_who_reviews_is_told_that_a_listing_waits(app):
    operator = StaffFactory()
    StaffFactory(staff_role=StaffRole.SERVICE_OFFICER)
    listing = ListingFactory()
    with transaction():
        signals.listing_submitted.send(listing, now=NOW)
    (notice,) = db.session.scalars(select(Notice).where(Notice.kind == "listing_submitted")).all()
    assert (notice.person_id, notice.url) == (operator.id, "/staff/listings")
    assert db.session.scalars(select(Mail.to)).all() == [operator.email]
