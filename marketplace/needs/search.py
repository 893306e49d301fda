"""What the search knows of a need."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from marketplace.needs import queries
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need
from marketplace.search import Document, Hits, Query

KIND = "needs"
FACETS = ("category", "chain_stage", "locality", "town", "status")
MOST_WORDS = 5


def document(need: Need) -> Document:
    """The need as the index keeps it; the database stays the source."""
    categories = [line.category for line in need.lines if line.category is not None]
    names = dict.fromkeys(name for category in categories for name in (category.name_zh, category.name_en))
    locality = need.organisation.locality
    closes_at = need.closes_at or need.updated_at
    return Document(
        id=str(need.id),
        title=need.title,
        aliases=tuple(line.item for line in need.lines),
        category_path=" ".join(names),
        specs=" ".join([*need.all_certificates, *need.hard_words]),
        body=" ".join(filter(None, (need.description, need.sentence, need.organisation.name, need.deliver_town))),
        audiences=audiences(need),
        facets={
            "category": sorted({code for category in categories for code in category.path_codes}),
            "chain_stage": sorted({category.chain_stage for category in categories if category.chain_stage}),
            "locality": [locality.value] if locality else [],
            "town": [need.deliver_town] if need.deliver_town else [],
            "status": [need.status.value],
        },
        numbers={
            "newest": int((need.posted_at or need.created_at).timestamp()),
            "closes": int(closes_at.timestamp()),
        },
    )


def audiences(need: Need) -> frozenset[str]:
    """Who may find it: everybody once it is posted; drafts only the buyer, withdrawn ones also staff."""
    if need.is_public:
        return frozenset({"public"})
    own = {f"org:{need.organisation_id}"}
    return frozenset(own if need.status is NeedStatus.DRAFT else own | {"staff"})


def documents(ids: Iterable[int] | None) -> Iterator[Document]:
    """The documents of `ids`, or of all needs, in batches."""
    for need in queries.needs_for_index(ids):
        yield document(need)


def find_in_database(query: Query) -> Hits:
    """A plain answer while the index is away: every word somewhere in title, text or lines.

    Filters, ranges and counts are those of the index; the order by relevance becomes newest first.
    """
    found = queries.rows_of(queries.needs_with_words(query.text.split()[:MOST_WORDS], query.audiences))
    known = [document(need) for need in found]
    rows = [row for row in known if _in_ranges(row, query.ranges)]
    facets = {
        name: dict(Counter(value for row in rows if _passes(row, query.filters, name) for value in row.facets[name]))
        for name in query.facets
    }
    hits = [row for row in rows if _passes(row, query.filters)]
    if query.sort == "closing":
        hits.sort(key=lambda row: (row.numbers["closes"], int(row.id)))
    page = hits[query.first : query.first + query.size]
    return Hits(ids=[int(row.id) for row in page], total=len(hits), facets=facets, degraded=True)


def _in_ranges(row: Document, ranges: Mapping[str, tuple[int | None, int | None]]) -> bool:
    return all(
        (low is None or row.numbers[name] >= low) and (high is None or row.numbers[name] <= high)
        for name, (low, high) in ranges.items()
    )


def _passes(row: Document, filters: Mapping[str, Iterable[str]], but: str = "") -> bool:
    """True when the row has one of the values of each filter; the filter `but` is left out."""
    return all(
        name == but or not set(values) or not set(values).isdisjoint(row.facets[name])
        for name, values in filters.items()
    )
