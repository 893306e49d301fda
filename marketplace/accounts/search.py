"""What the search knows of an organisation: its facets, its document, and the answer without the index."""

from collections.abc import Iterable, Iterator

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import func

from marketplace.accounts.labels import KIND_LABELS, LOCALITY_LABELS
from marketplace.accounts.models import Organisation
from marketplace.accounts.queries import checked_licences, organisations_for_index, verified_organisations
from marketplace.core.db import like
from marketplace.search import Document, Hits, Query
from marketplace.search.browse import SearchPage
from marketplace.search.facets import Facet, Number, answer_plainly, each_word, facets_of, numbers_of

KIND = "organisations"
FACETS = (
    Facet("kind", _l("Kind"), of=lambda row: row.kind, column=Organisation.kind, labels=KIND_LABELS, by_count=True),
    Facet(
        "locality",
        _l("Locality"),
        of=lambda row: row.locality,
        column=Organisation.locality,
        labels=LOCALITY_LABELS,
    ),
    Facet("town", _l("Town"), of=lambda row: row.town, column=Organisation.town),
    Facet(
        "certificates",
        _l("Checked licences"),
        of=lambda row: [licence.kind for licence in row.licences if licence.checked_at],
        pairs=checked_licences,
    ),
)
NUMBERS = (
    Number(
        "newest",
        of=lambda row: row.verified_at or row.created_at,
        column=func.coalesce(Organisation.verified_at, Organisation.created_at),
    ),
)
PAGE = SearchPage(
    kind=KIND,
    endpoint="accounts.organisations",
    label=_l("Organisations"),
    hint=_l("Name, what they do, town"),
    position=3,
    facets=FACETS,
    sorts={"relevance": _l("Best fit"), "newest": _l("Newest")},
)


def document(organisation: Organisation) -> Document:
    """The organisation as the index keeps it; the database stays the source."""
    kinds = []
    for language in ("zh_Hans", "en"):
        with force_locale(language):
            kinds.append(str(KIND_LABELS[organisation.kind]))
    short = (organisation.short_name,) if organisation.short_name else ()
    return Document(
        id=str(organisation.id),
        title=organisation.name,
        aliases=short,
        names=(*short, organisation.name),
        category_path=" ".join(kinds),
        specs=" ".join(licence.kind for licence in organisation.licences),
        body=" ".join(filter(None, (organisation.intro, organisation.town, organisation.address))),
        audiences=frozenset({"public"} if organisation.is_verified else {f"org:{organisation.id}", "staff"}),
        facets=facets_of(organisation, FACETS),
        numbers=numbers_of(organisation, NUMBERS),
    )


def documents(ids: Iterable[int] | None) -> Iterator[Document]:
    """The documents of `ids`, or of all organisations, in batches."""
    return map(document, organisations_for_index(ids))


def find_in_database(query: Query) -> Hits:
    """A plain answer while the index is away: the words anywhere in name or introduction."""
    words = each_word(
        query.text,
        lambda word: like(Organisation.name, word),
        lambda word: like(Organisation.short_name, word),
        lambda word: like(Organisation.intro, word),
    )
    return answer_plainly(query, verified_organisations().where(*words), Organisation.id, FACETS, NUMBERS)
