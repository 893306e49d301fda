"""Pairs come with the news of needs and listings, go when one side goes, and are told of once."""

from datetime import timedelta
from decimal import Decimal

from marketplace import search
from marketplace.accounts.lifecycle import Locality, OrganisationStatus
from marketplace.accounts.signals import organisation_changed
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Listing, ListingTier
from marketplace.catalog.signals import listing_changed, listing_published
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.jobs import waiting
from marketplace.matching import jobs, queries
from marketplace.matching.models import Match, SubjectKind
from marketplace.matching.queries import MatchFilter
from marketplace.needs import services as needs
from marketplace.needs.models import Need
from marketplace.needs.signals import need_published
from marketplace.notifications.models import Notice
from tests.factories.accounts import OrganisationFactory, owner_of
from tests.factories.matching import find_for, licence, open_need, shown_listing, stored_match, work
from tests.factories.needs import line


def pairs() -> list[Match]:
    return list(db.session.query(Match).order_by(Match.score.desc(), Match.id))


def state_of(match: Match, code: str) -> str:
    return next(finding["state"] for finding in match.findings if finding["code"] == code)


class TestMatchNeed:
    def test_a_published_need_gets_its_listings(self, app, worker):
        listing = shown_listing()
        need = open_need()
        with transaction():
            need_published.send(db.session.get(Need, need.id))
        work()
        [match] = pairs()
        assert (match.need_id, match.listing_id) == (need.id, listing.id)
        assert match.meets_all
        assert match.cost_fen == 520_000
        assert match.words
        assert queries.is_ready(SubjectKind.NEED, db.session.get(Need, need.id))

    def test_running_twice_changes_nothing(self, app):
        shown_listing()
        need = open_need()
        find_for(need=need)
        before = [(row.id, row.score, row.findings) for row in pairs()]
        find_for(need=need)
        assert [(row.id, row.score, row.findings) for row in pairs()] == before

    def test_a_need_that_waits_already_is_not_put_in_the_queue_twice(self, app):
        need = open_need()
        jobs.renew(utc_now())
        jobs.renew(utc_now())
        assert waiting("matching.match_need") == [{"need_id": need.id}]

    def test_a_need_without_supply_is_ready_too(self, app):
        need = open_need()
        find_for(need=need)
        assert pairs() == []
        assert queries.is_ready(SubjectKind.NEED, db.session.get(Need, need.id))

    def test_own_listings_are_never_proposed(self, app):
        own = OrganisationFactory()
        shown_listing(organisation=own)
        find_for(need=open_need(organisation=own))
        assert pairs() == []

    def test_a_closed_need_keeps_what_it_found(self, app):
        shown_listing()
        need = open_need()
        find_for(need=need)
        with transaction():
            needs.close_need(db.session.get(Need, need.id), None, utc_now())
        find_for(need=need)
        assert len(pairs()) == 1

    def test_two_newcomers_of_one_moment_find_each_other(self, app):
        """The index takes in both before either job looks."""
        search.drain()
        listing, need = shown_listing(), open_need()
        jobs.match_need(need.id)
        db.session.expire_all()
        assert [match.listing_id for match in pairs()] == [listing.id]


class TestMatchListing:
    def test_a_published_listing_gets_its_needs(self, app):
        need = open_need()
        listing = shown_listing()
        with transaction():
            listing_published.send(db.session.get(Listing, listing.id))
        work()
        assert [(match.need_id, match.listing_id) for match in pairs()] == [(need.id, listing.id)]

    def test_a_changed_price_changes_the_finding(self, app):
        listing = shown_listing()
        find_for(need=open_need())
        assert state_of(pairs()[0], "price") == "met"
        with transaction():
            row = db.session.get(Listing, listing.id)
            row.tiers[0].unit_price = Decimal("0.35")
            row.updated_at = utc_now()
            search.changed("listings", row.id)
            listing_changed.send(row)
        work()
        assert state_of(pairs()[0], "price") == "missed"
        assert pairs()[0].cost_fen == 700_000

    def test_one_taken_down_leaves_its_pairs(self, app):
        listing = shown_listing()
        actor = owner_of(listing.organisation)
        find_for(need=open_need())
        with transaction():
            catalog.pause_listing(db.session.get(Listing, listing.id), db.session.merge(actor), utc_now())
        work()
        assert pairs() == []

    def test_a_suspended_supplier_is_never_shown(self, app):
        listing, need = shown_listing(), open_need()
        find_for(need=need)
        with transaction():
            row = db.session.get(Listing, listing.id)
            row.organisation.status = OrganisationStatus.SUSPENDED
        assert db.session.scalars(queries.matches_of_need(need.id, MatchFilter(), utc_now())).all() == []
        find_for(listing=listing)
        assert pairs() == []

    def test_a_licence_of_the_organisation_counts(self, app):
        listing = shown_listing(certificates=[])
        find_for(need=open_need())
        before = state_of(pairs()[0], "certificate")
        licence(listing.organisation, "食品相关产品生产许可证")
        with transaction():
            organisation_changed.send(db.session.get(Listing, listing.id).organisation)
        work()
        assert (before, state_of(pairs()[0], "certificate")) == ("missed", "met")


class TestOneScore:
    def test_both_directions_store_the_same_score(self, app):
        """One scorer: asked from the listing's side, the pair has the score it has from the need's side."""
        listings = [shown_listing(price="0.26"), shown_listing("食品级PE自封袋 加厚", price="0.34")]
        wanted = [open_need(), open_need("PE袋 一万只", lines=[line(quantity=Decimal(10000))])]
        for need in wanted:
            find_for(need=need)
        from_needs = {(row.need_id, row.listing_id): (row.score, row.plain_score, row.line) for row in pairs()}
        with transaction() as session:
            session.query(Match).delete()
        for listing in listings:
            find_for(listing=listing)
        assert len(from_needs) == 4
        assert {(row.need_id, row.listing_id): (row.score, row.plain_score, row.line) for row in pairs()} == from_needs


class TestLocalLift:
    def test_r8_lifts_a_neighbour_among_equals_and_one_click_switches_it_off(self, app):
        """R8: among offers that meet the same, the nearer one stands first, unless the reader switches that off."""
        far = shown_listing(organisation=OrganisationFactory(locality=Locality.OUTSIDE))
        near = shown_listing(organisation=OrganisationFactory(locality=Locality.PARK))
        need = open_need()
        find_for(need=need)
        rows = {match.listing_id: match for match in pairs()}
        assert rows[near.id].score > rows[near.id].plain_score
        assert rows[far.id].score == rows[far.id].plain_score == rows[near.id].plain_score
        now = utc_now()
        with_lift = db.session.scalars(queries.matches_of_need(need.id, MatchFilter(), now)).all()
        without = db.session.scalars(queries.matches_of_need(need.id, MatchFilter(local=False), now)).all()
        assert [match.listing_id for match in with_lift] == [near.id, far.id]
        assert [match.listing_id for match in without] == [far.id, near.id]

    def test_r8_never_lifts_above_an_offer_that_meets_more(self, app):
        """R8: the lift is bounded; an outside offer that meets more stays above the neighbour's."""
        better = shown_listing(organisation=OrganisationFactory(locality=Locality.OUTSIDE))
        shown_listing(organisation=OrganisationFactory(locality=Locality.PARK), price="0.35")
        need = open_need()
        find_for(need=need)
        first = db.session.scalars(queries.matches_of_need(need.id, MatchFilter(), utc_now())).first()
        assert first.listing_id == better.id

    def test_r8_hides_no_outside_offer(self, app):
        """R8: without a filter of the reader's own every offer is there."""
        for locality in Locality:
            shown_listing(organisation=OrganisationFactory(locality=locality))
        need = open_need()
        find_for(need=need)
        shown = db.session.scalars(queries.matches_of_need(need.id, MatchFilter(), utc_now())).all()
        assert {match.listing.organisation.locality for match in shown} == set(Locality)

    def test_r8_can_be_switched_off_for_the_site(self, app, monkeypatch):
        """R8: the setting LOCAL_LIFT takes the lift away altogether."""
        monkeypatch.setitem(app.config, "LOCAL_LIFT", False)
        shown_listing()
        find_for(need=open_need())
        assert pairs()[0].score == pairs()[0].plain_score


class TestNews:
    def test_a_new_need_is_told_to_buyer_and_supplier_once(self, app):
        listing, need = shown_listing(), open_need()
        buyer, seller = owner_of(need.organisation), owner_of(listing.organisation)
        find_for(need=need)
        find_for(listing=listing)
        notices = db.session.query(Notice).filter_by(kind="new_match").all()
        assert sorted(notice.person_id for notice in notices) == sorted([buyer.id, seller.id])

    def test_several_offers_make_one_notice(self, app):
        need = open_need()
        buyer = owner_of(need.organisation)
        for number in range(5):
            shown_listing(f"食品级PE平口袋{number}型")
        find_for(need=need)
        [notice] = db.session.query(Notice).filter_by(person_id=buyer.id).all()
        assert notice.params["listings"].count(" · ") == 2
        assert notice.params["listings"].endswith("…")

    def test_what_misses_something_is_no_news(self, app):
        shown_listing(price="0.35")
        need = open_need()
        owner_of(need.organisation)
        find_for(need=need)
        assert db.session.query(Notice).filter_by(kind="new_match").count() == 0

    def test_what_is_old_is_no_news(self, app):
        """A park loaded from files floods nobody."""
        old = utc_now() - timedelta(days=9)
        shown_listing(updated_at=old)
        need = open_need(updated_at=old)
        owner_of(need.organisation)
        find_for(need=need)
        assert len(pairs()) == 1
        assert db.session.query(Notice).count() == 0


class TestKept:
    def test_only_the_best_are_kept_and_the_other_side_keeps_its_own(self, app, monkeypatch):
        monkeypatch.setattr(queries, "KEPT", 2)
        monkeypatch.setattr(queries.matches, "KEPT", 2)
        listings = [shown_listing(f"食品级PE平口袋 {number}号", price=f"0.{30 - number}") for number in range(3)]
        need = open_need()
        stored_match(need=need, listing=listings[0], score=1.0)
        find_for(need=need)
        assert {match.listing_id for match in pairs()} <= {listing.id for listing in listings}
        assert 2 <= len(pairs()) <= 3

    def test_the_clock_renews_all_open_needs(self, app):
        need = open_need()
        shown_listing()
        jobs.renew(utc_now())
        work()
        assert [match.need_id for match in pairs()] == [need.id]

    def test_a_row_that_is_gone_harms_nothing(self, app):
        jobs.match_need(10**6)
        jobs.match_listing(10**6)
        assert pairs() == []


def test_prices_of_tiers_follow_the_quantity(app):
    listing = shown_listing()
    with transaction() as session:
        row = session.get(Listing, listing.id)
        row.tiers.append(ListingTier(min_quantity=Decimal(20000), unit_price=Decimal("0.20")))
        search.changed("listings", row.id)
    find_for(need=open_need())
    assert pairs()[0].cost_fen == 400_000


def test_the_worker_has_the_index_read_before_the_first_save(app, monkeypatch):
    search.drain()
    cache = search.engine().cache("listings")
    cache.forget()
    assert jobs.keep_ready() == 0
    monkeypatch.setattr(cache, "_read", lambda: 1 / 0)
    search.engine().snapshot("listings", now=True)


def test_a_sick_index_does_not_stop_the_worker(app, monkeypatch):
    monkeypatch.setattr(search.engine(), "snapshot", lambda _kind: 1 / 0)
    assert jobs.keep_ready() == 0
