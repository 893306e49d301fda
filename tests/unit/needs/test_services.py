"""Every change of a need, on real rows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.core.db import db, transaction
from marketplace.core.refusals import LostEdit, RuleBroken, StepNotPossible
from marketplace.core.timeline import timeline_of
from marketplace.needs import services, signals
from marketplace.needs.contents import LineContent, NeedContent, content_of
from marketplace.needs.jobs import close_due
from marketplace.needs.labels import STATUS_LABELS
from marketplace.needs.lifecycle import STEPS, LocalPreference, NeedStatus, UnmetReason
from marketplace.needs.models import Need
from marketplace.notifications.models import Notice
from tests.factories.accounts import NOW, OrganisationFactory, OrganisationStatus, StaffFactory, credit_code, owner_of
from tests.factories.needs import DraftFactory, NeedFactory, line

FORTNIGHT = NOW + timedelta(days=14)
BAGS = NeedContent(
    title="PE袋两万只",
    lines=(LineContent("PE袋", Decimal(20000), "只", max_unit_price=Decimal("0.3")),),
    deliver_by=date(2026, 12, 15),
)


@pytest.fixture
def heard():
    """News of needs, in order."""
    news: list[tuple[str, int]] = []
    listeners = []
    for name in ("need_published", "need_changed", "need_closed"):

        def told(need, _name=name, **_facts):
            news.append((_name, need.id))

        getattr(signals, name).connect(told)
        listeners.append(told)
    yield news
    listeners.clear()


def create(organisation, content=BAGS):
    actor = owner_of(organisation)
    with transaction():
        return services.create_need(organisation, actor, content, NOW)


def publish(need, closes_at=FORTNIGHT, now=NOW):
    actor = owner_of(need.organisation)
    with transaction():
        services.publish_need(need, closes_at, actor, now)


class TestCreate:
    def test_keeps_a_draft_with_its_lines(self, app):
        need = create(OrganisationFactory())
        assert (need.status, need.lines[0].unit_code, need.value_fen) == (NeedStatus.DRAFT, "C62", 600_000)

    @pytest.mark.parametrize("count", [29, 30])
    def test_r13_a_need_has_up_to_thirty_lines(self, app, count):
        content = NeedContent(title="PE袋", lines=BAGS.lines * count)
        assert len(create(OrganisationFactory(), content).lines) == count

    def test_r13_a_need_has_not_a_line_more(self, app):
        with pytest.raises(RuleBroken, match="at most 30 lines"):
            create(OrganisationFactory(), NeedContent(title="PE袋", lines=BAGS.lines * 31))

    def test_an_unverified_organisation_may_keep_drafts(self, app):
        assert create(OrganisationFactory(status=OrganisationStatus.PENDING)).id

    @pytest.mark.parametrize("prefix", ["11", "12"])
    def test_r9_refuses_a_public_body_that_requires_local_suppliers(self, app, prefix):
        office = OrganisationFactory(credit_code=credit_code(1, prefix))
        content = NeedContent(title="口罩", lines=BAGS.lines, local_preference=LocalPreference.REQUIRE)
        with pytest.raises(RuleBroken, match="fair competition"):
            create(office, content)

    def test_r9_lets_a_public_body_prefer_and_an_enterprise_require(self, app):
        office = OrganisationFactory(credit_code=credit_code(2, "12"))
        prefer = NeedContent(title="口罩", lines=BAGS.lines, local_preference=LocalPreference.PREFER)
        require = NeedContent(title="口罩", lines=BAGS.lines, local_preference=LocalPreference.REQUIRE)
        assert create(office, prefer).id
        assert create(OrganisationFactory(), require).id


class TestPublish:
    @pytest.mark.parametrize("gap", [timedelta(0), timedelta(hours=23, minutes=59), timedelta(days=90, seconds=1)])
    def test_r4_refuses_a_closing_day_too_near_or_too_far(self, app, gap):
        need = DraftFactory()
        with pytest.raises(RuleBroken, match="24 hours and at most 90 days"):
            publish(need, NOW + gap)
        assert db.session.get(Need, need.id).status is NeedStatus.DRAFT

    @pytest.mark.parametrize("gap", [timedelta(hours=24), timedelta(days=90)])
    def test_r4_takes_what_lies_between(self, app, gap, heard):
        need = DraftFactory()
        publish(need, NOW + gap)
        assert (need.status, need.posted_at) == (NeedStatus.OPEN, NOW)
        assert heard == [("need_published", need.id)]

    def test_r4_follows_the_settings(self, app, monkeypatch):
        monkeypatch.setitem(app.config, "NEED_OPEN_MIN_HOURS", 72)
        with pytest.raises(RuleBroken, match="72 hours"):
            publish(DraftFactory(), NOW + timedelta(hours=71))

    def test_refuses_an_unverified_buyer(self, app):
        need = DraftFactory(organisation=OrganisationFactory(status=OrganisationStatus.PENDING))
        with pytest.raises(RuleBroken, match="not verified"):
            publish(need)

    def test_refuses_a_need_without_a_line(self, app):
        with pytest.raises(RuleBroken, match="at least one line"):
            publish(DraftFactory(lines=[]))

    def test_refuses_a_delivery_day_that_has_passed(self, app):
        with pytest.raises(RuleBroken, match="still to come"):
            publish(DraftFactory(deliver_by=date(2026, 11, 1)))

    def test_refuses_what_is_no_draft(self, app):
        with pytest.raises(StepNotPossible):
            publish(NeedFactory())


class TestEdit:
    def edit(self, need, content, version=None):
        actor = owner_of(need.organisation, name="李采购")
        with transaction():
            services.edit_need(need, content, actor, NOW, version)

    def test_keeps_what_an_open_need_said_before(self, app, heard):
        need = NeedFactory(title="旧标题")
        self.edit(need, BAGS)
        assert [version.content["title"] for version in need.versions] == ["旧标题"]
        assert heard == [("need_changed", need.id)]

    def test_does_nothing_when_nothing_changed(self, app, heard):
        need = NeedFactory()
        self.edit(need, content_of(need))
        assert (need.versions, heard) == ([], [])

    def test_keeps_no_versions_of_a_draft(self, app):
        need = DraftFactory()
        self.edit(need, BAGS)
        assert (need.versions, need.title) == ([], BAGS.title)

    def test_rewrites_lines_in_place(self, app):
        need = NeedFactory(lines=[line(), line(number=2, item="纸箱"), line(number=3, item="标签")])
        second = need.lines[1].id
        self.edit(need, NeedContent(title="x", lines=(BAGS.lines[0], LineContent("纸盒"))))
        assert [(row.id, row.item) for row in need.lines][1] == (second, "纸盒")
        assert len(need.lines) == 2

    def test_refuses_a_lost_edit_and_names_who_was_faster(self, app):
        need = NeedFactory()
        seen = need.version
        self.edit(need, BAGS)
        with pytest.raises(LostEdit, match="李采购") as refusal:
            self.edit(need, NeedContent(title="zu spät", lines=BAGS.lines), version=seen)
        assert refusal.value.status == 409

    def test_counts_a_change_of_a_line_as_a_change_of_the_need(self, app):
        need = NeedFactory()
        seen = need.version
        self.edit(need, NeedContent(title=need.title, lines=(LineContent("PE袋", Decimal(1), "只"),)))
        assert need.version == seen + 1

    def test_refuses_a_closed_need(self, app):
        with pytest.raises(StepNotPossible):
            self.edit(NeedFactory(status=NeedStatus.CLOSED), BAGS)


class TestClosing:
    def test_the_clock_closes_exactly_once_and_tells_the_buyer(self, app, heard):
        need, other = NeedFactory(closes_at=NOW), NeedFactory(closes_at=NOW + timedelta(seconds=1))
        buyer = owner_of(need.organisation)
        close_due(NOW)
        close_due(NOW)
        assert [db.session.get(Need, id_).status for id_ in (need.id, other.id)] == [
            NeedStatus.CLOSED,
            NeedStatus.OPEN,
        ]
        assert heard == [("need_closed", need.id)]
        assert [entry.step for entry in timeline_of(need)] == ["ran_out"]
        notice = db.session.scalars(select(Notice).where(Notice.person_id == buyer.id)).one()
        assert notice.url == f"/needs/{need.id}"

    def test_a_closed_need_opens_again_within_r4(self, app):
        need = NeedFactory(status=NeedStatus.CLOSED, closes_at=NOW, deliver_by=date(2026, 11, 1))
        actor = owner_of(need.organisation)
        with pytest.raises(RuleBroken), transaction():
            services.reopen_need(need, NOW + timedelta(hours=1), actor, NOW)
        with transaction():
            services.reopen_need(need, FORTNIGHT, actor, NOW)
        assert (need.status, need.closes_at, need.deliver_by) == (NeedStatus.OPEN, FORTNIGHT, None)

    def test_an_unmet_need_says_why(self, app):
        need = NeedFactory(status=NeedStatus.CLOSED)
        actor = owner_of(need.organisation)
        with transaction():
            services.mark_unmet(need, UnmetReason.PRICE, actor, NOW, "贵一倍")
        assert (need.status, need.unmet_reason) == (NeedStatus.UNMET, UnmetReason.PRICE)
        assert timeline_of(need)[-1].note == "贵一倍"

    def test_no_step_leads_to_a_choice_of_supplier_yet(self):
        assert NeedStatus.AWARDED not in set().union(*STEPS.values())
        assert NeedStatus.AWARDED not in STATUS_LABELS

    def test_staff_who_take_a_need_down_are_named_to_the_buyer(self, app):
        need, staff = NeedFactory(), StaffFactory()
        buyer = owner_of(need.organisation)
        with transaction():
            services.withdraw_need(need, staff, NOW, "重复发布")
        assert need.status is NeedStatus.WITHDRAWN
        assert db.session.scalars(select(Notice).where(Notice.person_id == buyer.id)).one().kind == "need_withdrawn"
