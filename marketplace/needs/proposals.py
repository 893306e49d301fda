"""A category proposed for a line: by its name, else by what similar listings are filed under."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime

from marketplace import search
from marketplace.catalog.queries import CategoryTree, cards_by_ids
from marketplace.core.folding import fold
from marketplace.needs.contents import NeedContent
from marketplace.search import Query

LOOKED_AT = 5
SHORTEST_NAME = 2
BETWEEN_NAMES = re.compile("[与和及、/（）()]")
"""A category may hold several things: PE袋与自封袋."""


def with_categories(content: NeedContent, tree: CategoryTree, now: datetime) -> NeedContent:
    """`content` with a category for each line where one is plain."""
    lines = tuple(
        replace(line, category_id=line.category_id or propose_category(line.item, tree, now)) for line in content.lines
    )
    return replace(content, lines=lines)


def propose_category(item: str, tree: CategoryTree, now: datetime) -> int | None:
    """The id of the category whose longest name stands in `item`, else of what the nearest listings agree on."""
    folded = fold(item)
    named = [
        (len(name), node.depth, node.id)
        for node in tree.nodes
        for name in BETWEEN_NAMES.split(fold(node.name_zh))
        if node.depth and len(name) >= SHORTEST_NAME and name in folded
    ]
    if named:
        return max(named)[2]
    hits = search.find("listings", Query(text=item, audiences=frozenset({"public"}), limit=LOOKED_AT))
    filed = Counter(card.category.id for card in cards_by_ids(hits.ids, now) if card.category)
    best = filed.most_common(1)
    return best[0][0] if best and best[0][1] > 1 else None
