"""Terms of a sale as their words tell them: every row by its own example and counter-example."""

import re
from decimal import Decimal

import pytest

from marketplace.reading.folding import fold
from marketplace.reading.terms import Handover, Invoice, Tax, Term, all_terms, read_terms


def _named(term: Term) -> str:
    return f"{term.fact}-{term.value}-{term.example}"


@pytest.mark.parametrize("term", all_terms(), ids=_named)
def test_a_row_finds_its_example(term: Term) -> None:
    assert term.pattern.search(fold(term.example).lower())


@pytest.mark.parametrize("term", [term for term in all_terms() if term.counter], ids=_named)
def test_a_row_leaves_its_counter_example(term: Term) -> None:
    assert not term.pattern.search(fold(term.counter).lower())


@pytest.mark.parametrize(
    ("text", "invoice"),
    [
        ("可开13%增值税专用发票", Invoice.SPECIAL),
        ("个体户经营，只开收据，开不了专票", Invoice.NONE),
        ("小规模纳税人，只能开3%普票", Invoice.ORDINARY),
        ("发票随货走", Invoice.SOME),
        ("We cannot issue any invoice.", Invoice.NONE),
        ("同行开不了专票，我们可以开专用发票", Invoice.SPECIAL),
    ],
)
def test_the_invoice(text: str, invoice: Invoice) -> None:
    said = read_terms(text).invoice
    assert said is not None and said.value is invoice


@pytest.mark.parametrize(
    ("text", "tax"),
    [("含税13元", Tax.INCLUDED), ("报价不含税", Tax.EXCLUDED), ("不含税12元，含税13.5元", None), ("价格好商量", None)],
)
def test_the_tax_of_a_price(text: str, tax: Tax | None) -> None:
    said = read_terms(text).tax
    assert (said.value if said else None) is tax


def test_the_rate_on_top() -> None:
    assert read_terms("不含税，要开票另外加13个点").rate == Decimal(13)


@pytest.mark.parametrize(
    ("text", "handover"),
    [
        ("概不送货，买方自提", Handover.PICKUP),
        ("包送到厂", Handover.DELIVERED),
        ("可送货上门，也可自提", Handover.DELIVERED),
        ("质量好", None),
    ],
)
def test_who_carries_it(text: str, handover: Handover | None) -> None:
    said = read_terms(text).handover
    assert (said.value if said else None) is handover


def test_what_is_sold_out_and_what_is_last() -> None:
    assert read_terms("目前缺货，1月恢复").sold_out == "目前缺货"
    assert not read_terms("常年备货，从不断货").sold_out
    assert not read_terms("其他口径目前无货").sold_out
    assert read_terms("现存120个，卖完不再补").is_last


def test_patterns_are_quick_on_long_texts() -> None:
    for text in ("不含" * 8_000, "可" * 20_000, "1" * 20_000, "送 " * 8_000):
        read_terms(text)


def test_every_row_says_why() -> None:
    assert all(term.why and re.search(r"[a-z]", term.why) for term in all_terms())
