"""The category tree as plain values, cached by each process until a category is changed."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from flask import Flask, abort, current_app, g, has_request_context
from sqlalchemy import select

from marketplace.catalog.models import Category, in_english, path_codes
from marketplace.core.db import db
from marketplace.core.stamps import Cached, Stamp, renew_after_commit


@dataclass(frozen=True)
class CategoryNode:
    """A category as a plain value: safe to keep after the transaction."""

    id: int
    code: str
    name_zh: str
    name_en: str
    chain_stage: str
    seller_licences: tuple[str, ...] = ()
    buyer_licences: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if in_english() else self.name_zh

    @property
    def depth(self) -> int:
        """0 for a letter, 1 and 2 below."""
        return len(path_codes(self.code)) - 1

    @property
    def parent_code(self) -> str:
        return path_codes(self.code)[-2] if self.depth else ""

    @property
    def is_restricted(self) -> bool:
        return bool(self.seller_licences or self.buyer_licences)


@dataclass(frozen=True)
class CategoryTree:
    """All categories in their order."""

    nodes: tuple[CategoryNode, ...]
    by_code: dict[str, CategoryNode] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[int, CategoryNode]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def roots(self) -> list[CategoryNode]:
        return [node for node in self.nodes if node.depth == 0]

    @cached_property
    def _children(self) -> dict[str, list[CategoryNode]]:
        below: dict[str, list[CategoryNode]] = {}
        for node in self.nodes:
            below.setdefault(node.parent_code, []).append(node)
        return below

    def get(self, code: str | None) -> CategoryNode | None:
        return self.by_code.get(code or "")

    def path(self, code: str | None) -> list[CategoryNode]:
        """From the root down to `code`; empty when there is no such category."""
        return [self.by_code[part] for part in path_codes(code or "") if part in self.by_code]

    def children(self, code: str = "") -> list[CategoryNode]:
        """The level below `code`; the roots without one."""
        return self._children.get(code, []) if code else self.roots

    def path_words(self, code: str | None) -> str:
        """Both names of every category on the way, as one text for the index."""
        return " ".join(f"{node.name_zh} {node.name_en}" for node in self.path(code))


def read_category_tree() -> CategoryTree:
    """The tree as the database has it now; one query."""
    rows = db.session.execute(
        select(
            Category.id,
            Category.code,
            Category.name_zh,
            Category.name_en,
            Category.chain_stage,
            Category.seller_licences,
            Category.buyer_licences,
        ).order_by(Category.position, Category.code)
    )
    nodes = tuple(
        CategoryNode(
            id=row.id,
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            chain_stage=row.chain_stage,
            seller_licences=tuple(row.seller_licences or ()),
            buyer_licences=tuple(row.buyer_licences or ()),
        )
        for row in rows
    )
    return CategoryTree(nodes, {node.code: node for node in nodes})


def category_tree() -> CategoryTree:
    """The tree, the same during a request; a process reads it again when a category was changed."""
    if not has_request_context():
        return read_category_tree()
    if "category_tree" not in g:
        g.category_tree = cached_tree().get()
    return g.category_tree  # type: ignore[no-any-return]


def category_by_code(code: str | None) -> Category | None:
    """The row of `code`, or None."""
    return db.session.scalar(select(Category).where(Category.code == code)) if code else None


def category_rows() -> list[Category]:
    """All categories as rows, for those who change them."""
    return list(db.session.scalars(select(Category)))


def category_or_404(code: str) -> CategoryNode:
    return category_tree().get(code) or abort(404)


def cached_tree() -> Cached[CategoryTree]:
    """The tree of this process."""
    found: Cached[CategoryTree] = current_app.extensions["category_tree"]
    return found


def init_app(app: Flask) -> None:
    """Give the application its tree; every committed change of a category has all processes read it again."""
    app.extensions["category_tree"] = Cached(Stamp(Path(app.instance_path) / "categories.stamp"), read_category_tree)


renew_after_commit(Category, lambda: cached_tree().stamp)
