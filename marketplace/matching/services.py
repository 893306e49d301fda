"""Every change of pairs: what was computed, and what people said no to."""

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from marketplace.accounts.models import Person
from marketplace.catalog.models import Listing
from marketplace.core.db import db
from marketplace.core.refusals import RuleBroken
from marketplace.matching import finding, queries
from marketplace.matching.judge import State
from marketplace.matching.models import (
    DismissalReason,
    Judgement,
    Match,
    MatchDismissal,
    MatchJudgement,
    MatchRun,
    Side,
    SubjectKind,
)
from marketplace.matching.pairing import Pair
from marketplace.needs.models import Need


def store_pairs(kind: SubjectKind, subject_id: int, pairs: Iterable[Pair], computed_at: datetime) -> list[Match]:
    """Replace the stored pairs of a need or a listing by `pairs`; doing it twice changes nothing.

    Pairs beyond the first `queries.KEPT` stay only while they are among the best of the other side.
    """
    known = queries.pairs_of(kind, subject_id)
    kept: list[Match] = []
    for number, pair in enumerate(pairs):
        other_id = pair.listing_id if kind is SubjectKind.NEED else pair.need_id
        row = known.pop(other_id, None)
        if number >= queries.KEPT and (row is None or not _is_among_best(kind, pair)):
            if row is not None:
                db.session.delete(row)
            continue
        if row is None:
            row = Match(need_id=pair.need_id, listing_id=pair.listing_id)
            db.session.add(row)
        _write(row, pair, computed_at)
        kept.append(row)
    for row in known.values():
        db.session.delete(row)
    note_run(kind, subject_id, computed_at)
    return kept


def _is_among_best(kind: SubjectKind, pair: Pair) -> bool:
    return queries.is_among_best(kind, pair.need_id, pair.listing_id, pair.score)


def note_run(kind: SubjectKind, subject_id: int, computed_at: datetime) -> None:
    """Note that the stored pairs of a need or a listing know everything up to `computed_at`."""
    run = queries.run_of(kind, subject_id)
    if run is None:
        run = MatchRun(subject_kind=kind, subject_id=subject_id)
        db.session.add(run)
    run.computed_at = computed_at


def _write(row: Match, pair: Pair, computed_at: datetime) -> None:
    row.score, row.plain_score, row.relevance, row.line = pair.score, pair.plain, pair.relevance, pair.line
    row.met, row.missed, row.unknown = (pair.count(state) for state in (State.MET, State.MISSED, State.UNKNOWN))
    row.hard_missed = pair.hard_missed
    row.findings, row.words = finding.to_json(pair.findings), list(pair.words)
    row.distance_km, row.cost_fen, row.computed_at = pair.km, pair.cost_fen, computed_at


def dismiss(
    need: Need, listing: Listing, side: Side, *, reason: DismissalReason, actor: Person, now: datetime, note: str = ""
) -> MatchDismissal:
    """Keep the pair away from both sides, and keep why; saying it again changes the reason.

    Raises:
        RuleBroken: the reason is "another" and says nothing.
    """
    if reason is DismissalReason.OTHER and not note:
        raise RuleBroken(_("Say in a few words why it is not for you."))
    organisation_id = need.organisation_id if side is Side.BUYER else listing.organisation_id
    row = queries.dismissal_of(need.id, listing.id, side)
    if row is None:
        row = MatchDismissal(need_id=need.id, listing_id=listing.id, side=side)
    row.organisation_id, row.person_id = organisation_id, actor.id
    row.reason, row.note, row.at = reason, note, now
    db.session.add(row)
    note_judgement(need.id, listing.id, side, Judgement.DISMISSED, now, reason.value)
    return row


def take_back(need: Need, listing: Listing, side: Side) -> bool:
    """Let the pair be proposed again, as if nothing had been said; False when that side had not said no."""
    row = queries.dismissal_of(need.id, listing.id, side)
    if row is None:
        return False
    db.session.delete(row)
    judged = queries.judgement_of(need.id, listing.id, side, Judgement.DISMISSED)
    if judged is not None:
        db.session.delete(judged)
    return True


def note_judgement(
    need_id: int, listing_id: int, side: Side, judgement: Judgement, now: datetime, reason: str = ""
) -> MatchJudgement:
    """Keep what a side made of a pair beside how the pair stands now; the same again takes the place of the first."""
    row = queries.judgement_of(need_id, listing_id, side, judgement)
    if row is None:
        row = MatchJudgement(need_id=need_id, listing_id=listing_id, side=side, judgement=judgement)
    match = queries.match_of(need_id, listing_id)
    row.score, row.relevance, row.line, row.findings = None, None, None, []
    if match is not None:
        row.score, row.relevance, row.line, row.findings = match.score, match.relevance, match.line, match.findings
    row.reason, row.at = reason, now
    db.session.add(row)
    return row
