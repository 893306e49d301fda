"""The demonstration park and the judged needs as facts, and ways to vary them, for what must hold for any pair."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from hypothesis import strategies as st

from marketplace.demo.seed import FOLDER
from marketplace.matching.facts import (
    Amount,
    HeldCertificate,
    ListingFacts,
    NeedFacts,
    Tier,
    listing_facts_from_json,
    need_facts_from_json,
)
from marketplace.matching.file_index import index_of_files
from marketplace.matching.find_matches import MatchIndex, match_need

TODAY = date(2026, 11, 23)
JUDGED = Path(__file__).parents[2] / "relevance"
PAPERS = (
    "药品GMP符合性检查", "药品生产许可证", "食品生产许可证", "食品相关产品生产许可证", "医疗器械注册证", "ISO 9001",
    "ISO 13485", "ISO 15378", "ISO 17025", "CNAS", "CMA", "HACCP", "检测报告",
)  # fmt: skip


def json_lines(path: Path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@lru_cache(maxsize=1)
def listings() -> tuple[ListingFacts, ...]:
    return tuple(listing_facts_from_json(row) for row in json_lines(FOLDER / "listings.jsonl"))


@lru_cache(maxsize=1)
def needs() -> tuple[NeedFacts, ...]:
    """Those of the park and those of the development set; the latter's ids get an R in front."""
    rows = json_lines(FOLDER / "needs.jsonl")
    rows += [{**row, "id": f"R{row['id']}"} for row in json_lines(JUDGED / "needs.jsonl")]
    return tuple(need_facts_from_json(row, today=TODAY) for row in rows)


@lru_cache(maxsize=1)
def index() -> MatchIndex:
    return index_of_files(listings(), needs(), TODAY)


@lru_cache(maxsize=256)
def candidates(number: int) -> tuple[ListingFacts, ...]:
    """The listings that answer a need of the park, best first, without limit."""
    shelf = {listing.id: listing for listing in listings()}
    return tuple(shelf[match.listing_id] for match in match_need(needs()[number], index(), top=len(listings())))


def hard_pairs() -> list[tuple[NeedFacts, ListingFacts]]:
    """A need with two offers each of which one meets a hard fact and one misses it."""
    needs = {row["id"]: row for row in json_lines(JUDGED / "constraint-needs.jsonl")}
    offers = {row["id"]: row for row in json_lines(JUDGED / "constraint-listings.jsonl")}
    told = [
        (needs[row["query"]], offers[row[side]])
        for row in json_lines(JUDGED / "constraint-pairs.jsonl")
        for side in ("better", "worse")
    ]
    own = json.loads((Path(__file__).parent / "pairs.json").read_text("utf-8"))
    told += [(row["need"], row[side]) for row in own for side in ("better", "worse")]
    return [(need_facts_from_json(need, today=TODAY), listing_facts_from_json(offer)) for need, offer in told]


def with_other(*others: ListingFacts, needs: tuple[NeedFacts, ...] = ()) -> MatchIndex:
    """The park with other facts of some listings and needs; their words stay, so the postings do."""
    park = index()
    shelf, asked = {other.id: other for other in others}, {need.id: need for need in needs}
    return MatchIndex(
        listings=park.listings, needs=park.needs, judging_context=park.judging_context,
        listings_of=lambda ids: {id_: shelf.get(id_, known) for id_, known in park.listings_of(ids).items()},
        needs_of=lambda ids: {id_: asked.get(id_, known) for id_, known in park.needs_of(ids).items()},
        views=park.views,
    )  # fmt: skip


def amounts(low: str, high: str):
    return st.decimals(Decimal(low), Decimal(high), places=2)


days = st.integers(-200, 400).map(lambda number: TODAY + timedelta(days=number))
held = st.builds(HeldCertificate, st.sampled_from(PAPERS), st.none() | days)
chosen = st.integers(0, len(json_lines(FOLDER / "needs.jsonl")) + len(json_lines(JUDGED / "needs.jsonl")) - 1)
"""The number of a need."""


@st.composite
def tellings(draw, listing: ListingFacts) -> ListingFacts:
    """The listing with other figures: prices, amounts, times and papers, told or not."""
    unit = listing.price_unit or "只"
    first, steps = draw(amounts("0.01", "5000")), draw(st.integers(0, 3))
    start = draw(st.sampled_from((1, 10, 500, 5000)))
    rate = st.sampled_from(("day", "week", "month", "quarter", "year", ""))
    lead = sorted(draw(st.lists(st.integers(0, 60), min_size=2, max_size=2)))
    told = draw(st.sampled_from(("both", "both", "min", "max", "none")))
    return replace(
        listing,
        price_unit=unit,
        negotiable=draw(st.booleans()),
        tiers=tuple(Tier(Decimal(start * 4**step), first * (10 - step) / 10) for step in range(steps)),
        moq=draw(st.none() | st.builds(Amount, amounts("1", "20000"), st.just(unit))),
        capacity=draw(st.none() | st.builds(Amount, amounts("1", "500000"), st.just(unit), rate)),
        lead_days_min=lead[0] if told in ("both", "min") else None,
        lead_days_max=lead[1] if told in ("both", "max") else None,
        certificates=draw(st.none() | st.lists(held, max_size=3).map(tuple)),
        organisation_licences=tuple(draw(st.lists(held, max_size=1))),
        seller_licences=draw(st.sampled_from((listing.seller_licences, PAPERS[1:2], PAPERS[:2]))),
    )


@st.composite
def askings(draw, need: NeedFacts) -> NeedFacts:
    """The need with other requirements."""
    lines = tuple(
        replace(line,
                quantity=draw(st.sampled_from((line.quantity, None)) | amounts("1", "50000")),
                max_unit_price=draw(st.sampled_from((line.max_unit_price, None)) | amounts("0.01", "5000")))
        for line in need.lines)  # fmt: skip
    return replace(
        need,
        lines=lines,
        deliver_by=draw(
            st.sampled_from((need.deliver_by, None))
            | st.integers(0, 60).map(lambda number: TODAY + timedelta(days=number))
        ),
        budget_fen=draw(st.sampled_from((need.budget_fen, None)) | st.integers(1000, 10**8)),
        certificates=tuple(dict.fromkeys((*need.certificates, *draw(st.lists(st.sampled_from(PAPERS), max_size=2))))),
        local_preference=draw(st.sampled_from(("none", "prefer", "require"))),
    )
