"""Writing, publishing, renewing and ending listings."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.models import OrganisationLicence
from marketplace.catalog import content as limits
from marketplace.catalog import jobs, queries, services, signals
from marketplace.catalog.content import CertificateClaim, ListingContent, Spec, Tier
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Category, Listing
from marketplace.core.db import db, transaction
from marketplace.core.refusals import LostEdit, RuleBroken, StepNotPossible
from marketplace.core.timeline import timeline_of
from marketplace.notifications.models import Notice
from tests.factories.accounts import NOW, OrganisationFactory, StaffFactory, owner_of
from tests.factories.catalog import CategoryFactory, ListingFactory, load_categories

DAY = timedelta(days=1)


def content(**changes):
    return replace(
        ListingContent(
            title="食品级PE自封袋",
            category="Z0001",
            description="全新料吹膜，厚度均匀，封口牢固，可印一到四色，适合食品和饮片内包装。",
            aliases=("塑料自封袋",),
            specs=(Spec("厚度", "0.08 mm"),),
            unit="只",
            tiers=(Tier(Decimal(20000), Decimal("0.26")), Tier(Decimal(5000), Decimal("0.28"))),
            moq_quantity=Decimal(5000),
            capacity_quantity=Decimal(2_000_000),
            certificates=(CertificateClaim("SC", "示例1", date(2028, 1, 1)),),
        ),
        **changes,
    )


@pytest.fixture
def supplier(app):
    CategoryFactory(code="Z0001")
    return owner_of()


@pytest.fixture
def draft(supplier):
    with transaction():
        return services.create_listing(supplier.organisation, supplier, content(), NOW)


def do(service, *arguments, **named):
    with transaction():
        return service(*arguments, **named)


def steps(listing):
    return [entry.step for entry in timeline_of(listing)]


class Heard:
    """Which signals were sent, in order."""

    def __init__(self):
        self.names = []
        self.listeners = []
        for name in ("listing_published", "listing_changed", "listing_taken_down", "listing_submitted"):
            listener = self._listener(name)
            self.listeners.append(listener)
            getattr(signals, name).connect(listener)

    def _listener(self, name):
        def listen(_sender, **_news):
            self.names.append(name)

        return listen


@pytest.fixture
def heard():
    return Heard()


class TestCreateListing:
    def test_keeps_everything_that_was_written(self, draft):
        assert draft.status is ListingStatus.DRAFT
        assert draft.unit_code == "C62"
        assert [tier.min_quantity for tier in draft.tiers] == [5000, 20000]
        assert draft.moq_unit == draft.capacity_unit == "只"
        assert draft.certificates[0].kind == "食品生产许可证"
        assert steps(draft) == ["created"]

    def test_a_title_is_enough_for_a_draft(self, supplier):
        listing = do(services.create_listing, supplier.organisation, supplier, ListingContent(title="纸箱"), NOW)
        assert listing.category is None

    def test_an_unknown_category_is_refused(self, supplier):
        with pytest.raises(RuleBroken):
            do(services.create_listing, supplier.organisation, supplier, content(category="J9999"), NOW)

    @pytest.mark.parametrize(
        "changes",
        [
            {"title": "字" * (limits.TITLE_LENGTH + 1)},
            {"title": ""},
            {"description": "字" * (limits.DESCRIPTION_LENGTH + 1)},
            {"aliases": tuple(str(n) for n in range(limits.ALIASES + 1))},
            {"aliases": ("字" * (limits.ALIAS_LENGTH + 1),)},
            {"specs": tuple(Spec(str(n), "1") for n in range(limits.SPECS + 1))},
            {"specs": (Spec("长", "字" * (limits.SPEC_VALUE_LENGTH + 1)),)},
            {"tiers": tuple(Tier(Decimal(n + 1), Decimal(1)) for n in range(limits.TIERS + 1))},
            {"tiers": (Tier(Decimal(5), Decimal(1)), Tier(Decimal(5), Decimal(2)))},
            {"tiers": (Tier(Decimal(5), Decimal(0)),)},
            {"certificates": tuple(CertificateClaim(f"证{n}") for n in range(limits.CERTIFICATES + 1))},
            {"lead_time_min_days": 9, "lead_time_max_days": 3},
        ],
    )
    def test_limits_of_r13_hold_on_the_server(self, supplier, changes):
        with pytest.raises(RuleBroken):
            do(services.create_listing, supplier.organisation, supplier, content(**changes), NOW)
        assert db.session.scalar(select(Listing)) is None


class TestSubmitListing:
    def test_is_on_the_shelf_at_once_for_180_days(self, draft, supplier, heard):
        do(services.submit_listing, draft, supplier, NOW)
        assert draft.status is ListingStatus.PUBLISHED
        assert draft.expires_at - NOW == 180 * DAY
        assert steps(draft) == ["created", "submitted", "published"]
        assert heard.names == ["listing_published"]

    def test_an_unverified_organisation_keeps_drafts_only(self, app):
        CategoryFactory(code="Z0001")
        person = owner_of(OrganisationFactory(status=OrganisationStatus.PENDING, verified_at=None))
        listing = do(services.create_listing, person.organisation, person, content(), NOW)
        with pytest.raises(RuleBroken):
            do(services.submit_listing, listing, person, NOW)
        assert listing.status is ListingStatus.DRAFT

    @pytest.mark.parametrize("changes", [{"category": ""}, {"description": "短"}, {"unit": ""}])
    def test_names_what_is_missing(self, supplier, changes):
        listing = do(services.create_listing, supplier.organisation, supplier, content(**changes), NOW)
        with pytest.raises(RuleBroken):
            do(services.submit_listing, listing, supplier, NOW)

    def test_words_of_r11_go_to_the_staff_first(self, supplier, heard):
        staff = StaffFactory()
        listing = do(services.create_listing, supplier.organisation, supplier, content(title="全国第一的自封袋"), NOW)
        do(services.submit_listing, listing, supplier, NOW)
        assert listing.status is ListingStatus.IN_REVIEW
        assert heard.names == ["listing_submitted"]
        assert db.session.scalars(select(Notice.person_id)).all() == [staff.id]

    def test_every_listing_waits_when_the_settings_say_so(self, draft, supplier, app, monkeypatch):
        monkeypatch.setitem(app.config, "REVIEW_LISTINGS", "always")
        do(services.submit_listing, draft, supplier, NOW)
        assert draft.status is ListingStatus.IN_REVIEW

    def test_is_not_handed_in_twice(self, draft, supplier):
        do(services.submit_listing, draft, supplier, NOW)
        with pytest.raises(StepNotPossible):
            do(services.submit_listing, draft, supplier, NOW)


class TestRestrictedCategories:
    @pytest.fixture
    def restricted(self, app):
        CategoryFactory(code="Z0002", seller_licences=["药品生产许可证"])
        person = owner_of()
        return do(services.create_listing, person.organisation, person, content(category="Z0002"), NOW), person

    def give_licence(self, person, valid_until=None, checked_at=NOW):
        with transaction() as session:
            session.add(
                OrganisationLicence(
                    organisation_id=person.organisation.id,
                    kind="药品生产许可证",
                    valid_until=valid_until,
                    checked_at=checked_at,
                )
            )

    def test_a_supplier_without_the_licence_cannot_hand_in(self, restricted):
        listing, person = restricted
        with pytest.raises(RuleBroken, match="药品生产许可证"):
            do(services.submit_listing, listing, person, NOW)

    @pytest.mark.parametrize("licence", [{"valid_until": (NOW - DAY).date()}, {"checked_at": None}])
    def test_a_licence_that_ran_out_or_nobody_checked_does_not_count(self, restricted, licence):
        listing, person = restricted
        self.give_licence(person, **licence)
        with pytest.raises(RuleBroken):
            do(services.submit_listing, listing, person, NOW)

    def test_with_the_licence_staff_look_and_publish(self, restricted):
        listing, person = restricted
        self.give_licence(person)
        do(services.submit_listing, listing, person, NOW)
        assert listing.status is ListingStatus.IN_REVIEW
        do(services.approve_listing, listing, StaffFactory(), NOW)
        assert listing.status is ListingStatus.PUBLISHED


class TestReview:
    @pytest.fixture
    def waiting(self, supplier):
        listing = do(services.create_listing, supplier.organisation, supplier, content(title="顶级自封袋"), NOW)
        return do(services.submit_listing, listing, supplier, NOW)

    def test_returning_needs_a_reason_and_tells_the_supplier(self, waiting, supplier):
        staff = StaffFactory()
        with pytest.raises(RuleBroken):
            do(services.return_listing, waiting, staff, "  ", NOW)
        do(services.return_listing, waiting, staff, "请去掉“顶级”。", NOW)
        assert waiting.status is ListingStatus.RETURNED
        assert waiting.status_reason == "请去掉“顶级”。"
        notice = db.session.scalars(select(Notice).where(Notice.person_id == supplier.id)).one()
        assert notice.params["reason"] == "请去掉“顶级”。"

    def test_a_returned_listing_is_corrected_and_handed_in_again(self, waiting, supplier):
        do(services.return_listing, waiting, StaffFactory(), "请改", NOW)
        do(services.edit_listing, waiting, supplier, content(), NOW)
        do(services.submit_listing, waiting, supplier, NOW)
        assert waiting.status is ListingStatus.PUBLISHED
        assert waiting.status_reason == ""

    def test_approval_tells_the_supplier(self, waiting, supplier):
        do(services.approve_listing, waiting, StaffFactory(), NOW)
        assert db.session.scalars(select(Notice.kind).where(Notice.person_id == supplier.id)).all() == [
            "listing_approved"
        ]

    def test_staff_take_a_listing_down_with_a_reason(self, supplier, heard):
        listing = ListingFactory(organisation=supplier.organisation)
        staff = StaffFactory()
        with pytest.raises(RuleBroken):
            do(services.withdraw_listing, listing, staff, NOW, by_staff=True)
        do(services.withdraw_listing, listing, staff, NOW, reason="假冒", by_staff=True)
        assert listing.status is ListingStatus.WITHDRAWN
        assert heard.names == ["listing_taken_down"]
        assert [(entry.step, entry.note, entry.organisation) for entry in timeline_of(listing)] == [
            ("suspended", "假冒", None)
        ]


class TestEditListing:
    @pytest.fixture
    def published(self, draft, supplier):
        return do(services.submit_listing, draft, supplier, NOW)

    def test_published_text_keeps_its_earlier_version(self, published, supplier, heard):
        do(services.edit_listing, published, supplier, content(title="食品级PE自封袋 加厚"), NOW + DAY)
        versions = queries.versions_of(published)
        assert [version.content["title"] for version in versions] == ["食品级PE自封袋"]
        assert versions[0].content["tiers"][0] == {"min_quantity": "5000", "unit_price": "0.28"}
        assert heard.names == ["listing_changed"]

    def test_a_draft_keeps_none(self, draft, supplier):
        do(services.edit_listing, draft, supplier, content(title="另一个"), NOW)
        assert queries.versions_of(draft) == []

    def test_saving_the_same_changes_nothing(self, published, supplier, heard):
        before = published.version
        do(services.edit_listing, published, supplier, services.content_of(published), NOW + DAY)
        assert (published.version, heard.names) == (before, [])

    def test_prices_can_be_replaced_by_others_from_the_same_quantity(self, published, supplier):
        do(services.edit_listing, published, supplier, content(tiers=(Tier(Decimal(5000), Decimal("0.31")),)), NOW)
        assert [(tier.min_quantity, tier.unit_price) for tier in published.tiers] == [(5000, Decimal("0.31"))]

    def test_a_lost_edit_is_refused_and_names_who_saved(self, published, supplier):
        opened = published.version
        do(services.edit_listing, published, supplier, content(title="第一次"), NOW, opened_version=opened)
        with pytest.raises(LostEdit, match=supplier.name), force_locale("en"):
            do(services.edit_listing, published, supplier, content(title="第二次"), NOW, opened_version=opened)
        assert published.title == "第一次"

    def test_words_of_r11_in_an_edit_send_it_back_in_review(self, published, supplier, heard):
        do(services.edit_listing, published, supplier, content(title="全国第一的自封袋"), NOW)
        assert published.status is ListingStatus.IN_REVIEW
        assert heard.names == ["listing_taken_down", "listing_submitted"]

    def test_words_that_staff_have_seen_do_not_wait_twice(self, supplier):
        listing = do(services.create_listing, supplier.organisation, supplier, content(title="顶级自封袋"), NOW)
        do(services.submit_listing, listing, supplier, NOW)
        do(services.approve_listing, listing, StaffFactory(), NOW)
        do(services.edit_listing, listing, supplier, content(title="顶级自封袋 加厚"), NOW)
        assert listing.status is ListingStatus.PUBLISHED

    def test_a_published_listing_cannot_lose_what_it_needs(self, published, supplier):
        with pytest.raises(RuleBroken):
            do(services.edit_listing, published, supplier, content(description=""), NOW)

    def test_nothing_changes_while_staff_read(self, supplier):
        listing = ListingFactory(organisation=supplier.organisation, status=ListingStatus.IN_REVIEW)
        with pytest.raises(StepNotPossible):
            do(services.edit_listing, listing, supplier, content(), NOW)


class TestShelfLife:
    def test_paused_and_offered_again(self, supplier, heard):
        listing = ListingFactory(organisation=supplier.organisation)
        ends = listing.expires_at
        do(services.pause_listing, listing, supplier, NOW)
        do(services.resume_listing, listing, supplier, NOW)
        assert (listing.status, listing.expires_at) == (ListingStatus.PUBLISHED, ends)
        assert heard.names == ["listing_taken_down", "listing_published"]

    def test_offered_again_after_its_end_it_begins_a_new_life(self, supplier):
        listing = ListingFactory(organisation=supplier.organisation, status=ListingStatus.PAUSED, expires_at=NOW - DAY)
        do(services.resume_listing, listing, supplier, NOW)
        assert listing.expires_at == NOW + 180 * DAY

    def test_the_clock_ends_a_life_and_says_so(self, supplier):
        listing = ListingFactory(organisation=supplier.organisation, expires_at=NOW - DAY)
        jobs.expire_due(NOW)
        db.session.expire_all()
        assert listing.status is ListingStatus.EXPIRED
        assert steps(listing) == ["expired"]
        assert db.session.scalars(select(Notice.kind)).all() == ["listing_expired"]

    def test_one_that_lives_stays(self, app):
        listing = ListingFactory(expires_at=NOW + timedelta(minutes=1))
        jobs.expire_due(NOW)
        db.session.expire_all()
        assert listing.status is ListingStatus.PUBLISHED

    @pytest.mark.parametrize("status", [ListingStatus.PUBLISHED, ListingStatus.EXPIRED])
    def test_r6_renewal_is_one_step_from_now(self, supplier, status):
        listing = ListingFactory(
            organisation=supplier.organisation, status=status, expires_at=NOW + DAY, reminded_days=1
        )
        shown_since = listing.published_at
        do(services.renew_listing, listing, supplier, NOW)
        assert listing.status is ListingStatus.PUBLISHED
        assert listing.expires_at == NOW + 180 * DAY
        assert listing.reminded_days is None
        assert listing.published_at == shown_since

    def test_r6_asks_14_7_and_1_days_before_once_each(self, supplier):
        listing = ListingFactory(organisation=supplier.organisation, expires_at=NOW + 20 * DAY)
        version = listing.version
        asked = []
        for hours in range(0, 20 * 24, 6):
            jobs.remind_due(NOW + timedelta(hours=hours))
            count = len(db.session.scalars(select(Notice.id).where(Notice.kind == "listing_expires_soon")).all())
            if count > len(asked):
                asked.append(round(20 - hours / 24))
        assert asked == [14, 7, 1]
        db.session.expire_all()
        assert listing.version == version

    def test_withdrawn_is_for_good(self, supplier):
        listing = ListingFactory(organisation=supplier.organisation)
        do(services.withdraw_listing, listing, supplier, NOW)
        with pytest.raises(StepNotPossible):
            do(services.renew_listing, listing, supplier, NOW)
        with pytest.raises(StepNotPossible):
            do(services.withdraw_listing, listing, supplier, NOW)

    def test_a_suspended_organisation_cannot_renew(self, app):
        listing = ListingFactory(organisation=OrganisationFactory(status=OrganisationStatus.SUSPENDED))
        with pytest.raises(RuleBroken):
            do(services.renew_listing, listing, owner_of(), NOW)


class TestLoadCategories:
    def test_the_whole_tree_with_its_restrictions(self, app):
        load_categories()
        tree = queries.category_tree()
        assert len(tree.nodes) == 242
        assert [node.code for node in tree.path("J0101")] == ["J", "J01", "J0101"]
        assert tree.get("B0103").seller_licences == ("药品生产许可证", "毒性饮片生产范围")
        assert [node.code for node in tree.children("J01")][:2] == ["J0101", "J0102"]
        with force_locale("zh_Hans"):
            assert tree.get("J0101").name == "PE袋与自封袋"
        with force_locale("en"):
            assert tree.get("J").name == queries.category_by_code("J").name != "包装"

    def test_running_again_changes_nothing(self, app):
        load_categories()
        before = {row.code: row.id for row in db.session.scalars(select(Category))}
        load_categories()
        assert {row.code: row.id for row in db.session.scalars(select(Category))} == before
