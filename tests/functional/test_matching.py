"""From a published need to the letter: the open page waits, the matches come, three are asked at once."""

import re

import pytest

from marketplace import search
from marketplace.catalog.models import Listing
from marketplace.catalog.signals import listing_published
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.matching.models import Match
from marketplace.needs.models import Need
from marketplace.needs.signals import need_changed
from marketplace.notifications.models import Notice
from tests.factories.accounts import OrganisationFactory, owner_of
from tests.factories.matching import open_need, shown_listing
from tests.factories.needs import DraftFactory, line


@pytest.fixture
def buyer(as_person):
    """Somebody who buys and reads English, with a draft of PE bags."""
    draft = DraftFactory(title="食品级PE袋两万只", lines=[line()])
    person = owner_of(draft.organisation, language="en")
    client = as_person(person)
    client.draft, client.person = draft, person
    return client


def publish(client, need) -> None:
    page = client.get(f"/needs/{need.id}").get_data(as_text=True)
    [day] = re.findall(r'name="closing_day"[^>]*value="([^"]+)"', page)
    answer = client.post(f"/needs/{need.id}/publication", data={"closing_day": day})
    assert answer.status_code == 302


def section(client, need, **arguments) -> str:
    """What the open page asks for by itself."""
    return client.get(f"/needs/{need.id}/matches", query_string=arguments, headers={"HX-Request": "true"}).get_data(
        as_text=True
    )


class TestFromNeedToLetter:
    def test_the_matches_come_to_the_open_page_and_three_are_asked_at_once(self, buyer, worker):
        listings = [shown_listing(f"食品级PE平口袋{number}型", price=f"0.2{number}") for number in range(4)]
        publish(buyer, buyer.draft)
        page = buyer.get(f"/needs/{buyer.draft.id}").get_data(as_text=True)
        assert f'hx-get="/needs/{buyer.draft.id}/matches"' in page
        waiting = section(buyer, buyer.draft)
        assert "every 1s" in waiting
        assert "Looking for suppliers" in waiting
        worker()
        shown = section(buyer, buyer.draft, tries=1)
        assert "every 1s" not in shown
        assert all(listing.title in re.sub(r"</?mark>", "", shown) for listing in listings)
        [letter] = re.findall(r'href="(/inquiries/new\?[^"]*)"', shown)
        form = buyer.get(letter.replace("&amp;", "&")).get_data(as_text=True)
        assert sum(listing.organisation.display_name in form for listing in listings) == 3

    def test_a_better_offer_comes_to_a_need_that_is_open(self, buyer, worker):
        """A new listing finds the need, and its buyer is told in one notice that leads to the need's page."""
        publish(buyer, buyer.draft)
        worker()
        assert "Nobody offers this yet" in section(buyer, buyer.draft)
        listing = shown_listing(price="0.2")
        with transaction() as session:
            listing_published.send(session.get(Listing, listing.id))
        worker()
        assert "<mark>" in section(buyer, buyer.draft)
        [notice] = db.session.query(Notice).filter_by(person_id=buyer.person.id, kind="new_match").all()
        assert notice.url == f"/needs/{buyer.draft.id}"

    def test_a_changed_limit_changes_what_is_met(self, buyer, worker):
        shown_listing(price="0.4")
        publish(buyer, buyer.draft)
        worker()
        assert "checklist__row--missed" in section(buyer, buyer.draft)
        with transaction() as session:
            need = session.get(Need, buyer.draft.id)
            need.lines[0].max_unit_price = 1
            need.updated_at = utc_now()
            search.changed("needs", need.id)
            need_changed.send(need)
        assert "every 1s" in section(buyer, buyer.draft)
        worker()
        assert "checklist__row--missed" not in section(buyer, buyer.draft)

    def test_not_for_us_stays_away_and_can_be_taken_back(self, buyer, worker):
        shown_listing()
        publish(buyer, buyer.draft)
        worker()
        [address] = re.findall(r'href="(/matching/dismissals/[^"]*)"', section(buyer, buyer.draft))
        answer = buyer.post(address, data={"reason": "known"}, follow_redirects=True).get_data(as_text=True)
        assert "It will not be proposed again" in answer
        worker()
        assert "match-row__title" not in section(buyer, buyer.draft)
        buyer.post(f"{address}/withdrawal")
        assert "match-row__title" in section(buyer, buyer.draft)


class TestFromTheOtherSide:
    def test_a_listing_shows_the_same_pairs(self, as_person, browser, worker):
        need = open_need()
        listing = shown_listing()
        with transaction() as session:
            listing_published.send(session.get(Listing, listing.id))
        worker()
        supplier = as_person(owner_of(listing.organisation))
        page = supplier.get(f"/listings/{listing.id}/matches").get_data(as_text=True)
        assert f"/needs/{need.id}" in page
        assert f"/matching/dismissals/{need.id}/{listing.id}/supplier" in page
        assert "dismissals" not in browser.get(f"/listings/{listing.id}/matches").get_data(as_text=True)
        pair = db.session.query(Match).one()
        assert (pair.need_id, pair.listing_id) == (need.id, listing.id)

    def test_own_needs_are_not_proposed(self, worker, browser, app):
        both = OrganisationFactory()
        open_need(organisation=both)
        listing = shown_listing(organisation=both)
        with transaction() as session:
            listing_published.send(session.get(Listing, listing.id))
        worker()
        assert "match-row__title" not in browser.get(f"/listings/{listing.id}/matches").get_data(as_text=True)
