"""Pairs of words that staff linked, and texts that people searched."""

import factory

from marketplace.core.clock import local_day, utc_now
from marketplace.words.models import OtherName, SearchCount, SearchedText
from marketplace.words.queries import folded
from tests.factories.base import RowFactory


class OtherNameFactory(RowFactory):
    """A pair in force; the process has to look before it searches by it."""

    class Meta:
        model = OtherName

    term = "自封袋"
    variant = factory.Sequence(lambda n: f"骨条袋{n}")
    kind = "alias"
    added_at = factory.LazyFunction(utc_now)
    term_key = factory.LazyAttribute(lambda row: folded(row.term))
    variant_key = factory.LazyAttribute(lambda row: folded(row.variant))


class SearchedTextFactory(RowFactory):
    """A text that three searches on two days were for, and that finds something."""

    class Meta:
        model = SearchedText

    kind = "listings"
    text = "食品级pe袋"
    times = 3
    days = 2
    results = 1
    last_on = factory.LazyFunction(lambda: local_day(utc_now()))


class SearchCountFactory(RowFactory):
    """One day of such a text."""

    class Meta:
        model = SearchCount

    kind = "listings"
    text = "食品级pe袋"
    day = factory.LazyFunction(lambda: local_day(utc_now()))
    times = 1
    unanswered = 0
    results = 1
