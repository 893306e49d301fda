"""The clock of the catalogue: lives that end, notices before it, certificates that run out."""

from datetime import datetime, timedelta

from marketplace.accounts.models import Organisation
from marketplace.catalog import queries, services
from marketplace.catalog.search import KIND
from marketplace.core.clock import local_day
from marketplace.core.db import db, transaction
from marketplace.core.jobs import clock, enqueue, job
from marketplace.search import changed


@clock("catalog.expire_due", every=timedelta(minutes=1))
def expire_due(now: datetime) -> None:
    """In portions, so that nobody waits long for the write lock."""
    while db.session.scalar(queries.listings_to_expire(now).limit(1)) is not None:
        with transaction():
            services.expire_due(now)


@clock("catalog.remind_due", every=timedelta(hours=1))
def remind_due(now: datetime) -> None:
    """Renewal notices (R6)."""
    with transaction():
        services.remind_due(now)


@clock("catalog.forget_old_certificates", every=timedelta(hours=1))
def forget_old_certificates(now: datetime) -> None:
    """Index again the listings whose certificate ran out yesterday or the day before."""
    ids = queries.ids_with_certificate_ended(local_day(now))
    if ids:
        with transaction():
            for listing_id in ids:
                changed(KIND, listing_id)


@job("catalog.index_organisation")
def index_organisation(organisation_id: int) -> None:
    """What the index says of a supplier's listings (visible or not, locality, name) depends on the supplier."""
    ids = queries.ids_of_organisation(organisation_id)
    with transaction():
        for listing_id in ids:
            changed(KIND, listing_id)


def on_organisation_changed(organisation: Organisation, **_news: object) -> None:
    enqueue("catalog.index_organisation", organisation_id=organisation.id)
