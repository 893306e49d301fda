"""What the search knows of a need: its facets, its document, and the answer from the database without the index."""

from collections.abc import Iterable, Iterator

from flask_babel import lazy_gettext as _l
from sqlalchemy import func

from marketplace.accounts.labels import LOCALITY_LABELS
from marketplace.accounts.models import Organisation
from marketplace.catalog.labels import CHAIN_STAGE_LABELS
from marketplace.catalog.models import path_codes
from marketplace.catalog.queries import category_tree
from marketplace.core.db import like
from marketplace.needs import queries
from marketplace.needs.labels import STATUS_LABELS
from marketplace.needs.lifecycle import PUBLIC_STATUSES, NeedStatus
from marketplace.needs.models import Need, NeedLine
from marketplace.search import Document, Hits, Query
from marketplace.search.browse import SearchPage
from marketplace.search.facets import Facet, Number, answer_plainly, each_word, facets_of, numbers_of

KIND = "needs"
SHOWN = 8
FACETS = (
    Facet(
        "category",
        _l("Category"),
        of=lambda need: [line.category.code for line in need.lines if line.category],
        pairs=queries.categories_of_needs,
        values=path_codes,
        tree=category_tree,
        shown=SHOWN,
    ),
    Facet(
        "chain_stage",
        _l("Place in the chain"),
        of=lambda need: [line.category.chain_stage for line in need.lines if line.category],
        pairs=queries.chain_stages_of_needs,
        labels=CHAIN_STAGE_LABELS,
    ),
    Facet(
        "locality",
        _l("Buyer"),
        of=lambda need: need.organisation.locality,
        column=Organisation.locality,
        labels=LOCALITY_LABELS,
    ),
    Facet("town", _l("Deliver to"), of=lambda need: need.deliver_town, column=Need.deliver_town, shown=SHOWN),
    Facet(
        "status",
        _l("Stage"),
        of=lambda need: need.status,
        column=Need.status,
        labels={status: STATUS_LABELS[status] for status in NeedStatus if status in PUBLIC_STATUSES},
        usual=(NeedStatus.OPEN.value,),
    ),
)
NUMBERS = (
    Number(
        "newest",
        of=lambda need: need.posted_at or need.created_at,
        column=func.coalesce(Need.posted_at, Need.created_at),
    ),
    Number(
        "closes",
        of=lambda need: need.closes_at or need.updated_at,
        column=func.coalesce(Need.closes_at, Need.updated_at),
    ),
)
PAGE = SearchPage(
    kind=KIND,
    endpoint="needs.index",
    label=_l("Needs"),
    hint=_l("What, buyer, town"),
    position=2,
    facets=FACETS,
    sorts={"relevance": _l("Best match"), "newest": _l("Newest"), "closing": _l("Closing soonest")},
    keeps_filters=True,
)


def document(need: Need) -> Document:
    """The need as the index keeps it; the database stays the source."""
    categories = [line.category for line in need.lines if line.category is not None]
    names = dict.fromkeys(name for category in categories for name in (category.name_zh, category.name_en))
    return Document(
        id=str(need.id),
        title=need.title,
        aliases=tuple(line.item for line in need.lines),
        category_path=" ".join(names),
        specs=" ".join([*need.all_certificates, *need.hard_words]),
        body=" ".join(filter(None, (need.description, need.sentence, need.organisation.name, need.deliver_town))),
        audiences=need.audiences,
        facets=facets_of(need, FACETS),
        numbers=numbers_of(need, NUMBERS),
    )


def documents(ids: Iterable[int] | None) -> Iterator[Document]:
    """The documents of `ids`, or of all needs, in batches."""
    for need in queries.needs_for_index(ids):
        yield document(need)


def find_in_database(query: Query) -> Hits:
    """A plain answer while the index is away: every word somewhere in title, text or lines."""
    words = each_word(
        query.text,
        lambda word: like(Need.title, word),
        lambda word: like(Need.description, word),
        lambda word: Need.lines.any(like(NeedLine.item, word)),
    )
    found = queries.needs_found_by(query.audiences).where(*words)
    return answer_plainly(query, found, Need.id, FACETS, NUMBERS)
