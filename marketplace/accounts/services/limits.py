"""Limits of what people may try: passwords, and mails to addresses that they type in."""

from datetime import datetime, timedelta

from flask import current_app

from marketplace.accounts.models import Person
from marketplace.core.limits import Limit, count_try, forget, keyed, network_of

HOUR = timedelta(hours=1)


def _account(email: str) -> str:
    return email.strip().lower()


def _own_limits(email: str, address: str) -> list[Limit]:
    """The limits of wrong passwords for one account; a right one clears them."""
    window = timedelta(minutes=current_app.config["SIGN_IN_WINDOW_MINUTES"])
    tries, everywhere = current_app.config["SIGN_IN_TRIES"], current_app.config["SIGN_IN_TRIES_ACCOUNT"]
    return [
        Limit("sign_in.account_and_network", keyed(_account(email), network_of(address)), tries, window),
        Limit("sign_in.account", keyed(_account(email)), everywhere, window),
    ]


def _network_limit(address: str) -> Limit:
    return Limit("sign_in.network", keyed(network_of(address)), current_app.config["SIGN_IN_TRIES_ADDRESS"], HOUR)


def _known_device_limit(email: str) -> Limit:
    window = timedelta(minutes=current_app.config["SIGN_IN_WINDOW_MINUTES"])
    return Limit("sign_in.known_device", keyed(_account(email)), current_app.config["SIGN_IN_TRIES_ACCOUNT"], window)


def count_sign_in(email: str, address: str, *, now: datetime, known_device: bool = False) -> None:
    """Count a try to sign in before the password is looked at.

    Tries count for the account and the network together, for the account, and for the network over an hour. A device
    on which this account signed in before is counted by itself: neither strangers nor colleagues lock it out.

    Raises:
        Throttled: with the seconds to wait.
    """
    limits = [_known_device_limit(email)] if known_device else [*_own_limits(email, address), _network_limit(address)]
    count_try(limits, now=now)


def forget_tries(email: str, address: str, *, tried_at: datetime | None = None) -> None:
    """A right password clears the account's count; the try of the moment `tried_at` does not count for the network."""
    forget([*_own_limits(email, address), _known_device_limit(email)])
    if tried_at is not None:
        forget([_network_limit(address)], at=tried_at)


def _password_limit(person: Person) -> Limit:
    window = timedelta(minutes=current_app.config["SIGN_IN_WINDOW_MINUTES"])
    return Limit("password", keyed(str(person.id)), current_app.config["SIGN_IN_TRIES"], window)


def count_password_try(person: Person, *, now: datetime) -> None:
    """Count a try to name one's present password before it is looked at.

    Raises:
        Throttled: with the seconds to wait.
    """
    count_try([_password_limit(person)], now=now)


def forget_password_tries(person: Person) -> None:
    """The present password was right."""
    forget([_password_limit(person)])


def count_mail(purpose: str, email: str, address: str, *, now: datetime) -> None:
    """Count a mail to an address that somebody typed in, whether or not the address is known here.

    Mails count for the purpose and the address, and for the network of the sender, each over an hour.

    Raises:
        Throttled: with the seconds to wait.
    """
    to_address, from_network = current_app.config["MAILS_PER_ADDRESS"], current_app.config["MAILS_PER_NETWORK"]
    limits = [
        Limit(f"mail.{purpose}", keyed(_account(email)), to_address, HOUR),
        Limit("mail.network", keyed(network_of(address)), from_network, HOUR),
    ]
    count_try(limits, now=now)
