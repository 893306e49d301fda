"""What the news of needs, listings, organisations and inquiries means for pairs, in the same transaction."""

from datetime import datetime
from typing import Any

from marketplace.accounts import signals as accounts_signals
from marketplace.accounts.models import Organisation
from marketplace.catalog import signals as catalog_signals
from marketplace.catalog.models import Listing
from marketplace.core.jobs import enqueue
from marketplace.inquiries import signals as inquiries_signals
from marketplace.inquiries.models import Inquiry
from marketplace.matching import services
from marketplace.matching.models import Judgement, Side
from marketplace.needs import signals as needs_signals
from marketplace.needs.models import Need
from marketplace.words.signals import words_changed


def on_need_news(need: Need, **_news: Any) -> None:
    """An open need, new or changed."""
    enqueue("matching.match_need", need_id=need.id)


def on_listing_news(listing: Listing, **_news: Any) -> None:
    """A listing that came, changed or went: its pairs change in both directions."""
    enqueue("matching.match_listing", listing_id=listing.id)


def on_organisation_news(organisation: Organisation, **_news: Any) -> None:
    """Its licences, its place or its standing changed, and with them what its listings can do."""
    enqueue("matching.match_organisation", organisation_id=organisation.id)


def on_words_news(_sender: None, words: list[str], **_news: Any) -> None:
    """Staff changed what words mean to the search: what they are said in is found otherwise."""
    enqueue("matching.match_words", words=words)


def on_inquiry_sent(inquiry: Inquiry, now: datetime, **_news: Any) -> None:
    """A buyer asked about a listing for a need of his: he takes the pair for a good one."""
    _judged(inquiry, Side.BUYER, Judgement.ASKED, now)


def on_inquiry_answered(inquiry: Inquiry, now: datetime, **_news: Any) -> None:
    """The supplier takes it up."""
    _judged(inquiry, Side.SUPPLIER, Judgement.ANSWERED, now)


def on_inquiry_declined(inquiry: Inquiry, now: datetime, **_news: Any) -> None:
    """The supplier cannot. Why stands in his own words in the thread, and stays there."""
    _judged(inquiry, Side.SUPPLIER, Judgement.DECLINED, now)


def _judged(inquiry: Inquiry, side: Side, judgement: Judgement, now: datetime) -> None:
    if inquiry.need_id is not None and inquiry.listing_id is not None:
        services.note_judgement(inquiry.need_id, inquiry.listing_id, side, judgement, now)


LISTENERS = (
    (needs_signals.need_published, on_need_news),
    (needs_signals.need_changed, on_need_news),
    (catalog_signals.listing_published, on_listing_news),
    (catalog_signals.listing_changed, on_listing_news),
    (catalog_signals.listing_taken_down, on_listing_news),
    (accounts_signals.organisation_verified, on_organisation_news),
    (accounts_signals.organisation_suspended, on_organisation_news),
    (accounts_signals.organisation_changed, on_organisation_news),
    (inquiries_signals.inquiry_sent, on_inquiry_sent),
    (inquiries_signals.inquiry_answered, on_inquiry_answered),
    (inquiries_signals.inquiry_declined, on_inquiry_declined),
    (words_changed, on_words_news),
)
