"""Inquiries, made through the services: a row alone would be no thread."""

from datetime import datetime
from typing import Any

from marketplace.accounts.models import Organisation, Person
from marketplace.core.db import db, transaction
from marketplace.inquiries import services
from marketplace.inquiries.models import Inquiry
from tests.factories.accounts import NOW, owner_of
from tests.factories.catalog import ListingFactory

LETTER = "您好，请报价。"


def supplier_with_listing(**listing: Any) -> tuple[Person, Any]:
    """A person who owns a verified supplier, and one of its published listings."""
    row = ListingFactory(**listing)
    return owner_of(row.organisation), row


def send(buyer: Person, *listings: Any, now: datetime = NOW, text: str = LETTER, **letter: Any) -> list[Inquiry]:
    """One letter of `buyer` about each of `listings`."""
    with transaction():
        sent = services.send_inquiries(
            buyer.organisation,
            buyer,
            [(listing.organisation_id, listing.id) for listing in listings],
            text=text,
            now=now,
            **letter,
        )
    for inquiry in sent:
        db.session.refresh(inquiry)
    return sent


def write_to(buyer: Person, organisation: Organisation, *, now: datetime = NOW, text: str = LETTER) -> Inquiry:
    """A letter to an organisation about nothing in particular."""
    with transaction():
        (inquiry,) = services.send_inquiries(buyer.organisation, buyer, [(organisation.id, None)], text=text, now=now)
    db.session.refresh(inquiry)
    return inquiry


def answer(inquiry: Inquiry, person: Person, text: str = "可以供应。", *, now: datetime = NOW, **message: Any) -> None:
    """`person` writes into the thread."""
    with transaction():
        services.answer_inquiry(inquiry, person, text, now, **message)
    db.session.refresh(inquiry)


def a_talk(**listing: Any) -> tuple[Person, Person, Inquiry]:
    """A buyer, a supplier and the inquiry between them, not yet answered."""
    supplier, row = supplier_with_listing(**listing)
    buyer = owner_of()
    (inquiry,) = send(buyer, row)
    return buyer, supplier, inquiry
