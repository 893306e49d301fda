"""What the accounts' news means for people: who is told, and the words."""

from typing import Any

from flask_babel import get_locale

from marketplace.accounts import queries as accounts
from marketplace.accounts import signals
from marketplace.core.clock import utc_now
from marketplace.notifications.messages import N_
from marketplace.notifications.services import path_to, tell, write_mail

DEFAULT_LANGUAGE = "zh_Hans"


def _page_language() -> str:
    """The language of the request that caused this, for somebody who has no account yet."""
    return str(get_locale() or DEFAULT_LANGUAGE)


def on_submitted(organisation: Any, **news: Any) -> None:
    tell(
        accounts.staff_with("organisations.verify"),
        "organisation_submitted",
        N_("%(organisation)s waits for verification."),
        {"organisation": organisation.name},
        path_to("accounts.verification_queue"),
        news.get("now") or utc_now(),
        subject=organisation,
    )


def on_verified(organisation: Any, **news: Any) -> None:
    tell(
        accounts.people_of(organisation.id),
        "organisation_verified",
        N_("%(organisation)s is verified. You can publish and inquire now."),
        {"organisation": organisation.name},
        path_to("pages.workbench"),
        news.get("now") or utc_now(),
        subject=organisation,
    )


def on_returned(organisation: Any, **news: Any) -> None:
    tell(
        accounts.people_of(organisation.id),
        "organisation_returned",
        N_("The park staff returned %(organisation)s: %(reason)s"),
        {"organisation": organisation.name, "reason": organisation.status_reason},
        path_to("accounts.edit_organisation", organisation_id=organisation.id),
        news.get("now") or utc_now(),
        subject=organisation,
    )


def on_suspended(organisation: Any, **news: Any) -> None:
    tell(
        accounts.people_of(organisation.id),
        "organisation_suspended",
        N_("The park staff suspended %(organisation)s: %(reason)s"),
        {"organisation": organisation.name, "reason": organisation.status_reason},
        path_to("accounts.organisation", organisation_id=organisation.id),
        news.get("now") or utc_now(),
        subject=organisation,
    )


def on_registration_asked(_sender: Any, *, email: str, url: str, known: bool = False, **news: Any) -> None:
    """The same answer on the page either way; only the owner of the address reads which it was."""
    subject = N_("You have an account already") if known else N_("Finish your registration")
    write_mail(
        email,
        _page_language(),
        subject,
        "registration_known.txt" if known else "registration.txt",
        now=news.get("now") or utc_now(),
        url=url,
    )


def on_reset_asked(person: Any, *, url: str, **news: Any) -> None:
    write_mail(
        person.email,
        person.language,
        N_("Choose a new password"),
        "password.txt",
        now=news.get("now") or utc_now(),
        url=url,
        person_id=person.id,
        name=person.name,
    )


def on_invitation_sent(organisation: Any, *, email: str, url: str, inviter: Any, **news: Any) -> None:
    write_mail(
        email,
        _page_language(),
        N_("%(inviter)s invites you to act for %(organisation)s"),
        "invitation.txt",
        now=news.get("now") or utc_now(),
        url=url,
        organisation=organisation.name,
        inviter=getattr(inviter, "name", inviter),
    )


LISTENERS = {
    signals.organisation_submitted: on_submitted,
    signals.organisation_verified: on_verified,
    signals.organisation_returned: on_returned,
    signals.organisation_suspended: on_suspended,
    signals.registration_asked: on_registration_asked,
    signals.reset_asked: on_reset_asked,
    signals.invitation_sent: on_invitation_sent,
}
