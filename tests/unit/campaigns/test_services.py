"""The rota as rows: who may take part, who is shown, and what stays when somebody comes or goes (R7)."""

from collections import Counter
from datetime import timedelta

import pytest

from marketplace.accounts.lifecycle import Locality, OrganisationStatus
from marketplace.campaigns import queries, services
from marketplace.campaigns.jobs import plan_turns
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.core.db import db, transaction
from marketplace.core.refusals import RuleBroken
from tests.factories.accounts import NOW, OrganisationFactory, StaffFactory
from tests.factories.campaigns import pictured_listing
from tests.factories.catalog import CategoryFactory, ListingFactory

TURN = timedelta(hours=6)


@pytest.fixture
def operator(app):
    return StaffFactory()


def feature(listing, operator, now=NOW):
    with transaction():
        services.add_to_rota(listing, actor=operator, now=now)


def plan(now):
    with transaction():
        return services.plan_turns(now)


def shown(now):
    return [listing.id for listing in queries.featured_now(now)]


class TestWhoMayTakePart:
    def test_a_published_listing_with_a_picture_of_a_verified_neighbour(self, operator):
        listing = pictured_listing()
        feature(listing, operator)
        assert shown(NOW) == [listing.id]

    def test_one_without_a_picture_may_not(self, operator):
        with pytest.raises(RuleBroken, match="no picture"):
            feature(ListingFactory(), operator)

    def test_one_that_is_not_published_may_not(self, operator):
        with pytest.raises(RuleBroken, match="not published"):
            feature(pictured_listing(status=ListingStatus.PAUSED), operator)

    @pytest.mark.parametrize("locality", [Locality.REGION, Locality.OUTSIDE])
    def test_one_from_further_away_may_not(self, operator, locality):
        organisation = OrganisationFactory(locality=locality)
        with pytest.raises(RuleBroken, match="neither in the park nor in the city"):
            feature(pictured_listing(organisation=organisation), operator)

    def test_one_of_an_organisation_that_is_not_verified_may_not(self, operator):
        organisation = OrganisationFactory(status=OrganisationStatus.SUSPENDED)
        with pytest.raises(RuleBroken, match="not verified"):
            feature(pictured_listing(organisation=organisation), operator)

    def test_r7_restricted_goods_may_not(self, operator):
        herbs = CategoryFactory(code="B0103", seller_licences=["药品生产许可证"])
        with pytest.raises(RuleBroken, match="Restricted goods"):
            feature(pictured_listing(category=herbs), operator)

    @pytest.mark.parametrize(
        "values",
        [{"title": "求购川芎统货"}, {"aliases": ["收购药材"]}, {"description": "我厂长期收购川芎，有货请联系。"}],
    )
    def test_r7_a_wanted_advertisement_may_not(self, operator, values):
        with pytest.raises(RuleBroken, match="offers nothing"):
            feature(pictured_listing(**values), operator)

    def test_r7_one_that_is_on_the_rota_already_falls_out_by_itself(self, operator):
        restricted, wanted, other = (pictured_listing() for _number in range(3))
        for listing in (restricted, wanted, other):
            feature(listing, operator)
        assert len(shown(NOW)) == 3
        with transaction() as session:
            session.merge(restricted).category = CategoryFactory.build(code="B0103", seller_licences=["药品生产许可证"])
            session.merge(wanted).title = "求购川芎统货"
        assert shown(NOW) == [other.id]
        plan(NOW + TURN)
        assert {row.slot.listing_id: row.planned for row in queries.shares(NOW + TURN)}[wanted.id] == 0
        assert shown(NOW + TURN) == [other.id]

    def test_adding_twice_changes_nothing(self, operator):
        listing = pictured_listing()
        feature(listing, operator)
        feature(listing, operator, NOW + timedelta(days=2))
        assert len(queries.slots_on_rota()) == 1
        assert queries.slot_of(listing.id).added_at == NOW


class TestTurns:
    def test_r7_counts_of_a_week_differ_by_at_most_one(self, operator):
        listings = [pictured_listing() for _number in range(7)]
        for listing in listings:
            feature(listing, operator)
        now = NOW
        for _turn in range(40):
            plan(now)
            now += TURN
        rows = queries.shares(now)
        counts = [row.shown for row in rows]
        assert sum(counts) == 28 * 4
        assert max(counts) - min(counts) <= 1
        planned = [row.planned for row in rows]
        assert max(planned) - min(planned) <= 1

    def test_r7_somebody_who_joins_gets_no_more_than_those_who_stay(self, operator):
        stay = [pictured_listing() for _number in range(6)]
        for listing in stay:
            feature(listing, operator)
        now, shown_turns = NOW, Counter()
        for turn in range(28):
            if turn in (3, 9, 15):
                feature(pictured_listing(), operator, now)
            plan(now)
            shown_turns.update(shown(now))
            now += TURN
        counts = [shown_turns[listing.id] for listing in stay]
        assert max(counts) - min(counts) <= 1

    def test_the_plan_reaches_a_week_ahead(self, operator):
        feature(pictured_listing(), operator)
        assert shown(NOW + timedelta(days=6, hours=20))

    def test_planning_again_changes_no_row(self, operator):
        for _number in range(6):
            feature(pictured_listing(), operator)
        assert plan(NOW + timedelta(minutes=5)) == 0

    def test_the_clock_plans(self, operator):
        feature(pictured_listing(), operator)
        plan_turns(NOW + timedelta(days=20))
        assert shown(NOW + timedelta(days=20))

    def test_a_newcomer_fills_an_empty_place_at_once(self, operator):
        first, second = pictured_listing(), pictured_listing()
        feature(first, operator)
        feature(second, operator, NOW + timedelta(minutes=10))
        assert shown(NOW + timedelta(minutes=11)) == [first.id, second.id]

    def test_a_full_turn_stays_as_it_is_when_somebody_joins(self, operator):
        listings = [pictured_listing() for _number in range(4)]
        for listing in listings:
            feature(listing, operator)
        newcomer = pictured_listing()
        feature(newcomer, operator, NOW + timedelta(minutes=10))
        assert newcomer.id not in shown(NOW + timedelta(minutes=11))
        assert newcomer.id in shown(NOW + TURN * 2)

    def test_a_paused_listing_leaves_the_home_page_at_once(self, operator):
        listing = pictured_listing()
        feature(listing, operator)
        with transaction():
            listing.status = ListingStatus.PAUSED
        assert shown(NOW) == []

    def test_a_listing_taken_off_has_no_turn_any_more_but_keeps_those_it_had(self, operator):
        listing, other = pictured_listing(), pictured_listing()
        feature(listing, operator)
        feature(other, operator)
        with transaction():
            services.remove_from_rota(queries.slot_of(listing.id), actor=operator, now=NOW + timedelta(hours=1))
        assert shown(NOW + timedelta(hours=1)) == [other.id]
        past = queries.rota_around(NOW, timedelta(), timedelta(hours=1))
        assert listing.id in [one.id for one in past[0].listings]
        assert shown(NOW + TURN) == [other.id]

    def test_a_listing_that_comes_back_joins_at_the_end(self, operator):
        listings = [pictured_listing() for _number in range(9)]
        for listing in listings:
            feature(listing, operator)
        back = listings[8]
        with transaction():
            services.remove_from_rota(queries.slot_of(back.id), actor=operator, now=NOW + timedelta(hours=1))
        feature(back, operator, NOW + timedelta(hours=2))
        assert back.id not in shown(NOW + TURN)

    def test_the_settings_say_how_many_places_there_are(self, app, operator, monkeypatch):
        monkeypatch.setitem(app.config, "FEATURED_SLOTS", 2)
        for _number in range(5):
            feature(pictured_listing(), operator)
        assert len(shown(NOW)) == 2
        db.session.rollback()
