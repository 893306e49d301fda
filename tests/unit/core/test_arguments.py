"""What an address asks for: read by declared types, and told when it cannot be read."""

from decimal import Decimal
from enum import StrEnum

import pytest
from werkzeug.datastructures import MultiDict

from marketplace.core.arguments import Amount, Arguments, Choice, Flag, Maybe, RowId, RowIds, Text, Whole

pytestmark = pytest.mark.usefixtures("request_context")


class Stage(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ShelfArguments(Arguments):
    words = Text(5, name="q")
    plain = Flag()
    lifted = Flag(default=True)
    show = Whole(0, 50)
    undo = RowId()
    ticked = RowIds(2)
    stage = Maybe(Stage, default=Stage.OPEN, every="all")
    sort = Choice(("new", "old"), "new", quiet=True)
    tab = Choice(("", "sent"), "")
    price = Amount(Decimal(1000))


def ask(*given):
    return ShelfArguments(MultiDict(given))


def test_nothing_asked_is_the_default_everywhere():
    asked = ask()
    assert asked.values == {
        "q": "", "plain": False, "lifted": True, "show": 0, "undo": None, "ticked": (), "stage": Stage.OPEN,
        "sort": "new", "tab": "", "price": None,
    }  # fmt: skip
    assert asked.problems == {}


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("q", "  abc\x00 ", "abc"),
        ("q", "123456", "12345"),
        ("plain", "1", True),
        ("plain", "", False),
        ("plain", "0", False),
        ("lifted", "0", False),
        ("lifted", "yes", True),
        ("show", "49", 49),
        ("show", "50", 50),
        ("show", "51", 50),
        ("show", "-1", 0),
        ("show", "9" * 40, 50),
        ("show", "many", 0),
        ("undo", "7", 7),
        ("undo", "9" * 19, None),
        ("stage", "closed", Stage.CLOSED),
        ("stage", "all", None),
        ("sort", "stars", "new"),
        ("tab", "sent", "sent"),
    ],
)
def test_reads(name, typed, value):
    asked = ask((name, typed))
    assert asked.values[name] == value
    assert asked.problems == {}


def test_reads_several_rows_each_once():
    assert ask(("ticked", "3"), ("ticked", "x"), ("ticked", "3"), ("ticked", "4"), ("ticked", "5")).ticked == (3, 4)


@pytest.mark.parametrize(
    "typed",
    ["100", " 100 ", "￥100", "¥100", "100元", "１００", "1 00", "100.0", "￥１００元", "100 yuan", "100块", "CNY 100"],
)
def test_reads_a_price_as_people_type_it(typed):
    assert ask(("price", typed)).price == 100


def test_reads_commas_between_thousands():
    assert ask(("price", "1,000")).price == ask(("price", "1，000")).price == 1000


@pytest.mark.parametrize("typed", ["abc", "100-200", "nan", "-1", "1e999", "1000.01", "inf"])
def test_says_what_is_no_price_and_keeps_it_for_the_field(typed):
    asked = ask(("price", typed))
    assert asked.price is None
    assert typed in asked.problems["price"]
    assert asked.typed("price") == typed


@pytest.mark.parametrize("name", ["stage", "tab"])
def test_says_that_there_is_no_such_choice(name):
    asked = ask((name, "nonsense"))
    assert asked.values[name] == ask().values[name]
    assert "nonsense" in asked.problems[name]


def test_a_long_text_is_quoted_short():
    assert len(ask(("tab", "x" * 500)).problems["tab"]) < 150
