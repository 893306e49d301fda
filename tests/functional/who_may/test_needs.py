"""Needs and files."""

from tests.functional.who_may.checks import WhoMay


class TestNeeds(WhoMay):
    family = "needs"
