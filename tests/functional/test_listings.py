"""Listings through the real forms and pages: shelf, listing, editor, own listings, review."""

import io
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from PIL import Image
from sqlalchemy import select

from marketplace import search
from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.models import OrganisationLicence
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Listing, ListingCertificate, ListingTier
from marketplace.catalog.search import KIND
from marketplace.core.db import db, transaction
from tests.factories.accounts import NOW, OrganisationFactory, StaffFactory, owner_of
from tests.factories.catalog import ListingFactory, load_categories

ENGLISH = {"Accept-Language": "en"}
XSS = '<script>alert("x")</script>"\'><img src=x onerror=alert(1)>'
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def on_the_day(app):
    with time_machine.travel(NOW, tick=False):
        load_categories()
        yield


@pytest.fixture
def supplier():
    return owner_of(OrganisationFactory(name="彭州示例包装有限公司", short_name="示例包装"))


def category(code="J0101"):
    return db.session.scalars(select(Listing.category.property.mapper.class_).filter_by(code=code)).one()


def fields(**changes):
    given = {
        "kind": "product",
        "title": "食品级PE自封袋",
        "category": "J0101",
        "capacity_per": "month",
        "unit": "只",
        "description": "全新料吹膜，厚度均匀，封口牢固，可印一到四色，适合食品和饮片内包装，支持小批量试样。",
        "aliases": "塑料自封袋、拉链袋",
        "specs-0-name": "厚度",
        "specs-0-value": "0.08 mm",
        "tiers-0-min_quantity": "5,000",
        "tiers-0-unit_price": "0.28",
        "tiers-1-min_quantity": "20000",
        "tiers-1-unit_price": "0.004215",
        "tax_included": "y",
        "town": "",
        "moq_quantity": "5000",
        "capacity_quantity": "2000000",
        "lead_time_min_days": "5",
        "lead_time_max_days": "7",
        "certificates-0-kind": "SC",
        "certificates-0-valid_until": "2028-01-01",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def picture(size=(800, 600), kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", size, (90, 120, 100)).save(out, kind)
    return io.BytesIO(out.getvalue())


def only_listing():
    db.session.expire_all()
    return db.session.scalars(select(Listing)).one()


def indexed(*listings):
    with transaction():
        for listing in listings:
            search.changed(KIND, listing.id)


class TestWritingAListing:
    def test_from_the_empty_editor_to_the_shelf(self, supplier, as_person, browser, worker):
        client = as_person(supplier)
        assert client.get("/listings/new").status_code == 200
        answer = client.post("/listings/new", data={**fields(), "publish": "1", "pictures": (picture(), "袋子.jpg")})
        listing = only_listing()
        assert answer.location == f"/listings/{listing.id}"
        assert listing.status is ListingStatus.PUBLISHED
        worker()
        page = browser.get(f"/listings/{listing.id}?quantity=20000", headers=ENGLISH)
        assert page.status_code == 200
        for words in (
            "食品级PE自封袋",
            "彭州示例包装有限公司",
            "塑料自封袋",
            "厚度",
            "食品生产许可证",
            "¥0.004215",
            "¥84.30",
        ):
            assert words in page.text
        shelf = browser.get("/listings?q=自封袋").text
        assert "<mark>自封袋</mark>" in shelf.replace("<mark>PE自封袋</mark>", "<mark>自封袋</mark>")

    def test_rows_are_added_and_removed_without_scripts(self, supplier, as_person):
        client = as_person(supplier)
        page = client.post("/listings/new", data={**fields(), "add_row": "specs"}).text
        assert 'name="specs-1-name"' in page
        assert 'value="0.08 mm"' in page
        page = client.post("/listings/new", data={**fields(), "remove_row": "tiers-0"}).text
        assert 'name="tiers-0-min_quantity"' not in page
        assert 'name="tiers-1-min_quantity"' in page
        assert db.session.scalar(select(Listing)) is None

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title": ""}, "title"),
            ({"title": "字" * 61}, "title"),
            ({"tiers-0-unit_price": "0.2812345"}, "tiers"),
            ({"tiers-0-unit_price": "abc"}, "tiers"),
            ({"tiers-0-unit_price": None}, "tiers"),
            ({"moq_quantity": "-5"}, "moq_quantity"),
            ({"lead_time_max_days": "9999"}, "lead_time_max_days"),
            ({"category": "J9999"}, "category"),
            ({"specs-0-value": ""}, "specs"),
            ({"certificates-0-kind": ""}, "certificates"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(self, supplier, as_person, changes, field):
        answer = as_person(supplier).post("/listings/new", data=fields(**changes))
        assert answer.status_code == 422
        assert "field__error" in answer.text
        assert "塑料自封袋" in answer.text
        assert db.session.scalar(select(Listing)) is None

    def test_r13_a_limit_of_rows_is_refused_by_the_server(self, supplier, as_person):
        rows = {f"specs-{n}-{part}": str(n) for n in range(31) for part in ("name", "value")}
        assert as_person(supplier).post("/listings/new", data=fields(**rows)).status_code == 422

    def test_r13_something_that_is_no_picture_is_refused(self, supplier, as_person):
        answer = as_person(supplier).post(
            "/listings/new", data={**fields(), "pictures": (io.BytesIO(b"<svg onload=alert(1)>"), "bild.jpg")}
        )
        assert answer.status_code == 422
        assert db.session.scalar(select(Listing)) is None

    def test_pictures_are_described_and_removed(self, supplier, as_person):
        client = as_person(supplier)
        client.post("/listings/new", data={**fields(), "pictures": [(picture(), "a.jpg"), (picture(), "b.jpg")]})
        first, second = only_listing().pictures
        client.post(
            f"/listings/{only_listing().id}/edit",
            data={
                **fields(),
                "version": str(only_listing().version),
                "remove_picture": str(first.id),
                f"alt-{second.id}": "二号样品",
            },
        )
        assert [(row.id, row.alt) for row in only_listing().pictures] == [(second.id, "二号样品")]

    def test_what_still_stands_in_the_way_is_told_and_the_draft_is_kept(self, supplier, as_person):
        answer = as_person(supplier).post(
            "/listings/new", data={**fields(description="短"), "publish": "1"}, follow_redirects=True
        )
        assert only_listing().status is ListingStatus.DRAFT
        assert answer.request.path.endswith("/edit")

    def test_an_unverified_organisation_writes_drafts_only(self, as_person):
        person = owner_of(OrganisationFactory(status=OrganisationStatus.PENDING, verified_at=None), language="en")
        client = as_person(person)
        page = client.get("/listings/new").text
        assert "waits for verification" in page
        assert 'name="publish"' not in page
        client.post("/listings/new", data={**fields(), "publish": "1"})
        assert only_listing().status is ListingStatus.DRAFT

    def test_r11_words_are_marked_while_typing(self, supplier, as_person):
        page = (
            as_person(owner_of(supplier.organisation, language="en"))
            .post("/listings/check", data=fields(title="全国第一的花茶", category="D0101", description="可治疗感冒"))
            .text
        )
        assert 'class="claim">全国第一<' in page
        assert 'class="claim">治疗<' in page
        assert "Advertising Law" in page

    def test_a_restricted_category_names_the_licences_while_typing(self, supplier, as_person):
        page = as_person(supplier).post("/listings/check", data=fields(category="B0103")).text
        assert "毒性饮片生产范围" in page


class TestEditing:
    @pytest.fixture
    def listing(self, supplier):
        return ListingFactory(organisation=supplier.organisation, category=category())

    def test_a_lost_edit_is_told_and_can_be_saved_knowingly(self, listing, supplier, as_person):
        client = as_person(supplier)
        opened = str(listing.version)
        client.post(f"/listings/{listing.id}/edit", data=fields(title="第一次", version=opened))
        answer = client.post(f"/listings/{listing.id}/edit", data=fields(title="第二次", version=opened))
        assert answer.status_code == 409
        assert supplier.name in answer.text
        assert "第二次" in answer.text
        assert only_listing().title == "第一次"
        version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text).group(1)
        client.post(f"/listings/{listing.id}/edit", data=fields(title="第二次", version=version))
        assert only_listing().title == "第二次"

    def test_earlier_versions_are_for_the_supplier_and_staff(self, listing, supplier, as_person, browser):
        before = listing.title
        as_person(supplier).post(f"/listings/{listing.id}/edit", data=fields(version=str(listing.version)))
        assert before in as_person(supplier).get(f"/listings/{listing.id}").text
        assert before in as_person(StaffFactory()).get(f"/listings/{listing.id}").text
        assert before not in browser.get(f"/listings/{listing.id}").text

    def test_the_form_shows_what_was_saved(self, listing, supplier, as_person):
        client = as_person(supplier)
        client.post(f"/listings/{listing.id}/edit", data=fields(version=str(listing.version)))
        page = client.get(f"/listings/{listing.id}/edit").text
        for value in ("食品级PE自封袋", "塑料自封袋、拉链袋", "0.004215", "食品生产许可证", "2028-01-01"):
            assert f'value="{value}"' in page

    def test_nobody_edits_anothers(self, listing, as_person, browser):
        assert as_person(owner_of()).get(f"/listings/{listing.id}/edit").status_code == 404
        assert as_person(StaffFactory()).post(f"/listings/{listing.id}/edit", data=fields()).status_code == 404
        assert browser.get(f"/listings/{listing.id}/edit").status_code == 302


class TestWhoSeesWhat:
    @pytest.mark.parametrize("status", [ListingStatus.DRAFT, ListingStatus.IN_REVIEW, ListingStatus.RETURNED])
    def test_anothers_unpublished_listing_does_not_exist(self, supplier, as_person, browser, status):
        listing = ListingFactory(organisation=supplier.organisation, status=status, published_at=None)
        assert as_person(owner_of()).get(f"/listings/{listing.id}").status_code == 404
        assert listing.title not in browser.get(f"/listings/{listing.id}", follow_redirects=True).text
        assert as_person(supplier).get(f"/listings/{listing.id}").status_code == 200
        assert as_person(StaffFactory()).get(f"/listings/{listing.id}").status_code == 200

    @pytest.mark.parametrize(
        ("status", "why"),
        [
            (ListingStatus.PAUSED, "taken off the shelf"),
            (ListingStatus.WITHDRAWN, "taken off the shelf"),
            (ListingStatus.EXPIRED, "time has run out"),
            (ListingStatus.IN_REVIEW, "have not passed the change yet"),
            (ListingStatus.RETURNED, "have not passed the change yet"),
        ],
    )
    def test_one_that_was_on_the_shelf_says_that_it_is_gone_and_why(self, supplier, browser, status, why):
        listing = ListingFactory(organisation=supplier.organisation, status=status, category=category())
        answer = browser.get(f"/listings/{listing.id}", headers={"Accept-Language": "en"})
        assert answer.status_code == 410
        assert why in answer.text
        assert listing.title not in answer.text
        assert "category=J0101" in answer.text

    @pytest.mark.parametrize("step", ["publication", "pause", "resumption", "renewal", "withdrawal"])
    def test_only_the_supplier_takes_its_steps(self, supplier, as_person, step):
        listing = ListingFactory(organisation=supplier.organisation)
        assert as_person(owner_of()).post(f"/listings/{listing.id}/{step}").status_code == 404
        db.session.expire_all()
        assert listing.status is ListingStatus.PUBLISHED

    @pytest.mark.parametrize("step", ["approval", "return", "suspension"])
    def test_only_staff_review(self, supplier, as_person, step):
        listing = ListingFactory(organisation=supplier.organisation, status=ListingStatus.IN_REVIEW)
        answer = as_person(supplier).post(f"/staff/listings/{listing.id}/{step}", data={"reason": "不"})
        assert answer.status_code == 403
        assert as_person(supplier).get("/staff/listings").status_code == 403

    def test_an_organisation_waiting_for_nothing_has_no_shelf_page(self, as_person):
        assert as_person(StaffFactory()).get("/workbench/listings").status_code == 403

    def test_markup_in_every_field_is_shown_as_text(self, supplier, as_person, browser, worker):
        listing = ListingFactory(
            organisation=supplier.organisation,
            category=category(),
            title=XSS,
            description=XSS,
            aliases=[XSS],
            specs=[{"name": XSS, "value": XSS}],
            unit=XSS,
            moq_unit=XSS,
            capacity_unit=XSS,
            town=XSS,
            certificates=[ListingCertificate(kind=XSS, number=XSS)],
        )
        indexed(listing)
        worker()
        client = as_person(supplier)
        for path in (
            f"/listings/{listing.id}?quantity=9",
            "/listings",
            "/listings?q=script",
            "/workbench/listings",
            f"/listings/{listing.id}/edit",
        ):
            page = client.get(path).text
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "alert(" in unescape(page)
        staff = as_person(StaffFactory())
        assert "<img src=x" not in staff.get(f"/listings/{listing.id}").text
        assert "<script>alert" not in browser.get("/listings", query_string={"q": XSS}).text


class TestTheShelf:
    def test_nothing_found_offers_the_nearest_category_and_a_need(self, supplier, browser, worker):
        indexed(ListingFactory(organisation=supplier.organisation, category=category(), title="食品级PE自封袋"))
        worker()
        page = browser.get("/listings?q=自封袋&locality=outside").text
        assert "category=J0101" in page
        assert "/needs/new?sentence=%E8%87%AA%E5%B0%81%E8%A2%8B" in page

    def test_an_empty_shelf_says_what_to_do_first(self, supplier, as_person):
        assert "/listings/new" in as_person(supplier).get("/listings").text

    def test_htmx_gets_the_results_alone(self, supplier, browser, worker):
        answer = browser.get("/listings?q=袋", headers={"HX-Request": "true"})
        assert "<html" not in answer.text
        assert "HX-Request" in answer.vary

    def test_a_broken_index_is_told_and_the_page_answers(self, supplier, browser):
        listing = ListingFactory(organisation=supplier.organisation, category=category())
        page = browser.get("/listings", headers=ENGLISH).text
        assert listing.title in page
        assert "index is being rebuilt" in page

    def test_an_index_without_documents_is_no_broken_one(self, browser, worker):
        worker()
        assert "index is being rebuilt" not in browser.get("/listings?q=袋", headers=ENGLISH).text

    def test_an_old_link_to_a_category_leads_to_the_shelf(self, browser):
        assert browser.get("/categories/J0101").location == "/listings?category=J0101"
        assert browser.get("/categories/ZZZZ").status_code == 404

    def test_how_it_works_is_public(self, browser):
        assert browser.get("/listings/how").status_code == 200

    def test_a_suppliers_page_shows_its_shelf(self, supplier, browser):
        listing = ListingFactory(organisation=supplier.organisation, category=category())
        assert listing.title in browser.get(f"/organisations/{supplier.organisation.id}").text

    def test_statements_do_not_grow_with_the_rows(self, supplier, as_person, count_queries, worker):
        def fill(count):
            for _n in range(count):
                indexed(ListingFactory(organisation=supplier.organisation, category=category()))
            worker()

        client = as_person(supplier)
        paths = ("/listings", "/listings?q=自封袋", "/workbench/listings", f"/organisations/{supplier.organisation.id}")
        fill(2)
        before = [count_queries(client, path) for path in paths]
        fill(8)
        after = [count_queries(client, path) for path in paths]
        assert all(now <= then for now, then in zip(after, before, strict=True)), (before, after)


class TestSteps:
    def test_pause_offer_again_renew_and_withdraw(self, supplier, as_person):
        listing = ListingFactory(organisation=supplier.organisation)
        client = as_person(supplier)
        for step, status in (
            ("pause", ListingStatus.PAUSED),
            ("resumption", ListingStatus.PUBLISHED),
            ("renewal", ListingStatus.PUBLISHED),
            ("withdrawal", ListingStatus.WITHDRAWN),
        ):
            answer = client.post(f"/listings/{listing.id}/{step}", follow_redirects=True)
            assert answer.status_code == 200
            db.session.expire_all()
            assert listing.status is status

    def test_a_step_that_is_no_longer_possible_says_so(self, supplier, as_person):
        listing = ListingFactory(organisation=supplier.organisation, status=ListingStatus.WITHDRAWN)
        assert as_person(supplier).post(f"/listings/{listing.id}/renewal").status_code == 409

    def test_r6_renewal_is_offered_with_one_click(self, supplier, as_person):
        listing = ListingFactory(organisation=supplier.organisation, expires_at=NOW + DAY, reminded_days=1)
        client = as_person(supplier)
        assert f'action="/listings/{listing.id}/renewal"' in client.get("/workbench/listings").text
        client.post(f"/listings/{listing.id}/renewal", data={"back": "mine"})
        db.session.expire_all()
        assert listing.expires_at == NOW + 180 * DAY

    def test_own_listings_are_found_by_status_and_words(self, supplier, as_person):
        bag = ListingFactory(organisation=supplier.organisation, title="自封袋")
        box = ListingFactory(organisation=supplier.organisation, title="瓦楞纸箱", status=ListingStatus.DRAFT)
        other = ListingFactory(title="别家的自封袋")
        client = as_person(supplier)
        assert bag.title in (page := client.get("/workbench/listings?q=自封").text)
        assert box.title not in page
        assert other.title not in page
        assert box.title in (page := client.get("/workbench/listings?status=draft").text)
        assert bag.title not in page


class TestReview:
    @pytest.fixture
    def waiting(self, supplier, as_person):
        as_person(supplier).post("/listings/new", data={**fields(title="全国第一的自封袋"), "publish": "1"})
        return only_listing()

    def test_the_queue_shows_the_words_and_staff_publish(self, waiting, as_person):
        staff = as_person(StaffFactory())
        assert 'class="claim">全国第一<' in staff.get("/staff/listings").text
        staff.post(f"/staff/listings/{waiting.id}/approval", data={"version": waiting.version})
        assert only_listing().status is ListingStatus.PUBLISHED

    def test_returning_without_a_reason_is_refused_on_the_page(self, waiting, as_person):
        staff = as_person(StaffFactory())
        assert (
            staff.post(
                f"/staff/listings/{waiting.id}/return", data={"reason": "", "version": waiting.version}
            ).status_code
            == 422
        )
        staff.post(
            f"/staff/listings/{waiting.id}/return", data={"reason": "请去掉“全国第一”。", "version": waiting.version}
        )
        assert only_listing().status is ListingStatus.RETURNED

    def test_the_supplier_reads_the_reason(self, waiting, supplier, as_person):
        as_person(StaffFactory()).post(
            f"/staff/listings/{waiting.id}/return", data={"reason": "请去掉夸大的词", "version": waiting.version}
        )
        assert "请去掉夸大的词" in as_person(supplier).get(f"/listings/{waiting.id}").text

    def test_staff_take_a_published_one_down(self, supplier, as_person, browser):
        listing = ListingFactory(organisation=supplier.organisation, category=category())
        staff = as_person(StaffFactory())
        assert (
            staff.post(
                f"/staff/listings/{listing.id}/suspension", data={"reason": "", "version": listing.version}
            ).status_code
            == 422
        )
        staff.post(
            f"/staff/listings/{listing.id}/suspension", data={"reason": "与实物不符", "version": listing.version}
        )
        assert only_listing().status is ListingStatus.WITHDRAWN
        assert browser.get(f"/listings/{listing.id}").status_code == 410

    def test_the_queue_takes_the_same_statements_for_any_length(self, supplier, as_person, count_queries):
        staff = as_person(StaffFactory())
        make = {
            "organisation": supplier.organisation,
            "status": ListingStatus.IN_REVIEW,
            "submitted_at": NOW,
            "category": category("B0103"),
        }
        ListingFactory(**make)
        before = count_queries(staff, "/staff/listings")
        for _n in range(5):
            ListingFactory(**make, tiers=[ListingTier(min_quantity=1, unit_price=1)])
        assert count_queries(staff, "/staff/listings") == before

    def test_a_restricted_listing_is_approved_only_with_the_licences(self, supplier, as_person):
        listing = ListingFactory(
            organisation=supplier.organisation,
            status=ListingStatus.IN_REVIEW,
            submitted_at=NOW,
            category=category("B0301"),
        )
        staff = as_person(StaffFactory())
        staff.post(f"/staff/listings/{listing.id}/approval", data={"version": listing.version})
        assert only_listing().status is ListingStatus.IN_REVIEW
        with transaction() as session:
            session.add(
                OrganisationLicence(organisation_id=supplier.organisation.id, kind="药品生产许可证", checked_at=NOW)
            )
        staff.post(f"/staff/listings/{listing.id}/approval", data={"version": listing.version})
        assert only_listing().status is ListingStatus.PUBLISHED


class TestWithoutPicture:
    """In place of a picture stands the category's drawing, or a line, and for its owner the way to add one."""

    @pytest.mark.parametrize("with_category", [True, False])
    def test_its_owner_is_led_to_the_pictures_of_the_editor(self, as_person, supplier, with_category):
        about = {} if with_category else {"category": None}
        draft = ListingFactory(organisation=supplier.organisation, status=ListingStatus.DRAFT, pictures=[], **about)
        client = as_person(supplier)
        page = client.get(f"/listings/{draft.id}").get_data(as_text=True)
        gallery = page[page.index('<div class="gallery">') : page.index('<div class="listing__side">')]
        (link,) = re.findall(r'href="([^"]+)"', gallery)
        assert ('class="picture ' in gallery) is with_category
        assert ("还没有图片" in gallery) is not with_category
        path, part = link.split("#")
        assert f'id="{part}"' in client.get(path).get_data(as_text=True)
