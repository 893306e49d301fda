"""Texts that nobody means: reading them takes time that grows with their length, not with its square."""

from collections.abc import Callable
from datetime import date
from time import process_time

import pytest

from marketplace.core.places import load_gazetteer
from marketplace.matching.demands import demands_of
from marketplace.matching.facts import ListingFacts, NeedFacts, NeedLineFacts
from marketplace.matching.finding import JudgingContext
from marketplace.matching.judge import judge
from marketplace.matching.packing import contents
from marketplace.matching.told import with_told
from marketplace.needs.parsing import parse_sentence

TODAY = date(2026, 11, 23)
CONTEXT = JudgingContext(TODAY, load_gazetteer())
NEED = NeedFacts(
    "1", "收纳盒", lines=(NeedLineFacts("收纳盒"),), description="要开专票，送货上门，40*60cm", deliver_town="致和街道",
    hard_words=("无防腐剂", "20ml"), certificates=("ISO 9001",),
)  # fmt: skip
PIECES = {
    "digits": "1", "blanks": " ", "emoji": "😀", "one sign": "的", "numerals": "一", "letters": "a", "refusals": "不",
    "labels": "：a", "pipes": "|1", "lines": "\n", "cells": "1\t" * 9 + "\n", "brackets": "（1个）",
    "open brackets": "(", "spans": "-1", "sizes": "1x", "units": "1个", "lists": "、a", "points": "1.",
    "places": "只送成都", "prices": "2元/个，",
    "papers": "ISO 9001 ", "control characters": "\x01\u200b", "English": "no a ",
    "mixed": "不含1个a，7天发货。",
}  # fmt: skip
SHORT, LONG = 1_500, 15_000
MOST_GROWTH = 40
"""Ten times the letters may take so many times the time; where time grows by the square it takes a hundred times."""
FLOOR_S = 0.002


def read_whole(text: str) -> None:
    listing = with_told(ListingFacts("7", "盒", description=text, certificates=()), TODAY)
    contents(listing)
    judge(NEED, NEED.lines[0], demands_of(NEED, NEED.lines[0]), listing, CONTEXT)


def ask_whole(text: str) -> None:
    need = NeedFacts("1", "收纳盒", description=text, lines=(NeedLineFacts("收纳盒"),))
    demands_of(need, need.lines[0])


def seconds(read: Callable[[str], object], text: str) -> float:
    begun = process_time()
    read(text)
    return process_time() - begun


@pytest.mark.parametrize("name", PIECES)
def test_any_text_is_read(name: str) -> None:
    text = (PIECES[name] * SHORT)[:SHORT]
    read_whole(text)
    ask_whole(text)
    parse_sentence(text, today=TODAY)


@pytest.mark.nightly
@pytest.mark.parametrize("read", [read_whole, ask_whole])
def test_time_grows_with_the_length(read: Callable[[str], None]) -> None:
    read_whole("川芎统货50千克，7天发货，500个起订。")  # what is loaded once counts for nobody
    ask_whole("川芎统货50千克，7天发货，500个起订。")
    grown = {}
    for name, piece in PIECES.items():
        short, long = ((piece * length)[:length] for length in (SHORT, LONG))
        grown[name] = seconds(read, long) / max(seconds(read, short + "。"), FLOOR_S)
    assert {name: round(times) for name, times in grown.items() if times > MOST_GROWTH} == {}
