"""One number as a Chinese keyboard writes it, with what stands beside it."""

from decimal import Decimal

import pytest

from marketplace.core.numerals import TypedNumber, read_typed


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("20000", TypedNumber(Decimal(20000))),
        ("１２３．５", TypedNumber(Decimal("123.5"))),
        ("0。3", TypedNumber(Decimal("0.3"))),
        ("1，200", TypedNumber(Decimal(1200))),
        ("1,234,567.5", TypedNumber(Decimal("1234567.5"))),
        ("20 000", TypedNumber(Decimal(20000))),
        ("2万", TypedNumber(Decimal(20000))),
        ("3.6万", TypedNumber(Decimal(36000))),
        ("2w", TypedNumber(Decimal(20000))),
        ("5k", TypedNumber(Decimal(5000))),
        ("两千", TypedNumber(Decimal(2000))),
        ("一万二", TypedNumber(Decimal(12000))),
        ("１０００個", TypedNumber(Decimal(1000), unit="個")),
        ("100个", TypedNumber(Decimal(100), unit="个")),
        ("2万只", TypedNumber(Decimal(20000), unit="只")),
        ("100千克", TypedNumber(Decimal(100), unit="千克")),
        ("5 kg", TypedNumber(Decimal(5), unit="kg")),
        ("15天", TypedNumber(Decimal(15), unit="天")),
        ("￥12", TypedNumber(Decimal(12), is_money=True)),
        ("¥ 1,000", TypedNumber(Decimal(1000), is_money=True)),
        ("1000元", TypedNumber(Decimal(1000), is_money=True)),
        ("1万元", TypedNumber(Decimal(10000), is_money=True)),
        ("１０００．５０", TypedNumber(Decimal("1000.50"))),
        ("12元/个", TypedNumber(Decimal(12), is_money=True, unit="个")),
        ("￥0.3/只", TypedNumber(Decimal("0.3"), is_money=True, unit="只")),
        ("3块钱一个", TypedNumber(Decimal(3), is_money=True, unit="个")),
        ("RMB 88", TypedNumber(Decimal(88), is_money=True)),
    ],
)
def test_reads_what_people_type(typed, number):
    assert read_typed(typed) == number


@pytest.mark.parametrize("typed", ["", "很多", "三七", "10-20", "12元个", "约100", "$12", "100 200 个 300", "百"])
def test_leaves_what_is_not_one_number(typed):
    read = read_typed(typed)
    assert read is None or read.unit not in {"", "个", "只"}
