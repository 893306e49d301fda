"""The demonstration park: loaded through the services, complete, alive, and only once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, g
from sqlalchemy import func, select

from marketplace.accounts.models import Person
from marketplace.campaigns import queries as rota
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Listing
from marketplace.core.clock import local_day
from marketplace.core.db import db
from marketplace.core.jobs import Job
from marketplace.demo import accounts, seed
from marketplace.demo.loading import load
from marketplace.demo.pictures import draw_pictures
from marketplace.inquiries.lifecycle import InquiryStatus
from marketplace.inquiries.models import Inquiry
from marketplace.needs import queries as needs
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need
from marketplace.notifications.models import Mail, Notice
from tests.conftest import Browser, empty

NOW = datetime(2027, 2, 10, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def park(base_app: Flask) -> Iterator[Flask]:
    """The park, loaded once for all tests of this file; they only read it."""
    with base_app.app_context():
        empty(base_app)
        g.language = "en"
        load(NOW)
        db.session.rollback()
        yield base_app
        empty(base_app)


def counts() -> dict[str, int]:
    """Rows of every table."""
    found = {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in db.metadata.tables.items()
    }
    db.session.rollback()
    return found


class TestLoading:
    def test_loading_twice_leaves_the_same_rows(self, park):
        before = counts()
        assert set(load(NOW + timedelta(minutes=5)).values()) == {0}
        assert counts() == before

    def test_everything_of_the_files_is_there(self, park):
        found = counts()
        assert {name: found[name] for name in ("people", "organisations", "listings", "needs", "inquiries")} == {
            name: len(seed.rows(name)) for name in ("people", "organisations", "listings", "needs", "inquiries")
        }

    def test_every_listing_passed_the_rules_and_is_on_the_shelf(self, park):
        listings = list(db.session.scalars(select(Listing)))
        assert {listing.status for listing in listings} == {ListingStatus.PUBLISHED}
        assert all(listing.is_public(NOW) for listing in listings)
        assert all(listing.published_at <= NOW for listing in listings)

    def test_certificates_that_had_run_out_have_still_run_out(self, park):
        out = {
            listing.title
            for listing in db.session.scalars(select(Listing))
            if any(not claim.is_valid(local_day(NOW)) for claim in listing.certificates)
        }
        assert out == {seed.by_id("listings")[id_]["title"] for id_ in ("L071", "L089", "L099", "L176")}

    def test_needs_are_open_today_and_found_ones_are_closed(self, park):
        assert needs.count_open(NOW) == 53
        statuses = list(db.session.scalars(select(Need.status)))
        assert statuses.count(NeedStatus.OPEN) == 53
        assert statuses.count(NeedStatus.CLOSED) == 7
        assert all(need.posted_at <= NOW < need.closes_at for need in db.session.scalars(needs.open_needs(NOW)))

    def test_inquiries_stand_where_the_files_say(self, park):
        found = list(db.session.scalars(select(Inquiry.status)))
        assert {status: found.count(status) for status in InquiryStatus} == {
            InquiryStatus.SENT: 2,
            InquiryStatus.ANSWERED: 34,
            InquiryStatus.DECLINED: 1,
            InquiryStatus.CLOSED: 2,
            InquiryStatus.LAPSED: 1,
        }
        waiting = db.session.scalars(select(Inquiry).where(Inquiry.status == InquiryStatus.SENT))
        assert not any(inquiry.is_late(NOW) for inquiry in waiting)

    def test_history_floods_nobody(self, park):
        assert db.session.scalar(select(func.count()).select_from(Notice).where(Notice.read_at.is_(None))) == 0
        assert db.session.scalar(select(func.count()).select_from(Mail)) == 0
        assert (
            db.session.scalar(select(func.count()).select_from(Job).where(Job.name == "notifications.send_mail")) == 0
        )

    def test_r7_the_rota_has_a_week_behind_it_and_is_fair(self, park):
        shown = [row.shown for row in rota.shares(NOW)]
        assert sum(shown) == 28 * 4
        assert max(shown) - min(shown) <= 1

    def test_neighbours_on_the_home_page_differ(self, park):
        suppliers = [listing.organisation_id for listing in rota.featured_now(NOW)]
        assert len(suppliers) == 4
        assert len(set(suppliers)) >= 3

    def test_the_worker_draws_what_has_no_picture_yet(self, park):
        job = db.session.scalars(select(Job).where(Job.name == "demo.draw_pictures")).one()
        first = job.arguments["listing_ids"][0]
        db.session.rollback()
        draw_pictures([first])
        draw_pictures([first])
        assert len(db.session.get(Listing, first).pictures) == 1
        db.session.rollback()


class TestSigningIn:
    def test_all_roles_of_the_table_can_sign_in(self, park):
        table = park.test_cli_runner().invoke(args=["demo", "sign-ins"]).output.strip().splitlines()
        assert len(table) >= 8
        email, password = table[0].split()[:2]
        answer = park.test_client().post("/sign-in", data={"email": email, "password": password})
        assert answer.status_code == 302
        db.session.rollback()

    def test_r9_the_public_buyer_of_the_table_is_one(self, park):
        """The hospital is offered two choices and told why there is no third."""
        buyer = next(row for row in seed.rows("people") if row["id"] == "P069")
        park.test_client_class = Browser
        client = park.test_client()
        client.post("/sign-in", data={"email": buyer["email"], "password": accounts.PASSWORD})
        page = client.get("/needs/new", headers={"Accept-Language": "en"}).text
        assert page.count('name="local_preference"') == 2
        assert "Fair Competition Review" in page or "公平竞争审查" in page
        db.session.rollback()

    def test_everybody_shares_one_password(self, park):
        hashes = set(db.session.scalars(select(Person.password_hash)))
        assert len(hashes) == 1
        assert accounts.PASSWORD == "doorstep-demo"
        db.session.rollback()

    def test_the_command_says_what_it_added(self, park):
        result = park.test_cli_runner().invoke(args=["demo", "load"])
        assert result.exit_code == 0, result.output
        assert "0 listings" in result.output
        db.session.rollback()
