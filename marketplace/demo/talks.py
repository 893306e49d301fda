"""Inquiries of the demonstration park: letters, answers and how they ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from marketplace.core.money import yuan
from marketplace.core.presentation import number
from marketplace.demo import accounts, queries, seed, supply
from marketplace.demo.seed import Dates
from marketplace.inquiries.lifecycle import Side
from marketplace.inquiries.services import (
    answer_inquiry,
    close_inquiry,
    decline_inquiry,
    lapse_due,
    note_read,
    send_inquiries,
)

#: A letter that nobody answered was sent this much earlier than the files say, so that the clock has ended it.
LAPSED_EARLIER = timedelta(days=25)
#: What was written longer ago than this has been read by both sides.
READ_AFTER = timedelta(days=3)
ENDING_MESSAGES = {"declined", "closed"}
QUOTED = "报价：{quantity} {unit}，单价 {price} 元，合计 {total} 元，{tax}，交期 {lead} 天，{valid} 天内有效。"


class Line(NamedTuple):
    """One message of a thread."""

    sent_at: datetime
    person: str
    text: str


def batch_of(row: dict[str, Any]) -> str:
    """The key of the letter, so that it is sent once however often the park is loaded."""
    return f"demo-{row['id']}"


def load_inquiries(dates: Dates, now: datetime) -> Iterator[bool]:
    """Sent by the buyers, answered, declined and closed as the files say; quotations are told in a message."""
    listings, needs = supply.ids_of("listings"), supply.ids_of("needs")
    known = queries.batches_loaded()
    for row in seed.rows("inquiries"):
        if batch_of(row) not in known:
            _load_inquiry(row, listings[row["listing"]], needs.get(row["need"]), dates, now)
        yield batch_of(row) not in known


def _load_inquiry(row: dict[str, Any], listing_id: int, need_id: int | None, dates: Dates, now: datetime) -> None:
    lapsed = row["status"] == "lapsed"
    buyer, supplier = accounts.organisation(row["buyer"]), accounts.organisation(row["supplier"])
    first, *others = messages_of(row, dates)
    sent_at = first.sent_at - LAPSED_EARLIER if lapsed else first.sent_at
    quantity, unit = _amount(row)
    inquiry = send_inquiries(
        buyer,
        accounts.person(first.person),
        [(supplier.id, listing_id)],
        text=first.text,
        now=sent_at,
        need_id=None if lapsed else need_id,
        quantity=quantity,
        unit=unit,
        batch=batch_of(row),
    )[0]
    ending = others.pop() if row["status"] in ENDING_MESSAGES else None
    for line in others:
        answer_inquiry(inquiry, accounts.person(line.person), line.text, line.sent_at)
    if ending is not None:
        end = decline_inquiry if row["status"] == "declined" else close_inquiry
        end(inquiry, accounts.person(ending.person), ending.text, ending.sent_at)
    if lapsed:
        lapse_due(dates.moment(row["created_at"]) + LAPSED_EARLIER)
    if lapsed or inquiry.last_message_at < now - READ_AFTER:
        note_read(inquiry, Side.BUYER)
        note_read(inquiry, Side.SUPPLIER)


def messages_of(row: dict[str, Any], dates: Dates) -> list[Line]:
    """Messages and quotations of a thread in the order they were sent; who last spoke for the supplier quotes."""
    lines = [Line(dates.moment(each["sent_at"]), each["person"], each["text"]) for each in row["messages"]]
    speakers = [each["person"] for each in row["messages"] if each["side"] == "supplier"]
    lines += [Line(dates.moment(each["sent_at"]), speakers[-1], quotation_text(each)) for each in row["quotations"]]
    return sorted(lines, key=lambda line: line.sent_at)


def quotation_text(quotation: dict[str, Any]) -> str:
    """A quotation as a supplier writes it into the thread."""
    return QUOTED.format(
        quantity=number(quotation["quantity"]),
        unit=quotation["unit"],
        price=quotation["unit_price"],
        total=number(yuan(quotation["total_fen"])),
        tax="含税" if quotation["tax_included"] else "不含税",
        lead=quotation["lead_time_days"],
        valid=quotation["valid_days"],
    )


def _amount(row: dict[str, Any]) -> tuple[Decimal | None, str]:
    """The quantity asked for: of the first quotation, else of the need's first line."""
    if row["quotations"]:
        return seed.decimal(row["quotations"][0]["quantity"]), row["quotations"][0]["unit"]
    if row["need"]:
        line = seed.by_id("needs")[row["need"]]["lines"][0]
        return seed.decimal(line["quantity"]), line["unit"] or ""
    return None, ""
