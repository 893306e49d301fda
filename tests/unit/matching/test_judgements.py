"""What people made of pairs: kept with how the pair stood, without persons; taken back, it is gone."""

import json
from datetime import timedelta

import pytest

from marketplace.catalog.models import Listing
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.jsonlines import BadLine
from marketplace.inquiries.models import Inquiry
from marketplace.inquiries.services import decline_inquiry
from marketplace.matching import services
from marketplace.matching.judgements import grade_of, pair_grade, read_grades
from marketplace.matching.models import DismissalReason, Judgement, Match, MatchJudgement, Side
from marketplace.matching.tuning_cli import site_set
from marketplace.needs.models import Need
from tests.factories.accounts import owner_of
from tests.factories.inquiries import answer, send
from tests.factories.matching import find_for, open_need, shown_listing, stored_match


def rows() -> list[MatchJudgement]:
    db.session.expire_all()
    return db.session.query(MatchJudgement).order_by(MatchJudgement.id).all()


@pytest.fixture
def pair(app):
    """A stored pair with one finding, and somebody of each side."""
    match = stored_match(
        need=open_need(),
        listing=shown_listing(),
        score=61.5,
        relevance=0.8,
        findings=[{"code": "price", "state": "missed", "hard": True, "figures": {"limit": {"decimal": "0.3"}}}],
    )
    match.buyer, match.supplier = owner_of(match.need.organisation), owner_of(match.listing.organisation)
    return match


def say_no(pair, reason=DismissalReason.PRICE, side=Side.BUYER, now=None, **values) -> None:
    actor = pair.buyer if side is Side.BUYER else pair.supplier
    need, listing = pair.need, pair.listing
    with transaction():
        services.dismiss(need, listing, side, reason=reason, actor=actor, now=now or utc_now(), **values)


def ask(pair) -> list[Inquiry]:
    return send(pair.buyer, pair.listing, need_id=pair.need_id, now=utc_now())


class TestGrades:
    @pytest.mark.parametrize(("judged", "grade"), [
        ([("asked", "")], 2), ([("asked", ""), ("answered", "")], 3), ([("asked", ""), ("declined", "")], 1),
        ([("asked", ""), ("answered", ""), ("dismissed", "other_thing")], 0),
        ([("dismissed", "known")], None), ([("dismissed", "known"), ("asked", "")], 2), ([], None),
        ([("dismissed", "price"), ("dismissed", "other_thing")], 0),
    ])  # fmt: skip
    def test_the_lowest_no_or_the_highest_yes(self, judged, grade):
        assert pair_grade(judged) == grade

    def test_every_judgement_and_every_reason_has_its_rule(self):
        grades = [grade_of(judgement.value) for judgement in Judgement if judgement is not Judgement.DISMISSED]
        grades += [grade_of("dismissed", reason.value) for reason in DismissalReason]
        assert grades == [2, 3, 1, 0, 1, 1, 1, 1, None, None]


class TestKeeping:
    def test_a_no_is_kept_with_how_the_pair_stood(self, pair):
        say_no(pair)
        with transaction() as session:
            session.get(Match, pair.id).score = 3
        (row,) = rows()
        assert (row.judgement, row.side, row.reason) == (Judgement.DISMISSED, Side.BUYER, "price")
        assert (row.score, row.relevance, row.line, row.findings[0]["code"]) == (61.5, 0.8, 1, "price")

    def test_a_changed_reason_takes_the_place_of_the_first(self, pair):
        say_no(pair)
        say_no(pair, DismissalReason.SIZE)
        assert [row.reason for row in rows()] == ["size"]

    def test_taken_back_it_is_gone_and_the_other_side_stays(self, pair):
        say_no(pair)
        say_no(pair, side=Side.SUPPLIER)
        with transaction():
            services.take_back(pair.need, pair.listing, Side.BUYER)
        assert [row.side for row in rows()] == [Side.SUPPLIER]

    def test_a_pair_that_was_not_kept_has_no_standing(self, app):
        need, listing = open_need(), shown_listing()
        buyer = owner_of(need.organisation)
        with transaction():
            services.dismiss(need, listing, Side.BUYER, reason=DismissalReason.OTHER_THING, actor=buyer, now=utc_now())
        (row,) = rows()
        assert (row.score, row.relevance, row.line, row.findings) == (None, None, None, [])

    def test_asking_answering_and_declining_for_a_need(self, pair):
        (inquiry,) = ask(pair)
        assert [(row.judgement, row.side) for row in rows()] == [(Judgement.ASKED, Side.BUYER)]
        answer(inquiry, pair.supplier)
        with transaction():
            decline_inquiry(inquiry, pair.supplier, "缺货，找老王 13800000000", utc_now())
        assert [(row.judgement, row.side) for row in rows()][1:] == [
            (Judgement.ANSWERED, Side.SUPPLIER),
            (Judgement.DECLINED, Side.SUPPLIER),
        ]
        assert [row.score for row in rows()] == [61.5] * 3

    def test_asking_without_a_need_judges_no_pair(self, pair):
        send(pair.buyer, pair.listing, now=utc_now())
        assert rows() == []


class TestTheFile:
    def write(self, app, tmp_path) -> list[dict]:
        told = app.test_cli_runner().invoke(args=["match", "judgements", "--out", str(tmp_path / "F.jsonl")])
        assert told.exit_code == 0, told.output
        return [json.loads(line) for line in (tmp_path / "F.jsonl").read_text("utf-8").splitlines()]

    def test_has_no_persons_and_no_free_text(self, app, pair, tmp_path):
        say_no(pair, DismissalReason.OTHER, note="老王说不行")
        (inquiry,) = ask(pair)
        with transaction():
            decline_inquiry(inquiry, pair.supplier, "找老王", utc_now())
        lines = self.write(app, tmp_path)
        assert [(line["judgement"], line["reason"], line["grade"]) for line in lines] == [
            ("dismissed", "other", None),
            ("asked", "", 2),
            ("declined", "", 1),
        ]
        assert set(lines[0]) == {
            "need",
            "listing",
            "side",
            "judgement",
            "reason",
            "grade",
            "score",
            "relevance",
            "line",
            "findings",
            "when",
        }
        assert lines[0]["findings"] == [{"code": "price", "state": "missed", "hard": True}]
        text = (tmp_path / "F.jsonl").read_text("utf-8")
        for person in (pair.buyer, pair.supplier):
            assert person.name not in text
            assert person.email not in text
        assert "老王" not in text

    def test_an_empty_site_writes_an_empty_file(self, app, tmp_path):
        assert self.write(app, tmp_path) == []

    def test_is_read_back_as_grades(self, app, pair, tmp_path):
        ask(pair)
        self.write(app, tmp_path)
        assert read_grades(tmp_path / "F.jsonl") == {str(pair.need_id): {str(pair.listing_id): 2}}

    @pytest.mark.parametrize("line", ["x", "{}", '{"need": 1, "listing": "2", "judgement": "asked"}'])
    def test_a_bad_line_is_named(self, app, tmp_path, line):
        file = tmp_path / "F.jsonl"
        file.write_text(line + "\n")
        with pytest.raises(BadLine, match="F.jsonl:1"):
            read_grades(file)
        told = app.test_cli_runner().invoke(args=["match", "tune", "--weight", "bigrams", "--judgements", str(file)])
        assert told.exit_code == 2


class TestTuning:
    def test_judged_needs_of_the_site_are_tried_beside_the_folder(self, app, tmp_path):
        need, good, other = open_need(), shown_listing(), shown_listing("自封袋 PE袋")
        find_for(need=need)
        need = db.session.get(Need, need.id)
        send(owner_of(need.organisation), db.session.get(Listing, good.id), need_id=need.id, now=utc_now())
        say = app.test_cli_runner()
        say.invoke(args=["match", "judgements", "--out", str(tmp_path / "F.jsonl")])
        told = say.invoke(args=["match", "tune", "--weight", "bigrams", "--judgements", str(tmp_path / "F.jsonl")])
        assert told.exit_code == 0, told.output
        assert "1 of 1 needs that people judged here have a good listing on offer" in told.output
        assert other.id != good.id

    def test_what_is_off_the_shelf_or_only_refused_measures_nothing(self, app):
        need, listing = open_need(), shown_listing(expires_at=utc_now() - timedelta(days=1))
        refused = shown_listing()
        assert site_set({str(need.id): {str(listing.id): 3, str(refused.id): 0}}).needs == []
        assert [facts.id for facts in site_set({str(need.id): {str(refused.id): 2}}).needs] == [str(need.id)]
        assert site_set({"nothing": {"x": 3}}).needs == []
