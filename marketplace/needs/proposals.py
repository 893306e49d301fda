"""A category proposed for a line: by its name, else by what similar listings are filed under."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from marketplace import search
from marketplace.catalog.queries import CategoryTree, listings_by_ids
from marketplace.needs.contents import NeedContent
from marketplace.search import Query

LOOKED_AT = 3
SHORTEST_NAME = 2


def with_categories(content: NeedContent, tree: CategoryTree, now: datetime) -> NeedContent:
    """`content` with a category for each line where one is plain."""
    lines = tuple(
        replace(line, category_id=line.category_id or propose_category(line.item, tree, now)) for line in content.lines
    )
    return replace(content, lines=lines)


def propose_category(item: str, tree: CategoryTree, now: datetime) -> int | None:
    """The id of the deepest category whose name stands in `item`, else of two of the three nearest listings."""
    named = [node for node in tree.nodes if len(node.name_zh) >= SHORTEST_NAME and node.name_zh in item and node.depth]
    if named:
        return max(named, key=lambda node: (len(node.name_zh), node.depth)).id
    hits = search.find("listings", Query(text=item, audiences=frozenset({"public"}), limit=LOOKED_AT))
    filed = Counter(listing.category_id for listing in listings_by_ids(hits.ids, now))
    best = filed.most_common(1)
    return best[0][0] if best and best[0][1] > 1 else None
