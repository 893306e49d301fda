"""Another park's tree, with codes of its own, judges the same facts the same."""

import csv
from dataclasses import replace

import pytest

from marketplace.catalog.claims import find_claims
from marketplace.catalog.tree import CATEGORIES_FILE, park_tree, use_tree
from marketplace.matching.demands import demands_of
from marketplace.matching.file_index import index_of_files
from marketplace.matching.find_matches import match_need
from marketplace.matching.judge import judge
from tests.unit.matching import park

NEEDS = 40
LISTINGS = 120


@pytest.fixture(scope="module")
def codes():
    """The codes of the made-up tree, numbers without letters, by the codes of the project's."""
    with CATEGORIES_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: f"{number + 500:03d}" for number, row in enumerate(csv.DictReader(lines))}


@pytest.fixture
def other_tree(codes, tmp_path):
    """The same categories under other codes; the project's own tree again afterwards."""
    path = tmp_path / "categories.csv"
    with CATEGORIES_FILE.open(encoding="utf-8", newline="") as lines, path.open("w", encoding="utf-8") as out:
        reader = csv.DictReader(lines)
        writer = csv.DictWriter(out, reader.fieldnames)
        writer.writeheader()
        for row in reader:
            writer.writerow({**row, "code": codes[row["code"]], "parent": codes.get(row["parent"], "")})
    use_tree(path)
    yield path
    use_tree(CATEGORIES_FILE)


def recoded(facts, codes):
    """Copies of listings or needs with the codes of the made-up tree."""
    if hasattr(facts[0], "lines"):
        return [
            replace(need, lines=tuple(replace(line, category=codes.get(line.category, "")) for line in need.lines))
            for need in facts
        ]
    return [replace(listing, category=codes.get(listing.category, "")) for listing in facts]


def told(needs, listings):
    """All that is found out about the pairs, and the order of the best."""
    index = index_of_files(listings, needs, park.TODAY)
    findings = [
        [(each.code, each.state, each.hard, dict(each.figures)) for each in judge(need, line, demands_of(need, line),
                                                                                  listing, index.judging_context)]
        for need in needs for line in need.lines for listing in listings
    ]  # fmt: skip
    best = [[(match.listing_id, match.score) for match in match_need(need, index, top=20)] for need in needs]
    return findings, best


def test_judges_the_same_under_other_codes(codes, other_tree):
    needs, listings = park.needs()[:NEEDS], park.listings()[:LISTINGS]
    others = recoded(needs, codes), recoded(listings, codes)
    under_other_codes = told(*others)
    use_tree(CATEGORIES_FILE)
    assert told([replace(need) for need in needs], [replace(listing) for listing in listings]) == under_other_codes


def test_a_tree_without_traits_judges_otherwise(codes, other_tree):
    """So the traits of the file are what counts: without them no paper serves for the one that makers of bags hold."""
    assert park_tree().has(codes["J0101"], "food contact")
    other_tree.write_text(other_tree.read_text("utf-8").replace("food contact", ""), "utf-8")
    bare = other_tree.rename(other_tree.with_name("bare.csv"))
    use_tree(bare)
    assert not park_tree().has(codes["J0101"], "food contact")


def test_claims_and_colours_follow_the_tree(codes, other_tree):
    for code in ("D01", "E01", "B0101", "J0101", "Q03"):
        here, there = {}, {}
        for told_here, tree_file, own in ((here, CATEGORIES_FILE, code), (there, other_tree, codes[code])):
            use_tree(tree_file)
            told_here["claims"] = find_claims("国家级车间，根治失眠，增强免疫力", own)
            told_here["tints"] = park_tree().tint(own), park_tree().tints(own)
            told_here["names"] = park_tree().names(own)
        assert here == there
