"""R13: every limit of what a supplier writes, just below it, at it, and just above."""

from decimal import Decimal

import pytest

from marketplace.catalog.content import CertificateClaim, ListingContent, Spec, Tier, broken_limits

LONGEST = {
    "title": (60, lambda text: {"title": text}),
    "description": (4000, lambda text: {"description": text}),
    "unit": (20, lambda text: {"unit": text}),
    "unit of the smallest order": (20, lambda text: {"moq_unit": text}),
    "unit of the capacity": (20, lambda text: {"capacity_unit": text}),
    "town": (60, lambda text: {"town": text}),
    "other name": (40, lambda text: {"aliases": ("PE袋", text)}),
    "name of a specification": (40, lambda text: {"specs": (Spec(text, "1"),)}),
    "value of a specification": (200, lambda text: {"specs": (Spec("厚度", text),)}),
    "certificate": (80, lambda text: {"certificates": (CertificateClaim(text),)}),
    "number of a certificate": (80, lambda text: {"certificates": (CertificateClaim("SC", text),)}),
}
MOST = {
    "other names": (10, lambda count: {"aliases": tuple(f"袋{n}" for n in range(count))}),
    "specifications": (30, lambda count: {"specs": tuple(Spec(f"厚度{n}", "1") for n in range(count))}),
    "prices": (10, lambda count: {"tiers": tuple(Tier(Decimal(n + 1), Decimal(1)) for n in range(count))}),
    "certificates": (20, lambda count: {"certificates": tuple(CertificateClaim(f"证{n}") for n in range(count))}),
}

pytestmark = pytest.mark.usefixtures("request_context")


def broken(**changes):
    return broken_limits(ListingContent(**{"title": "PE袋", **changes}))


@pytest.mark.parametrize("name", LONGEST)
def test_r13_a_text_may_have_so_many_characters_and_not_one_more(name):
    most, content = LONGEST[name]
    assert broken(**content("字" * (most - 1))) == []
    assert broken(**content("字" * most)) == []
    [sentence] = broken(**content("字" * (most + 1)))
    assert f"at most {most} characters" in sentence


@pytest.mark.parametrize("name", MOST)
def test_r13_a_list_may_have_so_many_rows_and_not_one_more(name):
    most, content = MOST[name]
    assert broken(**content(most - 1)) == []
    assert broken(**content(most)) == []
    [sentence] = broken(**content(most + 1))
    assert f"at most {most} rows" in sentence
