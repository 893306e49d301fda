"""What the search knows of a listing: its facets, its document, and the answer from the database without the index.

A facet is declared once, in `FACETS`: documents, the panel, the chips and `find_in_database` all go by it. The number
`price` is the lowest unit price in whole millionths of a yuan: six places, and never a float. Counts of a facet ignore
the choice made in that facet itself, so that one can add a second value.
"""

from collections.abc import Iterable, Iterator

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Text, cast

from marketplace.accounts.labels import LOCALITY_LABELS
from marketplace.accounts.models import Organisation
from marketplace.accounts.queries import organisation_name
from marketplace.catalog.labels import CHAIN_STAGE_LABELS, KIND_LABELS
from marketplace.catalog.models import Category, Listing, path_codes
from marketplace.catalog.prices import BANDS, band_name, micro_yuan, price_band
from marketplace.catalog.queries import CategoryTree, category_tree
from marketplace.catalog.queries.categories import read_category_tree
from marketplace.catalog.queries.listings import (
    kinds_of_valid_certificates,
    listings_for_index,
    open_prices,
    shelf_rows,
)
from marketplace.core.clock import local_day, utc_now
from marketplace.core.db import as_in_json, like
from marketplace.core.forms import whole_number
from marketplace.search import Document, Hits, Query
from marketplace.search.browse import Range, SearchPage
from marketplace.search.facets import Facet, Number, answer_plainly, each_word, facets_of, numbers_of

KIND = "listings"


def band_words(low: int | None, high: int | None) -> str:
    """A step of the price filter in the reader's language."""
    if high is None:
        return _("%(price)s and more", price=f"¥{low or 0:,}")
    return _("below %(price)s", price=f"¥{high:,}") if low is None else f"¥{low:,}–{high:,}"


FACETS = (
    Facet(
        "category",
        _l("Category"),
        of=lambda listing: listing.category and listing.category.code,
        column=Category.code,
        values=path_codes,
        tree=category_tree,
        shown=40,
    ),
    Facet(
        "locality",
        _l("How near"),
        of=lambda listing: listing.organisation.locality,
        column=Organisation.locality,
        labels=LOCALITY_LABELS,
    ),
    Facet("kind", _l("Kind"), of=lambda listing: listing.kind, column=Listing.kind, labels=KIND_LABELS, by_count=True),
    Facet(
        "price_band",
        _l("Price of one unit"),
        of=lambda listing: listing.open_price,
        pairs=open_prices,
        values=lambda price: (price_band(price),),
        labels={band_name(*band): LazyString(band_words, *band) for band in BANDS},
    ),
    Facet(
        "chain_stage",
        _l("Place in the chain"),
        of=lambda listing: listing.category and listing.category.chain_stage,
        column=Category.chain_stage,
        labels=CHAIN_STAGE_LABELS,
    ),
    Facet(
        "certificates",
        _l("Certificates"),
        of=lambda listing: [row.kind for row in listing.certificates if row.is_valid(local_day(utc_now()))],
        pairs=lambda: kinds_of_valid_certificates(local_day(utc_now())),
    ),
    Facet(
        "organisation",
        of=lambda listing: listing.organisation_id,
        column=Listing.organisation_id,
        accepts=lambda text: whole_number(text) is not None,
        label_of=lambda text: organisation_name(int(text)),
    ),
)
NUMBERS = (
    Number("newest", of=lambda listing: listing.published_at or listing.created_at, column=Listing.published_at),
    Number("price", of=lambda listing: listing.open_price, pairs=open_prices, value=micro_yuan),
)
PAGE = SearchPage(
    kind=KIND,
    endpoint="catalog.index",
    label=_l("Supply"),
    hint=_l("Product, material, service or maker"),
    position=1,
    facets=FACETS,
    sorts={
        "relevance": _l("Best fit"),
        "newest": _l("Newest"),
        "price_up": _l("Price, low to high"),
        "price_down": _l("Price, high to low"),
    },
    ranges=(
        Range(
            "price",
            label=_l("Price from, to (yuan)"),
            low_label=_l("Lowest unit price"),
            high_label=_l("Highest unit price"),
            to_number=micro_yuan,
            sign="¥",
        ),
    ),
)


def document(listing: Listing, tree: CategoryTree) -> Document:
    """The listing as the index keeps it; certificates that have run out do not count.

    Prices of restricted goods stay out: whoever may not read them could find them by filters.
    """
    supplier = listing.organisation
    return Document(
        id=str(listing.id),
        title=listing.title,
        aliases=tuple(listing.aliases),
        category_path=tree.path_words(listing.category.code) if listing.category else "",
        specs=" ".join(f"{row['name']} {row['value']}" for row in listing.specs),
        body=" ".join(filter(None, (listing.description, supplier.name, supplier.short_name, listing.place))),
        audiences=frozenset({"public"} if listing.is_on_shelf else {f"org:{listing.organisation_id}", "staff"}),
        facets=facets_of(listing, FACETS),
        numbers=numbers_of(listing, NUMBERS),
    )


def documents(ids: Iterable[int] | None) -> Iterator[Document]:
    """The documents of `ids`, or of all listings that were not withdrawn, in batches."""
    tree = read_category_tree()
    for listing in listings_for_index(ids):
        yield document(listing, tree)


def find_in_database(query: Query) -> Hits:
    """A plain answer without the index: the words anywhere in title, description, other names or supplier."""
    words = each_word(
        query.text,
        lambda word: like(Listing.title, word),
        lambda word: like(Listing.description, word),
        lambda word: like(cast(Listing.aliases, Text), as_in_json(word)),
        lambda word: like(Organisation.name, word),
    )
    return answer_plainly(query, shelf_rows(utc_now()).where(*words), Listing.id, FACETS, NUMBERS)
