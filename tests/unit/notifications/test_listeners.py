"""What the accounts' news means for people."""

from datetime import UTC, datetime

from sqlalchemy import select

from marketplace.accounts import signals
from marketplace.accounts.lifecycle import OrganisationStatus, StaffRole
from marketplace.core.db import db, transaction
from marketplace.notifications.models import Mail, Notice
from tests.factories.accounts import OrganisationFactory, PersonFactory, StaffFactory, owner_of

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def news(signal, sender, **arguments):
    with transaction():
        signal.send(sender, **arguments)
    return list(db.session.scalars(select(Notice).order_by(Notice.id)))


def test_who_verifies_is_told_that_an_organisation_waits(app):
    staff = StaffFactory()
    StaffFactory(staff_role=StaffRole.SERVICE_OFFICER)
    owner_of()
    (notice,) = news(signals.organisation_submitted, OrganisationFactory())
    assert (notice.person_id, notice.url) == (staff.id, "/staff/organisations")


def test_members_are_told_that_they_are_verified(app):
    organisation = OrganisationFactory()
    owner = owner_of(organisation)
    (notice,) = news(signals.organisation_verified, organisation, now=NOW)
    assert (notice.person_id, notice.kind, notice.created_at) == (owner.id, "organisation_verified", NOW)


def test_members_are_told_why_they_were_returned_and_led_to_the_form(app):
    organisation = OrganisationFactory(status=OrganisationStatus.RETURNED, status_reason="执照不清楚")
    owner_of(organisation)
    (notice,) = news(signals.organisation_returned, organisation)
    assert notice.params["reason"] == "执照不清楚"
    assert notice.url == f"/organisations/{organisation.id}/edit"


def test_members_are_told_why_they_were_suspended(app):
    organisation = OrganisationFactory(status=OrganisationStatus.SUSPENDED, status_reason="证照过期")
    owner_of(organisation)
    (notice,) = news(signals.organisation_suspended, organisation)
    assert notice.params["reason"] == "证照过期"


def test_only_the_mail_says_whether_an_address_has_an_account(app):
    news(signals.registration_asked, "accounts", email="a@example.com", url="/register/token", known=False)
    news(signals.registration_asked, "accounts", email="b@example.com", url="/sign-in", known=True)
    fresh, known = db.session.scalars(select(Mail).order_by(Mail.id))
    assert "/register/token" in fresh.text
    assert "/sign-in" in known.text
    assert fresh.subject != known.subject


def test_a_new_password_is_mailed_in_the_persons_language(app):
    news(signals.reset_asked, PersonFactory(language="en"), url="/password/token")
    mail = db.session.scalar(select(Mail))
    assert mail.subject == "Choose a new password"
    assert "/password/token" in mail.text


def test_an_invitation_names_who_invites_and_for_whom(app):
    organisation = OrganisationFactory(name="甲有限公司")
    news(signals.invitation_sent, organisation, email="c@example.com", url="/invitations/t", inviter="王芳")
    mail = db.session.scalar(select(Mail))
    assert "王芳" in mail.subject
    assert "王芳 invites you to act for 甲有限公司 at Doorstep." in mail.text
