"""Facts from rows, and findings as JSON."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest

from marketplace.accounts.models import Organisation, OrganisationLicence
from marketplace.catalog.lifecycle import ListingStatus
from marketplace.catalog.models import Category, Listing, ListingCertificate, ListingTier
from marketplace.core.clock import utc_now
from marketplace.core.db import db
from marketplace.core.places import load_gazetteer
from marketplace.matching import finding, rows
from marketplace.matching.facts import Amount, HeldCertificate, NeedFacts, NeedLineFacts
from marketplace.matching.judge import Finding, State
from marketplace.matching.pairing import cost_fen
from marketplace.matching.queries import records
from marketplace.needs.contents import LineContent, NeedContent
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.models import Need, NeedLine
from tests.factories.accounts import OrganisationFactory
from tests.factories.matching import licence, open_need, shown_listing
from tests.factories.needs import line

TOWNS = load_gazetteer()
OTHER_TABLES = {"organisation", "category", "tiers", "certificates", "licences", "lines"}
"""Fields that hold rows of other tables."""


def of_listing(listing):
    """The facts of a listing on offer, read by its id."""
    return rows.listings_on_offer([listing.id], utc_now(), TOWNS)[str(listing.id)]


def of_need(need):
    """The facts of an open need, read by its id."""
    return rows.open_needs([need.id], utc_now(), TOWNS)[str(need.id)]


class TestListingFacts:
    def test_tell_what_the_row_says(self, app):
        listing = shown_listing()
        facts = of_listing(listing)
        assert facts.id == str(listing.id)
        assert facts.category == "J0101"
        assert facts.moq == Amount(Decimal(5000), "只")
        assert facts.capacity == Amount(Decimal(2_000_000), "只", "month")
        assert [tier.unit_price for tier in facts.tiers] == [Decimal("0.26")]
        assert (facts.lead_days_min, facts.lead_days_max) == (5, 7)
        assert facts.locality == "park"
        assert facts.specs[0] == ("厚度", "0.08 mm")

    def test_know_the_licences_of_the_organisation(self, app):
        listing = shown_listing(certificates=[])
        licence(listing.organisation, "SC")
        db.session.refresh(listing.organisation)
        facts = of_listing(listing)
        assert facts.certificates == ()
        assert facts.organisation_licences == (HeldCertificate("食品生产许可证"),)

    def test_stand_where_the_supplier_stands(self, app):
        organisation = OrganisationFactory(town="天府中药城", latitude=30.5, longitude=103.5)
        assert of_listing(shown_listing(organisation=organisation)).place == (30.5, 103.5)

    def test_stand_in_another_town_when_the_listing_names_one(self, app):
        town = TOWNS.find("濛阳")
        listing = shown_listing(town=town.name)
        assert of_listing(listing).place == (town.lat, town.lon)

    def test_stand_in_the_town_when_no_coordinates_are_known(self, app):
        organisation = OrganisationFactory(town="濛阳街道", latitude=None, longitude=None)
        town = TOWNS.find("濛阳")
        assert of_listing(shown_listing(organisation=organisation, town="")).place == (town.lat, town.lon)
        nowhere = OrganisationFactory(town="", latitude=None, longitude=None)
        assert of_listing(shown_listing(organisation=nowhere, town="")).place is None


class TestNeedFacts:
    def test_tell_what_the_row_says(self, app):
        need = open_need(certificates=["SC"], hard_words=["无异味"])
        facts = of_need(need)
        town = TOWNS.find("致和")
        assert facts.place == (town.lat, town.lon)
        assert facts.certificates == ("食品生产许可证",)
        assert facts.hard_words == ("无异味",)
        assert facts.lines == (NeedLineFacts("食品级PE袋", 1, "", Decimal(20000), "只", Decimal("0.3"), "只"),)

    def test_stand_where_the_buyer_stands_when_no_town_is_said(self, app):
        need = open_need(deliver_town="")
        assert of_need(need).place == (30.965, 103.985)

    def test_a_need_without_lines_wants_its_title(self, app):
        need = open_need(lines=[])
        assert [each.item for each in of_need(need).lines] == [need.title]


class TestRecords:
    @pytest.mark.parametrize(
        ("model", "record"),
        [
            (Listing, records.ListingRecord),
            (Need, records.NeedRecord),
            (NeedLine, records.NeedLineRecord),
            (Organisation, records.OrganisationRecord),
            (Category, records.CategoryRecord),
            (ListingTier, records.TierRecord),
            (ListingCertificate, records.HeldRecord),
            (OrganisationLicence, records.HeldRecord),
        ],
    )
    def test_are_made_of_the_columns_that_their_fields_name(self, model, record):
        names = [column.key for column in records.columns_of(model, record)]
        assert names == [field.name for field in fields(record)][: len(names)]
        assert {field.name for field in fields(record)} - set(names) <= OTHER_TABLES

    def test_hold_what_the_rows_say(self, app):
        listing, need = shown_listing(lead_time_min_days=3, lead_time_max_days=9), open_need()
        licence(listing.organisation, "SC")
        read, asked = records.listings_on_offer([listing.id], utc_now())[0], records.open_needs([need.id], utc_now())[0]
        pairs = [
            (read, listing), (read.organisation, listing.organisation), (read.category, listing.category),
            (read.tiers[0], listing.tiers[0]), (read.certificates[0], listing.certificates[0]),
            (asked, need), (asked.organisation, need.organisation), (asked.lines[0], need.lines[0]),
        ]  # fmt: skip
        for record, row in pairs:
            told = {field.name: getattr(record, field.name) for field in fields(record)}
            assert {name: value for name, value in told.items() if name not in OTHER_TABLES} == {
                name: getattr(row, name) for name in told if name not in OTHER_TABLES
            }

    def test_a_need_of_any_status_has_facts(self, app):
        draft = open_need(status=NeedStatus.DRAFT)
        assert records.open_needs([draft.id], utc_now()) == []
        assert rows.needs_of_any_status([draft.id], TOWNS)[str(draft.id)].title == draft.title

    def test_leave_out_what_is_not_on_offer(self, app):
        withdrawn, shown = shown_listing(status=ListingStatus.WITHDRAWN), shown_listing()
        found = records.listings_on_offer((withdrawn.id, shown.id, 10**9), utc_now())
        assert [record.id for record in found] == [shown.id]

    def test_take_more_ids_than_one_statement_does(self, app, monkeypatch):
        monkeypatch.setattr(records, "MOST_IDS", 2)
        ids = [shown_listing().id for _number in range(5)]
        assert [record.id for record in records.listings_on_offer(ids, utc_now())] == ids


def test_a_sentence_has_facts_too():
    content = NeedContent(title="PE袋 2万只", lines=(LineContent("PE袋", Decimal(20000), "只"),), certificates=("SC",))
    facts = rows.sentence_facts(content, "PE袋2万只，要SC")
    assert facts.lines[0].item == "PE袋"
    assert facts.certificates == ("食品生产许可证",)
    assert rows.sentence_facts(NeedContent(title=""), "什么都行").lines[0].item == "什么都行"


class TestCost:
    @pytest.mark.parametrize(
        ("quantity", "unit", "expected"),
        [
            (Decimal(20000), "只", 520_000),
            (Decimal(2), "万只", 520_000),
            (None, "只", None),
            (Decimal(5), "千克", None),
        ],
    )
    def test_is_price_times_my_quantity_in_fen(self, app, quantity, unit, expected):
        listing = of_listing(shown_listing())
        need = NeedFacts("1", "PE袋", lines=(NeedLineFacts("PE袋", quantity=quantity, unit=unit),))
        assert cost_fen(need, 1, listing) == expected

    def test_is_unknown_for_a_line_that_is_not_there_and_without_a_price(self, app):
        need = of_need(open_need())
        assert cost_fen(need, 9, of_listing(shown_listing())) is None
        assert cost_fen(need, 1, of_listing(shown_listing(tiers=[]))) is None


def test_findings_come_back_as_they_were():
    told = [
        Finding("price", State.MISSED, True, {"price": Decimal("0.35"), "limit": Decimal("0.30"), "unit": "只"}),
        Finding("lead_time", State.MET, True, {"deliver_by": date(2026, 12, 15), "days": 21}),
        Finding("certificate", State.MET, True, {"name": "SC", "valid_until": None}),
    ]
    assert finding.from_json(finding.to_json(told)) == told


def test_lines_keep_their_own_certificates(app):
    need = open_need(lines=[line(certificates=["检测报告"])])
    assert of_need(need).lines[0].certificates == ("检测报告",)
