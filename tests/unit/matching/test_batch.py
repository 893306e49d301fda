"""Both directions at once: the same pairs as one by one, in parts that are not done twice."""

import json
import os
from datetime import date

import pytest

from marketplace.core.places import load_gazetteer
from marketplace.matching import batch, find_matches, score
from marketplace.matching.batch import PartFailed, TwoWayRun, folder_for, in_processes
from marketplace.matching.facts import listing_facts_from_json, need_facts_from_json
from marketplace.matching.file_index import index_of_files, parts_of
from marketplace.matching.find_matches import match_listing, match_need
from marketplace.search import candidates_of_parts
from tests.bench.make_large import make_park

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def park():
    _organisations, listings, needs = make_park(400, 60)
    towns = load_gazetteer()
    return ([listing_facts_from_json(row) for row in listings],
            [need_facts_from_json(row, today=TODAY, gazetteer=towns) for row in needs])  # fmt: skip


@pytest.fixture
def index(park):
    return index_of_files(*park, TODAY)


@pytest.fixture
def two_way(park, index, tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "NEEDS_A_PART", 20)
    monkeypatch.setattr(batch, "LISTINGS_A_PART", 100)
    return TwoWayRun(index, *park, 20, None, tmp_path)


def answers(path):
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {row["query"]: [(hit["id"], round(hit["score"], 2)) for hit in row["hits"]] for row in rows}


def test_both_sides_get_what_each_gets_alone(two_way, park, index, tmp_path):
    two_way.run(processes=2)
    two_way.join("needs", str(tmp_path / "needs"))
    two_way.join("listings", str(tmp_path / "listings"))
    listings, needs = park
    assert answers(tmp_path / "needs") == {
        need.id: [(match.listing_id, round(match.score, 2)) for match in match_need(need, index, 20)]
        for need in needs}  # fmt: skip
    assert answers(tmp_path / "listings") == {
        listing.id: [(match.need_id, round(match.score, 2)) for match in match_listing(listing, index, 20)]
        for listing in listings}  # fmt: skip
    assert sum(map(len, answers(tmp_path / "listings").values())) > len(listings)


def test_parts_that_are_there_are_not_done_again(two_way, tmp_path):
    two_way.run(processes=1)
    parts = sorted(tmp_path.glob("*-*"))
    assert len(parts) == 3 + 3 + 4
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in parts}
    lost = tmp_path / "listings-00000100.jsonl"
    lost.unlink()
    two_way.run(processes=1)
    assert lost.exists()
    assert all(path.stat().st_mtime_ns == written for path, (written, _) in before.items() if path != lost)


def test_a_run_goes_on_after_a_process_was_killed(two_way, tmp_path, monkeypatch):
    whole = TwoWayRun.match_needs
    monkeypatch.setattr(
        TwoWayRun, "match_needs", lambda self, part: os.kill(os.getpid(), 9) if part.start == 40 else whole(self, part)
    )
    with pytest.raises(PartFailed):
        two_way.run(processes=1)
    assert sorted(path.name for path in tmp_path.glob("needs-*")) == ["needs-00000000.jsonl", "needs-00000020.jsonl"]
    monkeypatch.setattr(TwoWayRun, "match_needs", whole)
    two_way.run(processes=1)
    two_way.join("needs", str(tmp_path / "needs"))
    assert len(answers(tmp_path / "needs")) == 60


def test_a_pair_too_far_apart_is_not_noted_when_there_are_many_needs(two_way, park, tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "CANDIDATE_NEEDS", 10)
    two_way.run(processes=1)
    noted = two_way.noted(0, len(park[0]))
    assert len(noted)
    assert noted["relevance"].min() >= batch.NEAR


def test_parts_of_other_files_or_choices_are_thrown_away(tmp_path):
    file = tmp_path / "listings"
    file.write_text("one")
    folder = folder_for(str(tmp_path / "out"), (str(file),), "top 20")
    (folder / "needs-00000000.jsonl").touch()
    assert folder_for(str(tmp_path / "out"), (str(file),), "top 20") == folder
    assert list(folder.glob("needs-*"))
    folder_for(str(tmp_path / "out"), (str(file),), "top 50")
    assert not list(folder.glob("needs-*"))
    (folder / "needs-00000000.jsonl").touch()
    file.write_text("two")
    folder_for(str(tmp_path / "out"), (str(file),), "top 50")
    assert not list(folder.glob("needs-*"))


def test_every_part_is_done_once_by_several_processes(tmp_path):
    parts = [range(start, start + 1) for start in range(20)]
    in_processes(3, parts, lambda part: (tmp_path / str(part.start)).touch(exist_ok=False), "parts")
    assert len(list(tmp_path.iterdir())) == 20


def test_the_index_of_a_file_is_the_same_from_several_processes(park, index, monkeypatch):
    monkeypatch.setattr("marketplace.matching.file_index.LEAST_SHARE", 100)
    parts = parts_of(park[0], TODAY, 2)
    assert len(parts) == 2
    shared = candidates_of_parts(parts)
    assert shared.ids == index.listings.ids
    assert shared.relevance("药材").tolist() == pytest.approx(index.listings.relevance("药材").tolist())
    assert shared.relevance("药材").any()


def test_no_pair_that_is_passed_over_could_be_among_the_best(park, index, monkeypatch):
    listings, needs = park
    judged = []
    judge_pair = find_matches.match_pair
    monkeypatch.setattr(find_matches, "match_pair", lambda *pair: judged.append(1) or judge_pair(*pair))

    def best():
        judged.clear()
        found = [match_need(need, index, 5) for need in needs] + [match_listing(row, index, 5) for row in listings]
        return [(match.need_id, match.listing_id, match.score) for matches in found for match in matches], len(judged)

    quick, few = best()
    for module in (find_matches, score):
        monkeypatch.setattr(module, "most_possible", lambda *_: float("inf"))
    slow, many = best()
    assert quick == slow
    assert few < many
