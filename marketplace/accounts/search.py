"""What the search knows of an organisation."""

from collections.abc import Iterable, Iterator

from flask_babel import force_locale
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from marketplace.accounts.lifecycle import KIND_LABELS, OrganisationStatus
from marketplace.accounts.models import Organisation
from marketplace.core.db import db
from marketplace.search import Document, Hits, Query

KIND = "organisations"
BATCH = 500


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
        facets={
            "kind": [organisation.kind.value],
            "town": [organisation.town] if organisation.town else [],
            "locality": [organisation.locality.value] if organisation.locality else [],
            "certificates": sorted({licence.kind for licence in organisation.licences if licence.checked_at}),
        },
        numbers={"newest": int((organisation.verified_at or organisation.created_at).timestamp())},
    )


def documents(ids: Iterable[int] | None) -> Iterator[Document]:
    """The documents of `ids`, or of all organisations, in batches."""
    last = 0
    wanted = None if ids is None else sorted(set(ids))
    while True:
        statement = (
            select(Organisation)
            .where(Organisation.id > last)
            .options(selectinload(Organisation.licences))
            .order_by(Organisation.id)
            .limit(BATCH)
        )
        if wanted is not None:
            statement = statement.where(Organisation.id.in_(wanted))
        rows = db.session.scalars(statement).all()
        if not rows:
            return
        for row in rows:
            last = row.id
            yield document(row)
        db.session.expire_all()


def find_in_database(query: Query) -> Hits:
    """A plain answer while the index is away: the words anywhere in name or introduction, newest first."""
    statement = select(Organisation).where(Organisation.status == OrganisationStatus.VERIFIED)
    for word in query.text.split()[:5]:
        like = f"%{word}%"
        statement = statement.where(
            or_(Organisation.name.ilike(like), Organisation.short_name.ilike(like), Organisation.intro.ilike(like))
        )
    columns = {"kind": Organisation.kind, "town": Organisation.town, "locality": Organisation.locality}
    for name, values in query.filters.items():
        if name in columns and values:
            statement = statement.where(columns[name].in_(values))
    ids = list(
        db.session.scalars(
            statement.with_only_columns(Organisation.id).order_by(Organisation.verified_at.desc(), Organisation.id)
        )
    )
    return Hits(ids=ids[query.offset : query.offset + query.limit], total=len(ids), degraded=True)
