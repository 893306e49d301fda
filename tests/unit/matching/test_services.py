"""Saying "not for us", and storing what was computed."""

from dataclasses import replace

import pytest

from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.refusals import RuleBroken
from marketplace.matching import queries, services
from marketplace.matching.judge import Finding, State
from marketplace.matching.models import DismissalReason, Match, MatchDismissal, Side, SubjectKind
from marketplace.matching.pairing import Pair
from marketplace.matching.queries import MatchFilter
from tests.factories.accounts import owner_of
from tests.factories.matching import find_for, open_need, shown_listing, stored_match


@pytest.fixture
def pair(app):
    """A need and a listing that fit, and stored so."""
    need, listing = open_need(), shown_listing()
    stored_match(need=need, listing=listing)
    return need, listing


def say_no(pair, side=Side.BUYER, reason=DismissalReason.PRICE, note=""):
    need, listing = pair
    person = owner_of(need.organisation if side is Side.BUYER else listing.organisation)
    with transaction() as session:
        services.dismiss(
            session.merge(need),
            session.merge(listing),
            side,
            reason=reason,
            actor=session.merge(person),
            now=utc_now(),
            note=note,
        )


def shown(pair) -> tuple[int, int]:
    """How often the pair stands on the need's and on the listing's page."""
    now = utc_now()
    need, listing = pair
    return (
        len(db.session.scalars(queries.matches_of_need(need.id, MatchFilter(), now)).all()),
        len(db.session.scalars(queries.matches_of_listing(listing.id, now)).all()),
    )


class TestDismiss:
    @pytest.mark.parametrize("side", Side)
    def test_takes_the_pair_from_both_sides(self, pair, side):
        assert shown(pair) == (1, 1)
        say_no(pair, side)
        assert shown(pair) == (0, 0)

    def test_stays_away_after_the_next_computation(self, pair):
        say_no(pair)
        find_for(need=pair[0])
        find_for(listing=pair[1])
        assert shown(pair) == (0, 0)
        assert queries.supply_counts([pair[0].id]) == {pair[0].id: (0, 0)}

    def test_keeps_the_reason_to_learn_from(self, pair):
        say_no(pair, reason=DismissalReason.OTHER, note="颜色不对")
        [row] = db.session.query(MatchDismissal)
        assert (row.reason, row.note, row.organisation_id) == (
            DismissalReason.OTHER,
            "颜色不对",
            pair[0].organisation_id,
        )
        assert queries.dismissed_pairs(SubjectKind.NEED, pair[0].id) == {pair[1].id}
        assert queries.dismissed_pairs(SubjectKind.LISTING, pair[1].id) == {pair[0].id}

    def test_said_again_changes_the_reason(self, pair):
        say_no(pair)
        say_no(pair, reason=DismissalReason.QUALITY)
        assert [row.reason for row in db.session.query(MatchDismissal)] == [DismissalReason.QUALITY]

    def test_another_reason_wants_words(self, pair, request_context):
        with pytest.raises(RuleBroken, match="few words"):
            say_no(pair, reason=DismissalReason.OTHER)

    def test_can_be_taken_back(self, pair):
        say_no(pair)
        with transaction():
            assert services.take_back(*pair, Side.BUYER)
        assert shown(pair) == (1, 1)
        with transaction():
            assert not services.take_back(*pair, Side.BUYER)


def scored(need_id: int, listing_id: int, score: float = 50.0) -> Pair:
    told = (
        Finding("price", State.MET),
        Finding("moq", State.MISSED),
        Finding("size", State.MISSED, hard=False),
        Finding("distance", State.UNKNOWN, hard=False),
    )
    return Pair(
        need_id=need_id,
        listing_id=listing_id,
        score=score,
        plain=score,
        relevance=0.9,
        line=1,
        km=None,
        findings=told,
        cost_fen=None,
        words=(),
    )


class TestStorePairs:
    def test_counts_requirements_but_not_the_distance(self, app):
        need, listing = open_need(), shown_listing()
        with transaction():
            services.store_pairs(SubjectKind.NEED, need.id, [scored(need.id, listing.id)], utc_now())
        [row] = db.session.query(Match)
        assert (row.met, row.missed, row.unknown, row.hard_missed) == (1, 2, 0, 1)

    def test_keeps_the_row_of_a_pair_and_drops_what_no_longer_fits(self, app):
        need, kept, gone = open_need(), shown_listing(), shown_listing()
        before = stored_match(need=need, listing=kept)
        stored_match(need=need, listing=gone)
        with transaction():
            services.store_pairs(SubjectKind.NEED, need.id, [scored(need.id, kept.id)], utc_now())
        assert [(row.id, row.score) for row in db.session.query(Match)] == [(before.id, 50.0)]

    def test_beyond_the_best_only_what_is_best_for_the_other_side(self, app, monkeypatch):
        monkeypatch.setattr(queries, "KEPT", 1)
        monkeypatch.setattr(queries.matches, "KEPT", 1)
        need, first, second = open_need(), shown_listing(), shown_listing()
        stored_match(need=need, listing=second)
        found = [scored(need.id, first.id, 60), scored(need.id, second.id, 40)]
        with transaction():
            services.store_pairs(SubjectKind.NEED, need.id, found, utc_now())
        assert db.session.query(Match).count() == 2
        stored_match(need=open_need(), listing=second, score=90.0)
        with transaction():
            services.store_pairs(SubjectKind.NEED, need.id, [found[0], replace(found[1], score=30)], utc_now())
        assert queries.pairs_of(SubjectKind.NEED, need.id).keys() == {first.id}
