"""The search page of listings: what its address asks, and what its filters show."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from marketplace.accounts.lifecycle import LOCALITY_LABELS, Locality
from marketplace.catalog.lifecycle import CHAIN_STAGE_LABELS, KIND_LABELS, ListingKind
from marketplace.catalog.prices import BANDS, micro_yuan
from marketplace.catalog.queries import CategoryTree
from marketplace.catalog.search import FACETS, PRICE
from marketplace.core.forms import whole_number
from marketplace.search import Hits, Query

PER_PAGE = 20
LONGEST_TEXT = 200
MOST_VALUES = 20
SORTS = ("relevance", "newest", "price_up", "price_down")
CERTIFICATES_SHOWN = 12
HIGHEST_PRICE = Decimal(10) ** 9
PRICE_BANDS = [f"{low or 0}-{high or ''}" for low, high in BANDS]


@dataclass(frozen=True)
class Option:
    """One value of a filter, with how many listings have it and the address that turns it on or off."""

    label: str
    count: int
    href: str
    active: bool = False


@dataclass(frozen=True)
class Group:
    """One filter of the page."""

    title: str
    options: list[Option]
    clear_href: str | None = None


@dataclass(frozen=True)
class Browse:
    """What the address asks for; nonsense in it is left out."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    organisation: int | None = None
    sort: str = ""
    page: int = 1
    as_typed: bool = False

    @classmethod
    def from_args(cls, args: MultiDict[str, str], tree: CategoryTree) -> "Browse":
        """Read the address. Old links and typed nonsense show everything rather than an error."""
        filters = {
            name: tuple(dict.fromkeys(value for value in args.getlist(name)[:MOST_VALUES] if value)) for name in FACETS
        }
        filters["category"] = tuple(code for code in filters["category"] if tree.get(code))
        sort = args.get("sort", "")
        return cls(
            text=args.get("q", "").strip()[:LONGEST_TEXT],
            filters={name: values for name, values in filters.items() if values},
            price_from=_yuan(args.get("price_from")),
            price_to=_yuan(args.get("price_to")),
            organisation=whole_number(args.get("organisation")),
            sort=sort if sort in SORTS else "",
            page=max(1, min(args.get("page", 1, type=int) or 1, 50)),
            as_typed="as_typed" in args,
        )

    @property
    def order(self) -> str:
        """The order in force: by fit when there are words, else newest first."""
        return self.sort or ("relevance" if self.text else "newest")

    @property
    def category(self) -> str:
        """The category looked at, the last chosen; empty for all."""
        return self.filters.get("category", ("",))[-1]

    def query(self) -> Query:
        """The question for the search engine. The public shelf shows what is public, to its suppliers, too."""
        filters = {name: set(values) for name, values in self.filters.items()}
        if self.organisation is not None:
            filters["organisation"] = {str(self.organisation)}
        bounds = (
            None if self.price_from is None else micro_yuan(self.price_from),
            None if self.price_to is None else micro_yuan(self.price_to),
        )
        return Query(
            text=self.text,
            filters=filters,
            ranges={PRICE: bounds} if any(bound is not None for bound in bounds) else {},
            audiences=frozenset({"public"}),
            facets=FACETS,
            sort=self.order,
            offset=(self.page - 1) * PER_PAGE,
            limit=PER_PAGE,
            as_typed=self.as_typed,
        )

    def args(self) -> dict[str, Any]:
        """The address again, without the page."""
        return {
            "q": self.text or None,
            **{name: list(values) for name, values in self.filters.items()},
            "price_from": _plain(self.price_from),
            "price_to": _plain(self.price_to),
            "organisation": self.organisation,
            "sort": self.sort or None,
            "as_typed": self.as_typed or None,
        }

    def href(self, page: int | None = None) -> str:
        return url_for("catalog.index", **self.args(), page=page if page and page > 1 else None)

    def having(self, facet: str, values: tuple[str, ...]) -> "Browse":
        """The same question with other values of one filter, from its first page."""
        filters = {**self.filters, facet: values}
        return replace(self, filters={name: kept for name, kept in filters.items() if kept}, page=1)

    def toggled(self, facet: str, value: str) -> "Browse":
        chosen = self.filters.get(facet, ())
        return self.having(
            facet, tuple(other for other in chosen if other != value) if value in chosen else (*chosen, value)
        )

    def sorted_by(self, sort: str) -> "Browse":
        return replace(self, sort=sort, page=1)

    def read_otherwise(self) -> "Browse":
        """The same question for the words as typed, or for what they may mean."""
        return replace(self, as_typed=not self.as_typed, page=1)

    @property
    def is_filtered(self) -> bool:
        return bool(
            self.filters or self.price_from is not None or self.price_to is not None or self.organisation is not None
        )


def _yuan(text: str | None) -> Decimal | None:
    try:
        price = Decimal((text or "").strip().replace(",", "").replace("¥", ""))
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price <= HIGHEST_PRICE else None


def _plain(price: Decimal | None) -> str | None:
    return None if price is None else f"{price.normalize():f}"


def value_label(facet: str, value: str, tree: CategoryTree) -> str:
    """A value of a filter in the reader's language; unknown ones as they are."""
    if facet == "category":
        node = tree.get(value)
        return node.name if node else value
    if facet == "price_band":
        return band_label(value) if value in PRICE_BANDS else value
    labels: dict[str, dict[Any, Any]] = {
        "kind": {kind.value: words for kind, words in KIND_LABELS.items()},
        "locality": {locality.value: words for locality, words in LOCALITY_LABELS.items()},
        "chain_stage": CHAIN_STAGE_LABELS,
    }
    return str(labels.get(facet, {}).get(value, value))


def band_label(value: str) -> str:
    low, _dash, high = value.partition("-")
    if not high:
        return _("%(price)s and more", price=f"¥{int(low or 0):,}")
    if low in ("", "0"):
        return _("below %(price)s", price=f"¥{int(high):,}")
    return f"¥{int(low):,}–{int(high):,}"


def groups(browse: Browse, hits: Hits, tree: CategoryTree) -> list[Group]:
    """The filters with their counts, in the order of the page."""
    titles = {
        "locality": _("How near"),
        "kind": _("Kind"),
        "price_band": _("Price of one unit"),
        "chain_stage": _("Place in the chain"),
        "certificates": _("Certificates"),
    }
    orders: dict[str, list[str]] = {
        "locality": [locality.value for locality in Locality],
        "kind": [kind.value for kind in ListingKind],
        "price_band": PRICE_BANDS,
        "chain_stage": list(CHAIN_STAGE_LABELS),
    }
    found = [_category_group(browse, hits, tree)]
    for facet, title in titles.items():
        counts = hits.facets.get(facet, {})
        values = orders.get(facet) or sorted(counts, key=lambda value: (-counts[value], value))[:CERTIFICATES_SHOWN]
        chosen = browse.filters.get(facet, ())
        values = [*values, *(value for value in chosen if value not in values)]
        options = [
            Option(
                value_label(facet, value, tree),
                counts.get(value, 0),
                browse.toggled(facet, value).href(),
                value in chosen,
            )
            for value in values
            if counts.get(value, 0) or value in chosen
        ]
        if options:
            found.append(Group(title, options, browse.having(facet, ()).href() if chosen else None))
    return [group for group in found if group.options]


def _category_group(browse: Browse, hits: Hits, tree: CategoryTree) -> Group:
    """The way down to the chosen category, and the level below it."""
    counts = hits.facets.get("category", {})
    here = browse.category
    path = tree.path(here)
    below = tree.children(here) or (tree.children(path[-1].parent_code) if path else [])
    options = [
        Option(node.name, counts.get(node.code, 0), browse.having("category", (node.code,)).href(), node.code == here)
        for node in (*path, *(node for node in below if node not in path))
        if counts.get(node.code, 0) or node in path
    ]
    return Group(_("Category"), options, browse.having("category", ()).href() if here else None)


def chips(browse: Browse, tree: CategoryTree, supplier: str = "") -> list[dict[str, str]]:
    """The filters in use, each with the address without it."""
    found = [
        {"label": value_label(facet, value, tree), "href": browse.toggled(facet, value).href()}
        for facet in FACETS
        for value in browse.filters.get(facet, ())
    ]
    if browse.price_from is not None or browse.price_to is not None:
        low, high = _plain(browse.price_from), _plain(browse.price_to)
        found.append(
            {
                "label": f"¥{low or 0}–{high or '…'}",
                "href": replace(browse, price_from=None, price_to=None, page=1).href(),
            }
        )
    if browse.organisation is not None:
        found.append(
            {"label": supplier or str(browse.organisation), "href": replace(browse, organisation=None, page=1).href()}
        )
    return found


def sorts(browse: Browse) -> list[dict[str, Any]]:
    """The orders on offer; by fit only when there are words."""
    labels = {
        "relevance": _("Best fit"),
        "newest": _("Newest"),
        "price_up": _("Price, low to high"),
        "price_down": _("Price, high to low"),
    }
    return [
        {"label": words, "href": browse.sorted_by(sort).href(), "active": browse.order == sort}
        for sort, words in labels.items()
        if sort != "relevance" or browse.text
    ]


def nearest_categories(hits: Hits, tree: CategoryTree) -> list[Any]:
    """The categories that come closest to words that found nothing, the most exact first."""
    nodes = [node for node in (tree.get(code) for code in hits.nearest.get("category", ())) if node]
    lowest = [node for node in nodes if not any(other.parent_code == node.code for other in nodes)]
    return sorted(lowest, key=lambda node: -node.depth)[:3]
