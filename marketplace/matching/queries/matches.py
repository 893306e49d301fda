"""Every read of stored pairs. What is no longer on offer or was said no to never comes back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, distinct, exists, func, select, tuple_
from sqlalchemy.orm import contains_eager

from marketplace.accounts.lifecycle import Locality
from marketplace.accounts.models import Organisation
from marketplace.catalog.models import Listing, ListingPicture
from marketplace.core.clock import utc_now
from marketplace.core.db import db
from marketplace.matching.models import Match, MatchDismissal, MatchRun, SubjectKind
from marketplace.matching.queries.subjects import is_on_offer
from marketplace.needs.models import Need, NeedLine

KEPT = 50
"""Pairs kept and shown for one need or one listing."""
VERY_THING = 0.5
"""From this relevance on a listing is about the very thing of the need, not only related to it (`find_matches`)."""
NEAR_THING = 0.18
"""From this relevance on something related is shown without being asked for."""


class MatchOrder(StrEnum):
    """Orders that the reader can choose."""

    MERIT = "merit"
    NEAREST = "nearest"
    CHEAPEST = "cheapest"
    QUICKEST = "quickest"


@dataclass(frozen=True)
class MatchFilter:
    """What the reader wants to see of a need's matches; nothing is left out unless they say so (R8)."""

    local: bool = True
    meets_all: bool = False
    hide_outside: bool = False
    order: MatchOrder = MatchOrder.MERIT
    only: frozenset[int] | None = None
    """These listings alone: what a change of the need would win."""


@dataclass(frozen=True)
class MatchCounts:
    """What there is before any filter: `found` of the very thing or as good, `meet_all` of them, `related` below.

    `floor` is the score that parts the two: that of the last pair about the very thing; None when there is none.
    `near` are those of the related ones that are worth a look unasked.
    """

    found: int
    meet_all: int
    related: int
    near: int
    floor: float | None

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, float, bool]]) -> "MatchCounts":
        """Count `(score, about, meets_all)` of all pairs."""
        known = list(pairs)
        floor = min((score for score, relevance, _all in known if relevance >= VERY_THING), default=None)
        above = [meets_all for score, _about, meets_all in known if floor is not None and score >= floor]
        near = sum(relevance >= NEAR_THING for score, relevance, _all in known if floor is None or score < floor)
        return cls(len(above), sum(above), len(known) - len(above), near, floor)


class PairKey(NamedTuple):
    """A stored pair by its ids, and the number of the need's line that it answers."""

    need_id: int
    listing_id: int
    line: int


def _not_dismissed() -> ColumnElement[bool]:
    return ~exists().where(MatchDismissal.need_id == Match.need_id, MatchDismissal.listing_id == Match.listing_id)


def _pairs_on_offer(now: datetime) -> Select[tuple[Match]]:
    return (
        select(Match)
        .join(Match.listing)
        .join(Listing.organisation)
        .join(Match.need)
        .where(is_on_offer(now), _not_dismissed(), Need.organisation_id != Listing.organisation_id)
    )


def _can_supply() -> ColumnElement[bool]:
    """The very thing, and nothing missed that the buyer insists on."""
    return and_(Match.hard_missed == 0, Match.relevance >= VERY_THING)


def _score(local: bool) -> Any:
    return Match.score if local else Match.plain_score


def _order(wanted: MatchFilter) -> tuple[Any, ...]:
    merit = (_score(wanted.local).desc(), Match.listing_id)
    first: dict[MatchOrder, tuple[Any, ...]] = {
        MatchOrder.MERIT: (),
        MatchOrder.NEAREST: (Match.distance_km.is_(None), Match.distance_km),
        MatchOrder.CHEAPEST: (Match.cost_fen.is_(None), Match.cost_fen),
        MatchOrder.QUICKEST: (Organisation.answer_hours_median.is_(None), Organisation.answer_hours_median),
    }
    return (*first[wanted.order], *merit)


def matches_of_need(
    need_id: int, wanted: MatchFilter, now: datetime, floor: float | None = None
) -> Select[tuple[Match]]:
    """The listings that fit the need, best first, with what a row shows.

    Other orders than that of merit leave out what is only related (below `floor`): the cheapest would be anything.
    """
    statement = _pairs_on_offer(now).where(Match.need_id == need_id)
    if wanted.meets_all:
        statement = statement.where(Match.missed == 0, Match.unknown == 0)
    if wanted.hide_outside:
        statement = statement.where(Organisation.locality != Locality.OUTSIDE)
    if wanted.only is not None:
        statement = statement.where(Match.listing_id.in_(wanted.only))
    if wanted.order is not MatchOrder.MERIT and floor is not None:
        statement = statement.where(_score(wanted.local) >= floor)
    return statement.options(
        contains_eager(Match.listing).contains_eager(Listing.organisation),
        contains_eager(Match.listing).joinedload(Listing.category),
        contains_eager(Match.listing).selectinload(Listing.tiers),
        contains_eager(Match.listing).selectinload(Listing.pictures).joinedload(ListingPicture.file),
    ).order_by(*_order(wanted))


def count_matches_of_need(need_id: int, now: datetime, local: bool = True) -> MatchCounts:
    """Counts over all matches of the need."""
    return _counted(_pairs_on_offer(now).where(Match.need_id == need_id), local)


def _counted(pairs: Select[tuple[Match]], local: bool) -> MatchCounts:
    columns = pairs.with_only_columns(_score(local), Match.relevance, Match.missed, Match.unknown)
    return MatchCounts.of(
        (score, relevance, not missed and not unknown)
        for score, relevance, missed, unknown in db.session.execute(columns)
    )


def _pairs_of_open_needs(now: datetime) -> Select[tuple[Match]]:
    return _pairs_on_offer(now).where(Need.is_open(now), Need.is_public)


def _open_needs_of_listing(listing_id: int, now: datetime) -> Select[tuple[Match]]:
    return _pairs_of_open_needs(now).where(Match.listing_id == listing_id)


def count_matches_of_listing(listing_id: int, now: datetime) -> MatchCounts:
    """Counts over all open needs of the listing."""
    return _counted(_open_needs_of_listing(listing_id, now), local=True)


def _as_needs(pairs: Select[tuple[Match]]) -> Select[tuple[Match]]:
    """With what a row that names the need shows, best first."""
    return pairs.options(
        contains_eager(Match.listing).contains_eager(Listing.organisation),
        contains_eager(Match.listing).selectinload(Listing.tiers),
        contains_eager(Match.need).joinedload(Need.organisation),
        contains_eager(Match.need).selectinload(Need.lines).joinedload(NeedLine.category),
    ).order_by(Match.score.desc(), Match.need_id, Match.listing_id)


def matches_of_listing(listing_id: int, now: datetime, only: Iterable[int] | None = None) -> Select[tuple[Match]]:
    """The open needs that the listing fits: the same pairs, in the same order of merit; of `only` these when given."""
    statement = _open_needs_of_listing(listing_id, now)
    return _as_needs(statement if only is None else statement.where(Match.need_id.in_(list(only))))


def matches_of_organisation(organisation_id: int, pairs: Iterable[tuple[int, int]], now: datetime) -> list[Match]:
    """Of the organisation's pairs those of `(need, listing)`, best first."""
    wanted = tuple_(Match.need_id, Match.listing_id).in_(list(pairs))
    statement = _pairs_of_open_needs(now).where(Listing.organisation_id == organisation_id, wanted)
    return list(db.session.scalars(_as_needs(statement)))


def _about_the_thing(pairs: Select[tuple[Match]], fewest_missed: int, most_missed: int) -> list[PairKey]:
    """Pairs about the very thing that miss so much, best first."""
    statement = (
        pairs.where(Match.relevance >= VERY_THING, Match.hard_missed.between(fewest_missed, most_missed))
        .with_only_columns(Match.need_id, Match.listing_id, Match.line)
        .order_by(Match.score.desc(), Match.id)
    )
    return [PairKey(*row) for row in db.session.execute(statement)]


def missing_few_of_need(need_id: int, most_missed: int, now: datetime, fewest_missed: int = 1) -> list[PairKey]:
    """Offers of the very thing that miss little of what the buyer of an open need insists on."""
    return _about_the_thing(_pairs_of_open_needs(now).where(Match.need_id == need_id), fewest_missed, most_missed)


def missing_few_of_listing(listing_id: int, most_missed: int, now: datetime) -> list[PairKey]:
    """Open needs of the very thing of which a listing misses little."""
    return _about_the_thing(_open_needs_of_listing(listing_id, now), 1, most_missed)


def missing_few_of_organisation(organisation_id: int, most_missed: int, now: datetime) -> list[PairKey]:
    """The same over all listings of a supplier."""
    own = _pairs_of_open_needs(now).where(Listing.organisation_id == organisation_id)
    return _about_the_thing(own, 1, most_missed)


def supply_counts(need_ids: Iterable[int], now: datetime | None = None) -> dict[int, tuple[int, int]]:
    """How many suppliers miss nothing that each need asks for: `{need_id: (in the park, elsewhere)}`, one query.

    A need whose counterparts nobody has looked for yet is left out.
    """
    wanted = list(need_ids)
    in_park = case((Organisation.locality == Locality.PARK, Organisation.id))
    elsewhere = case((Organisation.locality != Locality.PARK, Organisation.id))
    counted = (
        _pairs_on_offer(now or utc_now())
        .where(Match.need_id.in_(wanted), _can_supply())
        .with_only_columns(
            Match.need_id,
            func.count(distinct(in_park)).label("park"),
            func.count(distinct(elsewhere)).label("elsewhere"),
        )
        .group_by(Match.need_id)
        .subquery()
    )
    statement = (
        select(MatchRun.subject_id, func.coalesce(counted.c.park, 0), func.coalesce(counted.c.elsewhere, 0))
        .outerjoin(counted, counted.c.need_id == MatchRun.subject_id)
        .where(MatchRun.subject_kind == SubjectKind.NEED, MatchRun.subject_id.in_(wanted))
    )
    return {need_id: (park, other) for need_id, park, other in db.session.execute(statement)}


def run_of(kind: SubjectKind, subject_id: int) -> MatchRun | None:
    """When the counterparts of a need or a listing were computed last."""
    return db.session.scalar(select(MatchRun).where(MatchRun.subject_kind == kind, MatchRun.subject_id == subject_id))


def is_ready(kind: SubjectKind, subject: Need | Listing) -> bool:
    """True when the stored pairs of a need or a listing know its latest change."""
    run = run_of(kind, subject.id)
    return run is not None and run.computed_at >= subject.updated_at


def pairs_of(kind: SubjectKind, subject_id: int) -> dict[int, Match]:
    """All stored pairs of a need by listing id, or of a listing by need id; for the job that renews them."""
    if kind is SubjectKind.NEED:
        rows = db.session.scalars(select(Match).where(Match.need_id == subject_id).order_by(Match.id))
        return {row.listing_id: row for row in rows}
    rows = db.session.scalars(select(Match).where(Match.listing_id == subject_id).order_by(Match.id))
    return {row.need_id: row for row in rows}


def match_of(need_id: int, listing_id: int) -> Match | None:
    """The stored pair of a need and a listing."""
    return db.session.scalar(select(Match).where(Match.need_id == need_id, Match.listing_id == listing_id))


def is_among_best(kind: SubjectKind, need_id: int, listing_id: int, score: float) -> bool:
    """True when a pair of this score is among the best that are kept for the side that is not being renewed.

    `kind` is the side that is.
    """
    mine, other = Match.need_id, Match.listing_id
    subject_id, other_id = need_id, listing_id
    if kind is SubjectKind.LISTING:
        mine, other, subject_id, other_id = other, mine, listing_id, need_id
    better = select(func.count()).select_from(Match).where(other == other_id, mine != subject_id, Match.score > score)
    return (db.session.scalar(better) or 0) < KEPT


def untold(need_ids: Iterable[int], listing_ids: Iterable[int], now: datetime) -> list[Match]:
    """Stored pairs of open needs and shown listings of which nobody was told yet, best first."""
    statement = (
        _pairs_on_offer(now)
        .where(
            Match.need_id.in_(list(need_ids)),
            Match.listing_id.in_(list(listing_ids)),
            Match.told_at.is_(None),
            Match.relevance >= VERY_THING,
            Match.missed == 0,
            Match.unknown == 0,
            Need.is_open(now),
        )
        .options(contains_eager(Match.listing), contains_eager(Match.need))
        .order_by(Match.score.desc(), Match.id)
    )
    return list(db.session.scalars(statement))
