"""Terms of a sale: the invoice, the tax of a price, and who carries the goods, as both sides tell them in words."""

from decimal import Decimal

from marketplace.matching.facts import ListingFacts, NeedFacts, cached_on_facts
from marketplace.matching.finding import Finding, State
from marketplace.reading import Handover, Invoice, Tax, Terms, read_terms

USUAL_RATE = Decimal(13)
"""Rate of value added tax of goods, in per cent, where a price leaves the tax out and names no rate (Provisional
Regulations on Value-Added Tax, article 2, as amended in 2019)."""
NO_TAX = Decimal(0)


@cached_on_facts
def terms_asked(need: NeedFacts) -> Terms:
    """What the words of a need say of terms."""
    return read_terms("。".join((need.text, *need.hard_words)))


@cached_on_facts
def terms_offered(listing: ListingFacts) -> Terms:
    """What the words of a listing say of terms."""
    return read_terms(listing.text)


def invoice_asked(need: NeedFacts) -> Invoice | None:
    """The invoice that a need asks for; None when it asks for none."""
    said = terms_asked(need).invoice
    return None if said is None or said.value is Invoice.NONE else said.value


def invoice_state(need: NeedFacts, listing: ListingFacts) -> State | None:
    """Whether the invoice that a need asks for is issued; None when none is asked for."""
    asked = invoice_asked(need)
    if asked is None:
        return None
    offered = terms_offered(listing)
    if offered.invoice is None:
        return State.UNKNOWN
    issued = offered.invoice.value
    if asked is not Invoice.SPECIAL:
        return State.MISSED if issued is Invoice.NONE else State.MET
    if issued is Invoice.SOME:
        return State.UNKNOWN
    wanted_rate = terms_asked(need).rate
    lower = wanted_rate is not None and offered.rate is not None and offered.rate < wanted_rate
    return State.MET if issued is Invoice.SPECIAL and not lower else State.MISSED


def invoice_finding(need: NeedFacts, listing: ListingFacts) -> Finding | None:
    """`invoice_state` with the words of the listing."""
    state, asked = invoice_state(need, listing), invoice_asked(need)
    if state is None or asked is None:
        return None
    said = terms_offered(listing).invoice
    return Finding("invoice", state, True, {"asked": asked.value} | ({"said": said.said} if said else {}))


def asks_delivery(need: NeedFacts) -> bool:
    """True when the words of a need ask for the goods to be brought."""
    return bool(terms_asked(need).asks_delivery)


@cached_on_facts
def is_fetched(listing: ListingFacts) -> bool:
    """True when the words of a listing say that the buyer has to fetch the goods."""
    said = terms_offered(listing).handover
    return said is not None and said.value is Handover.PICKUP


def handover_finding(need: NeedFacts, listing: ListingFacts) -> Finding | None:
    """A miss where goods are to be brought and the supplier says that nobody brings them."""
    if not asks_delivery(need) or not is_fetched(listing):
        return None
    said = terms_offered(listing).handover
    return Finding("handover", State.MISSED, True, {"said": said.said if said else ""})


def limit_holds_tax(need: NeedFacts) -> bool:
    """True when a need says that its limit holds the tax."""
    said = terms_asked(need).tax
    return said is not None and said.value is Tax.INCLUDED


@cached_on_facts
def rate_left_out(listing: ListingFacts) -> Decimal:
    """Per cent of tax that the price of a listing leaves out; 0 when it holds the tax or nothing is told."""
    terms = terms_offered(listing)
    if terms.tax is None or terms.tax.value is not Tax.EXCLUDED:
        return NO_TAX
    return USUAL_RATE if terms.rate is None else terms.rate


def with_tax(price: Decimal, need: NeedFacts, listing: ListingFacts) -> Decimal:
    """A price of the listing as the need's limit counts it."""
    left_out = rate_left_out(listing) if limit_holds_tax(need) else NO_TAX
    return price * (100 + left_out) / 100 if left_out else price
