"""People, organisations, memberships, verification and sign-in."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from marketplace.accounts import (
    organisation_views,
    policies,
    services,
    sessions,
    signals,
    staff_views,
    views,
)
from marketplace.accounts.cli import people_cli
from marketplace.accounts.labels import (
    KIND_LABELS,
    LOCALITY_LABELS,
    MEMBERSHIP_LABELS,
    STAFF_LABELS,
    STATUS_LABELS,
    STEP_LABELS,
    whom_to_ask,
)
from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.models import Organisation
from marketplace.accounts.search import KIND, PAGE, documents, find_in_database
from marketplace.core.db import transaction
from marketplace.core.files import StoredFile, readers_of
from marketplace.core.jobs import clock
from marketplace.core.refusals import SignInNeeded
from marketplace.core.timeline import name_steps
from marketplace.search import Searchable, browse, changed, register

__all__ = ["init_app", "organisation_views", "policies", "staff_views"]


@readers_of("organisations")
def may_read_papers(person: Any, file: StoredFile) -> bool:
    return policies.may_read_papers(person, file.owner_id)


def _index(organisation: Organisation, **_news: Any) -> None:
    changed(KIND, organisation.id)


@clock("accounts.drop_old_sign_ins", every=timedelta(hours=6))
def drop_old_sign_ins(now: datetime) -> None:
    with transaction():
        services.drop_old_sign_ins(now)


@clock("accounts.drop_old_invitations", every=timedelta(hours=6))
def drop_old_invitations(now: datetime) -> None:
    with transaction():
        services.drop_old_invitations(now)


def init_app(app: Flask) -> None:
    sessions.init_app(app)
    app.register_blueprint(views.bp)
    name_steps(Organisation.__tablename__, STEP_LABELS)
    app.register_error_handler(SignInNeeded, views.sign_in_first)
    app.cli.add_command(people_cli)
    register(Searchable(kind=KIND, documents=documents, find_in_database=find_in_database))
    browse.register(PAGE)
    app.jinja_env.globals.update(
        status_words=lambda value: STATUS_LABELS[OrganisationStatus(value)],
        status_label=lambda organisation: STATUS_LABELS[organisation.status],
        membership_label=lambda membership: MEMBERSHIP_LABELS[membership.role],
        staff_label=lambda person: STAFF_LABELS[person.staff_role],
        locality_label=lambda locality: LOCALITY_LABELS[locality],
        whom_to_ask=whom_to_ask,
        organisation_kind=lambda organisation: KIND_LABELS[organisation.kind],
    )
    for signal in (
        signals.organisation_submitted,
        signals.organisation_verified,
        signals.organisation_returned,
        signals.organisation_suspended,
        signals.organisation_changed,
    ):
        signal.connect(_index)
