"""Matches and inquiries."""

from tests.functional.who_may.checks import WhoMay


class TestMatching(WhoMay):
    family = "matching"
