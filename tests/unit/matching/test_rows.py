"""Facts from rows, and findings as JSON."""

from datetime import date
from decimal import Decimal

import pytest

from marketplace.catalog.lifecycle import ListingStatus
from marketplace.core.clock import utc_now
from marketplace.core.db import db
from marketplace.core.places import load_gazetteer
from marketplace.matching import finding, queries, records, rows
from marketplace.matching.facts import Amount, HeldCertificate, NeedFacts, NeedLineFacts
from marketplace.matching.judge import Finding, State
from marketplace.matching.pairing import cost_fen
from marketplace.needs.contents import LineContent, NeedContent
from tests.factories.accounts import OrganisationFactory
from tests.factories.matching import licence, open_need, shown_listing
from tests.factories.needs import line

TOWNS = load_gazetteer()


class TestListingFacts:
    def test_tell_what_the_row_says(self, app):
        listing = shown_listing()
        facts = rows.listing_facts(listing, TOWNS)
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
        facts = rows.listing_facts(listing, TOWNS)
        assert facts.certificates == ()
        assert facts.organisation_licences == (HeldCertificate("食品生产许可证"),)

    def test_stand_where_the_supplier_stands(self, app):
        organisation = OrganisationFactory(town="天府中药城", latitude=30.5, longitude=103.5)
        assert rows.place_of_listing(shown_listing(organisation=organisation), TOWNS) == (30.5, 103.5)

    def test_stand_in_another_town_when_the_listing_names_one(self, app):
        town = TOWNS.find("濛阳")
        listing = shown_listing(town=town.name)
        assert rows.place_of_listing(listing, TOWNS) == (town.lat, town.lon)

    def test_stand_in_the_town_when_no_coordinates_are_known(self, app):
        organisation = OrganisationFactory(town="濛阳街道", latitude=None, longitude=None)
        town = TOWNS.find("濛阳")
        assert rows.place_of_organisation(organisation, TOWNS) == (town.lat, town.lon)
        nowhere = OrganisationFactory(town="", latitude=None, longitude=None)
        assert rows.place_of_organisation(nowhere, TOWNS) is None


class TestNeedFacts:
    def test_tell_what_the_row_says(self, app):
        need = open_need(certificates=["SC"], hard_words=["无异味"])
        facts = rows.need_facts(need, TOWNS)
        town = TOWNS.find("致和")
        assert facts.place == (town.lat, town.lon)
        assert facts.certificates == ("食品生产许可证",)
        assert facts.hard_words == ("无异味",)
        assert facts.lines == (NeedLineFacts("食品级PE袋", 1, "", Decimal(20000), "只", Decimal("0.3"), "只"),)

    def test_stand_where_the_buyer_stands_when_no_town_is_said(self, app):
        need = open_need(deliver_town="")
        assert rows.need_facts(need, TOWNS).place == (30.965, 103.985)

    def test_a_need_without_lines_wants_its_title(self, app):
        need = open_need(lines=[])
        assert [each.item for each in rows.need_facts(need, TOWNS).lines] == [need.title]

    def test_read_no_row_more_than_was_loaded(self, app):
        """Facts are made of rows that are no longer in a session: everything was loaded before."""
        ids = [shown_listing().id for _number in range(3)]
        db.session.expire_all()
        loaded = queries.listings_for_facts(ids, utc_now())
        db.session.expunge_all()
        assert [rows.listing_facts(listing, TOWNS).id for listing in loaded] == [str(id_) for id_ in ids]


class TestRecords:
    def test_give_the_same_facts_as_rows(self, app):
        listings, needs = [shown_listing() for _number in range(3)], [open_need() for _number in range(2)]
        now = utc_now()
        assert [
            rows.listing_facts(record, TOWNS)
            for record in records.listings_on_offer((listing.id for listing in listings), now)
        ] == [rows.listing_facts(listing, TOWNS) for listing in listings]
        assert [rows.need_facts(record, TOWNS) for record in records.open_needs((need.id for need in needs), now)] == [
            rows.need_facts(need, TOWNS) for need in needs]  # fmt: skip

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
        listing = rows.listing_facts(shown_listing(), TOWNS)
        need = NeedFacts("1", "PE袋", lines=(NeedLineFacts("PE袋", quantity=quantity, unit=unit),))
        assert cost_fen(need, 1, listing) == expected

    def test_is_unknown_for_a_line_that_is_not_there_and_without_a_price(self, app):
        need = rows.need_facts(open_need(), TOWNS)
        assert cost_fen(need, 9, rows.listing_facts(shown_listing(), TOWNS)) is None
        assert cost_fen(need, 1, rows.listing_facts(shown_listing(tiers=[]), TOWNS)) is None


def test_findings_come_back_as_they_were():
    told = [
        Finding("price", State.MISSED, True, {"price": Decimal("0.35"), "limit": Decimal("0.30"), "unit": "只"}),
        Finding("lead_time", State.MET, True, {"deliver_by": date(2026, 12, 15), "days": 21}),
        Finding("certificate", State.MET, True, {"name": "SC", "valid_until": None}),
    ]
    assert finding.from_json(finding.to_json(told)) == told


def test_lines_keep_their_own_certificates(app):
    need = open_need(lines=[line(certificates=["检测报告"])])
    assert rows.need_facts(need, TOWNS).lines[0].certificates == ("检测报告",)
