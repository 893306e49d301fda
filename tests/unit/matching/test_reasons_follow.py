"""Every reason shown follows from the stored facts: states are worked out a second time, words hold no other figure.

The oracle is written from the rules, with its own arithmetic; where an amount has to be told in another unit it trusts
`core.units`, and where a pack has to be opened `packing`, which have tests of their own.
"""

import math
import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import g
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.clock import local_day, utc_now
from marketplace.core.folding import fold
from marketplace.core.places import Place
from marketplace.matching import finding as stored
from marketplace.matching import reasons
from marketplace.matching.facts import ListingFacts, NeedFacts, NeedLineFacts
from marketplace.matching.ingredients import mentions, presence
from marketplace.matching.judge import Finding, State, demands_of, judge
from marketplace.matching.packing import convert_for
from marketplace.matching.papers import REPORTS, SERVES
from tests.unit.matching import park

MET, MISSED, UNKNOWN = State
DAYS_OF = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365, "": 30}
LANGUAGES = ("zh_Hans", "en")


def told(quantity, unit, other, listing) -> Fraction | None:
    """An amount in another unit, exactly."""
    value = convert_for(Decimal(1), unit, other, listing)
    return None if value is None or quantity is None else Fraction(quantity) * Fraction(value)


def oracle_moq(need, line, listing, _pace):
    if listing.moq is None or line.quantity is None:
        return None
    wanted = told(line.quantity, line.unit, listing.moq.unit, listing)
    return UNKNOWN if wanted is None else MET if wanted >= Fraction(listing.moq.quantity) else MISSED


def oracle_quantity(need, line, listing, pace):
    """So much a day, for the days there are: as many as the buyer's pace says, or until delivery, or thirty."""
    if line.quantity is None:
        return None
    capacity = listing.capacity
    wanted = told(line.quantity, line.unit, capacity.unit, listing) if capacity else None
    if wanted is None or capacity.quantity <= 0:
        return UNKNOWN
    until = (need.deliver_by - park.TODAY).days if need.deliver_by else 30
    made = Fraction(capacity.quantity) / DAYS_OF[capacity.per] * (pace or max(1, until))
    return MET if made >= wanted else MISSED if need.deliver_by or pace else UNKNOWN


def tier_price(listing, quantity: Fraction | None) -> Fraction | None:
    reached = [tier for tier in listing.tiers if quantity is not None and tier.min_quantity <= quantity]
    chosen = max(reached, key=lambda tier: tier.min_quantity) if reached else next(iter(listing.tiers), None)
    return Fraction(chosen.unit_price) if chosen else None


def oracle_price(need, line, listing, _pace):
    if line.max_unit_price is None:
        return None
    unit = line.price_unit or line.unit
    price = tier_price(listing, told(line.quantity, line.unit, listing.price_unit, listing))
    one = told(Decimal(1), unit, listing.price_unit, listing)
    if price is None or one is None:
        return UNKNOWN
    within = price * one <= Fraction(line.max_unit_price) * Fraction(10005, 10000)
    return MET if within else UNKNOWN if listing.negotiable else MISSED


def oracle_budget(need, line, listing, _pace):
    if line.max_unit_price is not None or need.budget_fen is None or len(need.lines) != 1 or line.quantity is None:
        return None
    quantity = told(line.quantity, line.unit, listing.price_unit, listing)
    price = tier_price(listing, quantity)
    if price is None or quantity is None:
        return UNKNOWN
    within = round(price * quantity * 100) <= need.budget_fen
    return MET if within else UNKNOWN if listing.negotiable else MISSED


def oracle_lead_time(need, line, listing, _pace):
    if need.deliver_by is None or need.deliver_by < park.TODAY:
        return None
    known = [days for days in (listing.lead_days_min, listing.lead_days_max) if days is not None]
    if not known:
        return UNKNOWN
    if park.TODAY + timedelta(days=known[-1]) <= need.deliver_by:
        return MET
    return MISSED if park.TODAY + timedelta(days=known[0]) > need.deliver_by else UNKNOWN


def oracle_locality(need, line, listing, _pace):
    if need.local_preference != "require" or not listing.locality:
        return None
    return MISSED if listing.locality == "outside" else MET


ORACLES = {
    "moq": oracle_moq, "quantity": oracle_quantity, "price": oracle_price, "budget": oracle_budget,
    "lead_time": oracle_lead_time, "locality": oracle_locality,
}  # fmt: skip


def papers_of(listing: ListingFacts) -> list[tuple[str, date]]:
    return [(paper.name, paper.valid_until or date.max)
            for paper in (*(listing.certificates or ()), *listing.organisation_licences)]  # fmt: skip


def oracle_certificate(name: str, need: NeedFacts, line: NeedLineFacts, listing: ListingFacts) -> State:
    """Valid on the day of delivery: itself, or one that serves in its stead for such goods."""
    on = max(need.deliver_by or park.TODAY, park.TODAY)
    category = listing.category or line.category
    serve = {name} | {s.held for s in SERVES if s.asked == name and s.holds_for(category)}
    held = [until for paper, until in papers_of(listing) if paper in serve]
    if any(until >= on for until in held):
        return MET
    if name in REPORTS:
        said = ("检测报告", "检验报告", "检验单") if name == "检测报告" else (name,)
        return MET if not held and any(word in fold(listing.text) for word in said) else UNKNOWN
    return MISSED if held or listing.certificates is not None else UNKNOWN


def oracle_licence(name: str, listing: ListingFacts) -> State:
    held = [until for paper, until in papers_of(listing) if paper == name]
    return UNKNOWN if not held else MET if max(held) >= park.TODAY else MISSED


def kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """By the cosine rule on the sphere, not by the haversine of the code."""
    (a, b), (c, d) = ((math.radians(lat), math.radians(lon)) for lat, lon in (here, there))
    return 6371.0088 * math.acos(min(1.0, math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d)))


def judged(need: NeedFacts, line: NeedLineFacts, listing: ListingFacts) -> tuple[list[Finding], int | None]:
    demands = demands_of(need, line)
    return judge(need, line, demands, listing, park.index().judging_context), demands.pace


def check_states(need: NeedFacts, line: NeedLineFacts, listing: ListingFacts) -> list[Finding]:
    """Compare every finding with what the facts say."""
    found, pace = judged(need, line, listing)
    single = {finding.code: finding for finding in found}
    for code, oracle in ORACLES.items():
        expected = oracle(need, line, listing, pace)
        assert (single[code].state if code in single else None) == expected, code
    wanted = [*dict.fromkeys((*need.certificates, *line.certificates))]
    papers = {finding.figures["name"]: finding for finding in found if finding.code == "certificate"}
    assert list(papers) == wanted
    for name, finding in papers.items():
        assert finding.state == oracle_certificate(name, need, line, listing), name
    licences = {finding.figures["name"]: finding.state for finding in found if finding.code == "licence"}
    assert licences == {name: oracle_licence(name, listing) for name in listing.seller_licences}
    check_kind(single.get("kind"), listing)
    check_distance(single.get("distance"), need, listing)
    check_words_of_facts(found, need, line, listing)
    return found


def check_kind(finding: Finding | None, listing: ListingFacts) -> None:
    if finding is None:
        return
    if finding.figures["wanted"] == "product":
        assert finding.state is (MISSED if listing.kind == "service" else MET)
    elif listing.kind in ("service", "capability"):
        assert finding.state is MET


def check_distance(finding: Finding | None, need: NeedFacts, listing: ListingFacts) -> None:
    towns = park.index().judging_context.gazetteer
    here, there = towns.find(listing.town), towns.find(need.deliver_town)
    assert (finding is None) == (not isinstance(here, Place) or not isinstance(there, Place))
    if finding is not None:
        km = kilometres((here.lat, here.lon), (there.lat, there.lon))
        assert finding.figures["km"] == pytest.approx(km, abs=0.1)
        assert finding.state is (MET if finding.figures["km"] <= 80 else UNKNOWN)


def check_words_of_facts(found: list[Finding], need: NeedFacts, line: NeedLineFacts, listing: ListingFacts) -> None:
    """What a finding quotes stands in the texts: the offer's in the listing, the wish in the need."""
    offered = fold(" ".join((listing.text, *(f"{name}{value}" for name, value in listing.specs))))
    wanted = fold(" ".join((need.text, line.item, *need.hard_words, *(other.item for other in need.lines))))
    for finding in found:
        if finding.code in ("measure", "size") and finding.figures.get("offered"):
            assert all(part.strip() in offered for part in re.split(r"-(?=\d)", fold(finding.figures["offered"])))
        if finding.code in ("measure", "size"):
            assert fold(finding.figures["wanted"]) in wanted
        if finding.code == "steel":
            named = set(filter(None, finding.figures["offered"].split("/")))
            asked = set(finding.figures.get("wanted", finding.figures.get("refused")).split("/"))
            assert all(steel in offered for steel in named)
            if finding.state is MISSED and "wanted" in finding.figures:
                assert not named & asked
            assert (finding.state is UNKNOWN) == (not named)
        if finding.code in ("refused", "wanted"):
            assert finding.figures["words"] in need.hard_words
        if finding.code == "place":
            named = finding.figures.get("place") or finding.figures.get("refused") or ""
            assert all(fold(name) in offered or name == listing.town for name in named.split("、"))


NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def numbers(text: str) -> set[Decimal]:
    return {Decimal(match.replace(",", "")) for match in NUMBER.findall(text)}


def figures_of(finding: Finding) -> set[Decimal]:
    """Every number that the figures of a finding can be told by."""
    told: set[Decimal] = set()
    for name, value in finding.figures.items():
        if isinstance(value, date):
            told |= {Decimal(value.year), Decimal(value.month), Decimal(value.day)}
        elif name.endswith("_fen"):
            told.add(Decimal(value) / 100)
        elif isinstance(value, bool):
            continue
        elif isinstance(value, Decimal):
            told |= {value, round(value, 6)}
        elif isinstance(value, float | int):
            told |= {Decimal(str(value)), Decimal(f"{value:.1f}"), Decimal(f"{value:.0f}")}
        elif isinstance(value, str):
            told |= numbers(value)
    return told | ({Decimal(10000)} if "万" in str(finding.figures) else set())


SHOWN = {
    ("moq", MET): ("quantity", "moq"), ("moq", MISSED): ("quantity", "moq"), ("moq", UNKNOWN): ("quantity", "moq"),
    ("quantity", MET): ("quantity", "capacity", "takes"),
    ("quantity", MISSED): ("quantity", "capacity", "takes", "days"),
    ("price", MET): ("price", "limit"), ("price", MISSED): ("price", "limit", "over"),
    ("budget", MET): ("total_fen", "budget_fen"), ("budget", MISSED): ("total_fen", "budget_fen"),
    ("lead_time", MET): ("lead_max", "deliver_by"), ("lead_time", MISSED): ("lead_min", "days", "deliver_by"),
    ("distance", MET): ("km",), ("distance", UNKNOWN): ("km",),
    ("certificate", MET): ("valid_until",), ("certificate", MISSED): ("valid_until",),
    ("licence", MET): ("valid_until",), ("licence", MISSED): ("valid_until",),
}  # fmt: skip
"""The figures that the words of a finding must hold."""


def check_words(app, finding: Finding) -> None:
    """The words of a finding in both languages: all its figures, no other, and after storing it the same ones."""
    for language in LANGUAGES:
        g.language = language
        words = reasons.word(finding)
        said = numbers(words.fact)
        assert said <= figures_of(finding), (language, str(words))
        for name in SHOWN.get((finding.code, finding.state), ()):
            value = finding.figures.get(name)
            if value is not None:
                assert said & figures_of(Finding(finding.code, finding.state, True, {name: value})), (name, str(words))
        if finding.code in ("certificate", "licence"):
            assert words.requirement == finding.figures["name"]
            year = finding.figures.get("valid_until")
            if year and year.year != local_day(utc_now()).year:
                assert Decimal(year.year) in said
        assert str(reasons.word(stored.from_json(stored.to_json([finding]))[0])) == str(words)
    g.language = "en"


@settings(max_examples=300, deadline=None)
@given(data=st.data(), number=park.chosen)
def test_states_follow_from_whatever_the_facts_are(data, number):
    need, found = data.draw(park.askings(park.needs()[number])), park.candidates(number)
    listing = data.draw(park.tellings(data.draw(st.sampled_from(found or park.listings()))))
    check_states(need, data.draw(st.sampled_from(need.lines)), listing)


def pairs_of_the_park():
    """All that are a match in the demonstration park, for its needs and for the judged ones."""
    for number, need in enumerate(park.needs()):
        yield from ((need, listing) for listing in park.candidates(number))


def pairs_of_hard_facts():
    """The pairs that were made to differ in one hard fact: steels, sizes, refusals, places, papers."""
    yield from park.hard_pairs()


@pytest.mark.parametrize(("pairs", "fewest"), [(pairs_of_the_park, 1000), (pairs_of_hard_facts, 200)])
def test_every_reason_follows_from_its_facts(app, pairs, fewest):
    """States and words of all that anybody is shown."""
    seen = {}
    for need, listing in pairs():
        for line in need.lines:
            for finding in check_states(need, line, listing):
                seen.setdefault(repr(finding), finding)
    for finding in seen.values():
        check_words(app, finding)
    assert len(seen) > fewest
    codes = {finding.code for finding in seen.values()}
    assert codes >= {"kind", "moq", "quantity", "price", "lead_time", "certificate", "measure", "distance"}
    if pairs is pairs_of_hard_facts:
        assert codes >= {"steel", "refused", "wanted", "size", "place"}


def test_the_words_hold_whatever_the_figures_are(app):
    @settings(max_examples=150, deadline=None)
    @given(data=st.data(), number=park.chosen)
    def check(data, number):
        need, found = data.draw(park.askings(park.needs()[number])), park.candidates(number)
        listing = data.draw(park.tellings(data.draw(st.sampled_from(found or park.listings()))))
        for finding in judged(need, need.lines[0], listing)[0]:
            check_words(app, finding)

    check()


def test_papers_that_stand_side_by_side_deny_nothing():
    """Seen: 检验报告与产品合格证 was read as a report that says there is none."""
    assert mentions(("检验报告",), "可随货提供检验报告与产品合格证。")
    assert presence("甲醛", "甲醛检测合格") == "no"
