"""The search page of needs: what was asked, and the counts beside each filter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from marketplace.accounts.lifecycle import LOCALITY_LABELS, Locality
from marketplace.accounts.models import Organisation
from marketplace.catalog.lifecycle import CHAIN_STAGE_LABELS
from marketplace.catalog.queries import CategoryNode, CategoryTree
from marketplace.core.places import distance_km
from marketplace.needs.lifecycle import PUBLIC_STATUSES, STATUS_LABELS, NeedStatus
from marketplace.needs.search import FACETS
from marketplace.search import Hits, Query

LONGEST_TEXT = 200
MOST_VALUES = 20
LOWEST_LEVEL = 2
SORTS = ("relevance", "newest", "closing")
PUBLIC_VALUES = frozenset(status.value for status in PUBLIC_STATUSES)
LOCALITY_VALUES = frozenset(locality.value for locality in Locality)

Counter = Callable[[Sequence[int], datetime], Mapping[int, tuple[int, int]]]
# Who counts the suppliers of needs: matching puts its function here. Need ids in; how many suppliers miss nothing,
# in the park and elsewhere, out. A need that was not matched yet is left out.
SUPPLY_COUNTERS: list[Counter] = []


def supply_counts(need_ids: Sequence[int], now: datetime) -> Mapping[int, tuple[int, int]]:
    """How many can supply each need, in the park and elsewhere, as far as somebody counts."""
    counts: dict[int, tuple[int, int]] = {}
    for counter in SUPPLY_COUNTERS:
        counts |= counter(need_ids, now)
    return counts


def kilometres(organisation: Organisation, origin: tuple[float, float] | None) -> float | None:
    """As the crow flies from `origin` to the buyer; None when one of them is unknown."""
    if origin is None or organisation.latitude is None or organisation.longitude is None:
        return None
    return distance_km(origin, (organisation.latitude, organisation.longitude))


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    text: str
    filters: Mapping[str, frozenset[str]]
    sort: str
    as_typed: bool = False

    @classmethod
    def of(cls, args: "MultiDict[str, str]") -> "Asked":
        text = args.get("q", "").strip()[:LONGEST_TEXT]
        filters = {name: frozenset(args.getlist(name)[:MOST_VALUES]) for name in FACETS if args.getlist(name)}
        status = filters.get("status", frozenset()) & PUBLIC_VALUES
        filters.pop("status", None)
        if status and status != {NeedStatus.OPEN.value}:
            filters["status"] = status
        sort = args.get("sort", "")
        return cls(text, filters, sort if sort in SORTS else "relevance" if text else "newest", "as_typed" in args)

    @property
    def statuses(self) -> frozenset[str]:
        """The statuses to show: open needs unless others are asked for."""
        return self.filters.get("status", frozenset({NeedStatus.OPEN.value}))

    def query(self, *, offset: int, limit: int) -> Query:
        return Query(
            text=self.text,
            filters={**{name: set(values) for name, values in self.filters.items()}, "status": set(self.statuses)},
            facets=FACETS,
            audiences=frozenset({"public"}),
            sort=self.sort,
            offset=offset,
            limit=limit,
            as_typed=self.as_typed,
        )

    def address(
        self,
        changed: Mapping[str, frozenset[str]] | None = None,
        *,
        page: int | None = None,
        sort: str | None = None,
        as_typed: bool | None = None,
    ) -> str:
        """This search with other filters, order, page or reading."""
        filters = {**self.filters, **(changed or {})}
        usual = "relevance" if self.text else "newest"
        order = sort or self.sort
        args: dict[str, Any] = {name: sorted(values) for name, values in filters.items() if values}
        return url_for(
            "needs.index",
            q=self.text or None,
            sort=None if order == usual else order,
            page=page if page and page > 1 else None,
            as_typed=(self.as_typed if as_typed is None else as_typed) or None,
            **args,
        )

    def toggled(self, facet: str, value: str) -> str:
        """This search with `value` taken in or left out."""
        chosen = self.statuses if facet == "status" else self.filters.get(facet, frozenset())
        return self.address({facet: chosen ^ {value}})

    def is_active(self, facet: str, value: str) -> bool:
        return value in (self.statuses if facet == "status" else self.filters.get(facet, frozenset()))

    @property
    def sort_options(self) -> list[dict[str, Any]]:
        labels = {"relevance": _("Best match"), "newest": _("Newest"), "closing": _("Closing soonest")}
        shown = SORTS if self.text else SORTS[1:]
        return [{"label": labels[name], "href": self.address(sort=name), "active": self.sort == name} for name in shown]


def facet_label(facet: str, value: str, tree: CategoryTree) -> str:
    """The value of a facet in the reader's language."""
    if facet == "category":
        node = tree.get(value)
        return node.name if node else value
    if facet == "chain_stage":
        return str(CHAIN_STAGE_LABELS.get(value, value))
    if facet == "locality":
        return str(LOCALITY_LABELS[Locality(value)]) if value in LOCALITY_VALUES else value
    if facet == "status":
        return str(STATUS_LABELS[NeedStatus(value)]) if value in PUBLIC_VALUES else value
    return value


@dataclass(frozen=True)
class FacetGroup:
    facet: str
    title: str
    options: list[dict[str, Any]]


def facet_groups(counts: Mapping[str, Mapping[str, int]], asked: Asked, tree: CategoryTree) -> list[FacetGroup]:
    """The filters with their counts; of the categories one level at a time."""
    groups = [FacetGroup("category", _("Category"), _category_options(counts.get("category", {}), asked, tree))]
    titles = {
        "chain_stage": _("Place in the chain"),
        "locality": _("Buyer"),
        "town": _("Deliver to"),
        "status": _("Stage"),
    }
    for facet, title in titles.items():
        values = counts.get(facet, {})
        options = [
            {
                "label": facet_label(facet, value, tree),
                "count": values.get(value, 0),
                "active": asked.is_active(facet, value),
                "href": asked.toggled(facet, value),
            }
            for value in _ordered(facet, values)
            if value in values or asked.is_active(facet, value)
        ]
        groups.append(FacetGroup(facet, title, options))
    return [group for group in groups if group.options]


def nearest_categories(hits: Hits, tree: CategoryTree) -> list[CategoryNode]:
    """The categories that come closest to words that found nothing."""
    return [node for code in hits.nearest.get("category", ()) if (node := tree.get(code)) and node.depth]


def active_filters(asked: Asked, tree: CategoryTree) -> list[dict[str, str]]:
    """The filters in use, each with the address without it."""
    return [
        {
            "label": facet_label(facet, value, tree),
            "href": asked.address({facet: values - {value}}),
        }
        for facet, values in asked.filters.items()
        for value in sorted(values)
    ]


def _ordered(facet: str, values: Mapping[str, int]) -> list[str]:
    fixed = {"locality": [each.value for each in Locality], "status": [each.value for each in NeedStatus]}
    if facet in fixed:
        return [each for each in fixed[facet] if facet == "locality" or each in PUBLIC_VALUES]
    return sorted(values, key=lambda value: (-values[value], value))


def _category_options(values: Mapping[str, int], asked: Asked, tree: CategoryTree) -> list[dict[str, Any]]:
    """The roots; or the path to the chosen category, each step leading back up, and what lies below it."""
    chosen = min(asked.filters.get("category", frozenset({""})))
    path = tree.path(chosen)
    options = [
        {
            "label": node.name,
            "count": values.get(node.code, 0),
            "active": True,
            "href": asked.address({"category": frozenset({node.parent_code} - {""})}),
        }
        for node in path
    ]
    below = tree.children(chosen) if not path or path[-1].depth < LOWEST_LEVEL else []
    below = sorted(below, key=lambda node: -values.get(node.code, 0))
    return options + [
        {
            "label": node.name,
            "count": values[node.code],
            "active": False,
            "href": asked.address({"category": frozenset({node.code})}),
        }
        for node in below
        if values.get(node.code)
    ]
