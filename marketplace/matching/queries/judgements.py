"""Every read of what people made of pairs: said no to, found right or wrong."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core.db import db
from marketplace.matching.models import Judgement, MatchDismissal, MatchJudgement, Side, SubjectKind


def dismissal_of(need_id: int, listing_id: int, side: Side) -> MatchDismissal | None:
    return db.session.scalar(
        select(MatchDismissal).where(
            MatchDismissal.need_id == need_id, MatchDismissal.listing_id == listing_id, MatchDismissal.side == side
        )
    )


def dismissals_of_need(need_id: int) -> list[MatchDismissal]:
    """What the buyer said no to, newest first, so that it can be taken back."""
    return list(
        db.session.scalars(
            select(MatchDismissal)
            .where(MatchDismissal.need_id == need_id, MatchDismissal.side == Side.BUYER)
            .options(joinedload(MatchDismissal.listing))
            .order_by(MatchDismissal.at.desc(), MatchDismissal.id.desc())
        )
    )


def dismissed_pairs(kind: SubjectKind, subject_id: int) -> frozenset[int]:
    """Counterparts that either side said no to."""
    if kind is SubjectKind.NEED:
        statement = select(MatchDismissal.listing_id).where(MatchDismissal.need_id == subject_id)
    else:
        statement = select(MatchDismissal.need_id).where(MatchDismissal.listing_id == subject_id)
    return frozenset(db.session.scalars(statement))


def judgement_of(need_id: int, listing_id: int, side: Side, judgement: Judgement) -> MatchJudgement | None:
    return db.session.scalar(
        select(MatchJudgement).where(
            MatchJudgement.need_id == need_id,
            MatchJudgement.listing_id == listing_id,
            MatchJudgement.side == side,
            MatchJudgement.judgement == judgement,
        )
    )


def judgements() -> Iterator[MatchJudgement]:
    """Everything that people made of pairs, need by need."""
    statement = select(MatchJudgement).order_by(MatchJudgement.need_id, MatchJudgement.listing_id, MatchJudgement.id)
    yield from db.session.scalars(statement.execution_options(yield_per=500))
