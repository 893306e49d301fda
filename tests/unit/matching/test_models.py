"""What the table of pairs promises."""

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.core.db import db, transaction
from marketplace.matching.models import DISMISSAL_REASONS, DismissalReason, Match, MatchDismissal, Side
from tests.factories.matching import open_need, shown_listing, stored_match


class TestMatch:
    @pytest.mark.parametrize(("missed", "unknown", "meets_all"), [(0, 0, True), (1, 0, False), (0, 1, False)])
    def test_meets_all_only_when_nothing_is_missed_or_unknown(self, app, missed, unknown, meets_all):
        match = stored_match(need=open_need(), listing=shown_listing(), met=3, missed=missed, unknown=unknown)
        assert match.meets_all is meets_all
        assert match.asked == 3 + missed + unknown

    def test_a_pair_stands_once(self, app):
        need, listing = open_need(), shown_listing()
        stored_match(need=need, listing=listing)
        with pytest.raises(IntegrityError):
            stored_match(need=need, listing=listing)

    def test_the_database_refuses_a_negative_count(self, app):
        with pytest.raises(IntegrityError):
            stored_match(need=open_need(), listing=shown_listing(), missed=-1)

    def test_pairs_go_with_their_listing(self, app):
        match = stored_match(need=open_need(), listing=shown_listing())
        with transaction() as session:
            session.delete(session.get(Match, match.id).listing)
        assert db.session.query(Match).count() == 0


def test_each_side_says_no_once(app):
    need, listing = open_need(), shown_listing()

    def dismissal() -> MatchDismissal:
        return MatchDismissal(
            need_id=need.id,
            listing_id=listing.id,
            side=Side.BUYER,
            reason=DismissalReason.PRICE,
            organisation_id=need.organisation_id,
            at=need.updated_at,
        )

    with transaction() as session:
        session.add(dismissal())
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(dismissal())


def test_every_reason_has_words():
    assert set(DISMISSAL_REASONS) == set(DismissalReason)
