"""A buyer asks: who may, whom, and the letter that goes to each."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from flask import current_app
from flask_babel import gettext as _

from marketplace.accounts.models import Organisation, Person
from marketplace.catalog.models import Category, Listing
from marketplace.core.clock import local_day
from marketplace.core.db import db
from marketplace.core.presentation import listed
from marketplace.core.refusals import NotAllowed, RuleBroken
from marketplace.core.timeline import record
from marketplace.core.working_time import after_working_hours
from marketplace.inquiries import queries, signals
from marketplace.inquiries.lifecycle import InquiryStatus, Side
from marketplace.inquiries.models import Inquiry
from marketplace.inquiries.services.messages import PreparedFile, check_letter, store_files, write_message

Recipient = tuple[int, int | None]
"""Supplier's organisation id, and the listing that the buyer asks about or None."""


def recipients_allowed() -> int:
    """Most suppliers of one letter."""
    return int(current_app.config["INQUIRY_RECIPIENTS"])


def ensure_may_ask(buyer: Organisation | None) -> Organisation:
    """The buyer, when it may inquire at all.

    Raises:
        NotAllowed: there is no organisation, or staff have not verified it.
    """
    if buyer is None:
        raise NotAllowed(_("Only members of an organisation can inquire. Register yours first."))
    if not buyer.is_verified:
        raise NotAllowed(_("The park staff have not verified your organisation yet. Then you can inquire."))
    return buyer


def lacking_licences(buyer: Organisation, category: Category | None, now: datetime) -> list[str]:
    """The licences one of which the buyer would need to inquire in this category; empty when he may."""
    wanted = category.buyer_licences if category is not None else []
    if any(buyer.holds(licence, local_day(now)) for licence in wanted):
        return []
    return list(wanted)


def refusal_for(buyer: Organisation, supplier: Organisation, listing: Listing | None, now: datetime) -> str:
    """Why the buyer may not ask this supplier, in a sentence; empty when he may."""
    if supplier.id == buyer.id:
        return str(_("This is your own organisation."))
    if not supplier.is_verified:
        return str(_("One of those you chose takes no inquiries now."))
    if listing is None:
        return ""
    if listing.organisation_id != supplier.id or not listing.is_public(now):
        return str(_("One of those you chose is no longer offered."))
    lacking = lacking_licences(buyer, listing.category, now)
    if lacking:
        return str(
            _(
                "“%(listing)s” is restricted. To inquire, your organisation must hold one of: %(licences)s.",
                listing=listing.title,
                licences=listed(lacking),
            )
        )
    return ""


def _resolve(
    buyer: Organisation, recipients: Sequence[Recipient], now: datetime
) -> list[tuple[Organisation, Listing | None]]:
    """The rows of `recipients`, each once.

    Raises:
        RuleBroken: nobody, too many, or somebody whom this buyer may not ask.
    """
    wanted = list(dict.fromkeys(recipients))
    most = recipients_allowed()
    if not wanted:
        raise RuleBroken(_("Choose at least one supplier."))
    if len(wanted) > most:
        raise RuleBroken(_("Ask at most %(most)d suppliers with one letter.", most=most))
    listings = {row.id: row for row in queries.listings_to_ask(id_ for _supplier, id_ in wanted if id_ is not None)}
    suppliers = {row.id: row for row in queries.organisations_to_ask(id_ for id_, _listing in wanted)}
    resolved = []
    for supplier_id, listing_id in wanted:
        supplier = suppliers.get(supplier_id)
        listing = listings.get(listing_id) if listing_id is not None else None
        if supplier is None or (listing_id is not None and listing is None):
            raise RuleBroken(_("One of those you chose is no longer offered."))
        if refusal := refusal_for(buyer, supplier, listing, now):
            raise RuleBroken(refusal)
        resolved.append((supplier, listing))
    return resolved


def send_inquiries(
    buyer: Organisation,
    actor: Person,
    recipients: Sequence[Recipient],
    *,
    text: str,
    now: datetime,
    need_id: int | None = None,
    quantity: Decimal | None = None,
    unit: str = "",
    wanted_by: date | None = None,
    files: Sequence[PreparedFile] = (),
    batch: str = "",
) -> list[Inquiry]:
    """Send one letter to each of `recipients`; every supplier gets a thread of its own and sees no other.

    `batch` names the letter, a random text when none is given. Suppliers should answer within the working hours of R1.

    Raises:
        NotAllowed: the buyer is not verified, or the actor does not act for it.
        RuleBroken: the letter is empty, the day is past, a recipient cannot be asked, or a limit is passed.
    """
    ensure_may_ask(buyer)
    if not actor.belongs_to(buyer.id):
        raise NotAllowed
    check_letter(text, quantity, wanted_by, now)
    if need_id is not None and queries.own_need(need_id, buyer.id) is None:
        raise RuleBroken(_("This need is not yours."))
    resolved = _resolve(buyer, recipients, now)
    batch, config = batch or secrets.token_hex(16), current_app.config
    remind_at = after_working_hours(now, config["ANSWER_REMINDER_WORKING_HOURS"])
    due_at = after_working_hours(now, config["ANSWER_WORKING_HOURS"])
    inquiries = [
        Inquiry(
            batch=batch,
            number=number,
            listing=listing,
            need_id=need_id,
            buyer=buyer,
            supplier=supplier,
            quantity=quantity,
            unit=unit if quantity is not None else "",
            wanted_by=wanted_by,
            created_at=now,
            created_by_id=actor.id,
            remind_at=remind_at,
            answer_due_at=due_at,
            last_message_at=now,
            status=InquiryStatus.SENT,
            message_count=0,
            buyer_read=0,
            supplier_read=0,
        )
        for number, (supplier, listing) in enumerate(resolved, start=1)
    ]
    db.session.add_all(inquiries)
    db.session.flush()
    stored = store_files(files, inquiries[0], actor)
    for inquiry in inquiries:
        message = write_message(inquiry, Side.BUYER, actor, text=text, stored=stored, now=now)
        record(inquiry, "sent", at=now, actor=actor, organisation=buyer)
        signals.inquiry_sent.send(inquiry, message=message, now=now)
    return inquiries
