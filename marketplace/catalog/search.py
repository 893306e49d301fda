"""What the search knows of a listing, and the plain answer from the database while the index is away.

The number `price` is the lowest unit price in whole millionths of a yuan: six places, and never a float.
Counts of a facet ignore the choice made in that facet itself, so that one can add a second value.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Text, cast, func, or_, select

from marketplace.accounts.models import Organisation
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Category, Listing, ListingCertificate, ListingTier, path_codes
from marketplace.catalog.prices import micro_yuan, price_band
from marketplace.catalog.queries import CategoryTree, with_facts
from marketplace.catalog.queries.categories import read_category_tree
from marketplace.catalog.queries.listings import like, visible
from marketplace.core.clock import local_day, utc_now
from marketplace.core.db import db
from marketplace.search import Document, Hits, Query

KIND = "listings"
NEWEST, PRICE = "newest", "price"
"""Names of the number columns, as the orders of the engine ask for them."""
FACETS = ("category", "chain_stage", "locality", "kind", "price_band", "certificates")
BATCH = 500
MOST_WORDS = 5


def document(listing: Listing, tree: CategoryTree, on: date) -> Document:
    """The listing as the index keeps it on the day `on`; certificates that have run out do not count.

    Prices of restricted goods stay out: whoever may not read them could find them by filters.
    """
    supplier = listing.organisation
    is_public = listing.status is ListingStatus.PUBLISHED and supplier.is_verified
    numbers = {NEWEST: int((listing.published_at or listing.created_at).timestamp())}
    open_price = None if listing.category is not None and listing.category.is_restricted else listing.lowest_price
    if open_price is not None:
        numbers[PRICE] = micro_yuan(open_price)
    return Document(
        id=str(listing.id),
        title=listing.title,
        aliases=tuple(listing.aliases),
        category_path=tree.path_words(listing.category.code) if listing.category else "",
        specs=" ".join(f"{row['name']} {row['value']}" for row in listing.specs),
        body=" ".join(filter(None, (listing.description, supplier.name, supplier.short_name, listing.place))),
        audiences=frozenset({"public"} if is_public else {f"org:{listing.organisation_id}", "staff"}),
        facets={
            "category": listing.category.path_codes if listing.category else [],
            "chain_stage": [listing.category.chain_stage] if listing.category else [],
            "locality": [supplier.locality.value] if supplier.locality else [],
            "kind": [listing.kind.value],
            "certificates": sorted({row.kind for row in listing.certificates if row.is_valid(on)}),
            "price_band": [price_band(open_price)] if open_price is not None else [],
            "organisation": [str(listing.organisation_id)],
        },
        numbers=numbers,
    )


def documents(ids: Iterable[int] | None) -> Iterator[Document]:
    """The documents of `ids`, or of all listings that were not withdrawn, in batches."""
    tree, on = read_category_tree(), local_day(utc_now())
    wanted = None if ids is None else sorted({int(id_) for id_ in ids})
    last = 0
    while wanted is None or wanted:
        statement = with_facts(select(Listing).where(Listing.id > last, Listing.status != ListingStatus.WITHDRAWN))
        if wanted is not None:
            part, wanted = wanted[:BATCH], wanted[BATCH:]
            statement = statement.where(Listing.id.in_(part))
        rows = db.session.scalars(statement.order_by(Listing.id).limit(BATCH)).all()
        for row in rows:
            yield document(row, tree, on)
        if wanted is None:
            if not rows:
                return
            last = rows[-1].id
        db.session.expire_all()


@dataclass(frozen=True)
class _Row:
    """What filters, counts and sorts need of a listing."""

    id: int
    values: Mapping[str, list[str]]
    numbers: Mapping[str, int]


def _rows(query: Query, now: datetime) -> list[_Row]:
    lowest = (
        select(ListingTier.listing_id, func.min(ListingTier.unit_price).label("price"))
        .group_by(ListingTier.listing_id)
        .subquery()
    )
    statement = (
        select(
            Listing.id,
            Listing.kind,
            Listing.published_at,
            Listing.organisation_id,
            Category.code,
            Category.chain_stage,
            Organisation.locality,
            lowest.c.price,
        )
        .join(Organisation, Listing.organisation_id == Organisation.id)
        .outerjoin(Category, Listing.category_id == Category.id)
        .outerjoin(lowest, lowest.c.listing_id == Listing.id)
        .where(visible(now))
    )
    for word in query.text.split()[:MOST_WORDS]:
        statement = statement.where(
            or_(
                like(Listing.title, word),
                like(Listing.description, word),
                like(cast(Listing.aliases, Text), _as_in_json(word)),
                like(Organisation.name, word),
            )
        )
    found = db.session.execute(statement.order_by(Listing.published_at.desc(), Listing.id)).all()
    restricted = {node.code for node in read_category_tree().nodes if node.is_restricted}
    prices = {row.id: None if row.code in restricted else row.price for row in found}
    held: dict[int, list[str]] = {}
    for listing_id, kind in db.session.execute(
        select(ListingCertificate.listing_id, ListingCertificate.kind)
        .distinct()
        .where(or_(ListingCertificate.valid_until.is_(None), ListingCertificate.valid_until >= local_day(now)))
        .order_by(ListingCertificate.listing_id, ListingCertificate.kind)
    ):
        held.setdefault(listing_id, []).append(kind)
    return [
        _Row(
            row.id,
            {
                "category": path_codes(row.code or ""),
                "chain_stage": [row.chain_stage] if row.chain_stage else [],
                "locality": [row.locality.value] if row.locality else [],
                "kind": [row.kind.value],
                "certificates": held.get(row.id, []),
                "organisation": [str(row.organisation_id)],
                "price_band": [price_band(price)] if (price := prices[row.id]) is not None else [],
            },
            {
                NEWEST: int(row.published_at.timestamp()),
                **({PRICE: micro_yuan(price)} if (price := prices[row.id]) is not None else {}),
            },
        )
        for row in found
    ]


def _as_in_json(word: str) -> str:
    """`word` as a JSON column keeps it: letters beyond ASCII are escaped."""
    return "".join(letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in word)


def _in_ranges(row: _Row, ranges: Mapping[str, tuple[int | None, int | None]]) -> bool:
    for name, (low, high) in ranges.items():
        value = row.numbers.get(name)
        if value is None or (low is not None and value < low) or (high is not None and value > high):
            return False
    return True


def _passes(row: _Row, filters: Mapping[str, Iterable[str]], but: str = "") -> bool:
    return all(
        name == but or not wanted or set(row.values.get(name, ())) & wanted
        for name, wanted in ((name, set(wanted)) for name, wanted in filters.items())
    )


def find_in_database(query: Query) -> Hits:
    """A plain answer without the index: the words anywhere in title, description, other names or supplier.

    Filters, ranges, counts and orders are those of the index; only the order by relevance becomes newest first.
    """
    rows = [row for row in _rows(query, utc_now()) if _in_ranges(row, query.ranges)]
    facets = {}
    for name in query.facets:
        counts = Counter(value for row in rows if _passes(row, query.filters, but=name) for value in row.values[name])
        facets[name] = dict(counts)
    hits = [row for row in rows if _passes(row, query.filters)]
    if query.sort in ("price_up", "price_down"):
        turn = -1 if query.sort == "price_down" else 1
        hits.sort(key=lambda row: (turn * row.numbers.get(PRICE, turn * float("inf")), row.id))
    ids = [row.id for row in hits]
    return Hits(
        ids=ids[query.first : query.first + query.size],
        total=len(ids),
        facets=facets,
        marks=tuple(query.text.split()),
        degraded=True,
    )
