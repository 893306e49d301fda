"""The inbox, the letter to suppliers, and the thread with one of them."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug import Response

from marketplace.accounts.models import Organisation
from marketplace.catalog.models import Listing
from marketplace.core.arguments import Arguments, Choice, RowIds
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from marketplace.core.form_keys import SentBefore, once
from marketplace.core.forms import DoorstepForm, refusals_on
from marketplace.core.paging import page_number, paginate
from marketplace.core.policies import authorize
from marketplace.core.timeline import timeline_of, worded
from marketplace.inquiries import queries, services
from marketplace.inquiries.forms import CloseForm, DeclineForm, InquiryForm, MessageForm
from marketplace.inquiries.labels import STATUS_LABELS
from marketplace.inquiries.lifecycle import Side
from marketplace.inquiries.models import Inquiry
from marketplace.inquiries.wording import answer_clock, first_letter, state_line
from marketplace.needs.models import Need
from marketplace.notifications import queries as notice_queries
from marketplace.notifications import services as notice_services

bp = Blueprint("inquiries", __name__, url_prefix="/inquiries")
MOST_IN_ADDRESS = 40
"""More recipients than this in an address are left out; the rule's own limit is lower."""


@dataclass(frozen=True)
class Recipient:
    """Somebody whom the letter may go to, as a row of the form. `wanted` was chosen, also when it cannot be asked."""

    supplier: Organisation
    listing: Listing | None
    refusal: str
    asked: Inquiry | None
    wanted: bool

    @property
    def ticked(self) -> bool:
        return self.wanted and not self.refusal

    @property
    def key(self) -> services.Recipient:
        return self.supplier.id, self.listing.id if self.listing is not None else None


class RecipientArguments(Arguments):
    """Whom a letter goes to: in the address of the page, and ticked in its form."""

    listings = RowIds(MOST_IN_ADDRESS, name="listing")
    organisations = RowIds(MOST_IN_ADDRESS, name="organisation")
    ticked_listings = RowIds(MOST_IN_ADDRESS, name="to_listing")
    ticked_organisations = RowIds(MOST_IN_ADDRESS, name="to_organisation")
    needs = RowIds(MOST_IN_ADDRESS, name="need")


class InboxArguments(Arguments):
    tab = Choice(("", "received", "sent"), "")


def _recipients(buyer: Organisation, now: datetime) -> list[Recipient]:
    """Whom the address names, without those who are not public.

    Wanted are those of the form; at first all up to the limit, but for those who were asked already. Where nobody else
    can be meant, everybody is, so that a letter is refused for the right reason.
    """
    named = RecipientArguments.of_address_and_form()
    offered = [row for row in queries.listings_to_ask(named.listings) if row.is_public(now)]
    organisations = [row for row in queries.organisations_to_ask(named.organisations) if row.is_verified]
    asked = queries.asked_already(buyer.id, [row.id for row in offered])
    pairs = [(row.organisation, row) for row in offered] + [(row, None) for row in organisations]
    sent_form = request.method == "POST"
    chosen = {("listing", id_) for id_ in named.ticked_listings}
    chosen |= {("organisation", id_) for id_ in named.ticked_organisations}
    refusals = [services.refusal_for(buyer, supplier, listing, now) for supplier, listing in pairs]
    no_choice = len(pairs) == 1 or all(refusals)
    found, room = [], services.recipients_allowed()
    for (supplier, listing), refusal in zip(pairs, refusals, strict=True):
        own = ("listing", listing.id) if listing is not None else ("organisation", supplier.id)
        talk = asked.get(listing.id) if listing is not None else None
        wanted = no_choice or (own in chosen if sent_form else room > 0 and talk is None)
        found.append(Recipient(supplier, listing, refusal, talk, wanted))
        room -= found[-1].ticked
    return found


def _prefill(form: InquiryForm, need: Need | None, recipients: list[Recipient]) -> None:
    """Begin with what is known of the need and of the listings."""
    listings = [recipient.listing for recipient in recipients if recipient.listing is not None]
    form.text.data = first_letter(need, listings)
    if need is not None:
        form.wanted_by.data = need.deliver_by
        if len(need.lines) == 1:
            form.quantity.data, form.unit.data = need.lines[0].quantity, need.lines[0].unit
    if not form.unit.data and len({listing.unit for listing in listings}) == 1:
        form.unit.data = listings[0].unit


@bp.route("/new", methods=["GET", "POST"])
def create() -> Any:
    """One letter to one or several suppliers."""
    authorize("inquiries.create")
    now = utc_now()
    buyer = services.ensure_may_ask(current_user.organisation)
    form = InquiryForm()
    recipients = _recipients(buyer, now)
    named = RecipientArguments.of_address_and_form()
    need = queries.own_need(named.needs[0] if named.needs else None, buyer.id)
    if request.method == "GET":
        if not named.listings and not named.organisations:
            flash(_("Tick whom you want to ask, then press the button again."), "info")
            return redirect(url_for("needs.show", need_id=need.id) if need else url_for("catalog.index"))
        if not recipients:
            abort(404)
        _prefill(form, need, recipients)
    elif form.validate_on_submit() and (answer := _send(form, buyer, recipients, need, now)):
        return answer
    missing = len(named.listings) + len(named.organisations) - len(recipients)
    page = render_template(
        "inquiries/new.html",
        form=form,
        recipients=recipients,
        can_ask=any(not recipient.refusal for recipient in recipients),
        lacks_licence=any(
            recipient.refusal
            and recipient.listing
            and services.lacking_licences(buyer, recipient.listing.category, now)
            for recipient in recipients
        ),
        buyer=buyer,
        need=need,
        missing=missing,
        most=services.recipients_allowed(),
        most_files=services.files_allowed(),
    )
    return page, form.status


def _send(
    form: InquiryForm, buyer: Organisation, recipients: list[Recipient], need: Need | None, now: datetime
) -> Response | None:
    """Send the letter; None when it was refused and the form says why."""
    chosen = [recipient.key for recipient in recipients if recipient.wanted]
    need_id = need.id if need is not None else None
    with refusals_on(form):
        files = services.prepare_files(form.files.data or [])
        with transaction(), once(url_for("inquiries.index", tab="sent")) as sending:
            sent = services.send_inquiries(
                buyer, current_user, chosen, need_id=need_id, files=files, now=now, **form.to_args()
            )
            if len(sent) == 1:
                sending.led_to = url_for("inquiries.show", inquiry_id=sent[0].id)
        flash(
            ngettext(
                "Sent. You will hear as soon as they answer.",
                "Sent to %(num)d suppliers. Each answers you in a thread of its own.",
                len(sent),
            )
        )
        return redirect(sending.led_to)
    return None


@bp.get("")
def index() -> Any:
    """The inbox: what we were asked, and what we asked."""
    authorize("inquiries.list")
    organisation = current_user.organisation
    if organisation is None:
        return render_template("inquiries/none.html")
    waiting = queries.waiting_for(organisation.id)
    asked = InboxArguments()
    tab = asked.tab or ("sent" if waiting.sent and not waiting.received else "received")
    rows = queries.received(organisation.id) if tab == "received" else queries.sent(organisation.id)
    page = paginate(rows, page_number())
    side = Side.SUPPLIER if tab == "received" else Side.BUYER
    now = utc_now()
    clocks = {inquiry.id: answer_clock(inquiry, now) for inquiry in page.items}
    return render_template(
        "inquiries/index.html",
        asked=asked,
        page=page,
        tab=tab,
        side=side,
        waiting=waiting,
        clocks=clocks,
        status_labels=STATUS_LABELS,
    )


def _note_read(inquiry: Inquiry, side: Side) -> None:
    """The thread and the notices about it have been seen."""
    notices = notice_queries.unread_about(current_user, inquiry)
    if inquiry.unread(side) or notices:
        with transaction():
            services.note_read(inquiry, side)
            notice_services.mark_read(notices, utc_now())


def _page(
    inquiry_id: int,
    *,
    read: int | None = None,
    answer: MessageForm | None = None,
    decline: DeclineForm | None = None,
    close: CloseForm | None = None,
    contact: Organisation | None = None,
) -> str:
    """The thread with its forms; a form that was refused keeps its errors."""
    inquiry = queries.inquiry_or_404(inquiry_id)
    side = inquiry.side_of(current_user) or abort(404)
    now = utc_now()
    siblings = queries.of_batch(inquiry.buyer_id, inquiry.batch) if side is Side.BUYER else []
    return render_template(
        "inquiries/show.html",
        inquiry=inquiry,
        side=side,
        mine=inquiry.party(side),
        other=inquiry.party(side.other),
        clock=answer_clock(inquiry, now),
        state=state_line(inquiry, side, now),
        now=now,
        siblings=[row for row in siblings if row.id != inquiry.id],
        history=worded(timeline_of(inquiry)),
        status_labels=STATUS_LABELS,
        answer_form=answer or MessageForm(formdata=None),
        decline_form=decline or DeclineForm(formdata=None),
        close_form=close or CloseForm(formdata=None),
        contact=contact,
        read=inquiry.message_count if read is None else read,
        most_files=services.files_allowed(),
    )


@bp.get("/<int:inquiry_id>")
def show(inquiry_id: int) -> Any:
    """The conversation beside the facts; only the two parties read it."""
    inquiry = queries.inquiry_or_404(inquiry_id)
    authorize("inquiries.read", inquiry, hidden=True)
    side = inquiry.side_of(current_user) or abort(404)
    read = inquiry.message_count - inquiry.unread(side)
    _note_read(inquiry, side)
    response = make_response(_page(inquiry_id, read=read))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/<int:inquiry_id>/messages")
def answer(inquiry_id: int) -> Any:
    """Write into the thread."""
    inquiry = queries.inquiry_or_404(inquiry_id)
    authorize("inquiries.read", inquiry, hidden=True)
    form = MessageForm()
    if form.validate_on_submit():
        with refusals_on(form):
            files = services.prepare_files(form.files.data or [])
            with transaction(), once() as sending:
                message = services.answer_inquiry(inquiry, current_user, form.text.data, utc_now(), files=files)
                anchor = f"message-{message.number}"
                sending.led_to = url_for("inquiries.show", inquiry_id=inquiry_id, _anchor=anchor)
            return redirect(sending.led_to)
    return _page(inquiry_id, answer=form), form.status


def _end(inquiry_id: int, form: DoorstepForm, end: Any, done: str) -> Response | None:
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction(), once(url_for("inquiries.show", inquiry_id=inquiry_id)) as sending:
                end(form.reason.data)  # type: ignore[attr-defined]
            flash(done)
            return redirect(sending.led_to)
    return None


@bp.post("/<int:inquiry_id>/refusal")
def decline(inquiry_id: int) -> Any:
    """The supplier says that he cannot, and why."""
    inquiry = queries.inquiry_or_404(inquiry_id)
    authorize("inquiries.read", inquiry, hidden=True)
    authorize("inquiries.decline", inquiry)
    form = DeclineForm()
    done = _end(
        inquiry_id,
        form,
        lambda reason: services.decline_inquiry(inquiry, current_user, reason, utc_now()),
        _("Declined. The buyer reads your reason."),
    )
    return done or (_page(inquiry_id, decline=form), form.status)


@bp.post("/<int:inquiry_id>/closing")
def close(inquiry_id: int) -> Any:
    """The buyer needs no more answers, and says why."""
    inquiry = queries.inquiry_or_404(inquiry_id)
    authorize("inquiries.read", inquiry, hidden=True)
    authorize("inquiries.close", inquiry)
    form = CloseForm()
    done = _end(
        inquiry_id,
        form,
        lambda reason: services.close_inquiry(inquiry, current_user, reason, utc_now()),
        _("Closed. The supplier reads your reason."),
    )
    return done or (_page(inquiry_id, close=form), form.status)


@bp.post("/<int:inquiry_id>/contact")
def contact(inquiry_id: int) -> Any:
    """Show the other party's contact data this once, and record that it was shown."""
    inquiry = queries.inquiry_or_404(inquiry_id)
    authorize("inquiries.read", inquiry, hidden=True)
    with suppress(SentBefore), transaction(), once():
        services.show_contact(inquiry, current_user, utc_now())
    side = inquiry.side_of(current_user) or abort(404)
    shown = inquiry.party(side.other)
    if request.headers.get("HX-Request"):
        response = make_response(render_template("inquiries/_contact.html", contact=shown, inquiry=inquiry))
    else:
        response = make_response(_page(inquiry_id, contact=shown))
    response.headers["Cache-Control"] = "private, no-store"
    return response
