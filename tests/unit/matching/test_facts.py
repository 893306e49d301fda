from datetime import date
from decimal import Decimal

import pytest

from marketplace.matching.facts import HeldCertificate, listing_facts_from_json, need_facts_from_json

TODAY = date(2026, 11, 23)


def need(**row):
    return need_facts_from_json({"id": "N1", "title": "川芎饮片", **row}, today=TODAY)


class TestListingLine:
    def test_only_id_and_title_must_be_there_and_the_rest_is_unknown(self):
        listing = listing_facts_from_json(
            {"id": "L1", "title": "川芎", "price": None, "certificates": None, "extra": 1}
        )
        assert (listing.moq, listing.capacity, listing.tiers, listing.certificates) == (None, None, (), None)
        assert listing.status == "published"

    def test_no_certificates_are_not_unknown_certificates(self):
        assert listing_facts_from_json({"id": "L1", "title": "川芎", "certificates": []}).certificates == ()

    def test_certificates_go_by_their_canonical_names(self):
        listing = listing_facts_from_json(
            {"id": "L1", "title": "茶", "certificates": [{"type": "SC证", "valid_until": "2027-01-31"}]}
        )
        assert listing.certificates == (HeldCertificate("食品生产许可证", date(2027, 1, 31)),)

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("price", []),
            ("specs", [1]),
            ("keywords", "x"),
            ("moq", {"qty": "many"}),
            ("expires_at", "soon"),
            ("title", {}),
            ("certificates", [{"type": ["x"]}]),
            ("moq", {"qty": True}),
            ("capacity", {"qty": "NaN"}),
        ],
    )
    def test_a_value_of_another_form_is_named(self, key, value):
        row = {"id": "L1", "title": "川芎", key: value}
        with pytest.raises(ValueError, match="is no|holds something"):
            listing_facts_from_json(row)


class TestNeedLine:
    def test_lines_are_taken_as_they_are(self):
        facts = need(lines=[{"item": "PE袋", "quantity": 20000, "unit": "只", "max_unit_price": "0.30"}])
        (line,) = facts.lines
        assert (line.item, line.quantity, line.max_unit_price) == ("PE袋", 20000, Decimal("0.30"))
        assert not facts.is_understood

    def test_a_need_without_lines_is_understood_as_if_typed(self):
        facts = need(title="急需食品级PE袋2万只，单价0.3元以内，12月15日前送到致和，要SC和检测报告")
        (line,) = facts.lines
        assert "PE袋" in line.item
        assert (line.quantity, line.unit, line.max_unit_price) == (20000, "只", Decimal("0.3"))
        assert facts.deliver_by == date(2026, 12, 15)
        assert facts.deliver_town == "致和街道"
        assert set(facts.certificates) == {"食品生产许可证", "检测报告"}
        assert facts.is_understood

    def test_what_is_told_in_its_own_field_stays(self):
        facts = need(title="PE袋2万只，12月15日前", deliver_by="2026-12-01", lines=None)
        assert facts.deliver_by == date(2026, 12, 1)
