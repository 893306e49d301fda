"""What the index knows of needs, and the answer without it."""

from datetime import timedelta

import pytest

from marketplace.accounts.lifecycle import OrganisationStatus
from marketplace.accounts.signals import organisation_suspended
from marketplace.catalog.queries import category_by_code
from marketplace.catalog.services import load_categories
from marketplace.core.db import transaction
from marketplace.needs import queries
from marketplace.needs.lifecycle import NeedStatus
from marketplace.needs.search import PAGE, document, documents, find_in_database
from marketplace.search import Query, find
from marketplace.search.queries import waiting_rows
from tests.factories.accounts import NOW, OrganisationFactory
from tests.factories.needs import DraftFactory, NeedFactory, line


@pytest.fixture
def park(app):
    """Four needs: two open ones, one closed, one draft."""
    with transaction():
        load_categories()
    bags = category_by_code("J0101").id
    buyer = OrganisationFactory()
    return {
        "a": NeedFactory(title="PE袋甲", lines=[line(category_id=bags)], closes_at=NOW + timedelta(days=3)).id,
        "b": NeedFactory(
            title="川芎", lines=[line(item="川芎")], deliver_town="敖平镇", posted_at=NOW - timedelta(1)
        ).id,
        "c": NeedFactory(title="PE袋旧", status=NeedStatus.CLOSED, lines=[line(category_id=bags)]).id,
        "d": DraftFactory(title="PE袋草稿", organisation=buyer).id,
        "buyer": buyer.id,
    }


class TestAudiences:
    @pytest.mark.parametrize(
        ("status", "seen_by"),
        [
            (NeedStatus.OPEN, {"public"}),
            (NeedStatus.CLOSED, {"public"}),
            (NeedStatus.WITHDRAWN, {"org", "staff"}),
            (NeedStatus.DRAFT, {"org"}),
        ],
    )
    def test_follow_the_status(self, app, status, seen_by):
        need = NeedFactory(status=status)
        assert {name.split(":")[0] for name in document(need).audiences} == seen_by

    def test_a_suspended_buyer_is_not_public(self, app):
        need = NeedFactory(organisation=OrganisationFactory(status=OrganisationStatus.SUSPENDED))
        assert "public" not in document(need).audiences

    def test_needs_are_indexed_again_when_their_buyer_changes(self, app):
        need = NeedFactory()
        with transaction():
            organisation_suspended.send(need.organisation, now=NOW)
        assert ("needs", need.id) in [(kind, object_id) for _id, kind, object_id in waiting_rows(0, 10)]


class TestDocument:
    def test_carries_the_path_of_its_categories(self, park):
        facets = document(queries.need_or_404(park["a"])).facets
        assert facets["category"] == ["J", "J01", "J0101"]
        assert facets["chain_stage"] == ["packaging"]

    def test_documents_of_ids_are_only_those(self, park):
        assert [found.id for found in documents([park["b"]])] == [str(park["b"])]
        assert len(list(documents(None))) == 4


class TestWithoutTheIndex:
    def ask(self, text="", **facts):
        return find_in_database(Query(text=text, facets=PAGE.counted, **facts))

    def test_finds_words_in_titles_and_lines(self, park):
        assert self.ask("PE袋 甲").ids == [park["a"]]
        assert self.ask("食品级PE袋", filters={"status": {"open"}}).ids == [park["a"]]
        assert self.ask("潜水艇").total == 0

    def test_takes_signs_of_the_query_language_as_letters(self, park):
        assert self.ask("100%").total == 0

    def test_narrows_counts_and_sorts(self, park):
        hits = self.ask(filters={"status": {"open"}}, sort="closing")
        assert hits.ids == [park["a"], park["b"]]
        assert hits.facets["status"] == {"open": 2, "closed": 1}
        assert hits.facets["town"] == {"致和街道": 1, "敖平镇": 1}
        assert self.ask(filters={"category": {"J01"}}).total == 2
        assert self.ask(ranges={"closes": (int((NOW + timedelta(days=4)).timestamp()), None)}).total == 2

    def test_shows_a_draft_to_its_own_organisation_only(self, park):
        assert self.ask("草稿").total == 0
        assert self.ask("草稿", audiences=frozenset({"public", "staff"})).total == 0
        assert self.ask("草稿", audiences=frozenset({f"org:{park['buyer']}"})).ids == [park["d"]]

    def test_says_the_same_as_the_index(self, park, worker):
        worker()
        for query in (
            Query(facets=PAGE.counted, filters={"status": {"open"}}, sort="newest"),
            Query(facets=PAGE.counted, filters={"status": {"open", "closed"}, "category": {"J"}}, sort="closing"),
            Query(facets=PAGE.counted, limit=1, offset=1, sort="closing"),
        ):
            indexed, plain = find("needs", query), find_in_database(query)
            assert not indexed.degraded
            assert (indexed.ids, indexed.total) == (plain.ids, plain.total)
            assert {name: dict(counts) for name, counts in indexed.facets.items()} == plain.facets
