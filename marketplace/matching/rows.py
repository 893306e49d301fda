"""Facts for judging, from the `records` of rows and from what somebody typed."""

from collections.abc import Iterable
from datetime import datetime

from marketplace.core.certificates import canonical
from marketplace.core.clock import local_day
from marketplace.core.places import Gazetteer
from marketplace.matching.facts import (
    Amount,
    HeldCertificate,
    ListingFacts,
    NeedFacts,
    NeedLineFacts,
    Tier,
    papers_among,
)
from marketplace.matching.queries import records
from marketplace.matching.queries.records import (
    HeldRecord,
    ListingRecord,
    NeedLineRecord,
    NeedRecord,
    OrganisationRecord,
)
from marketplace.matching.told import with_told
from marketplace.needs.contents import NeedContent

Coordinates = tuple[float, float]


def listings_on_offer(ids: Iterable[int], now: datetime, gazetteer: Gazetteer) -> dict[str, ListingFacts]:
    """The facts of those of `ids` that are on offer at `now`, by id."""
    return {
        str(row.id): with_told(listing_facts(row, gazetteer), local_day(now))
        for row in records.listings_on_offer(ids, now)
    }


def open_needs(ids: Iterable[int], now: datetime, gazetteer: Gazetteer) -> dict[str, NeedFacts]:
    """The facts of those of `ids` that take answers at `now`, by id."""
    return {str(row.id): need_facts(row, gazetteer) for row in records.open_needs(ids, now)}


def needs_of_any_status(ids: Iterable[int], gazetteer: Gazetteer) -> dict[str, NeedFacts]:
    """The facts of needs whatever became of them, drafts included, by id."""
    return {str(row.id): need_facts(row, gazetteer) for row in records.needs_of_any_status(ids)}


def listing_facts(listing: ListingRecord, gazetteer: Gazetteer) -> ListingFacts:
    """What the row says of an offer; its place is where the supplier stands, unless it names another town."""
    organisation, category = listing.organisation, listing.category
    return ListingFacts(
        id=str(listing.id),
        title=listing.title,
        organisation=str(listing.organisation_id),
        kind=listing.kind.value,
        category=category.code if category else "",
        description=listing.description,
        keywords=tuple(listing.aliases),
        specs=tuple((spec["name"], spec["value"]) for spec in listing.specs),
        price_unit=listing.unit,
        negotiable=listing.negotiable,
        tiers=tuple(Tier(tier.min_quantity, tier.unit_price) for tier in listing.tiers),
        moq=None if listing.moq_quantity is None else Amount(listing.moq_quantity, listing.moq_unit or listing.unit),
        capacity=None
        if listing.capacity_quantity is None
        else Amount(listing.capacity_quantity, listing.capacity_unit or listing.unit, listing.capacity_per.value),
        lead_days_min=listing.lead_time_min_days,
        lead_days_max=listing.lead_time_max_days,
        certificates=held(listing.certificates),
        town=listing.place,
        locality=organisation.locality.value if organisation.locality else "",
        place=place_of_listing(listing, gazetteer),
        seller_licences=tuple(map(canonical, category.seller_licences)) if category else (),
        buyer_licences=tuple(map(canonical, category.buyer_licences)) if category else (),
        organisation_licences=held(organisation.licences),
        status=listing.status.value,
        expires_on=local_day(listing.expires_at) if listing.expires_at else None,
        published_on=local_day(listing.published_at) if listing.published_at else None,
        answer_hours=organisation.answer_hours_median,
    )


def need_facts(need: NeedRecord, gazetteer: Gazetteer) -> NeedFacts:
    """What the row says of a need; its place is the town of delivery, or else where the buyer stands."""
    papers, hard_words = papers_among(need.hard_words)
    return NeedFacts(
        id=str(need.id),
        title=need.title,
        organisation=str(need.organisation_id),
        description=need.description or need.sentence,
        lines=tuple(_line(line) for line in need.lines) or (NeedLineFacts(need.title),),
        budget_fen=need.budget_fen,
        deliver_by=need.deliver_by,
        deliver_town=need.deliver_town,
        place=place_of_need(need, gazetteer),
        certificates=tuple(dict.fromkeys((*map(canonical, need.certificates), *papers))),
        hard_words=hard_words,
        local_preference=need.local_preference.value,
        buyer_licences=tuple(canonical(licence.kind) for licence in need.organisation.licences),
        status=need.status.value,
        posted_on=local_day(need.posted_at) if need.posted_at else None,
    )


def sentence_facts(content: NeedContent, sentence: str) -> NeedFacts:
    """What somebody typed, as it was understood; nobody's need yet."""
    lines = tuple(
        NeedLineFacts(
            item=line.item,
            number=number,
            quantity=line.quantity,
            unit=line.unit,
            max_unit_price=line.max_unit_price,
            price_unit=line.price_per or line.unit,
        )
        for number, line in enumerate(content.lines, start=1)
    )
    papers, hard_words = papers_among(content.hard_words)
    return NeedFacts(
        id="",
        title=content.title or sentence,
        description=sentence,
        lines=lines or (NeedLineFacts(sentence),),
        budget_fen=content.budget_fen,
        deliver_by=content.deliver_by,
        deliver_town=content.deliver_town,
        certificates=tuple(dict.fromkeys((*map(canonical, content.certificates), *papers))),
        hard_words=hard_words,
        local_preference=content.local_preference.value,
    )


def held(certificates: Iterable[HeldRecord]) -> tuple[HeldCertificate, ...]:
    """Certificates or licences under their canonical names."""
    return tuple(HeldCertificate(canonical(row.kind), row.valid_until) for row in certificates)


def place_of_listing(listing: ListingRecord, gazetteer: Gazetteer) -> Coordinates | None:
    """Where it comes from: the supplier's own coordinates, or those of the other town that the listing names."""
    if not listing.town or listing.town == listing.organisation.town:
        return place_of_organisation(listing.organisation, gazetteer)
    return _town(listing.town, gazetteer)


def place_of_need(need: NeedRecord, gazetteer: Gazetteer) -> Coordinates | None:
    """Where it has to go: the town of delivery, or else where the buyer stands."""
    if need.deliver_town:
        return _town(need.deliver_town, gazetteer)
    return place_of_organisation(need.organisation, gazetteer)


def place_of_organisation(organisation: OrganisationRecord, gazetteer: Gazetteer) -> Coordinates | None:
    """Its coordinates, or else those of its town; None when neither is known."""
    if organisation.latitude is not None and organisation.longitude is not None:
        return organisation.latitude, organisation.longitude
    return _town(organisation.town, gazetteer) if organisation.town else None


def _town(name: str, gazetteer: Gazetteer) -> Coordinates | None:
    place = gazetteer.find(name)
    return (place.lat, place.lon) if place else None


def _line(line: NeedLineRecord) -> NeedLineFacts:
    return NeedLineFacts(
        item=line.item,
        number=line.number,
        category=line.category.code if line.category else "",
        quantity=line.quantity,
        unit=line.unit,
        max_unit_price=line.max_unit_price,
        price_unit=line.price_unit,
        certificates=tuple(map(canonical, line.certificates)),
    )
