"""The public rota, and the page on which staff fill it."""

from marketplace.campaigns import queries, services
from marketplace.core.clock import utc_now
from marketplace.core.db import transaction
from tests.factories.accounts import PersonFactory, StaffFactory, owner_of
from tests.factories.campaigns import pictured_listing
from tests.factories.catalog import ListingFactory


def feature(listing):
    operator = StaffFactory()
    with transaction():
        services.add_to_rota(listing, actor=operator, now=utc_now())


class TestRota:
    def test_r7_everybody_reads_who_is_shown_and_how_often(self, browser):
        listing = pictured_listing(title="川芎饮片 1kg")
        feature(listing)
        page = browser.get("/featured", headers={"Accept-Language": "en"})
        assert page.status_code == 200
        assert "川芎饮片 1kg" in page.text
        assert "shown now" in page.text
        assert "never changes the order of a search" in page.text

    def test_it_says_so_when_nothing_is_featured(self, browser):
        assert "No listing is featured yet" in browser.get("/featured", headers={"Accept-Language": "en"}).text

    def test_its_queries_do_not_grow_with_the_rota(self, browser, count_queries):
        feature(pictured_listing())
        few = count_queries(browser, "/featured")
        for _number in range(8):
            feature(pictured_listing())
        assert count_queries(browser, "/featured") == few


class TestManage:
    def test_only_staff_choose(self, as_person):
        assert as_person(owner_of()).get("/staff/featured").status_code == 403
        assert as_person(PersonFactory()).post("/staff/featured/1").status_code == 403

    def test_a_visitor_signs_in_first(self, browser):
        assert "/sign-in" in browser.get("/staff/featured").headers["Location"]

    def test_staff_find_a_listing_and_add_it(self, as_person):
        listing = pictured_listing(title="玻璃口服液瓶 10ml")
        pictured_listing(title="川芎饮片")
        client = as_person(StaffFactory())
        page = client.get("/staff/featured?words=口服液瓶")
        assert "玻璃口服液瓶 10ml" in page.text
        assert "川芎饮片" not in page.text
        client.post(f"/staff/featured/{listing.id}", data={"words": ""})
        assert [slot.listing_id for slot in queries.slots_on_rota()] == [listing.id]
        assert "玻璃口服液瓶 10ml" in client.get("/").text

    def test_a_listing_that_is_not_eligible_is_refused_with_the_reason(self, as_person):
        listing = ListingFactory()
        answer = as_person(StaffFactory(language="en")).post(f"/staff/featured/{listing.id}")
        assert answer.status_code == 422
        assert "no picture" in answer.text

    def test_staff_take_it_off_again(self, as_person):
        listing = pictured_listing()
        feature(listing)
        slot = queries.slot_of(listing.id)
        as_person(StaffFactory()).post(f"/staff/featured/slots/{slot.id}/removal")
        assert queries.slots_on_rota() == []

    def test_a_slot_that_is_gone_is_not_found(self, as_person):
        assert as_person(StaffFactory()).post("/staff/featured/slots/7/removal").status_code == 404
